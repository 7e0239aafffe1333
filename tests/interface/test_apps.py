"""What *Apps* shows of the addons."""

import pytest

from tools.addons import addons


@pytest.mark.parametrize("addon", [addon.name for addon in addons()])
def test_apps_shows_an_addon_with_its_pictures(web, odoo, shown, addon):
    (module,) = odoo.call("ir.module.module", "search", [["name", "=", addon]])
    web.open_action("base.open_module_tree", module)
    description = web.page.locator("[name='description_html']").first
    shown(description.get_by_role("heading", name="Started in four steps")).to_be_visible()
    web.page.wait_for_load_state("networkidle")
    widths = description.locator("img").evaluate_all("pictures => pictures.map((picture) => picture.naturalWidth)")
    assert len(widths) > 1
    assert all(widths), "a picture cannot be loaded"
