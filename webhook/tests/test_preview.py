import json

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from ..capture import example
from .common import WebhookCase


class TestPreview(WebhookCase):
    """What a webhook would send is shown while it is set up."""

    def setUp(self):
        super().setUp()
        self.older = self.env["res.partner.category"].create({"name": "Oak", "color": 3})
        self.newer = self.env["res.partner.category"].create({"name": "Elm", "color": 4})

    def new(self, user=None, **values):
        """A webhook that is not saved yet."""
        model = self.env["ir.model"]._get_id("res.partner.category")
        return (
            self.env["webhook.webhook"]
            .with_user(user or self.env.user)
            .new({"name": "Tags", "model_id": model, "kind": "on_write", **values})
        )

    def record(self, webhook):
        return json.loads(webhook.preview_json)["data"]["record"]

    def test_an_unsaved_webhook_shows_the_newest_record_in_both_formats(self):
        webhook = self.new(field_names="name, parent_id")
        payload = json.loads(webhook.preview_json)
        self.assertEqual(set(payload["data"]["record"]), {"id", "display_name", "name", "parent_id"})
        self.assertEqual(payload["data"]["record"]["name"], "Elm")
        self.assertEqual(payload["webhook"], {"id": None, "name": "Tags"})
        xml = etree.fromstring(webhook.preview_xml.encode())
        self.assertEqual(xml.findtext("data/record/name"), "Elm")
        self.assertIn("\n  ", webhook.preview_xml, "written for people")

    def test_the_fields_the_condition_and_the_kind_take_effect_at_once(self):
        webhook = self.new(condition="[('color', '=', 3)]")
        self.assertEqual(self.record(webhook)["name"], "Oak")
        webhook.payload_field_names = "color"
        self.assertEqual(set(self.record(webhook)), {"id", "display_name", "color"})
        webhook.kind = "on_unlink"
        self.assertEqual(json.loads(webhook.preview_json)["type"], "res.partner.category.on_unlink")

    def test_a_record_can_be_picked(self):
        webhook = self.new(preview_res_id=self.older.id)
        self.assertEqual(self.record(webhook)["name"], "Oak")
        webhook.preview_res_id = 2**31 - 1
        self.assertFalse(webhook.preview_json)
        self.assertIn("Choose another example", webhook.preview_note)

    def test_a_mistake_is_explained_in_place_of_the_preview(self):
        for condition in ("[('nonsense', '=', 1)]", "((", "1" + "+1" * 200000):
            webhook = self.new(condition=condition)
            self.assertFalse(webhook.preview_json)
            self.assertIn("Check the fields and the condition", webhook.preview_note)

    def test_without_a_model_it_says_what_to_do(self):
        webhook = self.env["webhook.webhook"].new({"name": "Tags"})
        self.assertFalse(webhook.preview_json)
        self.assertIn("Choose a model", webhook.preview_note)

    def test_a_model_without_records_is_shown_with_its_fields(self):
        self.new_model("x_empty", x_wood={"ttype": "char", "field_description": "Wood"})
        webhook = self.new(model_id=self.env["ir.model"]._get_id("x_empty"))
        self.assertIn("x_wood", self.record(webhook))
        self.assertIn("No record was found", webhook.preview_note)

    def test_a_search_that_takes_too_long_is_given_up(self):
        self.replace(example, "SEARCH_SECONDS", 0.01)
        sleep = "SELECT pg_sleep(10)"
        self.replace(
            type(self.env["res.partner.category"]), "search", lambda model, *_, **__: model.env.cr.execute(sleep)
        )
        webhook = self.new()
        self.assertIn("No record was found", webhook.preview_note)
        self.assertTrue(self.env["res.users"].search([], limit=1), "the transaction goes on")

    def test_nobody_sees_what_another_owner_may_read(self):
        manager = new_test_user(self.env, "webhook_manager", "base.group_user,webhook.webhook_group_manager")
        self.assertTrue(self.new(manager).preview_json)
        webhook = self.new(manager, user_id=self.env.user.id)
        self.assertFalse(webhook.preview_json)
        self.assertIn("only the owner", webhook.preview_note)
        with self.assertRaises(AccessError):
            self.subscribe("res.partner.category", "on_write").with_user(manager).read(["preview_json"])

    def test_the_form_shows_it(self):
        form = Form(self.env["webhook.webhook"])
        form.name = "Tags"
        form.model_id = self.env["ir.model"]._get("res.partner.category")
        self.assertIn('"Elm"', form.preview_json)
        form.condition = "[('color', '=', 3)]"
        self.assertIn('"Oak"', form.preview_json)
