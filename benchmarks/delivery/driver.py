"""A sender of the benchmark ``delivery``: an Odoo process that fills the queue, sends what is in it, and says what that took.

Of the engine it uses the scheduled action's own method, and what the queue's claim is called with; jobs are copies of one that a
real event made. Run by Odoo's Python with the path of an Odoo configuration file.
"""

import sys
import time

from benchmarks.driver import forget_peak, postgres_work, registry, resident, serve, transaction

BODY = 900  # bytes
# Jobs like the one that a real event made, for the webhooks in turns, each of another record; their bodies are JSON.
COPY = """
    INSERT INTO webhook_job ({columns}, webhook_id, event, res_id, body)
    SELECT {columns}, (%(webhooks)s)[number %% %(count)s + 1], 'evt_' || md5(random()::text || number),
           nextval('bench_record'), rpad('{{"id": "evt_' || number || '", "padding": "', %(size)s - 2, 'x') || '"}}'
      FROM bench_job, generate_series(0, %(jobs)s - 1) AS number
"""
OWN = ("webhook_id", "event", "res_id", "body")


class Driver:
    """What can be called; the arguments and the answers are JSON."""

    def __init__(self, registry):
        self._registry = registry
        self._webhooks = []

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
                """
            )
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

    def fill(self, jobs, webhooks=None, clear=True):
        """Put ``jobs`` in the queue, all due, spread over the webhooks, or the first ``webhooks`` of them."""
        if clear:
            self.clear()
        with transaction(self._registry) as env:
            _insert(env.cr, jobs, self._webhooks[:webhooks])
            env.cr.commit()
            if clear:
                env.cr._cnx.autocommit = True
                env.cr.execute("ANALYZE webhook_job")

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
                env["webhook.job"]._cron_dispatch()
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

    def _states(self):
        """What is in the queue, for whoever reads why it failed."""
        with self._registry.cursor() as cr:
            cr.execute("SELECT state, count(*), min(error), max(attempt_count) FROM webhook_job GROUP BY state")
            return cr.fetchall()


def _insert(cr, jobs, webhooks):
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'bench_job'")
    columns = ", ".join(name for (name,) in cr.fetchall() if name not in OWN)
    values = {"webhooks": webhooks, "count": len(webhooks), "jobs": jobs, "size": BODY}
    cr.execute(COPY.format(columns=columns), values)


if __name__ == "__main__":
    serve(lambda: Driver(registry(sys.argv[1])))
