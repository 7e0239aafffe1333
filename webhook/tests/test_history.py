from odoo.tools import html2plaintext

from .common import WebhookCase

SECRET = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"


class TestHistory(WebhookCase):
    """A webhook says who changed what, and when."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner.category", "on_write", "name")
        self.flush()
        self.env.cr.precommit.run()

    def history(self):
        """The messages since the last call: list of (author, text with the changes)."""
        self.flush()
        self.env.cr.precommit.run()  # tracked changes are written then
        messages = self.webhook.message_ids - getattr(self, "seen", self.webhook.message_ids.browse())
        self.seen = self.webhook.message_ids
        return [(message.author_id, self.text(message)) for message in messages]

    def text(self, message):
        values = message.sudo().tracking_value_ids
        field = values._fields.get("field_id") or values._fields["field"]  # until 16.0
        return " ".join([html2plaintext(message.body or ""), *values.mapped(f"{field.name}.field_description")])

    def test_changes_of_what_it_does_are_noted_with_their_author(self):
        self.history()
        self.webhook.write(
            {"address": "https://other.example.com/", "condition": "[('color', '=', 1)]", "active": False}
        )
        ((author, text),) = self.history()
        self.assertEqual(author, self.env.user.partner_id)
        for label in ("Callback URL", "Condition", "Active"):
            self.assertIn(label, text)

    def test_what_does_not_change_is_not_noted(self):
        self.history()
        self.webhook.write({"address": self.webhook.address})
        self.assertEqual(self.history(), [])

    def test_pauses_and_resumes_are_noted(self):
        self.history()
        with self.assertLogs("odoo.addons.webhook.models.webhook_webhook_pause", "WARNING"):
            self.webhook._pause("Mend it.")
        self.assertIn("Paused Since", self.history()[0][1])
        self.webhook.action_resume()
        self.assertIn("Paused Since", self.history()[0][1])

    def test_what_is_written_anew_and_stays_the_same_is_not_noted(self):
        self.env["webhook.header"].create({"webhook_id": self.webhook.id, "name": "X-Api-Key", "value": "verysecret"})
        self.history()
        self.webhook.header_ids.write({"name": "X-Api-Key", "value": "verysecret"})
        self.webhook.write({"auth_type": "none"})
        self.assertEqual(self.history(), [])

    def test_secrets_are_noted_when_they_change_and_never_shown(self):
        self.history()
        self.webhook._rotate_secret(24, SECRET)
        self.webhook.write({"auth_type": "bearer", "auth_secret": "topsecret"})
        self.env["webhook.header"].create({"webhook_id": self.webhook.id, "name": "X-Api-Key", "value": "verysecret"})
        self.webhook.header_ids.write({"value": "othersecret"})
        self.webhook.header_ids.unlink()
        text = "\n".join(text for _author, text in self.history())
        for told in ("The secret was replaced", "24 hours", "password or token was replaced", "X-Api-Key was added"):
            self.assertIn(told, text)
        for told in ("X-Api-Key was changed", "X-Api-Key was removed"):
            self.assertIn(told, text)
        everything = str(self.webhook.message_ids.sudo().tracking_value_ids.read()) + text
        for secret in (SECRET, "topsecret", "verysecret", "othersecret"):
            self.assertNotIn(secret, everything)
