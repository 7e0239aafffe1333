"""A webhook is made in the form, and tried out with a test notification."""

import json

import pytest

from tools.server import free_port


@pytest.fixture
def make(web, odoo):
    """``make(name, address)`` fills the form of a new webhook on product changes, and leaves it unsaved."""

    (model,) = odoo.call("ir.model", "read", [odoo.model_id("product.product")], ["name"])

    def fill(name, address):
        web.open_action("webhook.webhook_webhook_action", "new")
        web.fill("name", name)
        web.pick("model_id", "product.product", model["name"])
        web.choose("kind", "Change")
        web.fill("address", address)
        web.pick_field("Internal Reference", "default_code")
        web.pick_field("Barcode", "barcode")
        return web

    return fill


@pytest.fixture
def answer(make, shown):
    """``answer(name, address)`` makes a webhook, sends the test notification and gives the dialog that opens."""

    def send(name, address):
        web = make(name, address)
        web.save()
        web.press("Send test notification")
        shown(web.dialog).to_be_visible()
        assert not web.error.count(), "a failing receiver is a result, not an error"
        return web.dialog

    return send


def test_picked_fields_are_saved(make, odoo, receiver):
    web = make("Product references", receiver.url("/hook"))
    web.save()
    web.expect_paths("field_names", "default_code", "barcode")
    (saved,) = odoo.call(
        "webhook.webhook",
        "search_read",
        [["name", "=", "Product references"]],
        ["model", "kind", "address", "field_names", "format", "condition"],
    )
    del saved["id"]
    assert saved == {
        "model": "product.product",
        "kind": "on_write",
        "address": receiver.url("/hook"),
        "field_names": "default_code, barcode",
        "format": "json",
        "condition": "[]",
    }


def test_a_test_notification_is_accepted(answer, receiver, shown):
    dialog = answer("Accepted", receiver.url("/accepted"))
    shown(dialog.locator(".alert-success")).to_contain_text("The receiver accepted the notification.")
    shown(dialog.locator("[name=status]").last).to_have_text("200")
    shown(dialog.locator("[name=shown_answer]").last).to_have_text('{ "received": true }')
    (request,) = receiver.got("/accepted")
    assert request.json()["test"] is True
    assert set(request.json()["data"]["record"]) >= {"default_code", "barcode"}
    dialog.get_by_role("tab", name="Request").click()
    sent = dialog.locator("[name=body]").last
    shown(sent).to_be_visible()
    assert json.loads(sent.inner_text()) == request.json()


def test_a_test_notification_is_answered_with_an_error(answer, receiver, shown):
    dialog = answer("Answered 500", receiver.url("/broken?fail=always"))
    shown(dialog.locator(".alert-danger")).to_contain_text("The receiver answered with status 500.")
    shown(dialog.locator("[name=status]").last).to_have_text("500")
    shown(dialog.locator("[name=shown_answer]").last).to_have_text('{ "received": false }')


def test_a_test_notification_finds_nobody(answer, shown):
    dialog = answer("Nobody there", f"http://127.0.0.1:{free_port()}/hook")
    shown(dialog.locator(".alert-danger")).to_contain_text("The connection was refused")
    shown(dialog.locator("[name=status]")).not_to_be_visible()


def test_a_test_notification_to_a_network_that_is_not_allowed_leads_to_the_settings(answer, web, shown):
    dialog = answer("Not allowed", "http://10.11.12.13/hook")
    shown(dialog.locator(".alert-danger")).to_contain_text("private or special network")
    web.press("Open settings")
    shown(web.page.get_by_text("Webhook Configuration", exact=True)).to_be_attached()


def test_a_wrong_callback_url_is_refused(make, odoo, shown):
    web = make("Wrong address", "ftp://x")
    web.press_save()
    shown(web.page.locator(".modal, .o_notification")).to_contain_text(
        "The callback URL must begin with http:// or https://, like https://example.com/hook."
    )
    assert not odoo.call("webhook.webhook", "search_count", [["name", "=", "Wrong address"]])


def test_only_a_change_can_enter_a_condition(web, odoo, shown):
    values = {"name": "Entering", "condition": "[('active', '=', True)]"}
    webhook = odoo.subscribe("res.partner", "on_write", "https://example.com/hook", **values)
    web.open_action("webhook.webhook_webhook_action", webhook)
    web.edit()
    shown(web.field("only_on_entering")).to_be_visible()
    web.choose("kind", "Creation")
    shown(web.field("only_on_entering")).not_to_be_visible()


def test_a_paused_webhook_says_why_and_is_mended_in_the_form(web, odoo, server, shown):
    webhook = odoo.subscribe("res.partner", "on_write", "https://example.com/hook", name="Broken", field_names="name")
    statement = f"""
        UPDATE webhook_webhook SET paused_at = now(), pause_cause = 'definition', pause_reason = 'The field “gone” is gone.',
                                   field_names = 'name, gone'
         WHERE id = {webhook}"""
    server.workspace.server.sql(statement, server.database)
    web.open_action("webhook.webhook_webhook_action", webhook)
    banner = web.page.locator(".alert-warning:visible")
    shown(banner).to_contain_text("The field “gone” is gone.")
    web.press("Resume")
    shown(web.page.locator(".modal, .o_notification")).to_contain_text("there is no field “gone” that you can read")
    odoo.call("webhook.webhook", "write", [webhook], {"field_names": "name"})
    web.open_action("webhook.webhook_webhook_action", webhook)
    web.expect_paths("field_names", "name")
    shown(banner).not_to_be_visible()


def test_a_webhook_without_its_model_is_shown(web, odoo, server, shown):
    webhook = odoo.subscribe("res.partner", "on_write", "https://example.com/hook", name="Without a model")
    statement = (
        f"UPDATE webhook_webhook SET model = 'gone.model', model_id = NULL, paused_at = now() WHERE id = {webhook}"
    )
    server.workspace.server.sql(statement, server.database)
    web.open_action("webhook.webhook_webhook_action", webhook)
    shown(web.field("model")).to_have_text("gone.model")
    shown(web.page.locator(".alert-warning:visible")).to_contain_text("Paused since")
    web.open_action("webhook.webhook_webhook_action", "new")
    shown(web.field("model_id")).to_be_visible()
    shown(web.field("model")).not_to_be_visible()
