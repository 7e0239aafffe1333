"""The virtual environments: one that runs Odoo and the tests, one for the linters.

Debian's own Python has neither pip nor ensurepip; pip then comes from Debian's wheel package, without root.
"""

import sys
from pathlib import Path

from . import debian, process
from .progress import EnvironmentProblem, step

REQUIREMENTS = Path(__file__).parent / "requirements"
SUPPORTED = ((3, 10), (3, 13))


def check_version():
    """Refuse a Python that this series of Odoo does not run on, before anything is fetched."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        raise EnvironmentProblem(
            f"Odoo 19.0 runs on Python 3.10 to 3.13; this is Python {sys.version.split()[0]}. "
            "Name another: make demo PYTHON=python3.12"
        )


def create(folder, requirements, downloads, log):
    """Create a virtual environment in ``folder`` with everything that the ``requirements`` files list."""
    with step(f"Installing Python packages ({', '.join(path.name for path in requirements)})"):
        if process.run([sys.executable, "-m", "venv", "--without-pip", "--clear", folder], log=log):
            raise EnvironmentProblem(f"Python could not make a virtual environment; {log} says why.")
        command = [folder / "bin/python", *_pip(downloads, log), "install", "--no-input", "--disable-pip-version-check"]
        for path in requirements:
            command += ["-r", path]
        if process.run(command, log=log):
            raise EnvironmentProblem(f"pip could not install the Python packages; {log} says why.")


def _pip(downloads, log):
    """The arguments that make ``python`` run pip: the wheel that Debian or this Python carries."""
    try:
        import ensurepip

        bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    except ImportError:
        bundled = []
    if not bundled:
        unpacked = downloads / "pip"
        debian.unpack(debian.fetch(["python3-pip-whl"], "sid", downloads / "sid", log), unpacked, log)
        bundled = sorted(unpacked.glob("usr/share/python-wheels/pip-*.whl"))
    return [bundled[-1] / "pip"]
