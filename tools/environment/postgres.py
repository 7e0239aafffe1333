"""PostgreSQL: the embedded server of the environment, or the one that ``PGHOST`` and its like name."""

import hashlib
import json
import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from . import process
from .progress import EnvironmentProblem

# Data of a developer's machine, made anew in a minute: speed counts, an operating system crash does not.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "unix_socket_permissions": "0777",
    "lc_messages": "C",
}


def own_server():
    """Whether the usual ``PG*`` variables name a server of the user's own."""
    return bool(os.environ.get("PGHOST"))


def mark(folder):
    """What the names of an environment's databases have in them on such a server: others may use it too."""
    place = (platform.node(), str(folder), os.environ.get("PGHOST", ""), os.environ.get("PGPORT", ""))
    return hashlib.sha256("\0".join(place).encode()).hexdigest()[:12]


class Cluster:
    """An embedded PostgreSQL cluster in a folder, reached through a Unix socket in a private folder."""

    def __init__(self, folder, binaries):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.binaries = Path(binaries)
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self.process = None
        # The path of a Unix socket may have 107 characters: beside the data if it fits, else in the temporary folder.
        self.socket = self.folder / "socket"
        if len(str(self.socket / ".s.PGSQL.5432")) > 100:
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
            self.socket = Path(tempfile.gettempdir()) / f"odoo-webhook-{name}"

    @property
    def variables(self):
        """The connection variables of ``libpq``."""
        return {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": "odoo"}

    def create(self):
        """Run ``initdb``: one superuser, named ``odoo``, who needs no password from this machine."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self._own(self.data)
        log = self.folder / "initdb.log"
        command = [self.binaries / "initdb", "-D", self.data, "-U", "odoo", "-A", "trust", "-E", "UTF8"]
        if process.run([*command, "--locale", "C", "--no-sync"], log=log, user=self.user, cwd="/"):
            raise EnvironmentProblem(f"PostgreSQL's initdb failed; {log} says why.")

    def copy_to(self, folder):
        """Copy the (stopped) cluster, and return the copy."""
        copy = Cluster(folder, self.binaries)
        copy.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(copy.data, ignore_errors=True)
        log = copy.folder / "copy.log"
        if process.run(["cp", "-a", "--reflink=auto", self.data, copy.data], log=log):
            raise EnvironmentProblem(f"The databases could not be copied: {log.read_text()}")
        return copy

    def _own(self, path):
        path.chmod(0o700)
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def start(self):
        """Start the server and wait until it answers; it stops when this process ends, however that happens."""
        if self.process and self.process.poll() is None:
            return
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # of a machine that went down: nobody else starts it
        self.socket.mkdir(exist_ok=True)
        self._own(self.socket)
        command = [self.binaries / "postgres", "-D", self.data, "-k", self.socket]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with open(self.folder / "postgres.log", "ab") as log:
            self.process = process.spawn(
                command, when_parent_dies=signal.SIGQUIT, user=self.user, cwd="/", stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        ask = [self.binaries / "pg_isready", "-q", "-h", self.socket, "-U", "odoo", "-d", "postgres"]
        while subprocess.run(ask, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise EnvironmentProblem(f"PostgreSQL did not start; {self.folder}/postgres.log says why.")
            time.sleep(0.05)

    def stop(self):
        """Stop the server in order (``fast`` shutdown)."""
        if self.process:
            process.stop(self.process, signal.SIGINT, patience=60)
            self.process = None
        shutil.rmtree(self.socket, ignore_errors=True)

    def kill(self):
        """End the server at once, as a crash would; for tests."""
        process.stop(self.process, signal.SIGQUIT)

    @contextmanager
    def running(self):
        """The server, for the length of a ``with`` block; gives its connection variables."""
        self.start()
        try:
            yield self.variables
        finally:
            self.stop()


class Server:
    """A running PostgreSQL as ``libpq`` variables name it, and the few things done with its databases."""

    def __init__(self, variables, python):
        """:param python: a Python with psycopg2, which this one need not have"""
        self.variables = dict(variables)
        self.python = python

    def sql(self, statement, database="postgres"):
        """Run one statement outside a transaction; return its rows as lists of strings."""
        script = (
            "import sys, json, psycopg2\n"
            "connection = psycopg2.connect(dbname=sys.argv[1]); connection.autocommit = True\n"
            "cursor = connection.cursor(); cursor.execute(sys.argv[2])\n"
            "print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))\n"
        )
        done = subprocess.run(
            [self.python, "-c", script, database, statement],
            env=os.environ | self.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise EnvironmentProblem(f"PostgreSQL refused: {done.stderr.strip().splitlines()[-1]}\n  {statement}")
        return json.loads(done.stdout)

    def exists(self, database):
        """Whether there is a database of that name."""
        return bool(self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))

    def databases(self, pattern):
        """The names of the databases that match a regular expression."""
        return [name for (name,) in self.sql(f"SELECT datname FROM pg_database WHERE datname ~ '{pattern}'")]

    def copy(self, source, target):
        """Create the database ``target`` as a copy of ``source`` (to which nobody may be connected)."""
        self.drop(target)
        self.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop(self, database):
        """Drop a database if it is there, whoever is connected to it."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def rename(self, database, name):
        """Rename a database to which nobody is connected."""
        self.sql(f'ALTER DATABASE "{database}" RENAME TO "{name}"')
