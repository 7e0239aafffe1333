"""`make demo`: the manual's examples, from a change in a real Odoo to a request at a real receiver.

Each change is made through Odoo's external API, as an integrator would; what the receiver got is shown beside it. The
exit code is 0 only if every expected request came, and no other.
"""

import contextlib
import json
import time
import xmlrpc.client

from .addons import addons
from .environment import Environment, say
from .receiver import Receiver
from .server import OdooServer, RestClient
from .shop import Shop

QUIET = 1.5  # seconds to wait for requests that must not come


def main():
    """Run the demo; return the exit code."""
    environment = Environment.ready()
    with environment.workspace("demo") as workspace, Receiver() as receiver:
        database = workspace.create_database("webhook")
        server = OdooServer(workspace, database, "--log-level=warn")
        say("starting Odoo with the webhook addons")
        server.start("-i", ",".join(addon.name for addon in addons()))
        try:
            odoo = server.client()
            odoo.allow_receivers_here()
            api = RestClient(server.url, *odoo.register_application("Demo"))
            story = Story(odoo, receiver)
            story.subscribe(api)
            story.tell()
        finally:
            server.stop()
    say("all of it came, and nothing else" if not story.failures else "NOT as it should be:")
    for failure in story.failures:
        say(f"  {failure}")
    return 1 if story.failures else 0


class Story:
    """The demo's acts: subscribe, change, compare what was received."""

    def __init__(self, odoo, receiver):
        self.odoo = odoo
        self.shop = Shop(odoo)
        self.receiver = receiver
        self.failures = []
        self.expected = 0

    def tell(self):
        """Play all acts."""
        product = self.act(
            "A product is created",
            lambda: self.shop.new_product("Oak Desk", default_code="DESK-1", list_price=450.0),
            [("/product-created", 200)],
        )
        template = self.shop.template(product)
        self.act(
            "Its price changes, where people change it: on its template",
            lambda: self.odoo.call("product.template", "write", [template], {"list_price": 399.0}),
            [("/product-changed", 200)],
        )
        self.act(
            "The template is renamed, and with it the product",
            lambda: self.odoo.call("product.template", "write", [template], {"name": "Oak Table"}),
            [("/product-changed", 200)],
        )
        self.act(
            "Somebody saves the same price again: no change, no request",
            lambda: self.odoo.call("product.product", "write", [product], {"list_price": 399.0}),
            [],
        )
        self.act(
            "Two products are created, but the second is refused: all is rolled back, no request", self.refused, []
        )
        self.act(
            "Five of it come in: its stock, which Odoo computes and stores nowhere, changes",
            lambda: self.shop.receive(product, 5),
            [("/product-changed", 200)],
        )
        order = self.act("A quotation is made: no request", lambda: self.shop.new_order(product, 2), [])
        self.act(
            "A line of it is edited: the total, which Odoo computes, changes",
            lambda: self.odoo.call("sale.order.line", "write", self.shop.lines(order), {"product_uom_qty": 3}),
            [("/order-total", 200)],
        )
        self.act(
            "It is confirmed: its delivery is reserved, but not done yet, no request",
            lambda: self.odoo.call("sale.order", "action_confirm", [order]),
            [],
        )
        self.act(
            "The delivery is done, and the stock is less; one receiver fails at first, and gets it again 5 seconds later",
            lambda: self.shop.deliver(order),
            [("/product-changed", 200), ("/delivery-done", 500), ("/delivery-done", 200)],
        )
        waiting = self.odoo.call("webhook.job", "search_count", [["state", "!=", "delivered"]])
        if waiting:
            self.failures.append(f"{waiting} deliveries are not marked as delivered")

    def subscribe(self, api):
        """Register the webhooks of the manual, and one on the total of orders, through the REST API."""
        moves, done = self.odoo.series.moves_field, self.odoo.series.done_field
        webhooks = [
            {
                "name": "Product Creation",
                "model": "product.product",
                "kind": "on_create",
                "address": "/product-created",
            },
            {
                "name": "Product Update",
                "model": "product.product",
                "kind": "on_write",
                "address": "/product-changed",
                "fields": ["name", "default_code", "list_price", "qty_available"],
            },
            {
                "name": "Order Total",
                "model": "sale.order",
                "kind": "on_write",
                "address": "/order-total",
                "fields": ["name", "amount_total"],
            },
            {
                "name": "Delivery Order Done",
                "model": "stock.picking",
                "kind": "on_write",
                "address": "/delivery-done?fail=1",
                "fields": [
                    "name",
                    "state",
                    "origin",
                    "partner_id",
                    f"{moves}.product_id.default_code",
                    f"{moves}.{done}",
                ],
                "condition": [["state", "=", "done"], ["picking_type_id.code", "=", "outgoing"]],
            },
        ]
        print("\n── Four webhooks are registered through the REST API, with a token of OAuth 2.0", flush=True)
        for vals in webhooks:
            vals["address"] = self.receiver.url(vals["address"])
            made = api.call("POST", "/webhooks", vals=vals)["webhook"]
            print(f"   POST /restapi/1.0/webhooks: {made['id']} {made['name']}, created {made['create_date']}")

    def act(self, title, change, expected):
        """Make a change, wait for the requests it should cause, and show both.

        :param expected: list of (path, status that the receiver answered)
        """
        print(f"\n── {title}", flush=True)
        began, before = time.monotonic(), len(self.receiver.got())
        result = change()
        saved = time.monotonic()
        with contextlib.suppress(TimeoutError):  # what is missing is told below
            self.receiver.wait_for(before + len(expected), timeout=60)
        time.sleep(QUIET)
        came = self.receiver.got()[before:]
        print(f"   saved in {saved - began:.2f} s", flush=True)
        for request in came:
            self.show(request, request.monotonic - saved)
        found = [(request.path.partition("?")[0], request.status) for request in came]
        # Two webhooks are sent at once; there is an order only among the requests of each.
        if sorted(found, key=lambda each: each[0]) != sorted(expected, key=lambda each: each[0]):
            self.failures.append(f"{title}: expected {expected}, got {found}")
        return result

    @staticmethod
    def show(request, after):
        """Print one request as the receiver got it."""
        print(f"   ▶ {request.method} {request.path}, {max(after, 0):.2f} s after the save; answered {request.status}")
        for name in ("webhook-id", "X-Odoo-Event", "X-Odoo-Attempt", "Content-Type"):
            print(f"     {name}: {request.header(name)}")
        data = request.json()["data"]
        if len(data["record"]) > 10:
            data["record"] = dict(list(data["record"].items())[:6]) | {"…": f"{len(data['record']) - 6} more fields"}
        for line in json.dumps(data, indent=2, ensure_ascii=False).splitlines():
            print(f"     {line}")

    def refused(self):
        """A call that creates something and then fails."""
        bad = [{"name": "Pine Desk"}, {"name": "Ghost Desk", "uom_id": 999999}]
        try:
            self.odoo.call("product.product", "create", bad)
        except xmlrpc.client.Fault:
            return
        self.failures.append("Odoo took a product with a unit that does not exist")
