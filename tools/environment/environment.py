"""The environment of one Odoo series as the commands see it: built when it is missing, then used through workspaces."""

import json
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..addons import NEWEST
from ..series import Series
from . import cache, odoo, postgres, process, python
from .progress import EnvironmentProblem, say, step
from .recipes import RECIPES
from .toolbox import Toolbox
from .workspace import CHECKOUT, Workspace

TEMPLATE = "webhook_template"
# The applications that the demo and the tests use, with Odoo's own demo data.
APPLICATIONS = "sale_management,stock"
# The variable with which a child process finds its parent's workspace.
HANDED_ON = "WEBHOOK_WORKSPACE"


def chosen_series():
    """The names of the series that the command is for: those in ``SERIES``, else that of ``ODOO``, else the newest.

    :raises EnvironmentProblem: for a series that there is no recipe for
    """
    own_odoo = os.environ.get("ODOO")
    names = os.environ.get("SERIES", "").split() or [odoo.locate(Path(own_odoo)).series if own_odoo else NEWEST]
    for name in names:
        if name not in RECIPES:
            raise EnvironmentProblem(f"There are no addons for Odoo {name}. Choose one of {', '.join(RECIPES)}.")
    return names


@dataclass(frozen=True)
class Environment:
    """A built environment.

    :param folder: its place in the cache
    :param odoo: the Odoo in it
    :param python: the interpreter that runs Odoo and the tests inside it
    :param toolbox: the Python without Odoo, and the embedded PostgreSQL
    :param on_own_server: whether the databases are on a PostgreSQL of the user's own
    """

    folder: Path
    odoo: odoo.Odoo
    python: python.Interpreter
    toolbox: Toolbox
    on_own_server: bool = False

    @classmethod
    def ready(cls, name=None):
        """Return the environment of a series, built as far as it was not.

        :param name: ``14.0``; the one that the command is for unless named
        :raises EnvironmentProblem: with a sentence for the person at the terminal
        """
        if name is None:
            names = chosen_series()
            if len(names) > 1:
                raise EnvironmentProblem(f"SERIES names several series ({' '.join(names)}); this command takes one.")
            name = names[0]
        recipe, source = RECIPES[name], _source(name)
        interpreter = _interpreter(recipe, source, name)
        toolbox = Toolbox.ready()
        ingredients = (str(interpreter and interpreter.path), str(interpreter and interpreter.version), str(source))
        folder = cache.root() / f"{name}-{cache.key(*ingredients)}"
        log = folder / "build.log"
        with cache.locked(folder):
            if not (folder / "complete").exists():
                say(f"building the environment of Odoo {name} in {folder} (once; `make clean` removes it)")
            if source is None:
                cache.once(folder / "odoo", lambda part: odoo.unpack(recipe, part, cache.downloads(), log))
                source = folder / "odoo"
            if interpreter is None:
                interpreter = python.Interpreter.unpacked(source)
            requirements = [
                _requirements(name, source, folder),
                python.REQUIREMENTS / "inside.txt",
                CHECKOUT / "requirements.txt",
            ]
            cache.once(
                folder / "python",
                lambda part: python.create(part, requirements, interpreter, cache.downloads(), log),
                in_place=True,
            )
            environment = cls(
                folder, odoo.locate(source), interpreter.virtual(folder / "python"), toolbox, postgres.own_server()
            )
            environment._make_template()
            cache.forget_unused(folder)
            environment._sweep()
        return environment

    @property
    def series(self):
        """What differs for whoever uses this Odoo from outside."""
        return Series(self.odoo.series)

    def variables(self):
        """The environment variables with which this environment's Python finds Odoo."""
        return (
            os.environ
            | self.python.variables
            | {
                "PYTHONPATH": f"{self.odoo.source}{os.pathsep}{CHECKOUT}",
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONUNBUFFERED": "1",
            }
        )

    def _make_template(self):
        """Make the database that all others are copies of: Odoo with sale and stock and their demo data."""

        def make(server, folder, database):
            with step("Creating a database with Sales and Inventory"):
                arguments = ["-d", database, "-i", APPLICATIONS, *self.series.demo_options, "--stop-after-init"]
                log = self.folder / "build.log"
                workspace = Workspace(self, folder, server)
                workspace.build_addons()
                if process.run(workspace.command(*arguments), log=log, env=workspace.variables()):
                    raise EnvironmentProblem(f"Odoo could not create its database; {log} says why.")

        if self.on_own_server:
            server = postgres.Server({}, self.toolbox.python)
            if not (server.exists(self.template) and self.template_folder.exists()):
                building = f"{self.template}_building"
                for database in (self.template, building):
                    server.drop(database)
                shutil.rmtree(self.template_folder, ignore_errors=True)
                make(server, self.template_folder, building)
                store = self.template_folder / "data-dir/filestore"
                if (store / building).exists():
                    (store / building).rename(store / self.template)
                server.rename(building, self.template)
            return

        def build(part):
            cluster = postgres.Cluster(part, self.toolbox.binaries)
            cluster.create()
            with cluster.running() as variables:
                make(postgres.Server(variables, self.toolbox.python), part, TEMPLATE)

        cache.once(self.folder / "template", build)

    def _sweep(self):
        """Remove what killed commands left: their folders, and their databases on a server of the user's own."""
        work = self.folder / "work"
        cache.sweep(work)
        if self.on_own_server:
            server = postgres.Server({}, self.toolbox.python)
            for database in server.databases(f"_{postgres.mark(self.folder)}_[^_]+$"):
                if not list(work.glob(f"*-{database.rpartition('_')[2]}")):
                    server.drop(database)

    @property
    def template(self):
        """The name of the template database: its own on a server that others use too."""
        return f"{TEMPLATE}_{postgres.mark(self.folder)}" if self.on_own_server else TEMPLATE

    @property
    def template_folder(self):
        """Where the files of the template database are."""
        return self.folder / (f"template-{postgres.mark(self.folder)}" if self.on_own_server else "template")

    @contextmanager
    def workspace(self, name, keep=False):
        """A running PostgreSQL with the template database, and a folder for what Odoo writes.

        :param name: ``test``, ``demo`` …; part of the folder's name
        :param keep: whether it outlives the command (``make run``); else it is removed, or swept away by the next
            command should this one be killed
        """
        folder = self.folder / "work" / (name if keep else f"{name}-{os.getpid()}")
        cluster = postgres.Cluster(folder, self.toolbox.binaries)
        suffix = f"_{postgres.mark(self.folder)}_{os.getpid()}" if self.on_own_server and not keep else ""
        workspace = Workspace(self, folder, self._server(cluster), suffix)
        with ExitStack() as at_the_end:
            with cache.locked(self.folder):
                if not (keep and cache.is_held(folder)):  # else another command has it running
                    held = cache.hold(folder)
                    if not keep:
                        at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
                    at_the_end.callback(held.close)
                    workspace.build_addons()
                    if self.on_own_server:
                        at_the_end.callback(workspace.drop_databases)
                    else:
                        if not (folder / "copied").exists():
                            postgres.Cluster(self.template_folder, self.toolbox.binaries).copy_to(folder)
                            (folder / "copied").touch()
                        at_the_end.enter_context(cluster.running())
            yield workspace

    def _server(self, cluster):
        return postgres.Server({} if self.on_own_server else cluster.variables, self.toolbox.python)


def hand_on(workspace):
    """The environment variable with which a child process finds ``workspace`` again (:func:`handed_on`)."""
    found = workspace.environment
    description = {
        "folders": [str(path) for path in (found.folder, found.odoo.path, workspace.folder)],
        "python": [str(found.python.path), str(found.python.libraries or "")],
        "toolbox": str(found.toolbox.folder),
        "on_own_server": found.on_own_server,
        "server": workspace.server.variables,
        "suffix": workspace.suffix,
    }
    return {HANDED_ON: json.dumps(description)}


def handed_on():
    """The workspace of the command that started this process."""
    description = json.loads(os.environ[HANDED_ON])
    folder, source, work = map(Path, description["folders"])
    path, libraries = description["python"]
    interpreter = python.Interpreter(Path(path), Path(libraries) if libraries else None)
    toolbox = Toolbox(Path(description["toolbox"]))
    environment = Environment(folder, odoo.locate(source), interpreter, toolbox, description["on_own_server"])
    return Workspace(environment, work, postgres.Server(description["server"], toolbox.python), description["suffix"])


def _source(name):
    """The folder of the Odoo that ``ODOO`` names, or None for Debian's package."""
    own_odoo = os.environ.get("ODOO")
    if not own_odoo:
        if not RECIPES[name].suite:
            raise EnvironmentProblem(
                f"Debian has no package of Odoo {name}. Name a checkout of it: make test SERIES={name} ODOO=/path/to/odoo"
            )
        return None
    source = Path(own_odoo).absolute()
    found = odoo.locate(source).series
    if found != name:
        raise EnvironmentProblem(f"{source} is Odoo {found}, not {name}. Say SERIES={found}, or name another ODOO.")
    return source


def _interpreter(recipe, source, name):
    """What runs that Odoo: ``ODOO_PYTHON``, or the Python of this command; None for the one of Debian's package."""
    named = os.environ.get("ODOO_PYTHON")
    if source is None and recipe.interpreter and not named:
        return None
    if named and not shutil.which(named):
        raise EnvironmentProblem(f"There is no program {named}: name a Python, like ODOO_PYTHON=python3.10")
    found = python.Interpreter(Path(shutil.which(named))) if named else python.Interpreter.own()
    python.check(found, recipe.pythons, f"Odoo {name} runs", "ODOO_PYTHON")
    return found


def _requirements(name, source, folder):
    """The requirements file of that Odoo: ours, made for wheels alone, or else its own."""
    ours = python.REQUIREMENTS / f"odoo-{name}.txt"
    if ours.exists():
        return ours
    if not (source / "requirements.txt").exists():
        raise EnvironmentProblem(f"{source} has no requirements.txt: name a whole checkout of Odoo.")
    adapted = folder / "requirements.txt"
    adapted.write_text(python.packages_of(source))
    return adapted
