"""`make screenshots`: the pictures of the manual and of the app store, from a real web client with data as a shop has it."""

import re
import sys

from playwright.sync_api import expect

from . import store
from .addons import addons
from .environment import CHECKOUT, Environment, browser, say
from .receiver import Receiver
from .server import OdooServer, RestClient, require_free
from .shop import Shop
from .webclient import SIZE, WebClient, browsing

FOLDER = store.MANUAL
RECEIVER_PORT = 8090  # that of `make run`, which the pictures show
DONE = "[('state', '=', 'done'), ('picking_type_id.code', '=', 'outgoing')]"


def main():
    """Take all pictures; return the exit code."""
    executable = browser.chromium()
    if not executable:
        return 2
    require_free(RECEIVER_PORT, "RECEIVER_PORT", "the receiver")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Environment.ready().workspace("screenshots") as workspace, Receiver(RECEIVER_PORT) as receiver:
        server = OdooServer(workspace, workspace.create_database("webhook"), "--log-level=warn")
        say("starting Odoo with the webhook addon")
        server.start("-i", ",".join(addon.name for addon in addons()))
        try:
            client = server.client()
            client.allow_receivers_here()
            prepare(client, receiver)
            with browsing(executable) as running:
                web = WebClient(running, server).log_in()
                take(running, web, receiver)
                take_for_store(web, client, server)
                store.make(running, server)
        finally:
            server.stop()
    return 0


def prepare(odoo, receiver):
    """Make the webhooks and what they tell about."""
    address, moves, done = f"http://localhost:{RECEIVER_PORT}", odoo.series.moves_field, odoo.series.done_field
    odoo.subscribe("product.product", "on_create", f"{address}/products", name="Product Creation")
    odoo.subscribe(
        "product.product",
        "on_write",
        f"{address}/products",
        name="Product Update",
        field_names="name, default_code, list_price",
    )
    orders = odoo.subscribe(
        "stock.picking",
        "on_write",
        f"{address}/deliveries?fail=1",
        name="Orders to the warehouse",
        field_names=f"name, state, origin, partner_id, {moves}.product_id.default_code, {moves}.{done}",
        condition=DONE,
    )
    odoo.subscribe("sale.order", "on_unlink", "https://crm.example.com/odoo/orders", name="Cancelled quotations")
    odoo.subscribe("res.partner", "on_create", "https://news.example.com/subscribers", name="Newsletter", format="xml")
    shop = Shop(odoo)
    product = shop.new_product("Oak Desk", default_code="DESK-1", list_price=450.0)
    odoo.call("product.product", "write", [product], {"list_price": 399.0})
    shop.receive(product, 5)
    shop.deliver(shop.confirmed_order(product, 2))
    receiver.wait_for(4, timeout=60)  # the last is the second attempt of the delivery order
    odoo.call("webhook.webhook", "write", [orders], {"address": "https://warehouse.example.com/odoo/deliveries"})


def take(running, web, receiver):
    """Take the pictures."""
    page = running.new_page(viewport=SIZE)
    page.goto(receiver.url())
    expect(page.locator("article")).to_have_count(4)
    picture(page, "receiver")
    page = web.page
    web.open_settings()
    page.get_by_text("Keep failed deliveries for").evaluate("title => title.scrollIntoView({block: 'center'})")
    picture(page, "settings")
    web.open("/odoo?debug=0")  # the rest as those see it who have the application alone
    web.open_app("Webhooks")
    expect(web.rows()).to_have_count(5)
    picture(page, "webhooks-list")
    page.locator(".o_switch_view.o_kanban").click()
    cards = page.locator(".o_kanban_record:not(.o_kanban_ghost)")
    expect(cards).to_have_count(5)
    picture(page, "webhooks-kanban")
    cards.filter(has_text="Orders to the warehouse").click()
    expect(web.field("condition").get_by_text(re.compile("record"))).to_be_visible()
    picture(page, "webhook-form")
    page.get_by_role("tab", name="Preview").click()
    expect(web.field("preview_json")).to_contain_text("stock.picking.on_write")
    page.get_by_role("tab", name="Preview").evaluate("tab => tab.scrollIntoView({block: 'start'})")
    picture(page, "preview")
    web.open_app("Webhooks")
    web.open_row("Product Update")
    web.press("Send test notification")
    expect(web.dialog).to_be_visible()
    picture(page, "test-notification")
    web.dialog.get_by_role("button", name="Close", exact=True).last.click()
    page.locator(".o_menu_sections").get_by_text("Deliveries", exact=True).click()
    expect(web.rows("Orders to the warehouse")).to_contain_text("Delivered")
    web.open_row("Orders to the warehouse")
    expect(web.attempts).to_have_count(2)
    picture(page, "delivery")


def take_for_store(web, odoo, server):
    """Take the pictures of the REST API, which the app store alone shows."""
    callback, folder = "https://warehouse.example.com/callback", store.folder("restapi_webhook")
    key, secret = odoo.register_application("Warehouse connector")
    (application,) = odoo.call("restapi.application", "search", [["key", "=", key]])
    odoo.call("restapi.application", "write", [application], {"redirect_uris": callback})
    RestClient(server.url, key, secret).call("GET", "/webhooks/count")
    page = web.page
    web.open_app("Webhooks")
    web.menu("Configuration", "OAuth Applications")
    web.open_row("Warehouse connector")
    picture(page, "application", folder)
    asked = f"response_type=code&client_id={key}&redirect_uri={callback}&scope=webhooks&state=s"
    page.set_viewport_size({"width": 720, "height": 600})  # the box in its middle is all that there is
    page.goto(f"{server.url}/restapi/1.0/common/oauth2/authorize?{asked}")
    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    picture(page, "consent", folder)


def picture(page, name, folder=FOLDER):
    """Save what the window shows."""
    page.mouse.move(640, 790)
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")
    say(f"{folder.relative_to(CHECKOUT)}/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
