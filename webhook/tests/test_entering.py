from .common import WebhookCase
from .sales import SalesCase
from .test_sales import DELIVERY_ORDER_DONE


class TestEntering(WebhookCase):
    """*Only on entering*: a record that did not match the condition before the transaction, and does after it."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Oak", "ref": "outside"})
        self.commit()
        self.webhook = self.subscribe_entering("[('ref', '=', 'inside')]")

    def subscribe_entering(self, condition, fields="name, ref", kind="on_write"):
        return self.subscribe("res.partner", kind, fields, condition, only_on_entering=True)

    def in_turn(self, *refs):
        """Write these values of the field, each in a transaction of its own."""
        for ref in refs:
            self.partner.write({"ref": ref})
            self.commit()

    def test_a_record_that_enters_is_an_event(self):
        self.in_turn("inside")
        self.assertEqual(self.changes(self.webhook), {self.partner.id: {"ref": {"old": "outside", "new": "inside"}}})

    def test_a_change_inside_is_none(self):
        self.in_turn("inside")
        self.partner.write({"name": "Elm"})
        self.commit()
        self.assertEqual(len(self.jobs(self.webhook)), 1)

    def test_leaving_is_none_and_entering_again_is_another_event(self):
        self.in_turn("inside", "outside")
        self.assertEqual(len(self.jobs(self.webhook)), 1)
        self.in_turn("inside")
        self.assertEqual(len(self.jobs(self.webhook)), 2)

    def test_leaving_and_entering_in_one_transaction_is_none(self):
        self.in_turn("inside")
        self.partner.write({"ref": "outside", "name": "Elm"})
        self.before_commit()
        self.partner.write({"ref": "inside"})
        self.assertEqual(len(self.jobs(self.webhook)), 1)

    def test_entering_and_leaving_in_one_transaction_is_none(self):
        with self.env.cr.savepoint():
            self.partner.write({"ref": "inside"})
        self.before_commit()
        self.partner.write({"ref": "outside"})
        self.assertFalse(self.jobs(self.webhook))

    def test_entering_that_is_rolled_back_is_none(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.partner.write({"ref": "inside"})
            self.before_commit()
            raise ZeroDivisionError
        self.partner.write({"name": "Elm"})
        self.assertFalse(self.jobs(self.webhook))

    def test_a_record_created_inside_is_a_creation_alone(self):
        on_create = self.subscribe("res.partner", "on_create", "ref", "[('ref', '=', 'inside')]")
        partner = self.env["res.partner"].create({"name": "Ash", "ref": "inside"})
        partner.write({"name": "Birch"})
        self.commit()
        self.assertFalse(self.jobs(self.webhook))
        self.assertEqual(self.event(on_create)["data"]["id"], partner.id)
        partner.write({"name": "Beech"})
        self.assertFalse(self.jobs(self.webhook))

    def test_a_record_created_outside_enters_later(self):
        partner = self.env["res.partner"].create({"name": "Ash"})
        self.commit()
        self.assertFalse(self.jobs(self.webhook))
        partner.write({"ref": "inside"})
        self.assertEqual(self.changes(self.webhook), {partner.id: {"ref": {"old": None, "new": "inside"}}})

    def test_the_condition_alone_decides_whatever_fields_are_watched(self):
        webhook = self.subscribe_entering("[('ref', '=', 'inside')]", fields="name")
        self.partner.write({"name": "Elm"})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        self.in_turn("inside")
        data = self.event(webhook)["data"]
        self.assertEqual((data["record"]["name"], data["changes"]), ("Elm", {}))

    def test_each_of_several_records_is_seen_by_itself(self):
        inside, outside = self.env["res.partner"].create([{"name": "a", "ref": "inside"}, {"name": "b"}])
        self.commit()
        (self.partner | inside | outside).write({"ref": "inside"})
        self.assertEqual(set(self.changes(self.webhook)), {self.partner.id, outside.id})

    def test_entering_through_a_related_record(self):
        parent = self.env["res.partner"].create({"name": "Forest", "is_company": True})
        child = self.env["res.partner"].create({"name": "child", "parent_id": parent.id})
        self.commit()
        webhook = self.subscribe_entering("[('parent_id.industry_id.name', '=', 'Forestry')]", fields="name")
        industry = self.env["res.partner.industry"].sudo().create({"name": "Hunting"})
        parent.write({"industry_id": industry.id})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        industry.write({"name": "Forestry"})
        self.commit()
        self.assertEqual(self.event(webhook)["data"]["id"], child.id)
        parent.write({"name": "Wood"})
        self.assertEqual(len(self.jobs(webhook)), 1)

    def test_entering_through_a_tag_edited_from_its_side(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Tree"})
        self.commit()
        webhook = self.subscribe_entering(f"[('category_id', 'in', [{tag.id}])]")
        tag.write({"partner_ids": [(4, self.partner.id)]})
        self.assertEqual(self.event(webhook)["data"]["id"], self.partner.id)

    def test_entering_by_being_archived(self):
        webhook = self.subscribe_entering("[('active', '=', False)]", fields="active")
        self.partner.action_archive()
        self.assertEqual(self.changes(webhook), {self.partner.id: {"active": {"old": True, "new": False}}})


class TestEnteringSales(SalesCase):
    """The same where the value is computed, inherited or not stored."""

    def setUp(self):
        super().setUp()
        self.order = self.new_order(self.line(3))
        self.receive(self.product, 10)
        self.commit()

    def subscribe_entering(self, model, fields, condition):
        return self.subscribe(model, "on_write", fields, condition, only_on_entering=True)

    def test_a_delivery_order_that_is_done_is_told_of_once(self):
        webhook = self.subscribe_entering("stock.picking", "name", DELIVERY_ORDER_DONE)
        self.order.action_confirm()
        self.commit()
        self.deliver(self.order)
        self.commit()
        picking = self.order.picking_ids
        picking.write({"note": "<p>left at the door</p>"})
        self.assertEqual(self.event(webhook)["data"]["record"]["name"], picking.name)

    def test_the_country_of_a_customer_makes_an_order_enter(self):
        webhook = self.subscribe_entering(
            "sale.order", "name", f"[('partner_id.country_id.code', '=', 'FR'), ('id', '>=', {self.order.id})]"
        )
        for country in ("fr", "be", "fr"):
            self.customer.write({"country_id": self.env.ref(f"base.{country}").id})
            self.commit()
            self.order.write({"client_order_ref": country})
            self.commit()
        self.assertEqual([event["data"]["id"] for event in self.events(webhook)], [self.order.id] * 2)

    def test_a_total_that_is_reached_makes_an_order_enter(self):
        webhook = self.subscribe_entering("sale.order", "amount_total", "[('amount_total', '>', 50)]")
        for quantity in (4, 6, 7):
            self.order.order_line.write({"product_uom_qty": quantity})
            self.commit()
        self.assertEqual(self.changes(webhook), {self.order.id: {"amount_total": {"old": 40.0, "new": 60.0}}})

    def test_a_price_on_the_template_makes_a_product_enter(self):
        webhook = self.subscribe_entering("product.product", "list_price", "[('list_price', '>', 9999)]")
        for price in (11.0, 20000.0, 30000.0):
            self.product.product_tmpl_id.write({"list_price": price})
            self.commit()
        self.assertEqual(self.changes(webhook), {self.product.id: {"list_price": {"old": 11.0, "new": 20000.0}}})

    def test_stock_that_runs_low_makes_a_product_enter(self):
        webhook = self.subscribe_entering(
            "product.product", "qty_available", f"[('qty_available', '<', 8), ('id', '=', {self.product.id})]"
        )
        self.receive(self.product, 1)
        self.commit()
        self.order.order_line.write({"product_uom_qty": 5})
        self.order.action_confirm()
        self.commit()
        self.assertFalse(self.jobs(webhook))
        self.deliver(self.order)
        self.commit()
        self.receive(self.product, 1)
        self.assertEqual(self.changes(webhook), {self.product.id: {"qty_available": {"old": 11.0, "new": 6.0}}})
