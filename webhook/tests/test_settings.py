from odoo.exceptions import ValidationError

from .common import WebhookCase


class TestSettings(WebhookCase):
    """Timeout and retries in General Settings."""

    def save(self, **values):
        self.env["res.config.settings"].create(values).execute()
        return self.env["res.config.settings"]._webhook_settings()

    def test_defaults_are_the_manuals(self):
        self.env["ir.config_parameter"].search([("key", "like", "webhook.")]).unlink()
        self.assertEqual(
            self.env["res.config.settings"]._webhook_settings(),
            {
                "timeout": 5,
                "retries": 5,
                "keep_failed": 30,
                "keep_delivered": 7,
                "body_limit": 1024,
                "allowed_networks": "",
            },
        )
        form = self.env["res.config.settings"].create({})
        self.assertEqual((form.webhook_timeout, form.webhook_retries), (5, 5))

    def test_what_is_saved_is_in_force_zero_retries_included(self):
        settings = self.save(webhook_timeout=7, webhook_retries=0, webhook_keep_failed=0)
        self.assertEqual((settings["timeout"], settings["retries"], settings["keep_failed"]), (7, 0, 0))
        form = self.env["res.config.settings"].create({})
        self.assertEqual((form.webhook_timeout, form.webhook_retries), (7, 0))

    def test_values_out_of_range_are_refused_with_the_range(self):
        for values, message in (
            ({"webhook_timeout": 0}, "from 1 to 60"),
            ({"webhook_timeout": 61}, "from 1 to 60"),
            ({"webhook_retries": -1}, "from 0 to 50"),
            ({"webhook_keep_failed": -1}, "Days to Keep Failed Deliveries must be from 0 to 3650"),
            ({"webhook_body_limit": 0}, "from 1 to 65536"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                self.save(**values)

    def test_a_parameter_that_is_no_number_counts_as_its_default(self):
        self.env["ir.config_parameter"].set_param("webhook.timeout", "soon")
        self.assertEqual(self.env["res.config.settings"]._webhook_settings()["timeout"], 5)

    def test_networks_are_kept_and_wrong_ones_refused(self):
        self.assertEqual(self.save(webhook_allowed_networks="10.0.0.0/8, ::1")["allowed_networks"], "10.0.0.0/8, ::1")
        with self.assertRaisesRegex(ValidationError, "300.1.2.3"):
            self.save(webhook_allowed_networks="300.1.2.3")
        self.assertEqual(self.save(webhook_allowed_networks=False)["allowed_networks"], "")

    def test_networks_that_cannot_be_read_allow_nothing(self):
        self.env["ir.config_parameter"].set_param("webhook.allowed_networks", "10.0.0.0/8, all")
        self.assertEqual(self.env["res.config.settings"]._webhook_settings()["allowed_networks"], "")
