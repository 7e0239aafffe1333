from .common import WebhookCase


class TestTranslations(WebhookCase):
    """Every text can be translated."""

    def test_the_template_for_translators_is_fresh(self):
        kept, now = self.texts("webhook")
        self.assert_fresh(kept, now)
        self.assertIn("Send test notification", now)
        self.assertTrue(any("cannot be watched" in text for text in now))
