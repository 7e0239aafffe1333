from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestHealth(WebhookCase):
    """Whether a webhook works, seen at a glance."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_create")
        self.flush()

    def attempts(self, hours=0, delivered=0, failed=0):
        """Count attempts, ``hours`` ago, as the queue does; the failed ones end last."""
        self.env.cr.execute(
            """
            INSERT INTO webhook_hour (webhook_id, hour, delivered, failed, last_success, last_failure)
            SELECT %(webhook)s, date_trunc('hour', at), %(delivered)s, %(failed)s,
                   CASE WHEN %(delivered)s > 0 THEN at - interval '1 second' END, CASE WHEN %(failed)s > 0 THEN at END
              FROM (SELECT now() AT TIME ZONE 'UTC' - %(hours)s * interval '1 hour' AS at) AS time
            """,
            {"webhook": self.webhook.id, "hours": hours, "delivered": delivered, "failed": failed},
        )
        series.forget(self.webhook)

    def queue_job(self, state):
        self.env["res.partner.category"].create({"name": "Oak"})
        job = self.jobs(self.webhook)
        if state != "pending":
            self.env.cr.execute(
                "UPDATE webhook_job SET state = %s, finished_at = now(), next_attempt_at = NULL WHERE id = %s",
                [state, job.id],
            )

    def test_one_that_never_sent_says_so(self):
        self.assertEqual(self.webhook.health, "never")
        self.assertFalse(self.webhook.last_success or self.webhook.last_failure)

    def test_one_whose_last_attempt_succeeded_works(self):
        self.attempts(hours=2, failed=3)
        self.attempts(delivered=1)
        self.assertEqual(self.webhook.health, "working")
        self.assertGreater(self.webhook.last_success, self.webhook.last_failure)

    def test_one_whose_last_attempt_failed_is_retrying_while_something_waits(self):
        self.queue_job("pending")
        self.attempts(delivered=5, failed=1)
        self.assertEqual(self.webhook.health, "retrying")

    def test_the_last_problem_is_told(self):
        self.attempts(hours=2, failed=1)
        self.env.cr.execute("UPDATE webhook_hour SET last_reason = 'The receiver answered with status 503.'")
        series.forget(self.webhook)
        self.assertEqual(self.webhook.last_reason, "The receiver answered with status 503.")
        self.attempts(delivered=1)
        self.assertFalse(self.webhook.last_reason, "it is over")

    def test_an_archived_one_does_not_look_as_if_it_worked(self):
        self.attempts(delivered=1)
        self.webhook.active = False
        self.assertEqual(self.webhook.health, "paused")

    def test_and_failing_when_nothing_does(self):
        self.queue_job("failed")
        self.attempts(failed=1)
        self.assertEqual(self.webhook.health, "failing")
        self.assertEqual(self.webhook.failed_count, 1)

    def test_one_whose_events_cannot_even_be_rendered_is_failing(self):
        self.queue_job("failed")
        self.assertEqual(self.webhook.health, "failing")

    def test_a_paused_one_is_paused_whatever_it_did(self):
        self.attempts(delivered=1)
        with self.assertLogs("odoo.addons.webhook.models.webhook_webhook_pause", "WARNING"):
            self.webhook._pause("Mend it.")
        self.assertEqual(self.webhook.health, "paused")

    def test_one_whose_owner_is_archived_is_paused(self):
        self.attempts(delivered=1)
        owner = new_test_user(self.env, "webhook_leaver", "base.group_user,webhook.webhook_group_manager")
        self.webhook.user_id = owner
        self.assertEqual(self.webhook.health, "working")
        owner.active = False
        series.forget(self.webhook)
        self.assertEqual(self.webhook.health, "paused")
        self.assertIn(self.webhook, self.env["webhook.webhook"].search([("health", "=", "paused")]))

    def test_the_last_24_hours_are_counted(self):
        self.attempts(hours=30, delivered=100, failed=100)
        self.attempts(hours=3, delivered=10, failed=2)
        self.attempts(delivered=5)
        self.assertEqual((self.webhook.recent_delivered, self.webhook.recent_failed), (15, 2))
        self.assertIn("24 hours: 15 succeeded, 2 failed", self.webhook.recent_hours)
        self.assertEqual(self.webhook.recent_hours.count("#28a745"), 2, "hours in which one succeeded")
        self.assertEqual(self.webhook.recent_hours.count("#dc3545"), 1, "hours in which one failed")

    def test_webhooks_are_found_by_their_health(self):
        other = self.subscribe("res.partner.category", "on_write")
        self.flush()
        self.attempts(delivered=1)
        model = self.env["webhook.webhook"]
        both = [("id", "in", (self.webhook + other).ids)]
        self.assertEqual(model.search([("health", "=", "working"), *both]), self.webhook)
        self.assertEqual(model.search([("health", "!=", "working"), *both]), other)
        self.assertEqual(model.search([("health", "in", ["never", "working"]), *both]), self.webhook + other)

    def test_old_hours_are_forgotten(self):
        self.attempts(hours=24 * 400, delivered=1)
        self.attempts(hours=24 * 300, delivered=1)
        self.env["webhook.hour"]._gc_old()
        self.assertEqual(self.env["webhook.hour"].search_count([("webhook_id", "=", self.webhook.id)]), 1)

    def test_what_was_logged_before_there_were_hours_is_counted_once(self):
        self.queue_job("delivered")
        job = self.jobs(self.webhook)
        self.env.cr.execute(
            "INSERT INTO webhook_attempt (job_id, number, started_at, duration, status)"
            " VALUES (%(job)s, 1, '2026-01-01 10:58:00', 1, NULL), (%(job)s, 2, '2026-01-01 10:59:00', 1, 500),"
            " (%(job)s, 3, '2026-01-01 11:01:00', 1, 200)",
            {"job": job.id},
        )
        self.env.cr.execute("DELETE FROM webhook_hour")
        for _again in range(2):
            self.env["webhook.hour"].init()
        self.env.cr.execute("SELECT hour::text, delivered, failed FROM webhook_hour ORDER BY hour")
        self.assertEqual(self.env.cr.fetchall(), [("2026-01-01 10:00:00", 0, 2), ("2026-01-01 11:00:00", 1, 0)])
