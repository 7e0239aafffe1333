from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestRefusedInput(WebhookCase):
    """What cannot work is refused on save, with a sentence that says what to do."""

    def refused(self, message, model="res.partner", kind="on_write", **values):
        with self.assertRaisesRegex(ValidationError, message):
            self.subscribe(model, kind, **values)

    def test_addresses_that_no_webhook_may_have(self):
        for address, message in (
            ("httpbin.org/post", "begin with http:// or https://"),
            ("httpbin.org?post", "begin with http:// or https://"),
            ("//example.com/hook", "begin with http:// or https://"),
            ("http:example.com", "begin with http:// or https://"),
            ("ftp://example.com/", "begin with http:// or https://"),
            ("file:///etc/passwd", "begin with http:// or https://"),
            ("gopher://example.com", "begin with http:// or https://"),
            ("javascript:alert(1)", "begin with http:// or https://"),
            ("http:///path", "names no valid host"),
            ("http://:80/", "names no valid host"),
            ("http://example.com:0/", "names no valid host"),
            ("http://[::1%25lo]/", "no valid host|cannot be read"),
            ("http://example.com:65536/", "cannot be read"),
            ("http://example.com:+80/", "no valid host|cannot be read"),
            ("http://example.com:８０/", "no valid host|cannot be read"),
            ("https://::1", "cannot be read"),
            ("https://[127.0.0.1]", "no valid host|cannot be read"),
            ("http://[v1.a]/", "no valid host"),
            ("http://", "names no valid host"),
            ("http://example..com/", "names no valid host"),
            ("http://.example.com/", "names no valid host"),
            ("http://*.example.com/", "names no valid host"),
            ("http://exa<mple.com/", "names no valid host"),
            ("http://ex%61mple.com/", "names no valid host"),
            ("http://exam\u200bple.com/", "names no valid host"),
            ("http://" + "a" * 64 + ".com/", "names no valid host"),
            ("https://[127.0.0.1", "cannot be read"),
            ("http://good@evil.example.com/", "user name or a password"),
            ("http://@example.com/", "user name or a password"),
            ("http://:secret@example.com/", "user name or a password"),
            ("http://user:secret@example.com/", "user name or a password"),
            ("http://127.0.0.1\\@example.com/", "backslashes"),
            ("http://example.com/a b", "without spaces"),
            ("http://example.com/\n", "without spaces"),
            ("http://example.com/\thook", "without spaces"),
            ("http://example.com/#part", "never sent"),
            ("https://example.com/" + "x" * 2048, "1 to 2048 characters"),
        ):
            with self.subTest(address=address):
                self.refused(message, address=address)

    def test_addresses_that_are_fine(self):
        for address in ("http://example.com", "https://example.com:8443/a/b?c=d&e=%20", "http://192.0.2.1/x",
                        "http://[2001:db8::1]:8080/", "https://bücher.example/hook",
                        "HTTPS://EXAMPLE.COM./", "http://localhost:8090", "http://my_service.internal/", "http://[::1]/"):  # fmt: skip
            with self.subTest(address=address):
                self.assertEqual(self.subscribe("res.partner", "on_write", address=address).address, address)

    def test_a_refused_change_leaves_the_webhook_as_it_was(self):
        webhook = self.subscribe("res.partner", "on_write")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            webhook.address = "ftp://example.com"
        series.forget(webhook)
        self.assertEqual(webhook.address, "https://receiver.example.com/hook")

    def test_unknown_fields(self):
        for fields, message in (
            ("nam", "no field “nam” that you can read on res.partner"),
            ("name, nam", "no field “nam”"),
            ("country_id.nam", "no field “nam” that you can read on res.country"),
            ("name.first", "“name” on res.partner is no relation.*Write “name” instead"),
            ("country_id..code", "no field “”"),
            (
                "child_ids.child_ids.nam",
                "“child_ids.child_ids.nam” .* no field “nam”.* Did you mean .*child_ids.child_ids.name",
            ),
            ("xyzzy", "no field “xyzzy”.*Choose one of its fields"),
        ):
            with self.subTest(fields=fields):
                self.refused(message, fields=fields)
                self.refused(message, payload_field_names=fields)

    def test_paths_that_are_fine_lead_over_lists_to_any_depth(self):
        paths = "child_ids.child_ids.country_id.code, country_id.state_ids.name"
        webhook = self.subscribe("res.partner", "on_write", "name", payload_field_names=paths)
        self.assertEqual(webhook.payload_field_names, paths)

    def test_entering_a_condition_needs_a_change_and_a_condition(self):
        condition = "[('name', '=', 'Oak')]"
        webhook = self.subscribe("res.partner", "on_write", condition=condition, only_on_entering=True)
        for values in ({"kind": "on_create"}, {"kind": "on_unlink"}, {"condition": "[]"}, {"condition": False}):
            with self.subTest(values=values):
                with self.assertRaisesRegex(ValidationError, "its event is a change"), self.env.cr.savepoint():
                    webhook.write(values)
                series.forget(webhook)
                given = {"kind": "on_write", "condition": condition, "only_on_entering": True, **values}
                self.refused("its event is a change", **given)

    def test_a_webhook_needs_a_model(self):
        with self.assertRaisesRegex(ValidationError, "Choose the model"):
            self.env["webhook.webhook"].create({"name": "Nothing", "address": "https://example.com/hook"})

    def test_conditions_that_cannot_be_run(self):
        for condition, message in (
            ("[('nam', '=', 1)]", "cannot be run on res.partner"),
            ("[('country_id.nam', '=', 1)]", "cannot be run on res.partner"),
            ("[('name', 'resembles', 'x')]", "cannot be run on res.partner"),
            ("['|', ('name', '=', 'x')]", "cannot be run on res.partner"),
            ("[('name', '=', 'x'", "no list of plain values"),
            ("name = 'x'", "no list of plain values"),
            ("{'name': 'x'}", "no list of plain values"),
            ("[('name', '=', __import__('os').getcwd())]", "no list of plain values"),
            ("[('create_uid', '=', uid)]", "no list of plain values"),
            ("[('name', '=', '" + "x" * 40000 + "')]", "longer than 32768 characters"),
            ("[" * 5000 + "]" * 5000, "no list of plain values"),
        ):
            with self.subTest(condition=condition[:60]):
                self.refused(message, condition=condition)

    def test_models_that_cannot_be_watched(self):
        for model, message in (
            ("mail.thread", "no table of lasting records"),
            ("base.language.install", "no table of lasting records"),
            ("webhook.webhook", "write it themselves"),
            ("webhook.job", "write it themselves"),
            ("ir.cron", "write it themselves"),
            ("ir.cron.trigger", "write it themselves"),
        ):
            if model in self.env:
                with self.subTest(model=model):
                    self.refused(message, model=model)
                    self.assertFalse(self.env["ir.model"]._get(model).webhook_watchable)

    def test_the_models_to_choose_from_are_those_that_can_be_watched(self):
        employee = new_test_user(self.env, "webhook_manager", "base.group_user,webhook.webhook_group_manager")
        for user, shown in ((self.env.user, True), (employee, False)):
            choices = self.env["ir.model"].with_user(user).search([("webhook_watchable", "=", True)]).mapped("model")
            self.assertIn("res.partner", choices)
            self.assertEqual("ir.config_parameter" in choices, shown, "what he may not read he cannot watch")
            for model in ("mail.thread", "base.language.install", "webhook.job", "ir.cron"):
                self.assertNotIn(model, choices)
        others = self.env["ir.model"].search([("webhook_watchable", "=", False)]).mapped("model")
        self.assertIn("mail.thread", others)
        self.assertNotIn("res.partner", others)

    def test_the_model_cannot_be_changed(self):
        webhook = self.subscribe("res.partner", "on_write")
        with self.assertRaisesRegex(UserError, "Create a new webhook for the other model"):
            webhook.model_id = self.env["ir.model"]._get("res.users")
        webhook.write({"model_id": webhook.model_id.id, "name": "same model"})

    def test_picked_fields_and_typed_paths_are_one_list(self):
        webhook = self.subscribe("res.partner", "on_write", "ref, country_id.code")
        self.assertEqual(webhook.field_ids.mapped("name"), ["ref"])
        name = self.env["ir.model.fields"]._get("res.partner", "name")
        webhook.field_ids = [(4, name.id)]
        self.assertEqual(webhook.field_names, "ref, country_id.code, name")
        webhook.field_ids = [(6, 0, name.ids)]
        self.assertEqual(webhook.field_names, "country_id.code, name")
