"""Odoo reaches PostgreSQL through PgBouncer, which gives each transaction any of its connections."""

import os
import pwd
from collections import Counter

import pytest

from tests.end_to_end.support import until
from tools.environment import EnvironmentProblem, Workspace, cache, debian, process
from tools.environment.postgres import Server
from tools.server import OdooServer, free_port

from .support import all_sent

# Debian's packages, of a suite whose programs run on today's Debian.
SUITE, PACKAGES = "bookworm", ("pgbouncer", "libevent-2.1-7", "libc-ares2")
CONFIGURATION = """
[databases]
* = host={host} port={database_port} user=odoo

[pgbouncer]
pool_mode = transaction
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
default_pool_size = 10
max_client_conn = 200
ignore_startup_parameters = extra_float_digits, options
"""


@pytest.fixture
def programs(workspace):
    """The folder with PgBouncer, unpacked from Debian's packages."""
    folder, log = workspace.folder / "programs", workspace.folder / "debian.log"
    try:
        debian.unpack(debian.fetch(PACKAGES, SUITE, cache.downloads() / SUITE, log), folder, log)
    except EnvironmentProblem as problem:
        pytest.skip(str(problem))
    return folder


@pytest.fixture
def pooled(workspace, programs):
    """The workspace of an Odoo behind PgBouncer."""
    if workspace.environment.on_own_server:
        pytest.skip("the PostgreSQL that PGHOST names may want a password, which PgBouncer does not know")
    port, file, log = free_port(), workspace.folder / "pgbouncer.ini", workspace.folder / "pgbouncer.log"
    direct = workspace.server.variables
    file.write_text(CONFIGURATION.format(host=direct["PGHOST"], database_port=direct["PGPORT"], port=port))
    libraries = os.pathsep.join(str(folder) for folder in programs.glob("usr/lib/*-linux-gnu*"))
    with open(log, "ab") as output:
        pooler = process.spawn(
            [programs / "usr/sbin/pgbouncer", file],
            user=pwd.getpwnam("nobody") if os.geteuid() == 0 else None,  # it refuses to run as root
            env=os.environ | {"LD_LIBRARY_PATH": libraries}, cwd="/", stdout=output, stderr=output,
        )  # fmt: skip
    until(lambda: "process up" in log.read_text() or pooler.poll() is not None)
    assert pooler.poll() is None, log.read_text()
    server = Server({"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "odoo"}, workspace.server.python)
    yield Workspace(workspace.environment, workspace.folder, server)
    process.stop(pooler)


def test_events_are_captured_and_delivered_through_a_pooler_of_transactions(workspace, pooled, receiver, size, found):
    database = workspace.create_database("webhook_pooled", "webhook_installed")
    count = size(20, 500)
    with OdooServer(pooled, database) as server:
        odoo = server.client()
        odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
        odoo.subscribe("res.partner", "on_create", receiver.url("/again?fail=1"), field_names="name")
        for number in range(count):
            odoo.create("res.partner.category", name=f"Tree {number}")
        for number in range(3):
            odoo.create("res.partner", name=f"Tree {number}")
        receiver.wait_for(count, "/hook", timeout=15)  # soon, not when Odoo looks at its schedule
        all_sent(server)
        for path, events, times in (("/hook", count, 1), ("/again", 3, 2)):
            came = Counter(request.header("webhook-id") for request in receiver.got(path))
            assert (path, len(came), set(came.values())) == (path, events, {times})
        assert "ERROR" not in server.log.read_text()
    workspace.server.drop(database)
    found("PgBouncer, pool_mode = transaction", f"{count} events", "none lost, none twice")
