"""The Pythons: which one runs what, and the virtual environments made with them.

Debian's own Python has neither pip nor ensurepip; pip then comes from Debian's wheel package, without root.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import debian, process
from .progress import EnvironmentProblem, step

REQUIREMENTS = Path(__file__).parent / "requirements"
TOOLS = ((3, 10), (3, 13))
# The last pip that runs on Pythons older than those of the tools.
OLD_PIP = "pip==24.3.1"


@dataclass(frozen=True)
class Interpreter:
    """A Python interpreter.

    :param path: the program
    :param libraries: the folder of the shared libraries that it needs and this machine may not have
    """

    path: Path
    libraries: Path = None

    @classmethod
    def own(cls):
        """The one that runs this command."""
        return cls(Path(os.path.realpath(sys.executable)))

    @classmethod
    def unpacked(cls, folder):
        """The one of Debian's packages, unpacked into ``folder``."""
        return cls(next(folder.glob("usr/bin/python3.*[0-9]")), next(folder.glob("usr/lib/*-linux-gnu*")))

    @property
    def variables(self):
        """The environment variables that it is to be started with, beside the usual ones."""
        return {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}

    @property
    def version(self):
        """``(3, 13)``."""
        command = [self.path, "-c", "import sys; print(*sys.version_info[:2])"]
        try:
            answer = subprocess.run(
                command, env=os.environ | self.variables, capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise EnvironmentProblem(f"{self.path} is not a Python that runs here: {error}") from error
        return tuple(map(int, answer.stdout.split()))

    def virtual(self, folder):
        """The interpreter of the virtual environment that was made of this one in ``folder``."""
        return Interpreter(folder / "bin/python", self.libraries)


def check(interpreter, versions, what, variable):
    """Refuse an interpreter that ``what`` does not run on, before anything is fetched for it.

    :param variable: the variable that names another
    """
    oldest, newest = versions
    if not oldest <= interpreter.version <= newest:
        found, first, last = (".".join(map(str, version)) for version in (interpreter.version, oldest, newest))
        raise EnvironmentProblem(
            f"{what} on Python {first} to {last}; this is Python {found}. Name another: make test {variable}=python{last}"
        )


def create(folder, requirements, interpreter, downloads, log):
    """Create a virtual environment in ``folder`` with everything that the ``requirements`` files list.

    :return: its :class:`Interpreter`
    """
    with step(f"Installing Python packages ({', '.join(path.name for path in requirements)})"):
        environ = os.environ | interpreter.variables
        if process.run([interpreter.path, "-m", "venv", "--without-pip", "--clear", folder], log=log, env=environ):
            raise EnvironmentProblem(f"Python could not make a virtual environment; {log} says why.")
        made = interpreter.virtual(folder)
        pip = _old_pip(downloads, log) if interpreter.version < TOOLS[0] else _pip(downloads, log)
        command = [made.path, pip, "install", "--no-input", "--disable-pip-version-check"]
        for path in requirements:
            command += ["-r", path]
        if process.run(command, log=log, env=environ):
            raise EnvironmentProblem(f"pip could not install the Python packages; {log} says why.")
    return made


def packages_of(checkout):
    """The text of a requirements file for an Odoo checkout, from its own: with what installs without a compiler.

    :param checkout: a folder with Odoo's ``requirements.txt``
    """
    lines = (checkout / "requirements.txt").read_text().splitlines()
    kept = [re.sub(r"^psycopg2(?![\w-])", "psycopg2-binary", line) for line in lines]
    return "\n".join(line for line in kept if not line.startswith("python-ldap")) + "\n"


def _pip(downloads, log):
    """The path that makes ``python`` run pip: that of the wheel which Debian or this Python carries."""
    try:
        import ensurepip

        bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    except ImportError:
        bundled = []
    if not bundled:
        unpacked = downloads / "pip"
        debian.unpack(debian.fetch(["python3-pip-whl"], "sid", downloads / "sid", log), unpacked, log)
        bundled = sorted(unpacked.glob("usr/share/python-wheels/pip-*.whl"))
    return bundled[-1] / "pip"


def _old_pip(downloads, log):
    folder = downloads / "old-pip"
    if not list(folder.glob("pip-*.whl")):
        command = [sys.executable, _pip(downloads, log), "download", "--no-deps", "--dest", folder, OLD_PIP]
        if process.run([*command, "--disable-pip-version-check"], log=log):
            raise EnvironmentProblem(f"{OLD_PIP} could not be fetched; {log} says why.")
    return next(folder.glob("pip-*.whl")) / "pip"
