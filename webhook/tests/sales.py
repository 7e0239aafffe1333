from unittest import SkipTest

from .. import series
from .common import WebhookCase

# What the series call the same thing.
TAXES = "tax_ids" if series.SERIES >= 18 else "tax_id"
MOVES = "move_ids" if series.SERIES >= 16 else "move_lines"
DONE = "quantity" if series.SERIES >= 17 else "quantity_done"
STORABLE = {"type": "consu", "is_storable": True} if series.SERIES >= 18 else {"type": "product"}


class SalesCase(WebhookCase):
    """Products, orders and transfers, made and processed as people do; for databases with Sales and Inventory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale.order" not in cls.env or "stock.picking" not in cls.env:
            raise SkipTest("Sales and Inventory are not installed")
        cls.customer = cls.env["res.partner"].create({"name": "Forest Ltd", "country_id": cls.env.ref("base.be").id})
        cls.product = cls.new_product("Oak Desk")

    @classmethod
    def new_product(cls, name, **values):
        """A product that is kept in stock, for 10.0, without taxes."""
        values = {"name": name, "list_price": 10.0, "taxes_id": [(5,)], **STORABLE, **values}
        return cls.env["product.product"].create(values)

    def line(self, quantity, product=None, price=10.0):
        """The values of an order line."""
        product = product or self.product
        return {
            "product_id": product.id,
            "name": product.name,
            "product_uom_qty": quantity,
            "price_unit": price,
            TAXES: [(5,)],
        }

    def new_order(self, *lines):
        """A quotation; ``lines`` are the values of its lines."""
        commands = [(0, 0, line) for line in lines]
        return self.env["sale.order"].create({"partner_id": self.customer.id, "order_line": commands})

    def receive(self, product, quantity):
        """Receive ``quantity`` of a product from a supplier."""
        picking_type = self.warehouse().in_type_id
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": picking_type.default_location_dest_id.id,
        }
        move = {"product_id": product.id, "product_uom_qty": quantity, "product_uom": product.uom_id.id, **places}
        if series.SERIES < 19:
            move["name"] = product.name
        picking = self.env["stock.picking"].create(
            {"picking_type_id": picking_type.id, MOVES: [(0, 0, move)], **places}
        )
        picking.action_confirm()
        self.process(picking)
        return picking

    def count(self, product, quantity):
        """Set the stock of a product to what was counted."""
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.create(
            {
                "product_id": product.id,
                "location_id": self.warehouse().lot_stock_id.id,
                "inventory_quantity": quantity,
            }
        )
        if series.SERIES >= 15:
            quant.action_apply_inventory()

    def deliver(self, order):
        """Deliver all of a confirmed order."""
        self.process(order.picking_ids)

    def process(self, picking):
        """Do what is behind the buttons: all that was asked for was moved, and the transfer is validated."""
        for move in picking[MOVES]:
            move[DONE] = move.product_uom_qty
            if series.SERIES >= 17:
                move.picked = True
        self.assertIs(picking.with_context(skip_sms=True).button_validate(), True)
        self.assertEqual(picking.state, "done")

    def warehouse(self):
        """The first warehouse of the user's company."""
        return self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
