import base64

import polib
from odoo.modules.module import get_module_path

from .common import WebhookCase


class TestTranslations(WebhookCase):
    """Every text can be translated."""

    def test_the_template_for_translators_is_fresh(self):
        module = self.env["ir.module.module"].search([("name", "=", "webhook")])
        wizard = self.env["base.language.export"].create(
            {"lang": "__new__", "format": "po", "modules": [(6, 0, module.ids)]}
        )
        wizard.act_getfile()
        now = polib.pofile(base64.b64decode(wizard.data).decode())
        kept = polib.pofile(get_module_path("webhook") + "/i18n/webhook.pot")
        texts = {entry.msgid for entry in now} - {"Last Modified on"}  # of a field that Odoo itself had before 17.0
        self.assertEqual({entry.msgid for entry in kept}, texts, "run `make pot`")
        self.assertIn("Send test notification", {entry.msgid for entry in now})
        self.assertTrue(any("cannot be watched" in entry.msgid for entry in now))
