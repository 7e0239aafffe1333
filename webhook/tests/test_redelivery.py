from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestRedelivery(WebhookCase):
    """Sending a finished delivery once more."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_create")
        self.env["res.partner.category"].create({"name": "Oak"})
        self.job = self.jobs(self.webhook)

    def finish(self, state):
        self.env.cr.execute(
            "UPDATE webhook_job SET state = %s, attempt_count = 6, error = 'No.', finished_at = now(),"
            " next_attempt_at = NULL WHERE id = %s",
            [state, self.job.id],
        )
        series.forget(self.job)

    def test_a_finished_delivery_is_sent_again_with_all_its_retries(self):
        for state in ("delivered", "failed", "cancelled"):
            self.finish(state)
            event, body = self.job.event, self.job.body
            self.job.action_redeliver()
            self.assertEqual(self.job.state, "pending")
            self.assertEqual((self.job.attempt_count, self.job.error, self.job.finished_at), (0, False, False))
            self.assertTrue(self.job.next_attempt_at)
            self.assertEqual((self.job.event, self.job.body), (event, body))

    def test_one_that_waits_is_sent_now(self):
        self.without_other_transactions()
        self.env.cr.execute("UPDATE webhook_job SET next_attempt_at = '2999-01-01', attempt_count = 1")
        series.forget(self.job)
        self.assertIs(self.job.action_send_now(), True)
        self.assertLess(self.job.next_attempt_at.year, 2999)
        self.assertEqual(self.job.attempt_count, 1, "its retries go on")
        self.env.cr.execute("UPDATE webhook_job SET next_attempt_at = '2999-01-01'")
        series.forget(self.job)
        self.webhook.action_send_now()
        self.assertLess(self.job.next_attempt_at.year, 2999)
        self.finish("failed")
        with self.assertRaisesRegex(UserError, "Nothing waits here"):
            self.job.action_send_now()

    def test_only_who_may_change_the_webhook_sends_now(self):
        colleague = new_test_user(self.env, "webhook_hasty", "base.group_user,webhook.webhook_group_manager")
        for record in (self.job, self.webhook):
            with self.assertRaises(AccessError):
                record.with_user(colleague).action_send_now()

    def test_one_on_its_way_is_not(self):
        with self.assertRaises(UserError):
            self.job.action_redeliver()

    def test_one_with_nothing_to_send_is_not(self):
        self.finish("failed")
        self.env.cr.execute("UPDATE webhook_job SET body = NULL WHERE id = %s", [self.job.id])
        series.forget(self.job)
        with self.assertRaises(UserError):
            self.job.action_redeliver()

    def test_only_who_may_change_the_webhook_may_do_it(self):
        self.finish("failed")
        colleague = new_test_user(self.env, "redelivery_colleague", "base.group_user,webhook.webhook_group_manager")
        employee = new_test_user(self.env, "redelivery_employee", "base.group_user")
        for user in (colleague, employee):
            with self.assertRaises(AccessError):
                self.job.with_user(user).action_redeliver()
        self.assertEqual(self.job.state, "failed")

    def test_several_are_sent_again_at_once_and_the_others_counted(self):
        self.env["res.partner.category"].create([{"name": "Elm"}, {"name": "Ash"}])
        jobs = self.jobs(self.webhook)
        for self.job in jobs[:2]:
            self.finish("failed")
        action = jobs.action_redeliver()
        self.assertEqual(jobs.mapped("state"), ["pending"] * 3)
        shown = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((shown.total, shown.busy), (2, 1))
