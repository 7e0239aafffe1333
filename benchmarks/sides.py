"""The databases and the driver processes of the benchmarks, as those who measure see them."""

import json
import os
import subprocess
from functools import partial

from tools.environment import CHECKOUT, EnvironmentProblem, process

# PostgreSQL is to clean up when it is told to, in all databases at the same moment.
NO_AUTOVACUUM = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', name);
    END LOOP;
END $$
"""


def new_database(workspace, name, modules, **options):
    """Create a database with modules, without demo data; return its name. For ``options`` see :func:`install`."""
    database = name + workspace.suffix
    install(workspace, database, modules, "--without-demo=True", **options)
    (workspace.data_dir / "filestore" / database).mkdir(parents=True, exist_ok=True)
    return database


def install(workspace, database, modules, *options, variables=None):
    """Install modules, named with commas between, in a database, which is created if it is missing.

    :param options: further ones of ``odoo``
    :param variables: environment variables, beside the workspace's
    """
    log = workspace.folder / f"install-{database}.log"
    command = workspace.command(
        "-d", database, "-i", modules, "--stop-after-init", "--log-level=warn", "--no-http", *options
    )
    if process.run(command, log=log, env=workspace.variables() | (variables or {})):
        raise EnvironmentProblem(f"{modules} cannot be installed:\n{log.read_text()}")


class Side:
    """A running driver process (:mod:`.driver`), asked by :meth:`call`; a context manager.

    :param module: its name, such as ``benchmarks.capture_driver``
    :param arguments: for its command line
    :param python: the interpreter that runs it, unless it is that of Odoo
    :param name: of its log
    :param variables: environment variables, beside the workspace's
    """

    def __init__(self, workspace, module, *arguments, python=None, name="driver", variables=None):
        self.log = workspace.folder / f"{module}-{name}.log"
        command = [python or workspace.environment.python.path, "-m", module, *arguments]
        # The same order of sets and dicts on all sides.
        environ = (os.environ if python else workspace.variables()) | {"PYTHONHASHSEED": "0"} | (variables or {})
        with open(self.log, "ab") as log:
            self.process = process.spawn(
                command, env=environ, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        process.stop(self.process)

    def call(self, name, **arguments):
        """Have a method of the driver called; return its answer."""
        self.ask(name, **arguments)
        return self.answer()

    def ask(self, name, **arguments):
        """Have a method of the driver called, whose :meth:`answer` is fetched later."""
        try:
            self.process.stdin.write(json.dumps({"call": name, **arguments}) + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise self._problem(name) from error

    def answer(self):
        """The answer to what was asked."""
        try:
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError) as error:
            raise self._problem("A call") from error

    def _problem(self, what):
        return EnvironmentProblem(f"{what} failed; {self.log} says why:\n{self.log.read_text()}")


class OdooSide(Side):
    """A driver process that is an Odoo with a database, and serves nobody.

    :param database: its name
    :param options: lines for Odoo's configuration file
    """

    def __init__(self, workspace, module, database, options="", name="", **others):
        self.tidy = partial(workspace.server.sql, "VACUUM ANALYZE", database)
        configuration = workspace.folder / f"{database}.conf"
        configuration.write_text(
            workspace.configuration(database) + f"max_cron_threads = 0\nlog_level = warn\n{options}"
        )
        super().__init__(workspace, module, configuration, name=database + name, **others)
