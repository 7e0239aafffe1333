from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestStatistics(WebhookCase):
    """The figures of what was sent, and of what came of it."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM webhook_job")
        self.webhook = self.subscribe("res.partner.category", "on_create")
        self.other = self.subscribe("res.partner.category", "on_create", name="Another")

    def job(self, webhook, state, *attempts):
        """A job in ``state`` with its attempts: (status, seconds) each, on 2026-01-05, an hour apart from 08:00 on."""
        known = self.jobs(webhook)
        self.env["res.partner.category"].create({"name": "Oak"})
        self.env.cr.execute(
            "DELETE FROM webhook_job WHERE webhook_id <> %s AND id > %s", [webhook.id, max(known.ids, default=0)]
        )
        job = self.jobs(webhook) - known
        if state != "pending":
            self.env.cr.execute(
                "UPDATE webhook_job SET state = %s, next_attempt_at = NULL, finished_at = '2026-01-06 00:30',"
                " attempt_count = %s WHERE id = %s",
                [state, len(attempts), job.id],
            )
        for number, (status, seconds) in enumerate(attempts, 1):
            self.env.cr.execute(
                "INSERT INTO webhook_attempt (job_id, number, started_at, status, duration)"
                " VALUES (%s, %s, timestamp '2026-01-05 07:15' + %s * interval '1 hour', %s, %s)",
                [job.id, number, number, status, seconds],
            )
        series.forget(job)
        return job

    def figures(self, *domain, by=()):
        """The sums of the measures, and the average duration; by field, where one is named."""
        measures = ["deliveries", "attempts", "delivered", "failed", "duration"]
        statistics = self.env["webhook.statistics"]
        if series.SERIES >= 19:  # as the web client asks
            functions = {name: f"{name}:{statistics._fields[name].aggregator}" for name in measures}
            groups = statistics.formatted_read_group(list(domain), list(by), list(functions.values()))
        else:
            functions = dict(zip(measures, measures))
            groups = statistics.read_group(list(domain), measures, list(by), lazy=False)
        return [
            tuple(group[name] for name in by) + tuple(round(group[functions[name]] or 0, 3) for name in measures)
            for group in groups
        ]

    def test_each_attempt_counts_and_each_delivery_that_is_over_once(self):
        self.job(self.webhook, "delivered", (500, 1.0), (None, 4.0), (200, 0.25))
        self.job(self.webhook, "failed", (404, 0.75))
        self.job(self.webhook, "pending", (503, 0.5))
        self.assertEqual(self.figures(), [(2, 5, 1, 4, 1.3)])

    def test_what_was_over_without_an_attempt_counts_as_a_delivery_and_in_no_average(self):
        self.job(self.webhook, "delivered", (200, 0.5))
        self.job(self.webhook, "failed")
        self.job(self.webhook, "cancelled")
        self.job(self.webhook, "pending")
        self.assertEqual(self.figures(), [(3, 1, 1, 0, 0.5)])
        self.assertEqual(self.figures(by=["outcome"]), [("delivered", 1, 1, 1, 0, 0.5), ("none", 2, 0, 0, 0, 0)])

    def test_one_cancelled_after_an_attempt_is_one_delivery(self):
        self.job(self.webhook, "cancelled", (500, 0.5))
        self.assertEqual(self.figures(by=["state"]), [("cancelled", 1, 1, 0, 1, 0.5)])

    def test_one_redelivered_counts_once_it_is_over_again(self):
        job = self.job(self.webhook, "failed", (500, 0.5))
        job.action_redeliver()
        self.assertEqual(self.figures(), [(0, 1, 0, 1, 0.5)])
        self.without_other_transactions()
        job.action_cancel()
        self.assertEqual(self.figures(), [(1, 1, 0, 1, 0.5)])

    def test_they_are_grouped_by_webhook_status_and_time(self):
        self.job(self.webhook, "delivered", (500, 1.0), (200, 0.5))
        self.job(self.other, "delivered", (200, 0.5))
        self.assertEqual(
            {row[0][0]: row[1:] for row in self.figures(by=["webhook_id"])},
            {self.webhook.id: (1, 2, 1, 1, 0.75), self.other.id: (1, 1, 1, 0, 0.5)},
        )
        self.assertEqual(
            {row[0]: row[1:] for row in self.figures(by=["status"])}, {200: (2, 2, 2, 0, 0.5), 500: (0, 1, 0, 1, 1.0)}
        )
        self.assertEqual([row[2] for row in self.figures(by=["started_at:hour"])], [2, 1])
        self.assertEqual([row[2] for row in self.figures(by=["started_at:day"])], [3])

    def test_a_row_leads_to_its_delivery(self):
        jobs = self.job(self.webhook, "delivered", (500, 1.0), (200, 0.5)) + self.job(self.webhook, "cancelled")
        rows = self.env["webhook.statistics"].search([], order="started_at, id")
        self.assertEqual(rows.mapped("outcome"), ["failed", "delivered", "none"])
        self.assertEqual([row.action_open_job()["res_id"] for row in rows], [jobs[0].id, jobs[0].id, jobs[1].id])
        self.assertEqual(rows.mapped("status"), [500, 200, 0])

    def test_each_manager_sees_his_own_and_an_administrator_all(self):
        self.job(self.webhook, "delivered", (200, 0.5))
        colleague = new_test_user(self.env, "statistics_colleague", "base.group_user,webhook.webhook_group_manager")
        statistics = self.env["webhook.statistics"]
        self.assertEqual(statistics.search_count([]), 1)
        self.assertEqual(statistics.with_user(colleague).search_count([]), 0)
        self.webhook.user_id = colleague
        self.assertEqual(statistics.with_user(colleague).search_count([]), 1)
