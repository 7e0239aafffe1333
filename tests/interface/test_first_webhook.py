"""An administrator's first webhook, from an empty database to a receiver that breaks and is mended; only by what is shown."""

import pytest

from tools.server import OdooServer, free_port

from .conftest import without_bot

ALL = "webhook.webhook_webhook_action"


@pytest.fixture(scope="module")
def server(workspace):
    """An Odoo in which nobody has made a webhook yet."""
    database = workspace.create_database("webhook_first", "webhook_installed")
    with OdooServer(workspace, database, "--log-level=warn") as server:
        yield server


@pytest.fixture(scope="module")
def odoo(server):
    client = server.client()
    without_bot(client)
    client.call("ir.config_parameter", "set_param", "webhook.retries", "0")
    return client


@pytest.fixture
def product(odoo):
    """The id of a product that is there to be changed."""
    return odoo.create("product.product", name="Oak Desk", default_code="DESK-1", list_price=450.0)


def health(web):
    return web.field("health")


def test_from_an_empty_database_to_a_receiver_that_is_mended(web, odoo, product, receiver, shown):
    web.open_app("Webhooks")
    shown(web.page.locator(".o_nocontent_help")).to_contain_text("Create your first webhook")
    set_up(web, odoo, receiver, shown)
    try_out(web, receiver, shown)
    change_a_product(web, product, receiver, shown)
    see_it_delivered(web, shown)
    break_and_mend(web, odoo, product, receiver, shown)


def set_up(web, odoo, receiver, shown):
    """The four things that are needed; the preview shows what they mean before anything is saved."""
    (model,) = odoo.call("ir.model", "read", [odoo.model_id("product.template")], ["name"])
    web.page.locator(".o_control_panel").get_by_role("button", name=web.series.new_button).click()
    web.fill("name", "Products to the shop")
    web.pick("model_id", model["name"])
    shown(web.field("preview_json")).to_contain_text('"display_name": "[DESK-1] Oak Desk"')
    shown(web.field("preview_xml")).to_contain_text("[DESK-1] Oak Desk</display_name>")
    web.fill("address", receiver.url("/shop"))
    web.save()
    shown(health(web)).to_have_text("Never sent")


def try_out(web, receiver, shown):
    """A test notification to a receiver that answers, and to one that does not."""
    web.press("Send test notification")
    shown(web.dialog.locator(".alert-success")).to_contain_text("accepted")
    shown(web.dialog.locator("[name=status]").last).to_have_text("200")
    web.press("Close")
    shown(web.dialog).to_have_count(0)
    assert receiver.got("/shop")[0].json()["test"] is True
    web.edit()
    web.fill("address", f"http://127.0.0.1:{free_port()}/shop")
    web.save()
    web.press("Send test notification")
    shown(web.dialog.locator(".alert-danger")).to_contain_text("The connection was refused")
    web.press("Close")
    shown(web.dialog).to_have_count(0)
    web.edit()
    web.fill("address", receiver.url("/shop"))
    web.save()


def change_a_product(web, product, receiver, shown):
    """Somebody edits a product in its form."""
    web.open_action("product.product_normal_action", product)
    web.edit()
    web.fill("name", "Walnut Desk")
    web.save()
    (request,) = receiver.wait_for(2, "/shop")[1:]
    assert request.json()["data"]["changes"]["name"] == {"old": "Oak Desk", "new": "Walnut Desk"}


def see_it_delivered(web, shown):
    """The delivery is in the list; the webhook works."""
    web.open_app("Webhooks")
    web.entry("Deliveries")
    shown(web.rows("Walnut Desk")).to_contain_text("Delivered")
    web.entry("Webhooks")
    shown(web.rows("Products to the shop")).to_contain_text("Working")


def break_and_mend(web, odoo, product, receiver, shown):
    """The receiver breaks: the webhook says so. It is mended: what failed is sent again."""
    receiver.broken = 503
    odoo.call("product.product", "write", [product], {"name": "Ash Desk"})
    receiver.wait_for(3, "/shop")
    web.wait_for_row(ALL, "Products to the shop", "Failing")
    web.open_row("Products to the shop")
    shown(health(web)).to_have_text("Failing")
    receiver.broken = None
    web.press("Redeliver failed")
    assert receiver.wait_for(4, "/shop")[3].json()["data"]["changes"]["name"]["new"] == "Ash Desk"
    web.wait_for_row(ALL, "Products to the shop", "Working")
