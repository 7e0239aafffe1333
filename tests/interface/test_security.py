"""The secret of a webhook is shown once, and exchanged, in the form; what is typed there is not shown again."""

import re

import pytest


@pytest.fixture
def opened(web, odoo, shown):
    """A webhook in its form, on the page *Security*."""
    webhook = odoo.subscribe("res.partner", "on_create", "https://example.com/hook", name="Partners")
    web.open_action("webhook.webhook_webhook_action", webhook)
    web.page.get_by_role("tab", name="Security").click()
    shown(web.field("signed_since")).to_be_visible()
    return webhook


def button(web, label):
    """A button of the form, whether it is shown or not."""
    return web.page.locator(".o_form_view button").filter(has_text=re.compile(rf"^\s*{label}\s*$"))


def read_secret(web, shown):
    """The secret in the dialog, which is then closed."""
    shown(web.dialog).to_contain_text("Copy the secret")
    text = web.dialog.locator("[name=secret]").last.inner_text()
    web.dialog.get_by_role("button", name="Close", exact=True).last.click()
    shown(web.dialog).to_have_count(0)
    return re.search(r"whsec_[\w+/]+=*", text).group()


def test_the_secret_is_shown_once(web, opened, server, shown):
    web.press("Show secret")
    secret = read_secret(web, shown)
    sql = server.workspace.server.sql
    kept = sql(f"SELECT hidden_secret FROM webhook_signing_secret WHERE webhook_id = {opened}", server.database)
    assert kept == [[secret]]
    shown(button(web, "Show secret")).not_to_be_visible()
    assert secret not in web.page.content()
    assert secret not in web.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])")


def test_it_is_rotated(web, opened, shown):
    web.press("Rotate secret")
    shown(web.dialog).to_contain_text("Requests are signed with the new secret from now on")
    web.expect_value("hours", "24")
    shown(web.field("secret")).not_to_be_visible()
    web.press("Rotate secret")
    new = read_secret(web, shown)
    shown(web.field("old_secret_count")).to_have_text("1")
    assert new not in web.page.content()


def test_ones_own_secret_is_set(web, opened, odoo, server, shown):
    own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    web.press("Set own secret")
    shown(web.dialog).to_be_visible()
    web.fill("hours", "0")
    web.fill("secret", own)
    web.press("Rotate secret")
    assert read_secret(web, shown) == own
    sql = server.workspace.server.sql
    kept = sql(
        f"SELECT hidden_secret FROM webhook_signing_secret WHERE webhook_id = {opened} AND valid_until IS NULL",
        server.database,
    )
    assert kept == [[own]]
    assert sql("SELECT count(*) FROM webhook_rotation WHERE hidden_secret IS NOT NULL", server.database) == [[0]]


def test_a_password_and_a_header_are_saved_and_not_shown(web, odoo, server, shown):
    web.open_action("webhook.webhook_webhook_action", "new")
    (model,) = odoo.call("ir.model", "read", [odoo.model_id("res.partner")], ["name"])
    web.fill("name", "With a password")
    web.pick("model_id", "res.partner", model["name"])
    web.fill("address", "https://example.com/hook")
    web.page.get_by_role("tab", name="Security").click()
    shown(web.page.get_by_text("is made when the webhook is saved")).to_be_visible()
    web.select("auth_type", "Token (Bearer)")
    web.fill("auth_secret", "hidden-token")
    web.page.get_by_role("tab", name="Headers").click()
    web.page.get_by_text("Add a line").click()
    name = web.field("header_ids").locator(".o_data_row [name=name] input, .o_data_row input[name=name]")
    name.fill("X-Api-Key")
    name.press("Tab")
    web.page.keyboard.type("hidden-value")
    web.save()
    (saved,) = odoo.call(
        "webhook.webhook", "search_read", [["name", "=", "With a password"]], ["auth_type", "auth_secret"]
    )
    assert (saved["auth_type"], saved["auth_secret"]) == ("bearer", "•" * 8)
    sql = server.workspace.server.sql
    kept = f"""
        SELECT webhook.hidden_auth_secret, header.name, header.hidden_value
          FROM webhook_webhook webhook JOIN webhook_header header ON header.webhook_id = webhook.id
         WHERE webhook.id = {saved["id"]}"""
    assert sql(kept, server.database) == [["hidden-token", "X-Api-Key", "hidden-value"]]
    web.open_action("webhook.webhook_webhook_action", saved["id"])
    web.page.get_by_role("tab", name="Headers").click()
    shown(web.field("header_ids").locator(".o_data_row")).to_contain_text("X-Api-Key")
    for secret in ("hidden-token", "hidden-value"):
        assert secret not in web.page.content()
