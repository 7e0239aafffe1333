import datetime
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase

LOGGER = "odoo.addons.webhook.models.webhook_webhook_pause"


class TestPaused(WebhookCase):
    """A webhook that cannot work any more is paused, says why, and can be mended."""

    def pause(self, webhook, reason="It is broken. Mend it.", **cause):
        with self.assertLogs(LOGGER, "WARNING") as logged:
            webhook._pause(reason, **cause)
        return logged.output[0]

    def take_away(self, webhook, **columns):
        """Leave ``webhook`` as an uninstallation does: with a definition that fits no more."""
        self.flush()
        for column, value in columns.items():
            self.env.cr.execute(f"UPDATE webhook_webhook SET {column} = %s WHERE id = %s", [value, webhook.id])
        series.forget(webhook)

    def pause_broken(self):
        with self.assertLogs(LOGGER, "WARNING"):
            self.env["webhook.webhook"]._pause_broken()

    def after_commit(self):
        """Run what waits for the commit, as if there had been one."""

        @contextmanager
        def transaction(_registry):
            yield self.env(su=True)

        self.replace(series, "transaction", transaction)
        self.env.cr.postcommit.run()

    def test_a_paused_webhook_sees_no_changes_and_another_does(self):
        paused, other = self.subscribe("res.partner", "on_create"), self.subscribe("res.partner", "on_create")
        self.pause(paused)
        self.env["res.partner"].create({"name": "Oak"})
        self.assertFalse(self.jobs(paused))
        self.assertTrue(self.jobs(other))

    def test_a_pause_says_when_and_why_and_is_logged(self):
        webhook = self.subscribe("res.partner", "on_create", name="Partners")
        self.assertIn(f"{webhook.id} (Partners) is paused: It is broken.", self.pause(webhook))
        self.assertEqual(webhook.pause_reason, "It is broken. Mend it.")
        self.assertLess(datetime.datetime.now() - webhook.paused_at, datetime.timedelta(hours=25))
        copy = webhook.copy()
        self.assertFalse(copy.paused_at or copy.pause_reason)

    def test_a_resumed_webhook_sees_changes_again(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.pause(webhook)
        webhook.action_resume()
        self.assertFalse(webhook.paused_at or webhook.pause_reason or webhook.pause_cause)
        self.env["res.partner"].create({"name": "Oak"})
        self.assertTrue(self.jobs(webhook))

    def test_resumed_and_written_to_the_database_it_sees_changes_in_the_same_transaction(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.pause(webhook)
        webhook.action_resume()
        self.flush()
        self.env["res.partner"].create({"name": "Oak"})
        self.assertTrue(self.jobs(webhook))

    def test_what_is_still_broken_is_not_resumed(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.take_away(webhook, condition="[('gone', '=', 1)]")
        self.pause_broken()
        with self.assertRaisesRegex(ValidationError, "cannot be run on res.partner"), self.env.cr.savepoint():
            webhook.action_resume()
        self.assertTrue(webhook.paused_at)

    def test_only_those_who_may_change_a_webhook_resume_it(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.pause(webhook)
        for groups in ("base.group_user", "base.group_user,webhook.webhook_group_manager"):
            user = new_test_user(self.env, groups, groups)
            with self.assertRaises(AccessError):
                webhook.with_user(user).action_resume()
        self.assertTrue(webhook.paused_at)

    def test_mending_the_definition_ends_the_pause(self):
        for values in (
            {"condition": "[('name', '=', 'Oak')]"},
            {"field_names": "name"},
            {"payload_field_names": "name"},
            {"language": "en_US"},
            {"user_id": self.env.uid},
        ):
            with self.subTest(values=values):
                webhook = self.subscribe("res.partner", "on_write")
                self.pause(webhook)
                webhook.name = "Renamed"
                self.assertTrue(webhook.paused_at)
                webhook.write(values)
                self.assertFalse(webhook.paused_at or webhook.pause_reason)

    def test_a_pause_for_its_deliveries_is_not_ended_by_a_new_condition(self):
        webhook = self.subscribe("res.partner", "on_write")
        self.pause(webhook, cause="delivery")
        webhook.condition = "[('name', '=', 'Oak')]"
        self.assertTrue(webhook.paused_at)
        webhook.action_resume()
        self.assertFalse(webhook.paused_at)

    def test_a_field_that_is_gone_pauses_the_webhooks_that_name_it(self):
        for column, value, message in (
            ("field_names", "name, gone", "“gone” in “Fields” leads nowhere.*no field “gone” on res.partner"),
            ("field_names", "country_id.gone.code", "“country_id.gone.code” .*no field “gone” on res.country"),
            ("payload_field_names", "child_ids.gone", "in “Payload Fields” .*no field “gone” on res.partner"),
            ("condition", "['|', ('name', '=', 'x'), ('gone', '=', 1)]", "“gone” in “Condition”"),
            ("condition", "[('country_id.gone', '=', 1)]", "no field “gone” on res.country"),
            ("condition", "[('country_id', 'any', [('gone', '=', 1)])]", "“country_id.gone” in “Condition”"),
        ):
            with self.subTest(**{column: value}):
                webhook, other = self.subscribe("res.partner", "on_write"), self.subscribe("res.partner", "on_write")
                self.take_away(webhook, **{column: value})
                self.pause_broken()
                self.assertTrue(webhook.paused_at)
                self.assertRegex(webhook.pause_reason, message)
                self.assertFalse(other.paused_at)

    def test_whole_webhooks_are_not_paused(self):
        webhook = self.subscribe(
            "res.partner",
            "on_write",
            "name, child_ids.country_id.code",
            "[(1, '=', 1), '!', ('child_ids.country_id.code', '=', 'BE'), ('id', '>', 0)]",
            payload_field_names="child_ids.name",
        )
        part_of_a_date = self.subscribe("res.partner", "on_write")  # which not every series has
        self.take_away(part_of_a_date, condition="[('create_date.month_number', '=', 1)]")
        self.env["webhook.webhook"]._pause_broken()
        self.assertFalse(webhook.paused_at or part_of_a_date.paused_at)

    def test_nothing_is_paused_while_a_module_cannot_be_loaded(self):
        webhook = self.subscribe("res.partner", "on_write")
        self.take_away(webhook, field_names="gone")
        self.replace(self.env.registry, "_init_modules", self.env.registry._init_modules - {"webhook"})
        self.env["webhook.webhook"]._pause_broken()
        self.assertFalse(webhook.paused_at)

    def test_an_archived_webhook_is_looked_at_too(self):
        webhook = self.subscribe("res.partner", "on_write", active=False)
        self.take_away(webhook, field_names="gone")
        self.pause_broken()
        self.assertTrue(webhook.paused_at)

    def test_a_webhook_outlives_its_model_and_is_linked_to_it_when_it_is_back(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.env["res.partner"].create({"name": "Oak"})
        job = self.jobs(webhook)
        self.take_away(webhook, model="gone.model", model_id=None)
        self.pause_broken()
        self.assertRegex(webhook.pause_reason, "no model gone.model any more")
        self.assertEqual((webhook.model, webhook.model_id.id, webhook.field_ids.ids), ("gone.model", False, []))
        webhook.modified(["model_id"])  # whatever has it computed anew
        self.flush()
        self.assertEqual(webhook.model, "gone.model")
        webhook.name = "Renamed"
        for refused in (
            webhook.action_resume,
            webhook.action_send_test,
            lambda: webhook.write({"condition": "[('name', '=', 'Oak')]"}),
        ):
            with self.assertRaisesRegex(ValidationError, "no model gone.model any more"), self.env.cr.savepoint():
                refused()
        self.assertEqual(job.state, "pending")
        self.take_away(webhook, model="res.partner")
        self.env["webhook.webhook"]._pause_broken()
        self.assertEqual(webhook.model_id.model, "res.partner")
        self.assertTrue(webhook.paused_at)
        webhook.action_resume()
        self.assertFalse(webhook.paused_at)

    def test_the_name_of_the_model_cannot_be_changed_or_made_up(self):
        values = self.subscribe("res.partner", "on_create").copy_data()[0]
        webhook = self.env["webhook.webhook"].create({**values, "model": "res.users"})
        self.assertEqual(webhook.model, "res.partner")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            webhook.write({"model": "res.users"})
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            webhook.write({"model_id": False})

    def test_a_failure_at_run_time_pauses_once_the_transaction_is_committed(self):
        webhook, gone = self.subscribe("res.partner", "on_write"), self.subscribe("res.partner", "on_write")
        (webhook | gone)._pause_after_commit("The condition fails. Mend it.")
        webhook._pause_after_commit("Something else.")
        self.assertFalse(webhook.paused_at)
        gone.unlink()
        with self.assertLogs(LOGGER, "WARNING") as logged:
            self.after_commit()
        self.assertEqual(len(logged.output), 1)
        self.assertEqual(webhook.pause_reason, "The condition fails. Mend it.")

    def test_a_pause_that_fails_does_no_harm_to_the_transaction_before(self):
        webhook = self.subscribe("res.partner", "on_write")
        webhook._pause_after_commit("The condition fails.")

        def fails(*_arguments):
            raise ValueError("no such thing")

        self.replace(type(webhook), "_pause", fails)
        with self.assertLogs(LOGGER, "ERROR"):
            self.after_commit()

    def test_the_registry_looks_for_broken_webhooks_when_it_is_loaded(self):
        webhook = self.subscribe("res.partner", "on_write")
        self.take_away(webhook, field_names="gone")
        webhook.browse()._register_hook()
        with self.assertLogs(LOGGER, "WARNING"):
            self.after_commit()
        self.assertTrue(webhook.paused_at)

    def stop(self, webhook, reason="The receiver answered with status 410."):
        with self.assertLogs(LOGGER, "WARNING"):
            webhook._pause_delivery(reason)

    def test_a_webhook_whose_receiver_is_given_up_is_paused_and_its_owner_told(self):
        webhook = self.subscribe("res.partner", "on_create", name="Partners")
        partner = webhook.user_id.partner_id
        self.stop(webhook)
        self.assertEqual((webhook.pause_cause, bool(webhook.paused_at)), ("delivery", True))
        message = self.env["mail.message"].search([("partner_ids", "in", partner.ids)], limit=1, order="id desc")
        self.assertIn("Partners", message.subject)
        self.assertIn("status 410", message.body)
        self.assertIn(f"res_id={webhook.id}", message.body, "a link to where it can be mended")
        activity = webhook.activity_ids
        self.assertEqual(activity.user_id, webhook.user_id)
        self.assertIn("status 410", activity.note)
        webhook.action_resume()
        self.assertFalse(webhook.activity_ids, "there is nothing left to do")

    def test_what_the_receiver_answered_is_shown_as_text(self):
        webhook = self.subscribe("res.partner", "on_create", name="Partners")
        self.stop(webhook, 'The answer is no HTTP: <a href="https://evil.example.com">Log in again</a>')
        for shown in (webhook.activity_ids.note, webhook.message_ids[0].body):
            self.assertNotIn('<a href="https://evil', shown)
            self.assertIn("&lt;a href", shown)

    def test_another_owner_is_told_and_the_former_no_longer(self):
        former = new_test_user(self.env, "webhook_former", "base.group_user,webhook.webhook_group_manager")
        webhook = self.subscribe("res.partner", "on_create", name="Partners", user_id=former.id)
        self.stop(webhook)
        self.assertEqual(webhook.activity_ids.user_id, former)
        webhook.user_id = self.env.user
        self.assertEqual(webhook.activity_ids.user_id, self.env.user)
        self.assertNotIn(former.partner_id, webhook.message_partner_ids)

    def test_resumed_it_starts_afresh(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.stop(webhook)
        self.fail_often(webhook)
        webhook.action_resume()
        self.assertFalse(webhook.paused_at)
        self.assertFalse(self.health(webhook))

    def test_another_address_starts_afresh(self):
        webhook = self.subscribe("res.partner", "on_create")
        self.fail_often(webhook)
        webhook.name = "Renamed"
        self.assertTrue(self.health(webhook))
        webhook.address = "https://other.example.com/hook"
        self.assertFalse(self.health(webhook))

    def fail_often(self, webhook):
        self.flush()
        self.env.cr.execute(
            "INSERT INTO webhook_health (webhook_id, failures, outages, trips, blocked_until)"
            " VALUES (%s, 5, 5, 1, now() + interval '1 hour')",
            [webhook.id],
        )

    def health(self, webhook):
        return self.env["webhook.health"].search([("webhook_id", "=", webhook.id)])
