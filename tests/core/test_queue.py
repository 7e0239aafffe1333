"""The queue's SQL on a real PostgreSQL, with a connection for each dispatcher."""

import os
from datetime import datetime

import psycopg2
import psycopg2.extensions
import pytest
from odoo.addons.webhook.delivery import queue, states
from odoo.addons.webhook.delivery.outcome import Outcome
from odoo.addons.webhook.delivery.transport import Result

DELIVERED = Outcome(states.DELIVERED, None, None)
RETRY = Outcome(states.PENDING, 60, "The receiver answered with status 500.")
ANSWER = Result(200, 0.1, "ok", {}, None)


@pytest.fixture(scope="module")
def database(workspace):
    name = workspace.create_database("webhook_queue", "webhook_installed")
    yield name
    workspace.server.drop(name)


@pytest.fixture
def connect(database):
    """A function that opens a connection; a wait for a lock is an error."""
    opened = []

    def connect():
        variables = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        given = {name: os.environ[variable] for name, variable in variables.items() if variable in os.environ}
        connection = psycopg2.connect(dbname=database, options="-c lock_timeout=2s", **given)
        connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_REPEATABLE_READ)  # as Odoo's cursors have it
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def execute(connect):
    """A function that runs one statement and commits; the queue is empty before."""
    connection = connect()

    def execute(statement, *parameters):
        with connection, connection.cursor() as cr:
            cr.execute(statement, parameters)
            return cr.fetchall() if cr.description else None

    execute("DELETE FROM webhook_webhook")
    return execute


@pytest.fixture
def add(execute):
    """A function that adds jobs of one webhook for the given records."""
    new_webhook = (
        "INSERT INTO webhook_webhook (name, model_id, model, kind, address, format, language, user_id, active) "
        "SELECT 'W', id, model, 'on_write', 'http://example.com', 'json', 'en_US', 2, true FROM ir_model "
        "WHERE model = 'res.partner' RETURNING id"
    )
    (first,) = execute(new_webhook)[0]

    def add(*records, state="pending", **columns):
        values = {
            "webhook_id": first, "event": "evt_1", "model": "res.partner", "kind": "on_write", "format": "json",
            "body": "{}", "state": state, "attempt_count": 0, "next_attempt_at": datetime(2020, 1, 1), **columns,
        }  # fmt: skip
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        statement = f"INSERT INTO webhook_job (res_id, {names}) VALUES (%s, {marks}) RETURNING id"
        return [execute(statement, record, *values.values())[0][0] for record in records]

    add.webhook = lambda: execute(new_webhook)[0][0]
    return add


def claim(connection, limit=10, lease=60, share=10):
    return [job.id for job in queue.claim(connection.cursor(), limit, lease, share)]


def state(execute, job):
    return execute("SELECT state, attempt_count, claim IS NOT NULL FROM webhook_job WHERE id = %s", job)[0]


def test_two_dispatchers_at_once_claim_different_jobs_and_do_not_wait(connect, add):
    jobs = add(*range(6))
    one, other = connect(), connect()
    assert claim(one, 4) == jobs[:4]  # not committed
    assert claim(other, 4) == jobs[4:]
    one.commit()
    other.commit()
    assert claim(connect()) == []


def test_the_oldest_come_first_and_what_is_not_due_is_left(connect, add):
    later = add(1, next_attempt_at=datetime(2999, 1, 1))
    jobs = add(2, 3)
    assert claim(connect(), 1) == jobs[:1]
    assert later[0] not in claim(connect())


def test_an_event_waits_for_the_older_one_of_its_record(connect, add, execute):
    first, second, other = add(1, 1, 2)
    connection = connect()
    (job, beside) = queue.claim(connection.cursor(), 10, 60, 10)
    connection.commit()
    assert [job.id, beside.id] == [first, other]
    assert claim(connection) == []
    connection.commit()
    queue.record(connection.cursor(), [(job, datetime(2026, 1, 1), ANSWER, RETRY)])
    connection.commit()
    assert claim(connection) == [], "the older one only waits for its next attempt"
    connection.commit()
    execute("UPDATE webhook_job SET next_attempt_at = '2020-01-01' WHERE id = %s", first)
    (job,) = queue.claim(connection.cursor(), 10, 60, 10)
    connection.commit()
    queue.record(connection.cursor(), [(job, datetime(2026, 1, 1), ANSWER, DELIVERED)])
    connection.commit()
    assert claim(connection) == [second]


def test_a_job_committed_late_with_a_smaller_number_is_sent_all_the_same(connect, add, execute):
    slow = connect()
    slow.cursor().execute("SELECT nextval('webhook_job_id_seq')")
    (early,) = add(1)
    connection = connect()
    assert claim(connection) == [early]
    connection.commit()
    (late,) = add(2, id=early - 1)
    assert claim(connection) == [late]


def test_a_job_whose_lease_is_over_goes_to_another_and_the_first_ones_report_is_ignored(connect, add, execute):
    (number,) = add(1)
    dead, other = connect(), connect()
    (job,) = queue.claim(dead.cursor(), 1, 0, 10)  # a lease that is over at once
    dead.commit()
    (again,) = queue.claim(other.cursor(), 1, 60, 10)
    other.commit()
    assert (again.id, again.event) == (job.id, job.event)
    queue.record(dead.cursor(), [(job, datetime(2026, 1, 1), ANSWER, RETRY)])
    dead.commit()
    assert state(execute, number) == ("sending", 0, True)
    queue.record(other.cursor(), [(again, datetime(2026, 1, 1), ANSWER, DELIVERED)])
    other.commit()
    assert state(execute, number) == ("delivered", 1, False)
    assert execute("SELECT count(*) FROM webhook_attempt WHERE job_id = %s", number) == [(2,)], "both were made"


def test_a_webhook_with_a_long_queue_leaves_room_for_the_others(connect, add):
    add(*range(40))
    (other,) = add(1, webhook_id=add.webhook())
    connection = connect()
    claimed = claim(connection, 16, share=4)
    connection.commit()
    assert len(claimed) == 5
    assert other in claimed
    assert claim(connection, 16, share=4) == [], "its share is under way"


def test_what_a_dispatcher_is_still_sending_it_does_not_claim_again(connect, add):
    jobs = add(1)
    connection = connect()
    assert claim(connection, lease=0) == jobs
    connection.commit()
    assert queue.claim(connection.cursor(), 10, 60, 10, held=jobs) == []
    connection.commit()
    assert claim(connection) == jobs


def test_jobs_of_an_archived_webhook_wait(connect, add, execute):
    jobs = add(1)
    execute("UPDATE webhook_webhook SET active = false")
    connection = connect()
    assert claim(connection) == []
    assert queue.next_due(connection.cursor()) is None
    connection.commit()
    execute("UPDATE webhook_webhook SET active = true")
    assert claim(connection) == jobs


def test_when_the_next_job_is_due(connect, add, execute):
    cr = connect().cursor()
    assert queue.next_due(cr) is None
    cr.connection.commit()
    (first, _blocked) = add(1, 1)
    assert queue.next_due(cr) < 0
    cr.connection.commit()
    soon = f"UPDATE webhook_job SET next_attempt_at = {queue.NOW} + interval '30 seconds' WHERE id = %s"
    execute(soon, first)
    assert 25 < queue.next_due(cr) <= 30


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "pending", "next_attempt_at": None},
        {"state": "pending", "body": None},
        {"state": "sending"},
        {"state": "delivered"},
        {"state": "failed"},
        {"state": "lost"},
    ],
    ids=str,
)
def test_a_job_whose_state_contradicts_itself_cannot_be_stored(add, columns):
    with pytest.raises(psycopg2.errors.CheckViolation):
        add(1, **columns)
