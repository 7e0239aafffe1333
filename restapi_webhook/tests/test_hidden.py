from odoo.addons.webhook.models import hidden
from odoo.addons.webhook.tests.common import WebhookCase


class TestHidden(WebhookCase):
    """Secrets that must be kept as they are, for OAuth 1.0a, can be read by nobody: not by guessing either."""

    def setUp(self):
        super().setUp()
        self.application = self.env["restapi.application"].create({"name": "Connector", "oauth1": True})
        self.application.action_new_secret()
        _token, self.token = (
            self.env["restapi.token"]
            .sudo()
            ._issue("oauth1_access", self.application, self.env.user, sealed="plain:hidden")
        )
        self.flush()

    def test_what_was_in_a_field_before_an_upgrade_is_kept(self):
        before = {name: hidden.read(record, name) for record, name in self.kept()}
        for record, name in self.kept():
            self.env.cr.execute(f"ALTER TABLE {record._table} RENAME COLUMN hidden_{name} TO {name}")
            record.init()
            record.init()
            self.assertEqual(hidden.read(record, name), before[name])
            self.assertTrue(before[name][record.id].startswith("plain:"))
            self.env.cr.execute(
                "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
                [record._table, name],
            )
            self.assertFalse(self.env.cr.rowcount)

    def kept(self):
        return (self.application, "oauth1_secret"), (self.token, "secret")

    def test_no_domain_finds_out_a_secret(self):
        for model, name in (("restapi.application", "oauth1_secret"), ("restapi.token", "secret")):
            for field in (name, hidden.PREFIX + name):
                with self.assertRaises(ValueError):
                    self.env[model].search([(field, "=like", "plain:%")])
                with self.assertRaises(ValueError):
                    self.env[model].search([], order=field)
