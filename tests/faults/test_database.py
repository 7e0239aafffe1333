"""PostgreSQL goes away and comes back; transactions stay open (cases 62, 64 and 66 of a sender's tests)."""

import contextlib
import json
import threading

import pytest

from tests.end_to_end.support import code_action, finished, until
from tools.environment import Workspace, process
from tools.environment.postgres import Cluster, Server
from tools.server import OdooServer

from .support import CONNECTIONS, WAITING, Account, Writers, all_sent, connect, sql

SEED, WEBHOOKS = 62, 4
# The requests that one process has under way at most.
SENDERS = 32
CUT = f"SELECT pg_terminate_backend(pid) {CONNECTIONS}"
DUE_NOW = """
    UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 second'
     WHERE id = (SELECT res_id FROM ir_model_data WHERE module = 'webhook' AND name = 'webhook_job_cron_dispatch')
"""
# The seconds for which a connection of Odoo's has been idle in a transaction, the longest of all.
IDLE = f"""
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0)
    {CONNECTIONS} AND state LIKE 'idle in transaction%%' AND application_name LIKE 'odoo%%'
"""


@pytest.fixture
def own_cluster(workspace):
    """A PostgreSQL of the test's own with a database ``webhook_killed``, and the workspace of an Odoo on it."""
    toolbox = workspace.environment.toolbox
    cluster = Cluster(workspace.folder / "second", toolbox.binaries)
    cluster.create()
    with cluster.running() as variables:
        server = Server(variables, toolbox.python)
        server.sql("CREATE DATABASE webhook_killed")
        # A commit that was confirmed is kept, as on the servers of people: in the tests' own it need not be.
        server.sql("ALTER DATABASE webhook_killed SET synchronous_commit = 'on'")
        copy(workspace, toolbox.binaries, variables)
        yield cluster, Workspace(workspace.environment, workspace.folder, server)


def copy(workspace, binaries, variables):
    """Copy the database that the tests have theirs from, to another server, with its files."""
    workspace.create_database("webhook_killed", "webhook_installed")  # for the files
    dump, log = workspace.folder / "installed.dump", workspace.folder / "copy.log"
    source, target = workspace.variables(), workspace.variables() | variables
    steps = (
        ([binaries / "pg_dump", "-Fc", "-Z0", "-f", dump, f"webhook_killed{workspace.suffix}"], source),
        ([binaries / "pg_restore", "--no-owner", "-d", "webhook_killed", dump], target),
    )
    for command, environ in steps:
        assert process.run(command, log=log, env=environ) == 0, log.read_text()
    dump.unlink()
    workspace.server.drop(f"webhook_killed{workspace.suffix}")


def test_the_server_goes_on_when_postgresql_was_restarted(own_cluster, receiver, size, found):
    cluster, workspace = own_cluster
    faults, count = size(3, 15), size(90, 1_250)
    with OdooServer(workspace, "webhook_killed") as server:
        writers = Writers([server], count)
        writers.subscribe(receiver.url("/hook*?delay=0.05&flaky=20"), WEBHOOKS)
        with writers:
            for fault in writers.moments(faults, SEED):
                if fault % 3 == 0:
                    cluster.stop()  # fast
                elif fault % 3 == 1:
                    cluster.kill()  # immediate
                else:
                    sql(server, CUT)
                cluster.start()
        all_sent(server)
        account = Account(server, receiver)
        account.check(writers, WEBHOOKS)
    assert account.duplicates.total() <= faults * SENDERS
    found(
        "PostgreSQL restarted (fast, immediate), or all its connections cut",
        f"{len(account.events)} events, {faults} faults",
        f"none lost, all in order; {account.duplicates.total()} sent twice",
    )


def test_no_transaction_is_open_while_a_receiver_takes_its_time(workspace, server, odoo, receiver):
    odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?delay=4"), field_names="name")
    for number in range(12):
        odoo.create("res.partner.category", name=f"Tree {number}")
    receiver.wait_for(1)
    # Odoo's minute is over: the scheduled action looks at what is due, too.
    sql(server, DUE_NOW)
    workspace.server.sql(f"NOTIFY cron_trigger, '{server.database}'")
    idle = []

    def sent():
        idle.extend(float(seconds) for (seconds,) in sql(server, IDLE))
        return sql(server, WAITING) == [(0,)]

    until(sent, 60)
    assert len(idle) > 20
    assert max(idle) < 2, "a transaction of Odoo stayed open while a request was under way"


def test_a_long_transaction_of_somebody_else_does_not_stop_the_delivery(server, odoo, receiver):
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?fail=1"), field_names="name")
    with contextlib.closing(connect(server)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("INSERT INTO ir_config_parameter (key, value) VALUES ('a report', 'takes its time')")
        cursor.execute("SELECT count(*) FROM webhook_job")
        for number in range(3):
            odoo.create("res.partner.category", name=f"Tree {number}")
        found = finished(odoo, webhook, 3, timeout=40)
        cursor.execute("ROLLBACK")
    assert [(job["state"], job["attempt_count"]) for job in found] == [("delivered", 2)] * 3


def test_an_event_that_is_committed_after_a_younger_one_is_sent_too(server, odoo, receiver):
    """Its number in the table is smaller than that of what was sent already: nobody may look for greater ones alone."""
    partner = odoo.create("res.partner", name="old")
    webhook = odoo.subscribe("res.partner", "on_write", receiver.url("/hook"), field_names="name")
    # The import's savepoint makes the event's row; then the transaction takes its time.
    slow = code_action(
        odoo,
        "res.partner",
        "record.write({'name': 'slow'})\nenv['res.partner.category'].load(['name'], [['Tree']])\n"
        "env.cr.execute('SELECT pg_sleep(3)')",
    )
    work = threading.Thread(target=slow, args=[partner, server.client()])
    began = sql(server, "SELECT last_value FROM webhook_job_id_seq")
    work.start()
    until(lambda: sql(server, "SELECT last_value FROM webhook_job_id_seq") != began)
    other = odoo.create("res.partner", name="other")
    odoo.call("res.partner", "write", [other], {"name": "fast"})
    receiver.wait_for(1, timeout=2)
    work.join()
    receiver.wait_for(2, timeout=10)
    names = [request.json()["data"]["record"]["name"] for request in receiver.got()]
    assert names == ["fast", "slow"]
    assert [json.loads(job["body"])["data"]["record"]["name"] for job in finished(odoo, webhook, 2)] == ["slow", "fast"]
