"""A workspace: one command's own databases and files, made from the templates of an environment."""

import os
import shutil
from pathlib import Path

from ..addons import NEWEST, build

CHECKOUT = Path(__file__).parents[2]
# Options that are spelled otherwise on the command line than in the configuration file.
OPTIONS = {"addons_path": "addons-path", "data_dir": "data-dir"}


class Workspace:
    """One command's own PostgreSQL, databases and files.

    :param suffix: for the names of its databases, on a server that other commands use too; those are dropped at the end
    """

    def __init__(self, environment, folder, server, suffix=""):
        self.environment = environment
        self.folder = folder
        self.server = server
        self.suffix = suffix
        self.data_dir = folder / "data-dir"

    @property
    def series(self):
        """What differs for whoever uses this Odoo from outside."""
        return self.environment.series

    @property
    def addons(self):
        """The folder of the project's addons for this series: this checkout itself for the newest one."""
        return CHECKOUT if self.series.name == NEWEST else self.folder / "addons"

    def build_addons(self):
        """Write the addons for a series that is not the newest."""
        if self.addons != CHECKOUT:
            build(self.series.name, self.addons)

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
        return [str(python.path), str(script), *subcommand, *options, *map(str, arguments[len(subcommand) :])]

    def configuration(self, database):
        """The text of an Odoo configuration file for this workspace, for what takes no options (pytest)."""
        options = self._options() | {"db_name": database, "http_interface": "127.0.0.1"}
        return "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())

    def _options(self):
        addons = ",".join(str(folder) for folder in (*self.environment.odoo.addons, self.addons))
        options = {"addons_path": addons, "data_dir": str(self.data_dir)}
        for name, variable in (("db_host", "PGHOST"), ("db_port", "PGPORT"), ("db_user", "PGUSER")):
            if value := self.server.variables.get(variable) or os.environ.get(variable):
                options[name] = value
        return options
