from .common import WebhookCase


class TestHelp(WebhookCase):
    """Nobody needs a manual to know what a field means."""

    maxDiff = None

    def test_every_field_explains_itself(self):
        self.assertEqual(self.unexplained("webhook."), [])

    def test_every_setting_explains_itself(self):
        settings = self.env["res.config.settings"]._fields
        self.assertEqual([name for name in settings if name.startswith("webhook_") and not settings[name].help], [])
