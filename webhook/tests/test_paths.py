from .sales import SalesCase


class TestPaths(SalesCase):
    """Dotted paths: a change at their end is a change of the record they begin at."""

    def setUp(self):
        super().setUp()
        self.product.default_code = "DESK-1"
        self.order = self.new_order(self.line(3))
        self.other = self.new_order(self.line(1, self.new_product("Chair", default_code="CHAIR-1")))
        self.commit()

    def test_the_code_of_a_product_is_watched_through_the_lines_of_an_order(self):
        webhook = self.subscribe("sale.order", "on_write", "name, order_line.product_id.default_code")
        line, name = self.order.order_line, self.product.display_name
        self.product.write({"default_code": "DESK-2"})
        changes = self.changes(webhook)
        self.assertEqual(set(changes), {self.order.id})
        (old,), (new,) = (changes[self.order.id]["order_line"][key] for key in ("old", "new"))
        self.assertEqual((old["id"], old["product_id"]["default_code"]), (line.id, "DESK-1"))
        self.assertEqual((new["id"], new["product_id"]["default_code"]), (line.id, "DESK-2"))
        self.assertNotEqual(name, self.product.display_name)

    def test_the_name_of_a_template_is_watched_through_the_lines_of_an_order(self):
        webhook = self.subscribe("sale.order", "on_write", "order_line.product_id.name")
        self.product.product_tmpl_id.write({"name": "Elm Desk"})
        changes = self.changes(webhook)
        self.assertEqual(set(changes), {self.order.id})
        self.assertEqual(changes[self.order.id]["order_line"]["old"][0]["product_id"]["name"], "Oak Desk")
        self.assertEqual(changes[self.order.id]["order_line"]["new"][0]["product_id"]["name"], "Elm Desk")

    def test_a_line_that_comes_or_goes_changes_a_path_through_it(self):
        webhook = self.subscribe("sale.order", "on_write", "order_line.product_id.default_code")
        line = self.env["sale.order.line"].create({"order_id": self.order.id, **self.line(1)})
        self.commit()
        self.order.order_line[0].unlink()
        codes = [
            {key: [each["product_id"]["default_code"] for each in lines] for key, lines in change.items()}
            for change in (event["data"]["changes"]["order_line"] for event in self.events(webhook))
        ]
        both = ["DESK-1", "DESK-1"]
        self.assertEqual(codes, [{"old": both[:1], "new": both}, {"old": both, "new": both[:1]}])
        self.assertEqual(self.events(webhook)[1]["data"]["changes"]["order_line"]["new"][0]["id"], line.id)

    def test_the_name_of_a_tag_is_watched_through_a_many2many(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Tree"})
        self.customer.category_id = tag
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "category_id.name")
        tag.write({"name": "Shrub"})
        change = self.changes(webhook)[self.customer.id]["category_id"]
        names = {key: [each["name"] for each in tags] for key, tags in change.items()}
        self.assertEqual(names, {"old": ["Tree"], "new": ["Shrub"]})

    def test_the_country_of_a_customer_is_watched_through_an_order(self):
        webhook = self.subscribe(
            "sale.order", "on_write", "partner_id.country_id.code", f"[('id', '=', {self.order.id})]"
        )
        self.customer.write({"country_id": self.env.ref("base.fr").id})
        change = self.changes(webhook)[self.order.id]["partner_id"]
        self.assertEqual(change["old"]["country_id"]["code"], "BE")
        self.assertEqual(change["new"]["country_id"]["code"], "FR")

    def test_another_field_of_a_record_on_the_way_is_no_change(self):
        webhook = self.subscribe(
            "sale.order", "on_write", "partner_id.country_id.code, order_line.product_id.default_code"
        )
        self.customer.write({"ref": "F-1"})
        self.product.write({"description_sale": "of a very old tree"})
        self.order.order_line.write({"product_uom_qty": 4})
        self.assertFalse(self.jobs(webhook))

    def test_a_condition_that_begins_to_hold_is_no_change_of_a_watched_field(self):
        webhook = self.subscribe("sale.order", "on_write", "note", "[('partner_id.country_id.code', '=', 'FR')]")
        self.customer.write({"country_id": self.env.ref("base.fr").id})
        self.assertFalse(self.jobs(webhook))
