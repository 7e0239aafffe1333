import os

from odoo.exceptions import AccessError
from odoo.modules.module import get_module_path
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestCopiedDatabase(WebhookCase):
    """A copy of a database sends nothing until an administrator allows it."""

    @property
    def settings(self):
        return self.env["res.config.settings"].create({})

    def copied(self):
        # What Odoo does with a database that is duplicated, or restored as a copy.
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "another")

    def test_the_database_of_the_installation_may_send(self):
        self.assertFalse(self.settings.webhook_copied)

    def test_a_copy_may_not_until_an_administrator_allows_it(self):
        self.copied()
        self.assertTrue(self.settings.webhook_copied)
        self.settings.action_webhook_adopt()
        self.assertFalse(self.settings.webhook_copied)

    def test_nobody_else_may_allow_it(self):
        self.copied()
        manager = new_test_user(self.env, "copied_manager", "base.group_user,webhook.webhook_group_manager")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(manager).action_webhook_adopt()
        self.assertTrue(self.settings.webhook_copied)

    def test_a_neutralized_database_may_not_send(self):
        with open(os.path.join(get_module_path("webhook"), "data", "neutralize.sql")) as file:
            self.env.cr.execute(file.read())
        series.clear_cache(self.env.registry)
        self.assertTrue(self.settings.webhook_copied)

    def test_an_upgrade_of_the_addon_does_not_allow_it(self):
        self.copied()
        self.env["res.config.settings"]._webhook_adopt(only_new=True)
        self.assertTrue(self.settings.webhook_copied)
