from odoo.addons.webhook.tests.common import WebhookCase


class TestTranslations(WebhookCase):
    """Every text can be translated, and is, in some languages."""

    def test_the_template_for_translators_is_fresh(self):
        kept, now = self.texts("restapi_webhook")
        self.assert_fresh(kept, now)
        self.assertIn("Generate a new secret", now)
        self.assertTrue(any("must begin with https://" in text for text in now))

    def test_french_german_and_spanish_are_complete(self):
        self.assert_complete("restapi_webhook")
