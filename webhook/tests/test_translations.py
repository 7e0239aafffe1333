from .common import WebhookCase


class TestTranslations(WebhookCase):
    """Every text can be translated."""

    def test_the_template_for_translators_is_fresh(self):
        kept, now = self.texts("webhook")
        self.assertEqual(kept, now, "run `make pot`")
        self.assertIn("Send test notification", now)
        self.assertTrue(any("cannot be watched" in text for text in now))
