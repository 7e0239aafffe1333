"""What was sent can be followed in the web client, sent again, and cancelled while it waits."""

import pytest

from tests.end_to_end.support import until

ACTION = "webhook.webhook_job_action"


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
    web.open_app("Webhooks")
    web.entry("Deliveries")
    shown(web.rows("Walnut Desk")).to_contain_text("Renamed products")
    web.open_row("Walnut Desk")
    shown(web.field("res_name")).to_have_text("Walnut Desk")
    shown(web.attempts).to_have_count(1)
    shown(web.attempts).to_contain_text("200 OK")
    shown(web.stage).to_have_text("Delivered")
    web.page.get_by_role("tab", name="Request").click()
    shown(web.field("shown_request")).to_contain_text(f"POST {receiver.url('/renamed')}")
    shown(web.field("shown_body")).to_contain_text('"new": "Walnut Desk"')


@pytest.fixture
def retries(odoo):
    """``retries(count)`` sets how many follow the first attempt, for the length of a test."""
    yield lambda count: odoo.call("ir.config_parameter", "set_param", "webhook.retries", str(count))
    odoo.call("ir.config_parameter", "set_param", "webhook.retries", "5")


@pytest.fixture
def broken(odoo, receiver):
    """A webhook on new products whose receiver answers with 500, for the length of a test."""
    webhook = odoo.subscribe(
        "product.product", "on_create", receiver.url("/created?fail=always"), name="Broken receiver", field_names="name"
    )
    yield webhook
    odoo.call("webhook.webhook", "unlink", [webhook])


def jobs(odoo, webhook, *fields):
    """The deliveries of a webhook, the oldest first."""
    return odoo.call("webhook.job", "search_read", [["webhook_id", "=", webhook]], list(fields), order="id")


def failed(odoo, webhook, count):
    """Wait until so many deliveries of a webhook have failed."""
    until(lambda: [each["state"] for each in jobs(odoo, webhook, "state")] == ["failed"] * count)


@pytest.fixture
def impatient(odoo, receiver):
    """A webhook on new products, for the length of a test."""
    webhook = odoo.subscribe("product.product", "on_create", receiver.url("/now"), name="Impatient")
    yield webhook
    odoo.call("webhook.webhook", "unlink", [webhook])


def test_what_is_tried_again_is_sent_now(web, odoo, server, receiver, impatient, shown):
    receiver.broken = 503
    odoo.create("product.product", name="Yew Desk")
    receiver.wait_for(1, "/now")
    web.wait_for_row("webhook.webhook_webhook_action", "Impatient", "Retrying")
    later = f"UPDATE webhook_job SET next_attempt_at = now() + interval '1 day' WHERE webhook_id = {impatient}"
    server.workspace.server.sql(later, server.database)
    receiver.broken = None
    web.open_row("Impatient")
    shown(web.page.locator(".o_form_view .alert-warning:visible")).to_contain_text("status 503")
    web.press("Send again now")
    receiver.wait_for(2, "/now")
    web.wait_for_row("webhook.webhook_webhook_action", "Impatient", "Working")


def test_a_delivery_that_is_redelivered_shows_what_comes_of_it(web, odoo, receiver, subscribed, shown):
    product = odoo.create("product.product", name="Fir Desk")
    odoo.call("product.product", "write", [product], {"name": "Larch Desk"})
    receiver.wait_for(1, "/renamed")
    web.open_action("webhook.webhook_job_action")
    web.open_row("Larch Desk")
    web.press("Redeliver")
    receiver.wait_for(2, "/renamed")
    if web.series.number >= 19:  # the form looks by itself
        shown(web.stage).to_have_text("Delivered")
        shown(web.attempts).to_have_count(2)


def test_a_failed_delivery_says_why(web, odoo, broken, retries, shown):
    retries(0)
    odoo.create("product.product", name="Pine Desk")
    failed(odoo, broken, 1)
    web.open_action(ACTION)
    web.open_row("Broken receiver")
    shown(web.page.locator(".o_form_view .alert-danger")).to_contain_text("The receiver answered with status 500.")
    shown(web.stage).to_have_text("Failed")


def test_the_timeline_shows_all_attempts_and_each_opens_with_its_answer(web, odoo, receiver, broken, retries, shown):
    odoo.create("product.product", name="Fir Desk")
    until(lambda: [each["attempt_count"] for each in jobs(odoo, broken, "attempt_count")] == [1])
    odoo.call("webhook.webhook", "write", [broken], {"address": receiver.url("/created")})
    until(lambda: [each["state"] for each in jobs(odoo, broken, "state")] == ["delivered"])
    web.open_action(ACTION)
    web.open_row("Fir Desk")
    shown(web.attempts).to_have_count(2)
    shown(web.attempts.nth(0)).to_contain_text("#1")
    shown(web.attempts.nth(0)).to_contain_text("500 Internal Server Error")
    shown(web.attempts.nth(0)).to_contain_text('{"received": false}')
    shown(web.attempts.nth(0).locator(".text-danger")).to_be_visible()
    shown(web.attempts.nth(1)).to_contain_text("200 OK")
    shown(web.attempts.nth(1).locator(".text-success")).to_be_visible()
    web.attempts.nth(1).get_by_text("200 OK").click()
    shown(web.dialog).to_be_visible()
    shown(web.field("shown_answer")).to_contain_text('"received": true')


def test_one_that_waits_is_cancelled_in_its_form_and_can_be_sent_after_all(web, odoo, receiver, broken, shown):
    odoo.create("product.product", name="Elm Desk")
    until(lambda: [each["attempt_count"] for each in jobs(odoo, broken, "attempt_count")] == [1])
    web.open_action(ACTION)
    web.open_row("Elm Desk")
    shown(web.page.get_by_text("Next attempt at")).to_be_visible()
    web.press("Cancel delivery")
    shown(web.stage).to_have_text("Cancelled")
    shown(web.page.locator(".o_form_view .alert-warning")).to_contain_text("Cancelled by Mitchell Admin.")
    shown(web.page.get_by_text("Next attempt at")).to_be_hidden()
    odoo.call("webhook.webhook", "write", [broken], {"address": receiver.url("/created")})
    web.press("Redeliver")
    receiver.wait_for(2, "/created")


def test_failed_ones_are_sent_again_together_and_followed_to_the_end(web, odoo, receiver, broken, retries, shown):
    retries(0)
    names = ["Ash Desk", "Yew Desk", "Teak Desk"]
    for name in names:
        odoo.create("product.product", name=name)
    failed(odoo, broken, 3)
    odoo.call("webhook.webhook", "write", [broken], {"address": receiver.url("/created?delay=0.4")})
    other = odoo.subscribe("res.partner.category", "on_create", receiver.url("/other"))
    odoo.create("res.partner.category", name="Delivered Well")
    receiver.wait_for(1, "/other")
    web.open_app("Webhooks")
    web.entry("Failed")
    for name in names:
        shown(web.rows(name)).to_be_visible()
    shown(web.rows("Delivered Well")).to_have_count(0)
    for name in names:
        web.select_row(name)
    web.press("Redeliver")
    shown(web.dialog).to_be_visible()
    shown(web.field("verdict")).to_contain_text("of 3 are delivered.")
    if web.series.number < 19:  # the others refresh by themselves
        receiver.wait_for(6, "/created")
        until(lambda: {each["state"] for each in jobs(odoo, broken, "state")} == {"delivered"})
        web.press("Refresh")
    shown(web.field("verdict")).to_have_text("All are delivered.")
    shown(web.field("percentage")).to_contain_text("100")
    shown(web.field("delivered")).to_have_text("3")
    shown(web.dialog.get_by_role("button", name="Refresh")).to_be_hidden()
    odoo.call("webhook.webhook", "unlink", [other])


def test_waiting_ones_are_cancelled_together(web, odoo, broken, shown):
    for name in ("Cedar Desk", "Larch Desk"):
        odoo.create("product.product", name=name)
    until(lambda: [each["attempt_count"] for each in jobs(odoo, broken, "attempt_count")] == [1, 1])
    web.open_action(ACTION)
    for name in ("Cedar Desk", "Larch Desk"):
        web.select_row(name)
    web.press("Cancel deliveries")
    shown(web.page.locator(".o_notification")).to_contain_text("Cancelled deliveries: 2.")
    for name in ("Cedar Desk", "Larch Desk"):
        shown(web.rows(name)).to_contain_text("Cancelled")


def test_the_statistics_count_what_was_sent(web, odoo, receiver, subscribed, shown):
    product = odoo.create("product.product", name="Birch Desk")
    odoo.call("product.product", "write", [product], {"name": "Maple Desk"})
    until(lambda: [each["state"] for each in jobs(odoo, subscribed, "state")] == ["delivered"])
    web.open_app("Webhooks")
    web.entry("Statistics")
    shown(web.page.locator(".o_graph_view canvas, .o_graph_renderer canvas").first).to_be_visible()
    shown(web.page.locator(".o_view_nocontent")).to_have_count(0)
    web.page.locator(".o_switch_view.o_pivot").click()
    shown(web.page.locator(".o_pivot tbody tr").filter(has_text="Renamed products")).to_contain_text("1")
    web.page.locator(".o_switch_view.o_list").click()
    row = web.rows("Maple Desk")
    shown(row).to_contain_text("200")
    row.locator("button[name=action_open_job]").click()
    shown(web.stage).to_have_text("Delivered")
    shown(web.field("res_name")).to_have_text("Maple Desk")


def test_the_record_of_a_delivery_opens(web, odoo, receiver, subscribed, shown):
    product = odoo.create("product.product", name="Beech Desk")
    odoo.call("product.product", "write", [product], {"name": "Ash Chair"})
    receiver.wait_for(1, "/renamed")
    web.open_action(ACTION)
    web.open_row("Ash Chair")
    web.press("Open record")
    shown(web.breadcrumb).to_contain_text("Ash Chair")
    web.expect_value("name", "Ash Chair")
