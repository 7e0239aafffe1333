"""Whether all is well is seen at a glance, in the list and on the cards."""

import re


def test_list_and_cards_show_the_last_hours(web, odoo, receiver, shown):
    odoo.subscribe("res.partner.category", "on_create", receiver.url("/health"), name="Tags at a glance")
    odoo.create("res.partner.category", name="Oak")
    receiver.wait_for(1, "/health")
    web.wait_for_row("webhook.webhook_webhook_action", "Tags at a glance", "Working")
    bars = re.compile("1 succeeded, 0 failed")
    shown(web.rows("Tags at a glance").get_by_role("img", name=bars)).to_be_visible()
    web.page.locator(".o_switch_view.o_kanban").click()
    card = web.page.locator(".o_kanban_record").filter(has_text="Tags at a glance")
    shown(card).to_contain_text("Working")
    shown(card).to_contain_text("Last success")
    shown(card.get_by_role("img", name=bars)).to_be_visible()
