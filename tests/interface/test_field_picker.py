"""What a webhook watches and sends is picked, typed or pasted in the form."""

import pytest

PHONE = {"width": 390, "height": 844}
UNKNOWN = "there is no field “stat” that you can read on sale.order. Did you mean"


@pytest.fixture
def webhook(odoo):
    """The id of a webhook on sales orders, with all their fields."""
    return odoo.subscribe("sale.order", "on_write", "https://example.com/hook", name="Orders")


@pytest.fixture
def form(web, webhook):
    """The administrator's window with its form."""
    web.open_action("webhook.webhook_webhook_action", webhook)
    return web


@pytest.fixture
def picker(form):
    """The same, where the form has the widget for field paths."""
    if not form.series.has_path_widget:
        pytest.skip(
            "before 19.0 single fields are picked as tags, and paths are typed: tests/interface/test_webhook_form.py"
        )
    return form


@pytest.fixture
def saved(odoo, webhook):
    """``saved()``: the paths in the database, for what is watched and what is sent."""

    def read():
        (values,) = odoo.call("webhook.webhook", "read", [webhook], ["field_names", "payload_field_names"])
        return values["field_names"], values["payload_field_names"]

    return read


def test_fields_are_picked_one_after_another_through_relations(picker, saved, shown):
    shown(picker.input("field_names")).to_have_attribute("placeholder", "All fields")
    picker.pick_paths("field_names", "name", "order_line.product_id.default_code", "partner_id.email")
    picker.expect_paths("field_names", "name", "order_line.product_id.default_code", "partner_id.email")
    shown(picker.paths("field_names")).to_have_text(
        ["Order Reference", "Order Lines › Product › Internal Reference", "Customer › Email"]
    )
    picker.save()
    assert saved() == ("name, order_line.product_id.default_code, partner_id.email", False)


def test_what_is_chosen_is_ticked_and_chosen_once(picker, saved, shown):
    picker.pick_paths("field_names", "name", "state", "name")
    picker.field("field_names").get_by_role("button", name="Add a field").click()
    ticked = picker.field_selector.locator("li").filter(has=picker.page.get_by_label("Chosen"))
    shown(ticked).to_have_count(2)
    shown(ticked.filter(has_text="Order Reference")).to_be_visible()
    picker.page.keyboard.press("Escape")
    picker.save()
    assert saved()[0] == "name, state"


def test_paths_are_pasted(picker, saved, shown):
    picker.paste("field_names", "name; partner_id.email\n\tamount_total,name")
    picker.expect_paths("field_names", "name", "partner_id.email", "amount_total")
    shown(picker.input("field_names")).to_have_value("")
    picker.save()
    assert saved()[0] == "name, partner_id.email, amount_total"


def test_paths_are_typed(picker, saved):
    box = picker.input("field_names")
    box.press_sequentially("name,partner_id.email state")
    box.press("Enter")
    picker.expect_paths("field_names", "name", "partner_id.email", "state")
    box.press_sequentially("amount_total")  # and no key after it
    picker.save()
    assert saved()[0] == "name, partner_id.email, state, amount_total"


def test_a_path_is_removed_by_mouse_and_by_key(picker, saved):
    picker.paste("field_names", "name, state, amount_total, partner_id")
    picker.expect_paths("field_names", "name", "state", "amount_total", "partner_id")
    picker.input("field_names").press("Backspace")
    picker.expect_paths("field_names", "name", "state", "amount_total")
    picker.paths("field_names").nth(1).get_by_label("Delete").click()  # which moves the focus to the next tag
    picker.expect_paths("field_names", "name", "amount_total")
    picker.save()
    assert saved()[0] == "name, amount_total"
    for _path in range(2):
        picker.input("field_names").press("Backspace")
    picker.expect_paths("field_names")
    picker.save()
    assert saved()[0] is False


def test_the_keys_alone_are_enough(picker, saved, shown):
    keys = picker.page.keyboard
    picker.input("field_names").press_sequentially("nonsense")
    keys.press("Escape")
    shown(picker.input("field_names")).to_have_value("")
    keys.press("Tab")
    keys.press("Enter")
    shown(picker.field_selector).to_be_visible()
    keys.type("order reference")
    keys.press("Enter")  # sooner than the search
    picker.expect_paths("field_names", "name")
    shown(picker.field_selector.locator("li.active[data-name=name]")).to_be_visible()
    keys.type("partner_id")
    shown(picker.field_selector.locator("li.active[data-name=partner_id]")).to_be_visible()
    keys.press("ArrowRight")
    shown(picker.field_selector.locator(".o_model_field_selector_popover_title")).to_have_text("Customer")
    keys.type("vat")
    shown(picker.field_selector.locator("li.active[data-name=vat]")).to_be_visible()
    keys.press("Enter")
    keys.press("Escape")
    shown(picker.field_selector).to_have_count(0)
    shown(picker.field("field_names").get_by_role("button", name="Add a field")).to_be_focused()
    picker.expect_paths("field_names", "name", "partner_id.vat")
    picker.save()
    assert saved()[0] == "name, partner_id.vat"


def test_what_is_sent_is_picked_too(picker, saved, shown):
    picker.pick_paths("field_names", "state")
    shown(picker.input("payload_field_names")).to_have_attribute("placeholder", "The same fields")
    picker.pick_paths("payload_field_names", "name", "order_line.price_total")
    picker.expect_paths("field_names", "state")
    picker.save()
    assert saved() == ("state", "name, order_line.price_total")


def test_an_unknown_path_is_red_and_stays_until_it_is_mended(picker, saved, shown):
    picker.paste("field_names", "name, stat, order_line.product_id.gone, state.name")
    red = picker.paths("field_names").and_(picker.page.locator(".o_tag_color_1"))
    shown(red).to_have_text(["stat", "order_line.product_id.gone", "state.name"])
    shown(red.first).to_have_attribute(
        "data-tooltip", "There is no such field: it is gone, or mistyped. Remove it, or add the right one."
    )
    picker.press_save()
    shown(picker.page.locator(".modal")).to_contain_text(UNKNOWN)
    picker.page.locator(".modal .btn-primary").click()
    shown(picker.page.locator(".modal")).to_have_count(0)
    shown(red).to_have_count(3)
    assert saved()[0] is False
    for left in (2, 1, 0):
        red.first.get_by_label("Delete").click()
        shown(red).to_have_count(left)
    picker.expect_paths("field_names", "name")
    picker.save()
    assert saved()[0] == "name"


def test_a_wrong_path_is_refused_at_saving_with_advice(form, saved, shown):
    form.edit()
    form.fill("field_names", "name, stat")
    form.press_save()
    shown(form.page.locator(".modal, .o_notification")).to_contain_text(UNKNOWN)
    assert saved()[0] is False


def test_a_new_webhook_asks_for_its_model_first(picker, odoo, shown):
    picker.open_action("webhook.webhook_webhook_action", "new")
    shown(picker.field("field_names")).to_have_text("Choose a model first")
    (model,) = odoo.call("ir.model", "read", [odoo.model_id("sale.order")], ["name"])
    picker.pick("model_id", "sale.order", model["name"])
    picker.pick_paths("field_names", "state")
    shown(picker.paths("field_names")).to_have_text("Status")
    (model,) = odoo.call("ir.model", "read", [odoo.model_id("res.partner")], ["name"])
    picker.input("model_id").clear()
    picker.pick("model_id", "res.partner", model["name"])
    picker.expect_paths("field_names")  # those of another model make no sense
    picker.pick_paths("field_names", "vat")
    shown(picker.paths("field_names")).to_have_text("Tax ID")


def test_fields_of_a_model_that_is_gone_are_red(picker, server, webhook, shown):
    statement = f"""
        UPDATE webhook_webhook SET model = 'gone.model', model_id = NULL, paused_at = now(), field_names = 'name, x.y'
         WHERE id = {webhook}"""
    server.workspace.server.sql(statement, server.database)
    picker.open_action("webhook.webhook_webhook_action", webhook)
    shown(picker.paths("field_names")).to_have_text(["name", "x.y"])
    shown(picker.field("field_names").get_by_role("button", name="Add a field")).to_have_count(0)


def test_it_works_on_a_phone(picker, webhook, saved):
    picker.page.set_viewport_size(PHONE)
    picker.open_action("webhook.webhook_webhook_action", webhook)
    path = "order_line.product_id.product_tmpl_id.categ_id.parent_id.name"
    picker.pick_paths("field_names", "name", path)
    picker.expect_paths("field_names", "name", path)
    for tag in picker.paths("field_names").all():
        box = tag.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    picker.save()
    assert saved()[0] == f"name, {path}"
