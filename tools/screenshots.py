"""`make screenshots`: the pictures of the manual and of the app store, from a real web client with data as a shop has it."""

import re
import sys

from playwright.sync_api import expect

from . import history, store
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
            webhooks = prepare(client, receiver)
            with browsing(executable) as running:
                web = WebClient(running, server).log_in()
                take_of_receiver(running, receiver)
                (delivery,) = client.call("webhook.job", "search", [["webhook_id", "=", webhooks["orders"]]])
                grow_old(client, server, receiver, **webhooks)
                take(web, delivery)
                take_for_store(web, client, server)
                store.make(running, server)
            store.MADE_FROM.write_text(f"{store.digest()}\n")
        finally:
            server.stop()
    return 0


def prepare(odoo, receiver):
    """Make the webhooks and what they tell about; return their ids by what they are about."""
    address, moves, done = f"http://localhost:{RECEIVER_PORT}", odoo.series.moves_field, odoo.series.done_field
    created = odoo.subscribe("product.product", "on_create", f"{address}/products", name="Product Creation")
    updated = odoo.subscribe(
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
    shop = Shop(odoo)
    product = shop.new_product("Oak Desk", default_code="DESK-1", list_price=450.0)
    odoo.call("product.product", "write", [product], {"list_price": 399.0})
    shop.receive(product, 5)
    shop.deliver(shop.confirmed_order(product, 2))
    receiver.wait_for(4, timeout=60)  # the last is the second attempt of the delivery order
    return {"created": created, "updated": updated, "orders": orders}


def take_of_receiver(running, receiver):
    """Take the picture of the receiver that the demo and the tests have."""
    page = running.new_page(viewport=SIZE)
    page.goto(receiver.url())
    expect(page.locator("article")).to_have_count(4)
    picture(page, "receiver")
    page.close()


def grow_old(odoo, server, receiver, created, updated, orders):
    """A week passes: some receivers break, and one wants no more."""
    address = receiver.url().rstrip("/")
    count = len(receiver.got())
    history.write(server, {created: (9, -1, -1, 90, 200), updated: (34, -1, -1, 380, 70), orders: (14, 7, 4, 160, 14)})
    news = odoo.subscribe(
        "res.partner", "on_create", f"{address}/news?fail=always", name="Newsletter", format="xml", field_names="email"
    )
    quotations = odoo.subscribe("sale.order", "on_unlink", f"{address}/crm?status=410", name="Cancelled quotations")
    odoo.create("res.partner", name="Brandon Freeman", email="brandon.freeman@example.com")
    shop = Shop(odoo)
    odoo.call("sale.order", "unlink", [shop.new_order(shop.new_product("Pine Desk"), 1)])
    receiver.wait_for(count + 3, timeout=60)
    for webhook, shown in (
        (news, "https://news.example.com/subscribers"),
        (quotations, "https://crm.example.com/odoo/orders"),
        (orders, "https://warehouse.example.com/odoo/deliveries"),
    ):
        statement = f"UPDATE webhook_webhook SET address = '{shown}' WHERE id = {webhook}"  # past its history
        server.workspace.server.sql(statement, server.database)


def take(web, delivery):
    """Take the pictures of the web client; ``delivery`` is the id of one with two attempts."""
    page = web.page
    web.open_settings()
    page.get_by_text("Keep failed deliveries for").evaluate("title => title.scrollIntoView({block: 'center'})")
    picture(page, "settings")
    web.open("/odoo?debug=0")  # the rest as those see it who have the application alone
    web.open_app("Webhooks")
    expect(web.rows()).to_have_count(5)
    expect(web.rows("Cancelled quotations")).to_contain_text("Paused")
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
    web.entry("Deliveries")
    expect(web.rows("Newsletter")).to_contain_text("Waiting")
    picture(page, "deliveries")
    web.open_action("webhook.webhook_job_action", delivery)
    expect(web.attempts).to_have_count(2)
    picture(page, "delivery")
    web.entry("Statistics")
    expect(page.locator(".o_graph_renderer canvas")).to_be_visible()
    page.wait_for_timeout(1500)  # the bars grow
    picture(page, "statistics")


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
