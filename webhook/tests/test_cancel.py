from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .. import series
from ..delivery import queue
from .common import WebhookCase


class TestCancel(WebhookCase):
    """A delivery that waits can be cancelled; what waited for it goes on."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_write", "name")
        self.record = self.env["res.partner.category"].create({"name": "Oak"})
        self.commit()
        self.without_other_transactions()
        self.woken = []
        self.replace(type(self.env["webhook.job"]), "_wake_dispatcher", lambda job: self.woken.append(job))

    def rename(self, *names):
        """One job for each name, in that order; none of them is due before tomorrow."""
        for name in names:
            self.record.name = name
            self.commit()
        jobs = self.jobs(self.webhook)
        self.set(jobs, "next_attempt_at = now() + interval '1 day'")
        self.woken.clear()
        return jobs

    def set(self, jobs, values):
        self.env.cr.execute(f"UPDATE webhook_job SET {values} WHERE id = ANY(%s)", [jobs.ids])
        series.forget(jobs)

    def due(self, jobs):
        soon = fields.Datetime.now() + timedelta(minutes=1)
        return jobs.filtered(lambda job: job.next_attempt_at and job.next_attempt_at < soon)

    def test_a_waiting_one_is_not_sent_and_says_who_cancelled_it(self):
        job = self.rename("Elm")
        body = job.body
        self.assertIs(job.action_cancel(), True)
        self.assertEqual((job.state, job.error), ("cancelled", f"Cancelled by {self.env.user.name}."))
        self.assertTrue(job.finished_at)
        self.assertFalse(job.next_attempt_at)
        self.assertEqual(job.body, body)

    def test_one_that_is_tried_again_keeps_its_attempts(self):
        job = self.rename("Elm")
        self.set(job, "attempt_count = 2, error = 'The receiver answered with status 500.'")
        self.env.cr.execute(
            "INSERT INTO webhook_attempt (job_id, number, started_at, status) VALUES (%s, 2, now(), 500)", [job.id]
        )
        job.action_cancel()
        self.assertEqual((job.state, job.attempt_count), ("cancelled", 2))
        self.assertEqual(job.attempt_ids.mapped("status"), [500])

    def test_one_that_is_being_sent_or_over_is_not(self):
        job = self.rename("Elm")
        for values in (
            "state = 'sending', claim = 'x', lease_until = now()",
            "state = 'delivered', claim = NULL, finished_at = now()",
        ):
            self.set(job, values)
            before = job.state
            with self.assertRaisesRegex(UserError, "only a delivery that waits can be cancelled"):
                job.action_cancel()
            self.assertEqual(job.state, before)

    def test_of_several_those_that_wait_are_and_the_others_counted(self):
        first, second, third = self.rename("Elm", "Ash", "Yew")
        self.set(first, "state = 'sending', claim = 'x', lease_until = now() + interval '1 minute'")
        shown = (first + second + third).action_cancel()["params"]
        self.assertEqual((first + second + third).mapped("state"), ["sending", "cancelled", "cancelled"])
        self.assertEqual(shown["type"], "warning")
        self.assertIn("Cancelled deliveries: 2.", shown["message"])
        self.assertIn("being sent or over: 1.", shown["message"])

    def test_the_next_event_of_the_record_is_called_and_the_dispatcher_woken(self):
        first, second, third = self.rename("Elm", "Ash", "Yew")
        first.action_cancel()
        self.assertEqual(self.due(second + third), second, "the third waits for the second")
        self.assertTrue(self.woken)

    def test_behind_a_whole_selection_the_next_one_is_called(self):
        first, second, third, fourth = self.rename("Elm", "Ash", "Yew", "Fir")
        (second + first + third).action_cancel()
        self.assertEqual(self.due(self.jobs(self.webhook)), fourth)
        self.assertEqual(fourth.state, "pending")

    def test_one_that_waits_behind_another_calls_nobody(self):
        first, second, third = self.rename("Elm", "Ash", "Yew")
        second.action_cancel()
        self.assertFalse(self.due(first + third), "the first waits for its retry, the third for the first")

    def test_other_records_and_webhooks_are_left_alone(self):
        job = self.rename("Elm")
        other = self.env["res.partner.category"].create({"name": "Pear"})
        webhook = self.subscribe("res.partner.category", "on_write", "name", name="Another")
        self.commit()
        other.name = "Plum"
        self.record.name = "Fig"
        self.commit()
        others = self.jobs(webhook) + self.jobs(self.webhook).filtered(lambda each: each.res_id == other.id)
        self.assertEqual(len(others), 3)
        self.set(others, "next_attempt_at = now() + interval '1 day'")
        job.action_cancel()
        self.assertFalse(self.due(others))

    def test_a_cancelled_one_can_be_redelivered(self):
        job = self.rename("Elm")
        job.action_cancel()
        job.action_redeliver()
        self.assertEqual((job.state, job.error, job.finished_at), ("pending", False, False))
        self.assertEqual(self.due(job), job)

    def test_it_is_kept_like_a_failed_one(self):
        self.replace(self.env.cr, "commit", lambda: None)
        first, second = self.rename("Elm", "Ash")
        (first + second).action_cancel()
        self.set(first, "finished_at = now() AT TIME ZONE 'UTC' - interval '31 days'")
        self.set(second, "finished_at = now() AT TIME ZONE 'UTC' - interval '29 days'")
        self.env["webhook.job"]._cron_purge()
        self.assertEqual((first + second).exists(), second)

    def test_only_who_may_change_the_webhook_may_do_it(self):
        job = self.rename("Elm")
        colleague = new_test_user(self.env, "cancel_colleague", "base.group_user,webhook.webhook_group_manager")
        employee = new_test_user(self.env, "cancel_employee", "base.group_user")
        for user in (colleague, employee):
            with self.assertRaises(AccessError):
                job.with_user(user).action_cancel()
        self.env.ref("webhook.access_webhook_webhook_manager").sudo().perm_write = False
        self.assertTrue(job.read(["state"]))
        for action in (job.action_cancel, job.action_redeliver):
            with self.assertRaises(AccessError):
                action()
        self.assertEqual(job.state, "pending")

    def test_one_deleted_meanwhile_does_not_stop_the_others(self):
        first, second = self.rename("Elm", "Ash")
        self.env.cr.execute("DELETE FROM webhook_job WHERE id = %s", [first.id])
        (first + second).action_cancel()
        self.assertEqual(second.state, "cancelled")

    def test_thousands_are_cancelled_without_reading_them(self):
        job = self.rename("Elm")
        self.env.cr.execute(
            "INSERT INTO webhook_job (webhook_id, event, model, kind, res_id, format, body, state, attempt_count,"
            " next_attempt_at) SELECT webhook_id, event, model, kind, 1000000 + mod(number, 100), format, body, state, 0,"
            " next_attempt_at FROM webhook_job, generate_series(1, 3000) number WHERE id = %s",
            [job.id],
        )
        jobs = self.jobs(self.webhook)
        self.assertEqual(len(jobs), 3001)
        with self.assertQueryCount(25):
            jobs.action_cancel()
        self.assertEqual(queue.progress(self.env.cr, jobs.ids)["cancelled"], 3001)
