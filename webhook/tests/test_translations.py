from .common import WebhookCase


class TestTranslations(WebhookCase):
    """Every text can be translated, and is, in some languages."""

    def test_the_template_for_translators_is_fresh(self):
        kept, now = self.texts("webhook")
        self.assert_fresh(kept, now)
        self.assertIn("Send test notification", now)
        self.assertTrue(any("cannot be watched" in text for text in now))

    def test_french_german_and_spanish_are_complete(self):
        self.assert_complete("webhook")

    def test_people_read_their_own_language(self):
        self.load_language("fr_FR", "webhook")
        french = self.env["webhook.webhook"].with_context(lang="fr_FR")
        field = french.fields_get(["kind", "address"])
        self.assertEqual(dict(field["kind"]["selection"])["on_create"], self.french("Creation"))
        self.assertEqual(field["address"]["help"], self.french(self.env["webhook.webhook"]._fields["address"].help))
        arch = self.env.ref("webhook.webhook_webhook_view_form").with_context(lang="fr_FR").arch
        self.assertIn(self.french("Send test notification"), arch)
        webhook = self.subscribe("res.partner.category", "on_create", name="Tags")
        with self.assertRaisesRegex(Exception, self.french("The model of a webhook cannot be changed.")[:20]):
            webhook.with_context(lang="fr_FR").write({"model": "res.partner"})

    def test_the_owner_is_told_in_his_language(self):
        self.load_language("fr_FR", "webhook")
        webhook = self.subscribe("res.partner.category", "on_create", name="Tags")
        webhook.user_id.lang = "fr_FR"
        with self.assertLogs("odoo.addons.webhook.models.webhook_webhook_pause", "WARNING"):
            webhook.with_context(lang="en_US")._pause_delivery("The receiver is gone.")
        self.assertIn("Tags", webhook.message_ids[0].subject)
        self.assertNotIn("is paused", webhook.message_ids[0].subject)

    def french(self, text):
        """What a text is in French."""
        found = [entry.msgstr for entry in self.translations("webhook", "fr") if entry.msgid.startswith(text)]
        self.assertTrue(found and found[0] and found[0] != text)
        return found[0]
