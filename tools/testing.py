"""``make test``: the tests inside Odoo by Odoo's own Python, those from outside by the toolbox's, for each series.

Each part is a pytest run with its own summary; the last line counts all of them.
"""

import json
import os
from collections import Counter

from .addons import addons
from .environment import CHECKOUT, Environment, EnvironmentProblem, chosen_series, hand_on, process, say

OUTCOMES = ("passed", "failed", "skipped")
# Checks of the repository itself, which are the same for all series.
REPOSITORY = "tests/repo"


def main(*paths):
    """Run all tests, or those in ``paths``; return the exit code."""
    everything = [*(addon.name for addon in addons()), "tests"]
    chosen = list(paths) or os.environ.get("TESTS", "").split() or everything
    counts, codes = Counter(), set()
    for number, name in enumerate(chosen_series()):
        environment = Environment.ready(name)
        inside, outside = divide(chosen, with_repository=number == 0)
        with environment.workspace("test") as workspace:
            install(workspace)
            if inside:
                say(f"Odoo {name}: the tests inside Odoo")
                codes.add(run_inside(workspace, inside, counts))
            if outside:
                say(f"Odoo {name}: the tests from outside")
                codes.add(run_outside(workspace, outside, counts))
    print(", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome] or outcome != "skipped"))
    return max(codes, default=2)


def divide(paths, with_repository):
    """Divide paths of tests into those that run inside Odoo and those that run outside.

    :param with_repository: whether to take the checks of the repository too, where a path holds them among others
    """
    found = []
    for path in (path.rstrip("/") for path in paths):
        if path == "tests":
            folders = sorted(each.relative_to(CHECKOUT).as_posix() for each in CHECKOUT.glob("tests/*/"))
            found += [each for each in folders if not each.endswith("__") and (with_repository or each != REPOSITORY)]
        else:
            found.append(path)
    inside = [path for path in found if is_of_addon(path) or path.startswith("tests/core")]
    return inside, [path for path in found if path not in inside]


def is_of_addon(path):
    """Whether a path of tests is in one of the addons."""
    return path.split("/")[0] in {addon.name for addon in addons()}


def install(workspace):
    """Install the addons in the database from which all tests have theirs."""
    say("installing the addons in a database for the tests")
    base = workspace.create_database("webhook_installed")
    log = workspace.folder / "install.log"
    names = ",".join(addon.name for addon in addons())
    command = workspace.command("-d", base, "-i", names, "--stop-after-init", "--log-level=warn", "--no-http")
    if process.run(command, log=log, env=workspace.variables()) or "ERROR" in log.read_text():
        raise EnvironmentProblem(f"The addons cannot be installed:\n{log.read_text()}")
    # The receivers of the tests are on this machine.
    workspace.server.sql(
        "INSERT INTO ir_config_parameter (key, value) VALUES ('webhook.allowed_networks', '127.0.0.0/8')", base
    )


def run_inside(workspace, paths, counts):
    """Run the tests that are part of an Odoo process, with pytest-odoo."""
    database = workspace.create_database("webhook_unit", "webhook_installed")
    config = workspace.folder / "odoo.conf"
    config.write_text(workspace.configuration(database))
    options = [f"--odoo-config={config}", f"--odoo-database={database}", "--odoo-http", "--odoo-log-level=error"]
    # The addons of an older series are tested where they were written to.
    built = [str(workspace.addons / path) if is_of_addon(path) else path for path in paths]
    return _pytest(workspace, workspace.environment.python.path, [*options, *built], workspace.variables(), counts)


def run_outside(workspace, paths, counts):
    """Run the tests that know Odoo as a server."""
    variables = os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}
    return _pytest(workspace, workspace.environment.toolbox.python, paths, variables, counts)


def _pytest(workspace, python, arguments, variables, counts):
    file = workspace.folder / "counts.json"
    file.unlink(missing_ok=True)
    # pytest's own configuration is in setup.cfg
    command = [python, "-m", "pytest", f"--rootdir={CHECKOUT}", "-c", CHECKOUT / "setup.cfg", "-p", "tools.counts"]
    command += [f"--count-into={file}", *arguments]
    child = process.spawn(command, env=variables | hand_on(workspace), cwd=CHECKOUT)
    try:
        code = child.wait()
    finally:
        process.stop(child)
    if file.exists():
        counts.update(json.loads(file.read_text()))
    return code
