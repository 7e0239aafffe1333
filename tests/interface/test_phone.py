"""On a phone, too."""

import pytest


@pytest.fixture
def phone(web):
    web.page.set_viewport_size({"width": 390, "height": 844})
    return web


def fits(web):
    """Whether nothing sticks out at the side of the window."""
    return web.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_webhooks_are_cards_that_open(phone, odoo, receiver, shown):
    odoo.subscribe("res.partner.category", "on_create", receiver.url("/phone"), name="Tags on the phone")
    phone.open_action("webhook.webhook_webhook_action")
    card = phone.page.locator(".o_kanban_record").filter(has_text="Tags on the phone")
    shown(card).to_contain_text("Never sent")
    assert fits(phone)
    card.click()
    shown(phone.page.locator(".o_form_view")).to_be_visible()
    phone.expect_value("name", "Tags on the phone")
    assert fits(phone)


def test_a_webhook_is_made_and_tried_out(phone, odoo, receiver, shown):
    (model,) = odoo.call("ir.model", "read", [odoo.model_id("res.partner")], ["name"])
    phone.open_action("webhook.webhook_webhook_action", "new")
    phone.fill("name", "Made on the phone")
    phone.pick_on_phone("model_id", model["name"])
    phone.fill("address", receiver.url("/made"))
    phone.save()
    phone.press("Send test notification")
    shown(phone.dialog.locator(".alert-success")).to_contain_text("accepted")
    (request,) = receiver.got("/made")
    assert request.json()["test"] is True
