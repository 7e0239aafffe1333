from .sales import SalesCase


class TestProduct(SalesCase):
    """The manual's webhook on a product: fields of its own, of its template, and its stock, which is stored nowhere."""

    def setUp(self):
        super().setUp()
        self.product.default_code = "DESK-1"
        self.commit()
        self.webhook = self.subscribe("product.product", "on_write", "name, default_code, list_price, qty_available")

    def assert_changes(self, **changes):
        """Assert that there is one event, with these changes as (old, new), for the product."""
        expected = {name: {"old": old, "new": new} for name, (old, new) in changes.items()}
        data = self.event(self.webhook)["data"]
        self.assertEqual((data["id"], data["changes"]), (self.product.id, expected))
        for name, (_old, new) in changes.items():
            self.assertEqual(data["record"][name], new)

    def test_its_template_is_renamed(self):
        self.product.product_tmpl_id.write({"name": "Elm Desk"})
        self.assert_changes(name=("Oak Desk", "Elm Desk"))

    def test_the_price_changes_on_its_template(self):
        self.product.product_tmpl_id.write({"list_price": 12.5})
        self.assert_changes(list_price=(10.0, 12.5))

    def test_the_price_changes_on_the_variant(self):
        self.product.write({"list_price": 12.5})
        self.assert_changes(list_price=(10.0, 12.5))

    def test_its_code_changes(self):
        self.product.write({"default_code": "DESK-2"})
        self.assert_changes(default_code=("DESK-1", "DESK-2"))

    def test_the_code_of_its_template_is_its_code(self):
        self.product.product_tmpl_id.write({"default_code": "DESK-2"})
        self.assert_changes(default_code=("DESK-1", "DESK-2"))

    def test_all_of_it_in_one_transaction_is_one_event(self):
        self.product.product_tmpl_id.write({"name": "Elm Desk"})
        self.product.write({"default_code": "DESK-2", "list_price": 12.5})
        self.receive(self.product, 5)
        self.assert_changes(
            name=("Oak Desk", "Elm Desk"),
            default_code=("DESK-1", "DESK-2"),
            list_price=(10.0, 12.5),
            qty_available=(0.0, 5.0),
        )

    def test_a_receipt_and_a_delivery_change_its_stock(self):
        self.receive(self.product, 5)
        self.commit()
        self.assert_changes(qty_available=(0.0, 5.0))
        self.receive(self.product, 3)
        self.commit()
        order = self.new_order(self.line(6))
        order.action_confirm()
        self.commit()
        self.deliver(order)
        self.assertEqual(
            [event["data"]["changes"] for event in self.events(self.webhook)],
            [{"qty_available": {"old": old, "new": new}} for old, new in ((0.0, 5.0), (5.0, 8.0), (8.0, 2.0))],
        )

    def test_stock_changed_past_all_transfers_is_a_change_of_the_product(self):
        place = self.warehouse().lot_stock_id
        self.env["stock.quant"].sudo()._update_available_quantity(self.product, place, 4)
        self.assert_changes(qty_available=(0.0, 4.0))
        self.commit()
        webhook = self.subscribe("product.template", "on_write", "qty_available")
        self.env["stock.quant"].sudo()._update_available_quantity(self.product, place, 5)
        changes = {"qty_available": {"old": 4.0, "new": 9.0}}
        self.assertEqual(self.changes(webhook), {self.product.product_tmpl_id.id: changes})

    def test_a_count_changes_its_stock(self):
        self.count(self.product, 4)
        self.assert_changes(qty_available=(0.0, 4.0))

    def test_a_receipt_that_goes_out_again_in_one_transaction_is_no_event(self):
        self.receive(self.product, 5)
        self.commit()
        before = len(self.jobs(self.webhook))
        self.receive(self.product, 2)
        order = self.new_order(self.line(2))
        order.action_confirm()
        self.deliver(order)
        self.assertEqual(len(self.jobs(self.webhook)), before)

    def test_a_reservation_is_no_event(self):
        self.receive(self.product, 5)
        self.commit()
        before = len(self.jobs(self.webhook))
        order = self.new_order(self.line(3))
        order.action_confirm()
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(len(self.jobs(self.webhook)), before)

    def test_another_text_and_the_same_price_are_no_event(self):
        self.product.write({"description_sale": "of a very old tree"})
        self.product.write({"list_price": 10.0})
        self.product.product_tmpl_id.write({"list_price": 10.0, "description": "not for customers"})
        self.assertFalse(self.jobs(self.webhook))

    def test_without_fields_a_change_of_the_template_is_one_event_with_all_that_differs(self):
        webhook = self.subscribe("product.product", "on_write")
        self.product.product_tmpl_id.write({"name": "Elm Desk", "list_price": 12.5})
        changes = self.changes(webhook)[self.product.id]
        self.assertEqual(changes["name"], {"old": "Oak Desk", "new": "Elm Desk"})
        self.assertEqual(changes["list_price"], {"old": 10.0, "new": 12.5})

    def test_each_variant_of_a_renamed_template_is_an_event(self):
        attribute = self.env["product.attribute"].create({"name": "Wood", "create_variant": "always"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": attribute.id} for name in ("Oak", "Elm")]
        )
        template = self.env["product.template"].create(
            {
                "name": "Chair",
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, values.ids)]}),
                ],
            }
        )
        self.assertEqual(len(template.product_variant_ids), 2)
        self.commit()
        template.write({"name": "Stool"})
        renamed = {"name": {"old": "Chair", "new": "Stool"}}
        self.assertEqual(self.changes(self.webhook), dict.fromkeys(template.product_variant_ids.ids, renamed))

    def test_its_display_name_is_watched_like_any_computed_field(self):
        webhook = self.subscribe("product.product", "on_write", "display_name")
        self.product.product_tmpl_id.write({"name": "Elm Desk"})
        renamed = {"display_name": {"old": "[DESK-1] Oak Desk", "new": "[DESK-1] Elm Desk"}}
        self.assertEqual(self.changes(webhook), {self.product.id: renamed})

    def test_made_and_then_renamed_on_its_template_it_is_a_creation_with_the_final_name(self):
        on_create = self.subscribe("product.product", "on_create", "name, qty_available")
        product = self.new_product("Chair")
        product.product_tmpl_id.write({"name": "Stool"})
        self.receive(product, 5)
        record = self.event(on_create)["data"]["record"]
        self.assertEqual((record["name"], record["qty_available"]), ("Stool", 5.0))
        self.assertFalse(self.jobs(self.webhook))

    def test_renamed_on_its_template_and_then_deleted_it_is_one_deletion(self):
        on_unlink = self.subscribe("product.product", "on_unlink", "name")
        self.product.product_tmpl_id.write({"name": "Elm Desk"})
        self.product.unlink()
        self.assertEqual(self.event(on_unlink)["data"]["record"]["name"], "Elm Desk")
        self.assertFalse(self.jobs(self.webhook))

    def test_deleted_with_its_template_it_is_told_of_as_it_was(self):
        on_unlink = self.subscribe("product.product", "on_unlink", "name, default_code, list_price")
        product = self.product.id
        self.product.product_tmpl_id.unlink()
        self.assertFalse(self.product.exists())
        self.assertEqual(
            self.event(on_unlink)["data"]["record"],
            {
                "id": product,
                "display_name": "[DESK-1] Oak Desk",
                "name": "Oak Desk",
                "default_code": "DESK-1",
                "list_price": 10.0,
            },
        )

    def test_a_condition_on_a_field_of_the_template_is_checked_after_its_change(self):
        webhook = self.subscribe("product.product", "on_write", "list_price", "[('list_price', '>', 11)]")
        self.product.product_tmpl_id.write({"list_price": 10.5})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        self.product.product_tmpl_id.write({"list_price": 12.5})
        self.assertEqual(self.changes(webhook)[self.product.id], {"list_price": {"old": 10.5, "new": 12.5}})
