from datetime import timedelta

from odoo import fields
from odoo.addons.webhook.tests.common import WebhookCase


class TestPurge(WebhookCase):
    """What can no longer be used is removed; what can, or must still be recognised, stays."""

    def setUp(self):
        super().setUp()
        self.application = self.env["restapi.application"].create({"name": "Connector"})
        self.tokens = self.env["restapi.token"].sudo()

    def token(self, kind, **moved):
        """A token whose times are ``moved`` by so many days."""
        _token, record = self.tokens._issue(kind, self.application, self.env.user, "webhooks")
        now = fields.Datetime.now()
        record.write({name: now + timedelta(days=days) for name, days in moved.items()})
        return record

    def test_old_tokens_go(self):
        gone = self.token("code", expires_at=-8) + self.token("refresh", revoked_at=-8)
        kept = self.token("code", expires_at=-1) + self.token("access") + self.token("oauth1_access")
        kept += self.token("refresh", revoked_at=-1)
        self.tokens._gc_tokens()
        self.assertFalse(gone.exists())
        self.assertEqual(kept.exists(), kept, "a second use of one that has just ended is to be noticed")

    def test_nonces_go_when_their_timestamps_are_refused(self):
        self.env.cr.execute(
            """
            INSERT INTO restapi_nonce (digest, used_at)
            VALUES ('old', now() AT TIME ZONE 'UTC' - interval '31 minutes'), ('new', now() AT TIME ZONE 'UTC')
            """
        )
        self.env["restapi.nonce"]._gc_nonces()
        self.env.cr.execute("SELECT digest FROM restapi_nonce WHERE digest IN ('old', 'new')")
        self.assertEqual(self.env.cr.fetchall(), [("new",)])

    def test_questions_and_failures_go(self):
        consents = self.env["restapi.consent"].sudo()
        consents._ask(self.application, self.env.user, "session", "asked")
        consents.search([]).write({"expires_at": fields.Datetime.now() - timedelta(seconds=1)})
        consents._gc_consents()
        self.assertFalse(consents.search([]))
        self.env.cr.execute(
            """
            INSERT INTO restapi_failure (client, address, began_at, count)
            VALUES ('x', '192.0.2.1', now() AT TIME ZONE 'UTC' - interval '6 minutes', 20)
            """
        )
        failures = self.env["restapi.failure"]
        self.assertFalse(failures._blocked_for("x", "192.0.2.1"))
        failures._gc_failures()
        self.env.cr.execute("SELECT count(*) FROM restapi_failure WHERE address = '192.0.2.1'")
        self.assertEqual(self.env.cr.fetchone(), (0,))
