from odoo.addons.webhook.tests.common import WebhookCase


class TestHelp(WebhookCase):
    """Nobody needs a manual to know what a field means."""

    maxDiff = None

    def test_every_field_explains_itself(self):
        self.assertEqual(self.unexplained("restapi."), [])
