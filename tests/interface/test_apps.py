"""What *Apps* shows of the addons."""

import pytest

from tools.addons import addons


@pytest.mark.parametrize("addon", [addon.name for addon in addons()])
def test_apps_shows_an_addon_with_its_pictures(web, odoo, shown, addon):
    (module,) = odoo.call("ir.module.module", "search", [["name", "=", addon]])
    web.open_action("base.open_module_tree", module)
    description = web.page.locator("[name='description_html']").first
    shown(description.get_by_role("heading", name="Started in four steps")).to_be_visible()
    pictures = description.locator("img").all()
    assert len(pictures) > 1
    for picture in pictures:
        shown(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth"), picture.get_attribute("src")
