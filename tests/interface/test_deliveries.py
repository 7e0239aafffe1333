"""What was sent can be followed in the web client."""

import pytest


@pytest.fixture
def subscribed(odoo, receiver):
    """A webhook on the names of products, for the length of a test."""
    webhook = odoo.subscribe(
        "product.product", "on_write", receiver.url("/renamed"), name="Renamed products", field_names="name"
    )
    yield webhook
    odoo.call("webhook.webhook", "unlink", [webhook])


def test_a_change_appears_with_its_attempt(web, odoo, receiver, subscribed, shown):
    product = odoo.create("product.product", name="Oak Desk")
    odoo.call("product.product", "write", [product], {"name": "Walnut Desk"})
    receiver.wait_for(1, "/renamed")
    web.open_settings()
    web.menu("Technical", "Automation", "Webhooks", "Deliveries")
    shown(web.rows("Walnut Desk")).to_contain_text("Renamed products")
    web.open_row("Walnut Desk")
    shown(web.field("res_name")).to_have_text("Walnut Desk")
    shown(web.field("attempt_ids").locator(".o_data_row")).to_have_count(1)
    shown(web.field("attempt_ids").locator(".o_data_row")).to_contain_text("200")
    shown(web.stage).to_have_text("Delivered")
    web.page.get_by_role("tab", name="Body").click()
    shown(web.field("shown_body")).to_contain_text('"new": "Walnut Desk"')


@pytest.fixture
def no_retries(odoo):
    """One attempt for each event, for the length of a test."""
    odoo.call("ir.config_parameter", "set_param", "webhook.retries", "0")
    yield
    odoo.call("ir.config_parameter", "set_param", "webhook.retries", "5")


def test_a_failed_delivery_says_why(web, odoo, receiver, no_retries, shown):
    odoo.subscribe("product.product", "on_create", receiver.url("/created?fail=always"), name="Broken receiver")
    odoo.create("product.product", name="Pine Desk")
    receiver.wait_for(1, "/created")
    web.open_action("webhook.webhook_job_action")
    web.open_row("Broken receiver")
    shown(web.page.locator(".o_form_view .alert-danger")).to_contain_text("The receiver answered with status 500.")
    shown(web.stage).to_have_text("Failed")


def test_the_record_of_a_delivery_opens(web, odoo, receiver, subscribed, shown):
    product = odoo.create("product.product", name="Beech Desk")
    odoo.call("product.product", "write", [product], {"name": "Ash Desk"})
    receiver.wait_for(1, "/renamed")
    web.open_action("webhook.webhook_job_action")
    web.open_row("Ash Desk")
    web.press("Open record")
    shown(web.breadcrumb).to_contain_text("Ash Desk")
    web.expect_value("name", "Ash Desk")
