"""The addons that are written for each Odoo series from the one source."""

import ast
import filecmp
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import testing
from tools.addons import NEWEST, SERIES, addons, build, dist
from tools.addons.build import downgraded
from tools.addons.conditions import domain
from tools.environment import python
from tools.environment.recipes import RECIPES
from tools.series import Series

ROOT = Path(__file__).parents[2]
OLDER = [series for series in SERIES if series != NEWEST]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """``built(series)``: the folder with the addons of a series, written once."""
    folder = tmp_path_factory.mktemp("built")
    return lambda series: folder / series if (folder / series).exists() else build(series, folder / series)


def views(folder, addon="webhook"):
    """The root elements of an addon's XML files."""
    found = [ElementTree.parse(path).getroot() for path in sorted((folder / addon).rglob("*.xml"))]
    assert found
    return found


def elements(folder, name=None):
    """All elements called ``name`` of the addons' XML files."""
    return [element for root in views(folder) for element in root.iter(name)]


def written(tmp_path, text):
    """A source file with ``text`` inside a view."""
    path = tmp_path / "view.xml"
    path.write_text(f'<odoo><record id="view" model="ir.ui.view"><field name="arch">{text}</field></record></odoo>')
    return path


def test_the_newest_series_is_the_source_itself(built):
    for addon in addons():
        compared = filecmp.dircmp(addon, built(NEWEST) / addon.name, ignore=["__pycache__"])
        assert compared.common
        pending = [compared]
        while pending:
            each = pending.pop()
            assert not (each.left_only + each.right_only + each.diff_files + each.funny_files), each.left
            pending += each.subdirs.values()


@pytest.mark.parametrize("series", SERIES)
def test_the_python_is_the_same_file_on_every_series(built, series):
    for path in (path for addon in addons() for path in addon.rglob("*.py") if path.name != "__manifest__.py"):
        assert (built(series) / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("series", SERIES)
def test_the_manifest_has_the_version_of_the_series(built, series):
    for addon in addons():
        manifest = ast.literal_eval((built(series) / addon.name / "__manifest__.py").read_text())
        assert re.fullmatch(rf"{re.escape(series)}\.\d+\.\d+\.\d+", manifest["version"])


@pytest.mark.parametrize("series", OLDER)
def test_the_newest_web_clients_widgets_are_left_out_and_replaced(built, series):
    assert (built(NEWEST) / "webhook/static/src/field_paths/paths_field.js").exists()
    assert "assets" in ast.literal_eval((built(NEWEST) / "webhook/__manifest__.py").read_text())
    for addon in addons():
        assert "assets" not in ast.literal_eval((built(series) / addon.name / "__manifest__.py").read_text())
        assert not (built(series) / addon.name / "static/src").exists()
    assert not [element for element in elements(built(series)) if element.get("widget") == "webhook_paths"]
    (group,) = [group for group in elements(built(series), "group") if group.get("name") == "what"]
    picked, label = group[:2]
    assert (picked.get("name"), picked.get("widget")) == ("field_ids", "many2many_tags")
    assert label.get("for") == "field_names"
    assert "field_ids" not in {field.get("name") for field in elements(built(NEWEST), "field")}


@pytest.mark.parametrize("series", OLDER)
def test_files_look_as_if_written_by_hand(built, series):
    for addon in addons():
        for path in sorted((built(series) / addon.name).rglob("*.xml")):
            lines = path.read_text().splitlines()
            assert lines[0] == '<?xml version="1.0" encoding="utf-8"?>'
            source = {line.strip() for line in (ROOT / path.relative_to(built(series))).read_text().splitlines()}
            for line in lines:
                changed = line.strip() not in source
                # A text is not broken, only tags are: it would be another one for translators.
                assert not changed or len(line.partition(">")[0]) < 120, f"{path}: {line}"
                assert not changed or line.count("<field") <= 1, f"{path}: {line}"
                assert not line.endswith(" "), f"{path}: {line!r}"


def test_nothing_of_newer_series_is_left_in_14(built):
    found = elements(built("14.0"))
    assert "card" not in {element.get("t-name") for element in found}
    assert not [element for element in found if element.tag == "widget" and element.get("name").startswith("webhook_")]
    assert {"list", "setting", "block", "app"}.isdisjoint(element.tag for element in found)
    for element in found:
        assert "column_invisible" not in element.attrib
        for name in ("invisible", "readonly", "required"):
            assert element.get(name, "1") in {"0", "1", "True", "False"}, ElementTree.tostring(element)
    crons = [record for record in elements(built("14.0"), "record") if record.get("model") == "ir.cron"]
    assert crons
    for cron in crons:
        assert {field.get("name"): field.get("eval") for field in cron}["numbercall"] == "-1"
    modes = [field.text for field in elements(built("14.0"), "field") if field.get("name") == "view_mode"]
    assert modes
    assert not [mode for mode in modes if "list" in mode]


@pytest.mark.parametrize(
    ("series", "list_name", "has_attrs", "has_settings"),
    [("18.0", "list", False, True), ("17.0", "tree", False, True), ("16.0", "tree", True, False)],
)
def test_each_series_takes_only_its_own_steps(built, series, list_name, has_attrs, has_settings):
    assert {"list", "tree"} & {element.tag for element in elements(built(series))} == {list_name}
    assert any("attrs" in element.attrib for element in elements(built(series))) is has_attrs
    assert bool(elements(built(series), "setting")) is has_settings


@pytest.mark.parametrize(("series", "expected"), [("18.0", 0), ("17.0", 1), ("14.0", 1)])
def test_the_settings_open_in_their_own_frame(built, series, expected):
    fields = [field for record in elements(built(series), "record") for field in record.iterfind("field")]
    assert len([field for field in fields if field.get("name") == "target" and field.text == "inline"]) == expected


@pytest.mark.parametrize(("series", "expected"), [("18.0", False), ("17.0", True), ("14.0", True)])
def test_the_chatter_becomes_its_fields(built, series, expected):
    fields = [
        [field.get("name") for field in element.iter("field")]
        for element in elements(built(series), "div")
        if element.get("class") == "oe_chatter"
    ]
    assert fields == ([["message_follower_ids", "activity_ids", "message_ids"]] if expected else [])
    assert bool(elements(built(series), "chatter")) is not expected


def test_a_card_is_a_box_with_one_element_that_opens_the_record(tmp_path):
    path = written(
        tmp_path,
        """
            <kanban>
                <t t-name="card" class="p-0 ms-2">
                    <b t-if="record.id.raw_value"><field name="name"/> s</b>
                    <i class="fa"/>
                </t>
            </kanban>
""",
    )
    assert '<t t-name="card" class="p-0 ms-2">' in downgraded(path, "18.0")
    assert """
            <kanban>
                <t t-name="kanban-box">
                    <div class="oe_kanban_global_click p-0 ml-2">
                        <b t-if="record.id.raw_value"><field name="name"/> s</b>
                        <i class="fa"/>
                    </div>
                </t>
            </kanban>
""" in downgraded(path, "14.0")


def test_a_widget_of_the_newest_series_is_left_out_with_its_line(tmp_path):
    path = written(
        tmp_path,
        """
    <form>
        <field name="a"/>
        <widget name="webhook_live"/>
        <field name="b"/>
        <div>
            <widget name="webhook_live"/>
        </div>
        <widget name="web_ribbon"/>
        <widget name="webhook_live"/>
    </form>
""",
    )
    assert downgraded(path, NEWEST).count("webhook_live") == 3
    assert """
    <form>
        <field name="a"/>
        <field name="b"/>
        <div>
        </div>
        <widget name="web_ribbon"/>
    </form>
""" in downgraded(path, "18.0")


def test_settings_become_boxes_with_label_help_and_content(built):
    boxes = [element for element in elements(built("14.0"), "div") if "o_setting_box" in element.get("class", "")]
    source = elements(built(NEWEST), "setting")
    assert len(boxes) == len(source) > 0
    for box, setting in zip(boxes, source, strict=True):
        left, right = box.findall("div")
        assert (left.get("class"), right.get("class")) == ("o_setting_left_pane", "o_setting_right_pane")
        assert right.find("label").get("string") == setting.get("string")
        assert right.find("div").text == setting.get("help")
        fields = {field.get("name") for field in setting.iter("field")}
        assert {field.get("name") for field in right.iter("field")} == fields
        assert right.find("label").get("for") in fields


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("state != 'done'", "[('state', '!=', 'done')]"),
        ("not model_id", "[('model_id', '=', False)]"),
        ("model_id", "[('model_id', '!=', False)]"),
        ("state == 'failed' or not error", "['|', ('state', '=', 'failed'), ('error', '=', False)]"),
        ("state == 'failed' and error", "['&', ('state', '=', 'failed'), ('error', '!=', False)]"),
        ("not (state == 'a' or count > 3)", "['&', ('state', '!=', 'a'), ('count', '<=', 3)]"),
        ("a and (b or c)", "['&', ('a', '!=', False), '|', ('b', '!=', False), ('c', '!=', False)]"),
        ("state not in ('a', 'b')", "[('state', 'not in', ['a', 'b'])]"),
        ("not parent.active", "[('parent.active', '=', False)]"),
    ],
)
def test_a_condition_becomes_a_domain(condition, expected):
    assert domain(condition) == expected


@pytest.mark.parametrize("condition", ["state == other", "len(lines) > 2", "a + b", "context.get('x')", "1 < a < 3"])
def test_a_condition_without_equivalent_stops_the_build_and_says_what_to_do(condition):
    with pytest.raises(ValueError, match="compute a field for it") as refused:
        domain(condition)
    assert condition in str(refused.value)


def test_a_refused_condition_names_the_file(tmp_path):
    path = written(tmp_path, '<form><field name="a" invisible="b == c"/></form>')
    assert "b == c" in downgraded(path, "17.0")
    with pytest.raises(ValueError, match=r"view\.xml: The condition"):
        downgraded(path, "16.0")


def test_an_unknown_series_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(ValueError, match=r"no addons for Odoo 13\.0\. Choose one of 19\.0, 18\.0"):
        build("13.0", tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_a_build_replaces_an_earlier_one_and_nothing_else(tmp_path):
    build("14.0", tmp_path)
    (tmp_path / "webhook/stale.py").touch()
    (tmp_path / "other").mkdir()
    build("14.0", tmp_path)
    assert not (tmp_path / "webhook/stale.py").exists()
    assert (tmp_path / "other").is_dir()


def test_a_zip_for_each_series(tmp_path):
    paths = dist(tmp_path)
    assert len(paths) == len(SERIES)
    for series, path in zip(SERIES, paths, strict=True):
        assert path.name.startswith(f"odoo-webhooks-{series}.")
        with zipfile.ZipFile(path) as archive:
            for addon in addons():
                manifest = ast.literal_eval(archive.read(f"{addon.name}/__manifest__.py").decode())
                assert manifest["version"] == path.stem.replace("odoo-webhooks-", "")
                assert not [name for name in archive.namelist() if "__pycache__" in name]
    before = paths[0].read_bytes()
    assert dist(tmp_path)[0].read_bytes() == before, "the same source makes the same file"


def test_the_tables_know_the_same_series():
    assert tuple(RECIPES) == SERIES
    page = (ROOT / "docs/series.md").read_text()
    assert all(series in page for series in SERIES)


def test_an_odoo_checkout_brings_its_own_packages_those_without_a_compiler(tmp_path):
    (tmp_path / "requirements.txt").write_text("lxml==5\npsycopg2==2.9 ; x\npsycopg2-binary\npython-ldap==3.4 ; y\n")
    assert python.packages_of(tmp_path) == "lxml==5\npsycopg2-binary==2.9 ; x\npsycopg2-binary\n"


def test_tests_run_inside_odoo_or_outside():
    inside, outside = testing.divide(["webhook", "tests"], with_repository=True)
    assert inside == ["webhook", "tests/core"]
    assert {"tests/end_to_end", "tests/interface", "tests/repo"} <= set(outside)
    assert testing.divide(["tests"], with_repository=False)[1] == [each for each in outside if each != "tests/repo"]
    assert testing.divide(["webhook/tests/test_access.py"], True) == (["webhook/tests/test_access.py"], [])


@pytest.mark.parametrize(("name", "moved"), [("14.0", {"quantity_done": 3}), ("19.0", {"quantity": 3, "picked": True})])
def test_stock_is_moved_as_the_series_has_it(name, moved):
    assert Series(name).moved(3) == moved
