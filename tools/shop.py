"""What people do in a shop that runs on Odoo."""


class Shop:
    """What people do in Sales and Inventory, through Odoo's external API: the methods behind the buttons."""

    def __init__(self, odoo):
        self.odoo = odoo

    def new_product(self, name, **values):
        """A product that is kept in stock, without taxes; its id."""
        values = {"list_price": 10.0, "taxes_id": [(5,)], **self.odoo.series.storable, **values}
        return self.odoo.create("product.product", name=name, **values)

    def template(self, product):
        """The id of the template that a product is a variant of."""
        (values,) = self.odoo.call("product.product", "read", [product], ["product_tmpl_id"])
        return values["product_tmpl_id"][0]

    def new_order(self, product, quantity):
        """A quotation for ``quantity`` of a product; its id."""
        partner = self.odoo.call("res.partner", "search", [["is_company", "=", True]], limit=1)[0]
        line = {"product_id": product, "product_uom_qty": quantity}
        return self.odoo.create("sale.order", partner_id=partner, order_line=[(0, 0, line)])

    def confirmed_order(self, product, quantity):
        """A confirmed sales order; its id."""
        order = self.new_order(product, quantity)
        self.odoo.call("sale.order", "action_confirm", [order])
        return order

    def lines(self, order):
        """The ids of the lines of an order."""
        return self.odoo.call("sale.order.line", "search", [["order_id", "=", order]])

    def pickings(self, order):
        """The ids of the delivery orders of a sales order."""
        return self.odoo.call("stock.picking", "search", [["sale_id", "=", order]])

    def deliver(self, order):
        """Deliver all of an order."""
        self.process(self.pickings(order))

    def receive(self, product, quantity):
        """Receive ``quantity`` of a product from a supplier."""
        (kind,) = self.odoo.call(
            "stock.picking.type",
            "search_read",
            [["code", "=", "incoming"]],
            ["default_location_dest_id"],
            limit=1,
            order="id",
        )
        places = {
            "location_id": self.odoo.id("stock.stock_location_suppliers"),
            "location_dest_id": kind["default_location_dest_id"][0],
        }
        (unit,) = self.odoo.call("product.product", "read", [product], ["uom_id"])
        move = {**self.odoo.series.move_values(product, quantity, unit["uom_id"][0]), **places}
        moves = {self.odoo.series.moves_field: [(0, 0, move)]}
        picking = self.odoo.create("stock.picking", picking_type_id=kind["id"], **places, **moves)
        self.odoo.call("stock.picking", "action_confirm", [picking])
        self.process([picking])

    def process(self, pickings):
        """Move all that was asked for, and validate the transfers."""
        for move in self.odoo.call("stock.move", "search_read", [["picking_id", "in", pickings]], ["product_uom_qty"]):
            self.odoo.call("stock.move", "write", [move["id"]], self.odoo.series.moved(move["product_uom_qty"]))
        self.odoo.call("stock.picking", "button_validate", pickings, context={"skip_sms": True})
