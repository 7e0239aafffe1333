from .sales import SalesCase

# The manual's example, to the letter.
DELIVERY_ORDER_DONE = "[('state','=','done'),('picking_type_id.code','=','outgoing')]"


class TestDeliveryOrder(SalesCase):
    """The manual's webhook on a delivery order that is done."""

    def setUp(self):
        super().setUp()
        self.receive(self.product, 10)
        self.order = self.new_order(self.line(3))
        self.commit()

    def test_a_delivery_that_is_done_is_one_event(self):
        self.order.action_confirm()
        picking = self.order.picking_ids
        self.commit()
        webhook = self.subscribe("stock.picking", "on_write", "name, state, origin", DELIVERY_ORDER_DONE)
        state = picking.state
        self.deliver(self.order)
        data = self.event(webhook)["data"]
        self.assertEqual((data["model"], data["kind"], data["id"]), ("stock.picking", "on_write", picking.id))
        self.assertEqual(data["changes"], {"state": {"old": state, "new": "done"}})
        self.assertEqual(
            data["record"],
            {
                "id": picking.id,
                "display_name": picking.name,
                "name": picking.name,
                "state": "done",
                "origin": self.order.name,
            },
        )

    def test_without_fields_too_it_is_one_event_and_the_confirmation_none(self):
        webhook = self.subscribe("stock.picking", "on_write", condition=DELIVERY_ORDER_DONE)
        self.order.action_confirm()
        self.commit()
        self.assertFalse(self.jobs(webhook))
        state = self.order.picking_ids.state
        self.deliver(self.order)
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"]["state"], {"old": state, "new": "done"})
        self.assertIsNone(data["changes"]["date_done"]["old"])
        self.assertEqual(data["record"]["state"], "done")

    def test_a_receipt_that_is_done_does_not_match_the_condition(self):
        webhook = self.subscribe("stock.picking", "on_write", "state", DELIVERY_ORDER_DONE)
        self.receive(self.product, 1)
        self.assertFalse(self.jobs(webhook))

    def test_made_and_done_in_one_transaction_it_is_a_creation(self):
        on_create = self.subscribe("stock.picking", "on_create", "state", DELIVERY_ORDER_DONE)
        on_write = self.subscribe("stock.picking", "on_write", "state", DELIVERY_ORDER_DONE)
        self.order.action_confirm()
        self.deliver(self.order)
        self.assertEqual(self.event(on_create)["data"]["record"]["state"], "done")
        self.assertFalse(self.jobs(on_write))

    def test_the_order_line_tells_what_was_delivered(self):
        self.order.action_confirm()
        self.commit()
        webhook = self.subscribe("sale.order.line", "on_write", "qty_delivered")
        self.deliver(self.order)
        line = self.order.order_line
        self.assertEqual(self.changes(webhook), {line.id: {"qty_delivered": {"old": 0.0, "new": 3.0}}})


class TestOrderAmount(SalesCase):
    """The total of an order: a value that Odoo computes from its lines and stores."""

    def setUp(self):
        super().setUp()
        self.order = self.new_order(self.line(3), self.line(2, price=20.0))
        self.commit()
        self.first, self.second = self.order.order_line
        self.webhook = self.subscribe("sale.order", "on_write", "name, amount_total")

    def assert_total(self, old, new):
        """Assert that the one event so far tells of this change of the total."""
        data = self.event(self.webhook)["data"]
        self.assertEqual(data["id"], self.order.id)
        self.assertEqual(data["changes"], {"amount_total": {"old": old, "new": new}})
        self.assertEqual(data["record"]["amount_total"], new)
        self.assertEqual(data["record"]["name"], self.order.name)

    def test_a_line_edited_in_its_order(self):
        self.order.write({"order_line": [(1, self.first.id, {"product_uom_qty": 5})]})
        self.assert_total(70.0, 90.0)

    def test_a_line_edited_by_itself(self):
        self.first.write({"price_unit": 12.5})
        self.assert_total(70.0, 77.5)

    def test_a_line_added_in_its_order(self):
        self.order.write({"order_line": [(0, 0, self.line(1))]})
        self.assert_total(70.0, 80.0)

    def test_a_line_created_by_itself(self):
        self.env["sale.order.line"].create({"order_id": self.order.id, **self.line(1)})
        self.assert_total(70.0, 80.0)

    def test_a_line_removed_in_its_order(self):
        self.order.write({"order_line": [(2, self.second.id)]})
        self.assert_total(70.0, 30.0)

    def test_a_line_deleted_by_itself(self):
        self.second.unlink()
        self.assert_total(70.0, 30.0)

    def test_several_edits_in_one_transaction_are_one_event(self):
        self.first.write({"product_uom_qty": 5})
        self.flush()
        self.env["sale.order.line"].create({"order_id": self.order.id, **self.line(1)})
        self.flush()
        self.second.unlink()
        self.assert_total(70.0, 60.0)

    def test_an_edit_that_leaves_the_total_as_it_was_is_no_event(self):
        self.first.write({"product_uom_qty": 6, "price_unit": 5.0})
        self.assertFalse(self.jobs(self.webhook))
        self.first.write({"name": "another text"})
        self.assertFalse(self.jobs(self.webhook))

    def test_each_transaction_begins_where_the_one_before_ended(self):
        for quantity in (4, 5):
            self.first.write({"product_uom_qty": quantity})
            self.commit()
        self.assertEqual(
            [event["data"]["changes"]["amount_total"] for event in self.events(self.webhook)],
            [{"old": 70.0, "new": 80.0}, {"old": 80.0, "new": 90.0}],
        )

    def test_a_line_moved_to_another_order_changes_both(self):
        other = self.new_order(self.line(1))
        self.commit()
        self.second.write({"order_id": other.id})
        self.assertEqual(
            self.changes(self.webhook),
            {
                self.order.id: {"amount_total": {"old": 70.0, "new": 30.0}},
                other.id: {"amount_total": {"old": 10.0, "new": 50.0}},
            },
        )
