from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase

COUNTS = ("total", "busy", "empty", "delivered", "waiting", "retrying", "failed", "cancelled", "gone", "held")


class TestRedeliveryProgress(WebhookCase):
    """Several deliveries that are sent again are followed in a dialog."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_create")
        self.env["res.partner.category"].create([{"name": name} for name in ("Oak", "Elm", "Ash", "Yew", "Fir")])
        self.all = self.jobs(self.webhook)
        self.set(self.all, "state = 'failed', finished_at = now(), next_attempt_at = NULL, error = 'No.'")

    def set(self, jobs, values):
        self.env.cr.execute(f"UPDATE webhook_job SET {values} WHERE id = ANY(%s)", [jobs.ids])
        series.forget(jobs)

    def start(self, jobs):
        """The dialog that opens when ``jobs`` are sent again."""
        action = jobs.action_redeliver()
        self.assertEqual((action["res_model"], action["target"]), ("webhook.redelivery", "new"))
        return self.env[action["res_model"]].browse(action["res_id"])

    def counts(self, redelivery):
        """What the dialog counts now, without the zeros."""
        series.forget(redelivery)
        return {name: redelivery[name] for name in COUNTS if redelivery[name]}

    def test_it_counts_what_has_become_of_each(self):
        redelivery = self.start(self.all)
        self.assertEqual(self.counts(redelivery), {"total": 5, "waiting": 5})
        self.assertEqual((redelivery.percentage, redelivery.over), (0, False))
        over = "finished_at = now(), next_attempt_at = NULL"
        self.set(self.all[0], f"state = 'delivered', {over}")
        self.set(self.all[1], f"state = 'failed', {over}")
        self.set(self.all[2], "attempt_count = 1")
        self.set(self.all[3], f"state = 'cancelled', {over}")
        self.assertEqual(
            self.counts(redelivery),
            {"total": 5, "delivered": 1, "failed": 1, "cancelled": 1, "waiting": 2, "retrying": 1},
        )
        self.assertEqual((redelivery.percentage, redelivery.over), (60, False))
        self.assertEqual(redelivery.verdict, "1 of 5 are delivered.")
        self.set(self.all, f"state = 'delivered', {over}")
        self.assertEqual(self.counts(redelivery), {"total": 5, "delivered": 5})
        self.assertEqual((redelivery.percentage, redelivery.over), (100, True))
        self.assertEqual(redelivery.verdict, "All are delivered.")

    def test_what_is_not_kept_is_over(self):
        redelivery = self.start(self.all)
        self.env.cr.execute("DELETE FROM webhook_job WHERE id = ANY(%s)", [self.all.ids])
        self.assertEqual(self.counts(redelivery), {"total": 5, "gone": 5})
        self.assertTrue(redelivery.over)

    def test_those_left_out_are_counted_with_the_reason(self):
        self.set(self.all[0], "body = NULL")
        self.set(self.all[1], "state = 'pending', finished_at = NULL, next_attempt_at = now()")
        redelivery = self.start(self.all)
        self.assertEqual(self.counts(redelivery), {"total": 3, "waiting": 3, "busy": 1, "empty": 1})
        none = self.start(self.all[:2])
        self.assertEqual(self.counts(none), {"busy": 1, "empty": 1})
        self.assertEqual((none.percentage, none.over), (100, True))
        self.assertEqual(none.verdict, "None of these deliveries can be sent again.")

    def test_it_says_that_a_webhook_holds_them(self):
        redelivery = self.start(self.all)
        self.webhook.active = False
        self.flush()
        self.assertEqual(self.counts(redelivery), {"total": 5, "waiting": 5, "held": 5})

    def test_all_that_a_webhook_failed_to_deliver(self):
        other = self.subscribe("res.partner.category", "on_create", name="Another")
        self.env["res.partner.category"].create({"name": "Plum"})
        self.set(self.jobs(other), "state = 'failed', finished_at = now(), next_attempt_at = NULL")
        self.set(self.all[0], "body = NULL")
        self.set(self.all[1], "state = 'delivered'")
        action = self.webhook.action_redeliver_failed()
        redelivery = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(redelivery.total, 3)
        self.assertEqual(self.all.mapped("state"), ["failed", "delivered"] + ["pending"] * 3)
        self.assertEqual(self.jobs(other).state, "failed")
        with self.assertRaisesRegex(UserError, "No failed delivery can be sent again"):
            self.webhook.action_redeliver_failed()

    def test_the_deliveries_that_are_sent_again_can_be_listed(self):
        redelivery = self.start(self.all[:2])
        action = redelivery.action_view_jobs()
        self.assertEqual(self.env["webhook.job"].search(action["domain"]), self.all[:2].sorted("id", reverse=True))

    def test_it_is_for_who_may_change_the_webhook_and_for_who_started_it(self):
        colleague = new_test_user(self.env, "progress_colleague", "base.group_user,webhook.webhook_group_manager")
        with self.assertRaises(AccessError):
            self.all.with_user(colleague).action_redeliver()
        with self.assertRaises(AccessError):
            self.webhook.with_user(colleague).action_redeliver_failed()
        self.assertEqual(set(self.all.mapped("state")), {"failed"})
        redelivery = self.start(self.all)
        with self.assertRaises(AccessError):
            redelivery.with_user(colleague).read(["verdict"])
        with self.assertRaises(AccessError):
            self.env["webhook.redelivery"].create({"job_ids_text": "[1]", "total": 1})

    def test_ten_thousand_take_a_handful_of_statements(self):
        self.env.cr.execute(
            "INSERT INTO webhook_job (webhook_id, event, model, kind, res_id, format, body, state, attempt_count,"
            " finished_at) SELECT webhook_id, event, model, kind, number, format, body, state, 0, finished_at"
            " FROM webhook_job, generate_series(1, 9999) number WHERE id = %s",
            [self.all[0].id],
        )
        jobs = self.jobs(self.webhook)
        with self.assertQueryCount(40):
            redelivery = self.start(jobs)
            self.assertEqual(self.counts(redelivery), {"total": 10004, "waiting": 10004})
