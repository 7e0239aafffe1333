"""Debian packages, fetched and unpacked without root and without touching the machine's own apt setup.

The mirror is the one the machine's apt already uses (``DEBIAN_MIRROR`` names another); the suite is our own choice.
apt checks the signatures with the machine's Debian keyring.
"""

import os
import shutil
import subprocess
from pathlib import Path

from . import cache, process
from .progress import EnvironmentProblem, step

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def mirror():
    """The address of the Debian mirror, taken from ``DEBIAN_MIRROR`` or from the machine's apt configuration."""
    if named := os.environ.get("DEBIAN_MIRROR"):
        return named
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise EnvironmentProblem(
            "This machine has no apt-get and dpkg, which fetch and unpack Odoo. Use a Debian machine, or "
            "`docker compose up`, or name an Odoo of your own: make demo ODOO=/path/to/odoo"
        )
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)", "Created-By: Packages"],
        capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    repositories = [target.partition(" ") for target in targets]
    sites = [uri for uri, _, label in repositories if label == "Debian" or uri.rstrip("/").endswith("/debian")]
    if not sites:
        raise EnvironmentProblem(
            "This machine's apt names no Debian mirror. Name one: make demo DEBIAN_MIRROR=<address of a mirror>"
        )
    return sites[0]


def fetch(packages, suite, folder, log):
    """Download the newest ``packages`` of ``suite`` into ``folder``, unless they are there already.

    :return: the paths of the ``.deb`` files, in the order of ``packages``
    """

    def found():
        return [sorted(folder.glob(f"{package}_*.deb"))[-1:] for package in packages]

    with cache.locked(folder):  # which environments of other Pythons use too
        missing = [package for package, files in zip(packages, found(), strict=True) if not files]
        if missing:
            with step(f"Fetching {', '.join(missing)} from Debian {suite}"):
                _download(missing, suite, folder, log)
        return [files[0] for files in found()]


def _download(packages, suite, folder, log):
    """Download ``packages`` into ``folder`` with an apt setup of its own; what is there has come to its end."""
    partial = folder / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    environ = os.environ | {"APT_CONFIG": str(_apt(partial / "apt", suite)), "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "download", *packages]):
        if process.run(command, log=log, cwd=partial, env=environ):
            raise EnvironmentProblem(
                f"`{' '.join(command)}` failed for Debian {suite}; {log} says why. If the mirror cannot be "
                f"reached, name another: make demo DEBIAN_MIRROR=<address of a mirror>"
            )
    for deb in partial.glob("*.deb"):
        deb.rename(folder / deb.name)
    shutil.rmtree(partial)


def _apt(folder, suite):
    """Write an apt setup of its own below ``folder`` (lists, cache, sources) and return its configuration file."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (folder / "sources.list").write_text(f"deb {signed}{mirror()} {suite} main\n")
    (folder / "status").touch()
    config = folder / "apt.conf"
    config.write_text(
        f'Dir::Etc::SourceList "{folder}/sources.list";\n'
        'Dir::Etc::SourceParts "-";\n'
        f'Dir::State::Lists "{folder}/lists";\n'
        # Nothing is installed here: else apt takes the version of a package that the machine has for the newest.
        f'Dir::State::status "{folder}/status";\n'
        f'Dir::Cache "{folder}/cache";\n'
        'Acquire::Languages "none";\n'
        'APT::Sandbox::User "";\n'
        # A mirror may be a snapshot of some day; the signatures are checked all the same.
        'Acquire::Check-Valid-Until "false";\n'
    )
    return config


def unpack(debs, folder, log):
    """Unpack ``debs`` over each other into ``folder`` (``dpkg -x``: no scripts run, nothing is installed)."""
    folder.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        if process.run(["dpkg", "-x", deb, folder], log=log):
            raise EnvironmentProblem(f"{deb} could not be unpacked; {log} says why. `make clean`, and try again.")
