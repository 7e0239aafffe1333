"""A sender of the benchmark ``delivery``: an Odoo process that fills the queue, sends what is in it, and says what that took.

Of the engine it uses the scheduled action's own method, and what the queue's claim is called with; jobs are copies of one that a
real event made. Run by Odoo's Python with the path of an Odoo configuration file.
"""

import contextlib
import sys
import time

import psycopg2
import psycopg2.extensions

from benchmarks.delivery import BODY
from benchmarks.driver import forget_peak, postgres_work, registry, resident, serve, transaction

# A function of the database: jobs like the one that a real event made, for the webhooks in turns, each of another record, their
# bodies JSON. It gives the ids of those records.
FILL = """
    CREATE OR REPLACE FUNCTION bench_fill(webhooks integer[], jobs integer, size integer, of_state varchar = 'pending')
    RETURNS SETOF integer
    LANGUAGE sql AS $$
        INSERT INTO webhook_job ({columns}, webhook_id, res_id, event, body)
        SELECT {columns}, webhooks[number % cardinality(webhooks) + 1], record, name,
               rpad('{{"id": "' || name || '", "padding": "', size - 2, 'x') || '"}}'
          FROM bench_job, (
               SELECT number, record, 'evt_' || lpad(to_hex(record), 32, md5(webhooks[1]::text)) AS name
                 FROM (SELECT number, nextval('bench_record') AS record FROM generate_series(0, jobs - 1) AS number) _) _
         WHERE bench_job.state = of_state
        RETURNING res_id
    $$
"""
DELIVERED = """
    state = 'delivered', claim = NULL, lease_until = NULL, next_attempt_at = NULL, attempt_count = 1,
    finished_at = clock_timestamp() AT TIME ZONE 'UTC'
"""
# Seconds for many claims, and how many there are at least.
LONGEST, FEWEST = 30, 20
OWN = ("webhook_id", "event", "res_id", "body")


class Driver:
    """What can be called; the arguments and the answers are JSON."""

    def __init__(self, registry):
        self._registry = registry
        self._webhooks = []
        self._old = None

    def subscribe(self, addresses):
        """Have one webhook for each address, and no others, and a real event of theirs to copy."""
        with transaction(self._registry) as env:
            env["webhook.webhook"].with_context(active_test=False).search([]).unlink()
            model = env["ir.model"]._get("res.partner").id
            values = {"model_id": model, "kind": "on_create", "field_names": "name, email"}
            webhooks = env["webhook.webhook"].create(
                [{**values, "name": f"Bench {number}", "address": each} for number, each in enumerate(addresses)]
            )
            env.cr.commit()
            env["res.partner"].create({"name": "Bench", "email": "bench@example.com"})
            env.cr.commit()
            self._webhooks = webhooks.ids
            env.cr.execute(
                """
                DROP TABLE IF EXISTS bench_job;
                DROP SEQUENCE IF EXISTS bench_record;
                CREATE SEQUENCE bench_record;
                CREATE TABLE bench_job AS SELECT * FROM webhook_job WHERE state = 'pending' LIMIT 1;
                ALTER TABLE bench_job DROP COLUMN id;
                INSERT INTO bench_job SELECT * FROM bench_job;
                """
                f"UPDATE bench_job SET {DELIVERED} WHERE ctid = (SELECT min(ctid) FROM bench_job)"
            )
            env.cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'bench_job'")
            columns = ", ".join(name for (name,) in env.cr.fetchall() if name not in OWN)
            env.cr.execute(FILL.format(columns=columns))
        self.clear()
        return self._webhooks

    def webhooks(self):
        """Use those that another driver has made."""
        with transaction(self._registry) as env:
            self._webhooks = env["webhook.webhook"].search([], order="id").ids

    def clear(self):
        """Remove all jobs, and what would wake a sender for them."""
        with transaction(self._registry) as env:
            env.cr.execute("TRUNCATE webhook_job CASCADE")
            if "ir.cron.trigger" in env:
                env.cr.execute("DELETE FROM ir_cron_trigger")

    def fill(self, jobs, delivered=0, size=BODY):
        """Put ``jobs`` in the queue, all due, with bodies of ``size`` bytes, spread over the webhooks; and delivered ones."""
        self.clear()
        with self._connection() as cr:
            # Without a look at the webhook of each.
            cr.execute(
                "SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
                "WHERE rolname = current_user AND rolsuper"
            )
            _fill(cr, self._webhooks, delivered, state="delivered")
            _fill(cr, self._webhooks, jobs, size)
            cr.connection.commit()
            cr.connection.autocommit = True
            cr.execute("VACUUM ANALYZE webhook_job")

    def drain(self, patience=120):
        """Send all that is in the queue.

        :return: dict with the number of ``jobs``, the ``seconds`` by the clock, those of the processor that this process
            (``work``) and PostgreSQL (``database``) took, and the memory of this process ``before`` and at its ``peak``, in MB
        :raises AssertionError: when something was not delivered at the first attempt
        """
        forget_peak()
        memory, began, work = resident(), time.time(), time.process_time()
        with self._registry.cursor() as cr:
            database = postgres_work(cr)
        while True:
            with transaction(self._registry) as env:
                env["webhook.job"]._start_dispatcher().join()
            work_after = time.process_time()
            with self._registry.cursor() as cr:
                cr.execute("SELECT count(*) FROM webhook_job WHERE state IN ('pending', 'sending')")
                if cr.fetchone() == (0,):
                    break
            assert time.time() < began + patience, self._states()
            time.sleep(0.01)
        with self._registry.cursor() as cr:
            return {
                "jobs": self._delivered(cr),
                "seconds": self._finished(cr) - began,
                "work": work_after - work,
                "database": postgres_work(cr) - database,
                "before": memory,
                "peak": resident("VmHWM"),
            }

    def _delivered(self, cr):
        cr.execute("SELECT state, count(*), (SELECT count(*) FROM webhook_attempt) FROM webhook_job GROUP BY state")
        rows = cr.fetchall()
        assert len(rows) == 1, self._states()
        state, jobs, attempts = rows[0]
        assert (state, jobs) == ("delivered", attempts), self._states()
        return jobs

    @staticmethod
    def _finished(cr):
        cr.execute("SELECT extract(epoch FROM max(finished_at) AT TIME ZONE 'UTC') FROM webhook_job")
        return float(cr.fetchone()[0])

    def claims(self, count, backlog, jobs, share):
        """Claim batches from a queue of ``backlog`` jobs, which are then delivered, as many new ones in their place.

        :param jobs: the size of a batch
        :param share: so many of one webhook at most
        :return: dict with the ``milliseconds`` of each claim and the number of ``jobs`` in each
        """
        found = {"milliseconds": [], "jobs": []}
        deadline = time.monotonic() + LONGEST
        with self._connection() as cr:
            for number in range(count):
                if number >= FEWEST and time.monotonic() > deadline:
                    break
                began = time.perf_counter()
                claimed = claim(cr, jobs, share)
                cr.connection.commit()
                found["milliseconds"].append((time.perf_counter() - began) * 1000)
                found["jobs"].append(len(claimed))
                self._deliver(cr, claimed)
                _fill(cr, self._webhooks, len(claimed))
                cr.connection.commit()
            cr.execute("SELECT count(*) FROM webhook_job WHERE state = 'pending'")
            (waiting,) = cr.fetchone()
            assert waiting == backlog, f"{waiting} instead of {backlog} jobs wait"
        return found

    def churn(self, jobs):
        """Claim and deliver ``jobs`` of the queue, with claims like those of a dispatcher that has many more senders.

        :return: how many in the end: it is bound in time too
        """
        done, deadline = 0, time.monotonic() + LONGEST
        with self._connection() as cr:
            while done < jobs and time.monotonic() < deadline:
                claimed = claim(cr, min(2000, jobs - done), 2000)
                cr.connection.commit()
                assert claimed
                self._deliver(cr, claimed)
                cr.connection.commit()
                done += len(claimed)
        return done

    def plan(self, jobs, share):
        """What PostgreSQL says to ``EXPLAIN (ANALYZE, BUFFERS)`` of the statements of a claim that look for jobs.

        :return: list of [statement, plan], strings both
        """
        with self._connection(_Noting) as cr:
            claim(cr, jobs, share)
            cr.connection.rollback()
            found = []
            for statement in tuple(cr.noted):
                if "webhook_job" in statement:
                    cr.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
                    found.append([statement, "\n".join(line for (line,) in cr.fetchall())])
            cr.connection.rollback()
        return found

    def begin(self):
        """Open a transaction that sees what is there now, and leave it open."""
        self._old = self._registry.cursor()
        self._old.execute("SELECT count(*) FROM webhook_webhook")

    def end(self):
        """End it."""
        self._old.close()

    @contextlib.contextmanager
    def _connection(self, factory=None):
        """A cursor on a connection of its own, without Odoo around it."""
        from odoo.sql_db import connection_info_for

        with contextlib.closing(psycopg2.connect(**connection_info_for(self._registry.db_name)[1])) as connection:
            yield connection.cursor(cursor_factory=factory)

    @staticmethod
    def _deliver(cr, jobs):
        cr.execute(f"UPDATE webhook_job SET {DELIVERED} WHERE id = ANY(%s)", ([job.id for job in jobs],))

    def _states(self):
        """What is in the queue, for whoever reads why it failed."""
        with self._registry.cursor() as cr:
            cr.execute("SELECT state, count(*), min(error), max(attempt_count) FROM webhook_job GROUP BY state")
            return cr.fetchall()


class _Noting(psycopg2.extensions.cursor):
    """A cursor that keeps the statements that it executes."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.noted = []

    def execute(self, statement, parameters=None):
        self.noted.append(self.mogrify(statement, parameters).decode())
        return super().execute(statement, parameters)


_claims = {}


def claim(cr, jobs, share):
    """Claim up to ``jobs``, and up to ``share`` of one webhook: the one place that knows the engine's own function for it."""
    from odoo.addons.webhook.delivery import dispatcher, queue

    claims = _claims.setdefault(cr.connection, queue.Claims())  # which remember where they ended, as a dispatcher's do
    return claims.claim(cr, jobs, dispatcher.CAPACITY_BYTES, lease=60, share=share)


def _fill(cr, webhooks, jobs, size=BODY, state="pending"):
    cr.execute("SELECT count(*) FROM bench_fill(%s, %s, %s, %s)", (webhooks, jobs, size, state))


if __name__ == "__main__":
    serve(lambda: Driver(registry(sys.argv[1])))
