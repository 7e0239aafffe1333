from datetime import timedelta

from odoo import fields

from .. import series
from .common import WebhookCase


class TestDeliveryForm(WebhookCase):
    """What the form of a delivery says beside what is stored."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe(
            "res.partner.category",
            "on_write",
            "name",
            auth_type="bearer",
            auth_secret="very-secret-token",
            header_ids=[(0, 0, {"name": "X-Api-Key", "value": "very-secret-key"})],
        )
        self.record = self.env["res.partner.category"].create({"name": "Oak"})
        self.commit()
        for name in ("Elm", "Ash"):
            self.record.name = name
            self.commit()
        self.job, self.second = self.jobs(self.webhook)

    def set(self, statement, *values):
        self.flush()
        self.env.cr.execute(statement, values)
        series.forget(self.job)

    def test_the_request_is_shown_with_its_headers_and_no_secret(self):
        shown = self.job.shown_request
        self.assertEqual(shown.splitlines()[0], f"POST {self.webhook.address}")
        for line in (
            f"webhook-id: {self.job.event}",
            "X-Odoo-Model: res.partner.category",
            "X-Odoo-Attempt: 1",
            "Content-Type: application/json; charset=utf-8",
            "X-Api-Key: •••",
            "Authorization: •••",
            "webhook-signature: •••",
        ):
            self.assertIn(line, shown.splitlines())
        self.assertNotIn("very-secret", shown)

    def test_the_body_is_indented(self):
        self.assertIn('"new": "Elm"', self.job.shown_body)
        self.assertIn("\n  ", self.job.shown_body)
        self.set("UPDATE webhook_job SET body = %s WHERE id = %s", "{broken", self.job.id)
        self.assertEqual(self.job.shown_body, "{broken")

    def test_it_says_when_the_next_attempt_is_and_that_an_older_event_goes_first(self):
        self.assertEqual((self.job.expected_at, self.job.waits_for), (self.job.next_attempt_at, False))
        self.assertFalse(self.second.expected_at)
        self.assertIn("an older event of the same record", self.second.waits_for)

    def test_a_receiver_that_is_left_alone_is_waited_for(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        self.set(
            "INSERT INTO webhook_health (webhook_id, failures, outages, trips, blocked_until) VALUES (%s, 5, 5, 1, %s)",
            self.webhook.id,
            later,
        )
        self.assertEqual(self.job.expected_at, later)

    def test_it_says_that_its_webhook_holds_it(self):
        self.webhook.active = False
        self.set("SELECT 1")
        self.assertFalse(self.job.expected_at)
        self.assertIn("paused or archived", self.job.waits_for)

    def test_one_that_is_over_waits_for_nothing(self):
        self.without_other_transactions()
        self.job.action_cancel()
        self.assertEqual((self.job.expected_at, self.job.waits_for), (False, False))

    def test_an_attempt_is_told_in_short(self):
        attempt = self.env["webhook.attempt"]
        for status, error, answer, expected in (
            (200, None, ' {"a":\n1}', (True, "200 OK", '{"a": 1}')),
            (404, None, "x" * 200, (False, "404 Not Found", "x" * 160 + "…")),
            (599, None, "", (False, "599", "")),
            (None, "No answer within 5 seconds.", "", (False, "No answer", "No answer within 5 seconds.")),
        ):
            self.env.cr.execute(
                "INSERT INTO webhook_attempt (job_id, number, started_at, status, error, answer)"
                " VALUES (%s, 1, now(), %s, %s, %s) RETURNING id",
                [self.job.id, status, error, answer],
            )
            found = attempt.browse(self.env.cr.fetchone()[0])
            self.assertEqual((found.accepted, found.result, found.gist), expected)
        self.assertEqual(self.job.attempt_ids.mapped("status"), [200, 404, 599, 0], "the oldest comes first")
        self.assertEqual(self.job.attempt_ids[0].shown_answer, '{\n  "a": 1\n}')
