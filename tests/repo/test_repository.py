"""Checks of the repository itself, for what linters do not see."""

import ast
import csv
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
PYTHON = [path for addon in ADDONS for path in sorted(addon.rglob("*.py"))]


def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def models(addon):
    """The names of the models that an addon adds."""
    names = set()
    for path in addon.rglob("*.py"):
        for name in re.findall(r'^    _name = "([\w.]+)"', path.read_text(), re.MULTILINE):
            names.add(name)
    return names


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_model_has_an_access_row(addon):
    with open(addon / "security/ir.model.access.csv") as file:
        rows = {row["model_id:id"] for row in csv.DictReader(file)}
    assert models(addon)
    assert {f"model_{name.replace('.', '_')}" for name in models(addon)} <= rows


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_the_manifest_lists_every_data_file(addon):
    listed = set(manifest(addon)["data"])
    present = {str(path.relative_to(addon)) for path in addon.rglob("*.xml")} | {"security/ir.model.access.csv"}
    assert listed == {path for path in present if not path.startswith(("static/", "demo/"))}


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_the_changelog_has_the_manifests_version(addon):
    version = manifest(addon)["version"].partition(".0.")[2]
    assert re.search(rf"^## {re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_only_the_transport_knows_requests():
    users = [
        path for path in PYTHON if re.search(r"^\s*(import requests|from requests)", path.read_text(), re.MULTILINE)
    ]
    assert [path.relative_to(ROOT).as_posix() for path in users] == ["webhook/delivery/transport.py"]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_addons_keep_to_python_3_7_and_bound_every_http_call(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 7))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in calls:
        if call.func.attr in {"get", "post", "put", "delete", "request"} and "session" in ast.unparse(call.func.value):
            assert "timeout" in {keyword.arg for keyword in call.keywords}, f"line {call.lineno}"


def test_the_docker_compose_file_runs_what_is_here():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"db", "odoo", "receiver"}
    assert {f"odoo:{manifest(addon)['version'][:4]}" for addon in ADDONS} == {services["odoo"]["image"]}
    for service in services.values():
        for volume in service["volumes"]:
            here = volume.partition(":")[0]
            assert not here.startswith(".") or (ROOT / here).exists(), volume
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "only this machine is to reach it"
    command = " ".join(services["odoo"]["command"])
    assert all(addon.name in command for addon in ADDONS)
    assert {f"./{addon.name}:/mnt/extra-addons/{addon.name}:ro" for addon in ADDONS} <= set(services["odoo"]["volumes"])
    assert services["receiver"]["command"][:3] == ["python", "-m", "tools.receiver"]
