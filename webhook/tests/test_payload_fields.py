from odoo.exceptions import ValidationError

from .common import WebhookCase
from .sales import SalesCase


class TestPayloadFields(WebhookCase):
    """*Payload fields*: what is sent, where *Fields* are what is watched."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create(
            {"name": "Oak", "ref": "0", "country_id": self.env.ref("base.be").id}
        )
        self.commit()

    def sent(self, **values):
        return {"id": self.partner.id, "display_name": "Oak", **values}

    def test_what_is_sent_is_not_watched_and_what_is_watched_is_not_sent(self):
        webhook = self.subscribe("res.partner", "on_write", "ref", payload_field_names="name, country_id.code")
        self.partner.write({"country_id": self.env.ref("base.fr").id})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        self.partner.write({"ref": "1"})
        data = self.event(webhook)["data"]
        france = {"id": self.env.ref("base.fr").id, "display_name": "France", "code": "FR"}
        self.assertEqual(data["record"], self.sent(name="Oak", country_id=france))
        self.assertEqual(data["changes"], {"ref": {"old": "0", "new": "1"}})

    def test_without_watched_fields_any_change_sends_them(self):
        webhook = self.subscribe("res.partner", "on_write", payload_field_names="name")
        self.partner.write({"function": "Tree"})
        data = self.event(webhook)["data"]
        self.assertEqual(data["record"], self.sent(name="Oak"))
        self.assertEqual(data["changes"], {"function": {"old": None, "new": "Tree"}})

    def test_without_payload_fields_the_watched_ones_are_sent(self):
        webhook = self.subscribe("res.partner", "on_write", "ref", payload_field_names=False)
        self.partner.write({"ref": "1"})
        self.assertEqual(self.event(webhook)["data"]["record"], self.sent(ref="1"))

    def test_they_are_sent_for_creations_and_deletions_too(self):
        on_create, on_unlink = (
            self.subscribe("res.partner", kind, "ref", payload_field_names="name, country_id.code")
            for kind in ("on_create", "on_unlink")
        )
        partner = self.env["res.partner"].create({"name": "Elm"})
        partner_id = partner.id
        expected = {"id": partner_id, "display_name": "Elm", "name": "Elm", "country_id": None}
        self.assertEqual(self.event(on_create)["data"]["record"], expected)
        self.commit()
        partner.unlink()
        self.assertEqual(self.event(on_unlink)["data"]["record"], expected)

    def test_a_path_that_leads_nowhere_is_refused(self):
        with self.assertRaises(ValidationError):
            self.subscribe("res.partner", "on_write", "ref", payload_field_names="name, country_id.no_such_field")

    def test_a_change_takes_effect_at_once(self):
        webhook = self.subscribe("res.partner", "on_write", "ref", payload_field_names="name")
        webhook.payload_field_names = "function"
        self.partner.write({"ref": "1"})
        self.assertEqual(self.event(webhook)["data"]["record"], self.sent(function=None))


class TestPayloadFieldsOfOrder(SalesCase):
    """A total is watched, and the lines are sent."""

    def test_the_total_of_an_order_is_watched_and_its_products_are_sent(self):
        order = self.new_order(self.line(3))
        self.commit()
        webhook = self.subscribe(
            "sale.order", "on_write", "amount_total", payload_field_names="name, order_line.product_id.display_name"
        )
        self.product.write({"default_code": "DESK-1"})  # its display name changes with it
        order.write({"client_order_ref": "not watched"})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        line = order.order_line
        line.write({"product_uom_qty": 5})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"amount_total": {"old": 30.0, "new": 50.0}})
        product = {"id": self.product.id, "display_name": "[DESK-1] Oak Desk"}
        (sent,) = data["record"].pop("order_line")
        self.assertEqual((sent["id"], sent["product_id"]), (line.id, product))
        self.assertEqual(data["record"], {"id": order.id, "display_name": order.display_name, "name": order.name})
