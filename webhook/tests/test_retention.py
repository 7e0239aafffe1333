from .. import series
from .common import WebhookCase


class TestRetention(WebhookCase):
    """What is over is kept for some days, and then deleted; what waits never is."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_create", "name")
        # The transaction of a test cannot be committed.
        self.replace(self.env.cr, "commit", lambda: None)

    def job(self, state, days):
        known = self.jobs(self.webhook)
        self.env["res.partner.category"].create({"name": f"{state} {days}"})
        job = self.jobs(self.webhook) - known
        if state != "pending":
            self.env.cr.execute(
                "UPDATE webhook_job SET state = %s, next_attempt_at = NULL,"
                " finished_at = now() AT TIME ZONE 'UTC' - %s * interval '1 day' WHERE id = %s",
                [state, days, job.id],
            )
        else:
            self.env.cr.execute(
                "UPDATE webhook_job SET create_date = now() - interval '900 days' WHERE id = %s", [job.id]
            )
        series.forget(job)
        return job

    def keep(self, **days):
        for name, value in days.items():
            self.env["ir.config_parameter"].sudo().set_param(f"webhook.keep_{name}", str(value))

    def purge(self):
        self.env["webhook.job"]._cron_purge()

    def test_by_default_deliveries_are_kept_a_week_and_failed_ones_a_month(self):
        kept = self.job("delivered", 6) + self.job("failed", 29) + self.job("pending", 0)
        gone = self.job("delivered", 8) + self.job("failed", 31)
        self.purge()
        self.assertEqual((kept + gone).exists(), kept)

    def test_the_settings_decide(self):
        self.keep(delivered=20, failed=2)
        kept, gone = self.job("delivered", 8), self.job("failed", 3)
        self.purge()
        self.assertEqual((kept + gone).exists(), kept)

    def test_what_is_not_kept_at_all_goes_too(self):
        self.keep(failed=0)
        gone = self.job("failed", 0)
        self.purge()
        self.assertFalse(gone.exists())

    def test_attempts_go_with_their_delivery(self):
        gone = self.job("delivered", 8)
        self.env.cr.execute(
            "INSERT INTO webhook_attempt (job_id, number, started_at) VALUES (%s, 1, now()) RETURNING id", [gone.id]
        )
        attempt = self.env["webhook.attempt"].browse(self.env.cr.fetchone()[0])
        self.assertTrue(attempt.exists())
        self.purge()
        self.assertFalse(attempt.exists())
