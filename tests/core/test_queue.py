"""The queue's SQL on a real PostgreSQL, with a connection for each dispatcher."""

import os
import threading
import time
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
FAILURE = Result(500, 0.1, "", {}, None)


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

    add.first = first
    add.webhook = lambda: execute(new_webhook)[0][0]
    return add


def claim_jobs(cr, *arguments, **keywords):
    """A claim that looks at all that is due: the first one that a dispatcher makes."""
    return queue.Claims().claim(cr, *arguments, **keywords)


def claim(connection, limit=10, lease=60, share=10):
    return [job.id for job in claim_jobs(connection.cursor(), limit, 10**9, lease, share)]


def cancel(connection, jobs):
    cancelled = queue.cancel(connection.cursor(), jobs, "No more.")
    connection.commit()
    queue.call_next(connection.cursor(), cancelled)
    connection.commit()
    return set(cancelled)


def state(execute, job):
    return execute("SELECT state, attempt_count, claim IS NOT NULL FROM webhook_job WHERE id = %s", job)[0]


def test_two_dispatchers_at_once_claim_different_jobs_and_do_not_wait(connect, add):
    jobs = add(*range(6))
    one, other = connect(), connect()
    assert claim(one, share=4) == jobs[:4]  # not committed
    assert claim(other, share=4) == jobs[4:]
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
    (job, beside) = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    assert [job.id, beside.id] == [first, other]
    assert claim(connection) == []
    connection.commit()
    queue.record(connection.cursor(), [(job, time.monotonic(), ANSWER, RETRY)])
    connection.commit()
    assert claim(connection) == [], "the older one only waits for its next attempt"
    connection.commit()
    execute("UPDATE webhook_job SET next_attempt_at = '2020-01-01' WHERE id = %s", first)
    (job,) = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    queue.record(connection.cursor(), [(job, time.monotonic(), ANSWER, DELIVERED)])
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
    (job,) = claim_jobs(dead.cursor(), 1, 10**9, 0, 10)  # a lease that is over at once
    dead.commit()
    queue.rescue(other.cursor())
    other.commit()
    (again,) = claim_jobs(other.cursor(), 1, 10**9, 60, 10)
    other.commit()
    assert (again.id, again.event) == (job.id, job.event)
    queue.record(dead.cursor(), [(job, time.monotonic(), ANSWER, RETRY)])
    dead.commit()
    assert state(execute, number) == ("sending", 0, True)
    queue.record(other.cursor(), [(again, time.monotonic(), ANSWER, DELIVERED)])
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


def test_a_webhook_of_which_many_jobs_are_held_gets_no_more(connect, add):
    add(*range(9))
    first = add.first
    (other,) = add(1, webhook_id=add.webhook())
    jobs = claim_jobs(connect().cursor(), 10, 10**9, 60, 4, shares={first: 0})
    assert [job.id for job in jobs] == [other]


def test_every_webhook_gets_one_before_any_gets_a_second(connect, add):
    add(*range(9))
    others = [add(1, webhook_id=add.webhook())[0] for _ in range(3)]
    assert set(others) < set(claim(connect(), limit=5, share=4))


def test_large_bodies_are_claimed_few_at_a_time(connect, add):
    jobs = add(*range(5), body="x" * 1000)
    claimed = claim_jobs(connect().cursor(), 10, 2500, 60, 10)
    assert [job.id for job in claimed] == jobs[:3], "the third crosses the limit, and no other follows"


def test_what_was_not_sent_is_given_back_without_an_attempt(connect, add, execute):
    (number,) = add(1)
    connection = connect()
    jobs = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    queue.release(connection.cursor(), jobs)
    connection.commit()
    assert state(execute, number) == ("pending", 0, False)
    assert claim(connection) == [number]


def test_many_events_of_a_record_that_waits_do_not_stand_in_the_way_of_others(connect, add, execute):
    (head,) = add(1, next_attempt_at=datetime(2999, 1, 1))
    behind = add(*[1] * 50)
    others = add(*range(2, 5))
    connection = connect()
    assert claim(connection, share=4) == [], "they are behind 50 that cannot be sent"
    connection.commit()
    assert queue.put_off(connection.cursor()) == 50
    connection.commit()
    assert claim(connection, share=4) == others
    connection.commit()
    assert queue.put_off(connection.cursor()) == 0
    connection.commit()
    execute("UPDATE webhook_job SET next_attempt_at = '2020-01-01' WHERE id = %s", head)
    (job,) = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    queue.record(connection.cursor(), [(job, time.monotonic(), ANSWER, DELIVERED)])
    connection.commit()
    assert claim(connection) == behind[:1], "its turn has come at once"


def test_results_of_a_webhook_that_is_being_deleted_wait_for_that_and_hold_nothing_up(connect, add, execute):
    add(1)
    recording, deleting = connect(), connect()
    (job,) = claim_jobs(recording.cursor(), 10, 10**9, 60, 10)
    recording.commit()
    cr = deleting.cursor()
    cr.execute("SELECT FROM webhook_webhook WHERE id = %s FOR UPDATE", [add.first])  # as the deletion begins
    thread = threading.Thread(
        target=lambda: queue.record(recording.cursor(), [(job, time.monotonic(), ANSWER, DELIVERED)])
    )
    thread.start()
    wait_for_lock(execute)
    cr.execute("DELETE FROM webhook_webhook WHERE id = %s", [add.first])  # and what is of it: no deadlock
    deleting.commit()
    thread.join()
    recording.commit()
    assert execute("SELECT count(*) FROM webhook_hour") == [(0,)]


def test_attempts_are_counted_by_webhook_and_hour(connect, add, execute):
    add(1, 2)
    connection = connect()
    jobs = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    began = time.monotonic()
    for reports in ([(jobs[0], began - 90, FAILURE, RETRY), (jobs[1], began - 60, ANSWER, DELIVERED)],) * 2:
        queue.record(connection.cursor(), reports)
        connection.commit()
    assert {row[0] for row in execute("SELECT last_reason FROM webhook_hour")} == {RETRY.reason}
    rows = execute(
        """
        SELECT webhook_id, hour = date_trunc('hour', hour), delivered, failed,
               round(extract(epoch FROM now() AT TIME ZONE 'UTC' - last_success) / 10) * 10,
               round(extract(epoch FROM now() AT TIME ZONE 'UTC' - last_failure) / 10) * 10
          FROM webhook_hour
        """
    )
    assert sum(row[2] for row in rows) == sum(row[3] for row in rows) == 2, "in one hour, or across its end"
    assert rows[0][:2] == (add.first, True)
    assert rows[0][4:] == (60, 90), "when the attempts ended, not when they were recorded"


def test_the_attempts_of_a_webhook_that_is_gone_are_not_counted(connect, add, execute):
    other = add.webhook()
    add(1)
    add(2, webhook_id=other)
    connection = connect()
    jobs = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    execute("DELETE FROM webhook_webhook WHERE id = %s", other)
    queue.record(connection.cursor(), [(job, time.monotonic(), ANSWER, DELIVERED) for job in jobs])
    connection.commit()
    assert execute("SELECT webhook_id, delivered FROM webhook_hour") == [(add.first, 1)]


def test_what_waited_for_a_cancelled_one_is_claimed_at_once(connect, add, execute):
    (head,) = add(1, next_attempt_at=datetime(2999, 1, 1))
    behind = add(*[1] * 20)
    connection = connect()
    assert queue.put_off(connection.cursor()) == 20
    connection.commit()
    assert cancel(connection, [head, *behind[:5]]) == {head, *behind[:5]}
    assert state(execute, head) == ("cancelled", 0, False)
    assert claim(connection) == behind[5:6]


def test_one_that_is_being_sent_is_not_cancelled_and_those_behind_it_wait_on(connect, add, execute):
    head, second, third = add(1, 1, 1)
    connection, other = connect(), connect()
    assert claim(connection) == [head]
    connection.commit()
    assert cancel(other, [head, second]) == {second}
    assert state(execute, head) == ("sending", 0, True)
    assert claim(connection) == [], "the third waits for the first"
    execute("UPDATE webhook_job SET state = 'delivered', claim = NULL, finished_at = now() WHERE id = %s", head)
    connection.commit()
    assert claim(connection) == [third]


def test_those_that_are_claimed_meanwhile_are_left_out(connect, add, execute):
    jobs = add(1, 2, 3)
    cancelling, claiming = connect(), connect()
    assert claim(claiming, limit=1) == jobs[:1]  # not committed: the cancellation has to wait for it
    found = []
    thread = threading.Thread(target=lambda: found.extend(queue.cancel(cancelling.cursor(), jobs, "No more.")))
    thread.start()
    wait_for_lock(execute)
    claiming.commit()
    thread.join()
    cancelling.commit()
    assert sorted(found) == jobs[1:]
    assert [state(execute, job)[0] for job in jobs] == ["sending", "cancelled", "cancelled"]


def wait_for_lock(execute):
    """Wait until somebody waits for a lock."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    deadline = time.monotonic() + 10
    while not execute(waiting)[0][0]:
        assert time.monotonic() < deadline


def test_one_that_is_put_off_meanwhile_is_called(connect, add, execute):
    head, second = add(1, 1)
    execute("UPDATE webhook_job SET next_attempt_at = '2999-01-01' WHERE id = %s", head)
    cancelling, tidying = connect(), connect()
    cancelled = queue.cancel(cancelling.cursor(), [head], "No more.")  # not committed
    assert queue.put_off(tidying.cursor()) == 1
    tidying.commit()
    cancelling.commit()
    queue.call_next(cancelling.cursor(), cancelled)
    cancelling.commit()
    assert claim(tidying) == [second]


def test_what_waits_is_hurried_and_its_receiver_no_longer_left_alone(connect, add, execute):
    waiting = add(1, 2, next_attempt_at=datetime(2999, 1, 1))
    (under_way,) = add(3, state="sending", claim="x", lease_until=datetime(2999, 1, 1))
    execute(
        "INSERT INTO webhook_health (webhook_id, failures, outages, trips, blocked_until) VALUES (%s, 9, 9, 1, '2999-01-01')",
        add.first,
    )
    connection = connect()
    assert claim(connection) == []
    connection.commit()
    assert sorted(queue.hurry(connection.cursor(), [*waiting, under_way])) == waiting
    connection.commit()
    assert claim(connection) == waiting[:1], "one job, as a probe"


def test_what_is_tried_again_is_found(connect, add):
    add(1)
    retried = add(2, 3, attempt_count=1)
    add(4, attempt_count=1, webhook_id=add.webhook())
    assert queue.retried(connect().cursor(), [add.first]) == retried


def test_a_claim_does_not_take_one_that_is_being_cancelled(connect, add):
    jobs = add(1, 2)
    cancelling, claiming = connect(), connect()
    queue.cancel(cancelling.cursor(), jobs[:1], "No more.")  # not committed
    assert claim(claiming) == jobs[1:]


class TestClaimsThatBecameSlow:
    """They begin where the last one ended, and look at all again now and then."""

    @pytest.fixture
    def claims(self, monkeypatch):
        monkeypatch.setattr(queue, "SLOW", 0)
        monkeypatch.setattr(queue, "ALL_AFTER", 10**6)
        return queue.Claims()

    @pytest.fixture
    def claim(self, claims, connect):
        connection = connect()

        def claim(share=10, **keywords):
            found = claims.claim(connection.cursor(), 100, 10**9, 60, share, **keywords)
            connection.commit()
            return [job.id for job in found]

        claim.record = lambda jobs: queue.record(
            connection.cursor(), [(job, time.monotonic(), ANSWER, DELIVERED) for job in jobs], call_all=claims.quick
        )
        claim.connection = connection
        return claim

    def test_what_comes_after_the_last_one_is_found(self, claims, claim, add, execute):
        first = add(1)
        assert claim() == first
        assert claims.quick
        (job,) = add(2, next_attempt_at=datetime(2020, 1, 2))
        other = add.webhook()
        (late,) = add(3, webhook_id=other)
        assert claim() == [job], "the other was due before this claim began to look"
        execute(f"UPDATE webhook_job SET next_attempt_at = {queue.NOW} WHERE id = %s", late)
        assert claim() == [late]

    def test_a_queue_longer_than_the_share_is_found_to_its_end(self, claim, add):
        jobs = add(*range(10))
        found = [number for _ in range(4) for number in claim(share=3)]
        assert found == jobs

    def test_the_next_event_of_a_record_is_found(self, claims, claim, add):
        first, second = add(1, 1)
        connection = claim.connection
        jobs = claims.claim(connection.cursor(), 100, 10**9, 60, 10)
        connection.commit()
        assert [job.id for job in jobs] == [first]
        add(2, next_attempt_at=datetime(2020, 1, 2))
        claim()
        claim.record(jobs)
        connection.commit()
        assert claim() == [second]

    def test_the_next_event_after_a_cancelled_one_is_found(self, claims, claim, add):
        (first,) = add(1, next_attempt_at=datetime(2999, 1, 1))
        (second,) = add(1)
        other = add(2, next_attempt_at=datetime(2020, 1, 2))
        assert claim() == other
        connection = claim.connection
        cancel(connection, [first])
        assert claims.quick
        assert claim() == [second]

    def test_what_was_given_back_is_found(self, claims, claim, add):
        jobs = add(1)
        connection = claim.connection
        taken = claims.claim(connection.cursor(), 100, 10**9, 60, 10)
        connection.commit()
        add(2, next_attempt_at=datetime(2020, 1, 2))
        claim()
        queue.release(connection.cursor(), taken)
        connection.commit()
        assert claim() == jobs

    def test_what_was_committed_late_is_found_when_all_is_looked_at_again(self, claims, claim, add, monkeypatch):
        claim()
        late = add(1)
        assert claim() == []
        monkeypatch.setattr(claims, "_all_at", 0)
        assert claim() == late


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
    assert queue.put_off(cr) == 1
    cr.connection.commit()
    assert 25 < queue.next_due(cr) <= 30


def test_the_end_of_a_lease_is_waited_for(connect, add):
    add(1)
    connection = connect()
    claim(connection, lease=40)
    connection.commit()
    assert 35 < queue.next_due(connection.cursor()) <= 40


OUTAGE = RETRY._replace(outage=True)


def fail(connection, times, outcome=OUTAGE):
    """Claim and fail so many jobs, one after the other."""
    for _ in range(times):
        (job,) = claim_jobs(connection.cursor(), 1, 10**9, 60, 1)
        connection.commit()
        queue.record(connection.cursor(), [(job, time.monotonic(), FAILURE, outcome)])
        connection.commit()


def test_a_receiver_that_is_down_is_left_alone_then_probed_with_one_job(connect, add, execute):
    jobs = add(*range(20))
    connection, other = connect(), connect()
    fail(connection, 4)
    assert len(claim(other)) == 10
    other.rollback()
    fail(connection, 1)
    assert claim(connection) == [], "the circuit is open"
    assert 20 < queue.next_due(connection.cursor()) <= 36
    connection.commit()
    execute(f"UPDATE webhook_health SET blocked_until = {queue.NOW}")
    assert claim(connection) == jobs[5:6]
    assert claim(other) == [], "one probe at a time, whoever makes it"
    connection.commit()
    assert claim(other) == []
    other.commit()


@pytest.mark.parametrize(("outcome", "waits"), [(OUTAGE, 60), (DELIVERED, None)])
def test_what_a_probe_finds_decides(connect, add, execute, outcome, waits):
    add(*range(20))
    connection = connect()
    fail(connection, 5)
    execute(f"UPDATE webhook_health SET blocked_until = {queue.NOW}")
    fail(connection, 1, outcome)
    found = execute(f"SELECT extract(epoch FROM blocked_until - {queue.NOW}) FROM webhook_health")[0][0]
    if waits:
        assert 0.75 * waits < found < 1.25 * waits
        assert claim(connection) == []
    else:
        assert found is None
        assert len(claim(connection)) == 10


def test_a_probe_whose_process_died_is_followed_by_another(connect, add, execute):
    add(*range(20))
    connection = connect()
    fail(connection, 5)
    execute(f"UPDATE webhook_health SET blocked_until = {queue.NOW}")
    assert claim(connection, lease=0)
    connection.commit()
    assert len(claim(connection)) == 1


def test_one_receivers_circuit_is_not_anothers(connect, add):
    add(*range(10))
    connection = connect()
    fail(connection, 5)
    (job,) = add(1, webhook_id=add.webhook())
    assert claim(connection) == [job]


def test_a_receiver_that_asks_to_be_left_alone_is(connect, add):
    add(1, 2)
    connection = connect()
    fail(connection, 1, OUTAGE._replace(retry_after=100))
    assert claim(connection) == []
    assert 95 < queue.next_due(connection.cursor()) <= 100


def test_after_days_without_a_success_the_webhook_is_to_be_paused(connect, add, execute):
    add(*range(12))
    connection = connect()
    refused = RETRY  # by the event: the circuit stays closed
    fail(connection, 9, refused)
    execute("UPDATE webhook_health SET failing_since = failing_since - interval '6 days'")

    def fail_again():
        (job,) = claim_jobs(connection.cursor(), 1, 10**9, 60, 1)
        connection.commit()
        return queue.record(connection.cursor(), [(job, time.monotonic(), FAILURE, refused)])

    (reason,) = fail_again().values()
    connection.commit()
    assert "6 days" in reason
    assert "status 500" in reason
    fail(connection, 1, DELIVERED)
    assert not fail_again()


def test_jobs_of_a_webhook_whose_delivery_is_paused_wait(connect, add, execute):
    jobs = add(1)
    execute("UPDATE webhook_webhook SET paused_at = now(), pause_cause = 'delivery'")
    connection = connect()
    assert claim(connection) == []
    assert queue.next_due(connection.cursor()) is None
    connection.commit()
    execute("UPDATE webhook_webhook SET pause_cause = 'definition'")
    assert claim(connection) == jobs


def test_states_that_are_not_kept_are_deleted_with_the_record_of_the_attempt(connect, add, execute):
    add(1, 2)
    connection = connect()
    first, second = claim_jobs(connection.cursor(), 10, 10**9, 60, 10)
    connection.commit()
    failed = Outcome(states.FAILED, None, "No.")
    reports = [(first, time.monotonic(), FAILURE, failed), (second, time.monotonic(), ANSWER, DELIVERED)]
    queue.record(connection.cursor(), reports, [states.FAILED])
    connection.commit()
    assert execute("SELECT id FROM webhook_job") == [(second.id,)]


def test_old_deliveries_are_purged_in_parts_and_what_waits_never(connect, add, execute):
    waiting = add(1)
    old, new = datetime(2020, 1, 1), datetime.utcnow()
    add(9, state="cancelled", next_attempt_at=None, finished_at=old)
    add(*range(5), state="delivered", next_attempt_at=None, finished_at=old)
    kept = add(7, state="delivered", next_attempt_at=None, finished_at=new)
    failed = add(8, state="failed", next_attempt_at=None, finished_at=old)
    connection = connect()
    assert queue.purge(connection.cursor(), states.CANCELLED, 30, 3) == 1
    connection.commit()
    assert queue.purge(connection.cursor(), states.DELIVERED, 7, 3) == 3
    connection.commit()
    assert queue.purge(connection.cursor(), states.DELIVERED, 7, 3) == 2
    connection.commit()
    assert queue.purge(connection.cursor(), states.DELIVERED, 7, 3) == 0
    connection.commit()
    assert execute("SELECT id FROM webhook_job ORDER BY id") == [(each,) for each in sorted(waiting + kept + failed)]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "pending", "next_attempt_at": None},
        {"state": "pending", "body": None},
        {"state": "sending"},
        {"state": "delivered"},
        {"state": "failed"},
        {"state": "cancelled"},
        {"state": "cancelled", "finished_at": datetime(2020, 1, 1)},
        {"state": "lost"},
    ],
    ids=str,
)
def test_a_job_whose_state_contradicts_itself_cannot_be_stored(add, columns):
    with pytest.raises(psycopg2.errors.CheckViolation):
        add(1, **columns)
