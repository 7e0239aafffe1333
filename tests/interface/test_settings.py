"""The settings of the delivery, in General Settings."""


def test_a_timeout_is_kept(web, shown):
    web.open_settings()
    shown(web.page.get_by_text("Webhook Configuration")).to_be_visible()
    timeout = web.input("webhook_timeout")
    shown(timeout).to_have_value("5")
    timeout.fill("7")
    with web.page.expect_event("load"):  # Odoo loads the page anew once the settings are saved
        web.page.get_by_role("button", name="Save", exact=True).click()
    web.open_settings()
    shown(timeout).to_have_value("7")
