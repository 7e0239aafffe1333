"""Where webhooks are found, and by whom."""

import xmlrpc.client

import pytest

PATH = ("Technical", "Automation", "Webhooks")


def test_the_menus_lead_to_the_webhooks(web, shown):
    web.open_settings()
    web.menu(*PATH, "Configuration", "Webhooks")
    shown(web.breadcrumb).to_contain_text("Webhooks")
    shown(web.page.locator(".o_control_panel").get_by_role("button", name=web.series.new_button)).to_be_visible()


def test_the_menus_lead_to_the_deliveries(web, shown):
    web.open_settings()
    web.menu(*PATH, "Deliveries")
    shown(web.breadcrumb).to_contain_text("Deliveries")


def test_the_application_leads_to_all_of_it(web, shown):
    web.open_app("Webhooks")
    shown(web.breadcrumb).to_contain_text("Webhooks")
    web.entry("Deliveries")
    web.menu("Configuration", "Settings")
    shown(web.page.get_by_text("Webhook Configuration")).to_be_visible()


@pytest.fixture(scope="session")
def manager(odoo):
    """The login of a manager of webhooks who is no administrator."""
    groups = [odoo.id("base.group_user"), odoo.id("webhook.webhook_group_manager")]
    odoo.create(
        "res.users",
        name="Manager of Webhooks",
        login="manager",
        password="manager",
        **{odoo.series.groups_field: [(6, 0, groups)]},
    )
    return "manager"


def test_a_manager_finds_the_application_without_being_an_administrator(visit, manager, shown):
    web = visit(manager, manager)
    web.open_app("Webhooks")
    shown(web.page.locator(".o_control_panel").get_by_role("button", name=web.series.new_button)).to_be_visible()
    shown(web.page.locator(".o_menu_sections").get_by_text("Configuration")).to_have_count(0)


@pytest.fixture(scope="session")
def employee(odoo):
    """The login of an employee without the group."""
    odoo.create(
        "res.users",
        name="Ordinary Employee",
        login="employee",
        password="employee",
        **{odoo.series.groups_field: [(6, 0, [odoo.id("base.group_user")])]},
    )
    return "employee"


def test_an_employee_sees_no_menu(visit, employee):
    web = visit(employee, employee)
    menus = web.page.evaluate("(path) => fetch(path).then((answer) => answer.text())", web.series.menus_path)
    assert "mail.menu_root_discuss" in menus, "the menus of this user, to look into"
    assert "webhook." not in menus


@pytest.mark.parametrize("model", ["webhook.webhook", "webhook.job", "webhook.attempt"])
def test_an_employee_may_not_read(server, employee, model):
    with pytest.raises(xmlrpc.client.Fault, match="not allowed to access") as refused:
        server.client(employee, employee).call(model, "search_read", [])
    assert refused.value.faultCode == 4, "the code of an AccessError"
