"""What *Apps* and Odoo's app store show of the addons: ``static/description``."""

import ast
import json
import re
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import store
from tools.addons import addons, dist

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
FOLDERS = [store.folder(addon.name) for addon in addons()]
# What a page needs that is text and pictures: no scripts, styles, frames, forms or things of other hosts.
TAGS = {
    "section", "div", "h1", "h2", "h4", "p", "span", "img", "b", "i", "ul", "li", "pre", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"class", "style", "src", "alt"}
# Classes that Bootstrap 4 (Odoo 14.0) and 5 (19.0) both know.
CLASSES = {"row", "col-md-3", "col-md-4", "col-md-6", "table"}


def each_addon(test):
    """Run a test for the folder of each addon."""
    return pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parents[1].name)(test)


def page(folder):
    """The elements of an addon's page; a page that is not well-formed raises."""
    return list(ElementTree.fromstring(f"<div>{text(folder)}</div>").iter())


def text(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


def size(path):
    """Width and height of a PNG file."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", path
    return struct.unpack(">II", head[16:])


def images(folder):
    """The pictures that the manifest names, as paths in the checkout."""
    manifest = ast.literal_eval((folder.parents[1] / "__manifest__.py").read_text())
    return [folder.parents[1] / name for name in manifest["images"]]


@each_addon
def test_the_icon_is_a_small_square(folder):
    width, height = size(folder / "icon.png")
    assert width == height >= 128
    assert (folder / "icon.png").stat().st_size <= 100 * 1024
    drawing = ElementTree.parse(folder / "icon.svg").getroot()
    left, top, *extent = drawing.get("viewBox").split()
    assert (left, top) == ("0", "0")
    assert extent[0] == extent[1]
    assert {element.tag for element in drawing.iter()} <= {f"{SVG}{name}" for name in ("svg", "path", "rect", "circle")}


@each_addon
def test_the_page_is_text_and_pictures_alone(folder):
    for element in page(folder):
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= ATTRIBUTES, ElementTree.tostring(element)
        assert set(element.get("class", "").split()) <= CLASSES
        assert "url(" not in element.get("style", "")


@each_addon
def test_the_page_is_ascii_which_each_series_reads_alike(folder):
    assert text(folder).isascii(), "Odoo 14.0 takes it for Latin-1: write &#8217; and the like"


@each_addon
def test_the_page_shows_pictures_beside_it(folder):
    shown = [element for element in page(folder) if element.tag == "img"]
    assert len(shown) > 1
    for element in shown:
        assert re.fullmatch(r"\w+\.png", element.get("src")), element.get("src")
        assert (folder / element.get("src")).is_file()
        assert "alt" in element.attrib


@each_addon
def test_no_picture_is_large_or_for_nothing(folder):
    used = {folder / element.get("src") for element in page(folder) if element.tag == "img"} | set(images(folder))
    assert {path for path in folder.iterdir() if path.suffix == ".png"} == used
    for path in used:
        assert path.stat().st_size <= 500 * 1024, path


@each_addon
def test_the_manifest_names_a_banner_of_the_stores_shape(folder):
    assert images(folder) == [folder / "banner.png"]
    assert size(folder / "banner.png") == (1120, 560)


@each_addon
def test_copies_are_those_of_the_manual(folder):
    for name, original in store.COPIES[folder.parents[1].name].items():
        assert (folder / name).read_bytes() == (store.MANUAL / original).read_bytes(), "run make screenshots"


@pytest.mark.parametrize(
    ("addon", "figure", "said"),
    [
        ("webhook", "latency.p50_ms", lambda value: f">{value:.0f} ms<"),
        ("webhook", "latency.p99_ms", lambda value: f"99 of 100 within {value:.0f} ms"),
        ("webhook", "delivery.per_core", lambda value: f">{round(value, -2):,}<"),
        ("webhook", "capture.unwatched_ratio", lambda value: f">{(value - 1) * 100:.0f} %<"),
        ("restapi_webhook", "rest.read_ratio", lambda value: f"takes {(value - 1) * 100:.0f} % longer"),
    ],
)
def test_the_page_says_what_was_measured(addon, figure, said):
    rows = json.loads((ROOT / "benchmarks/results.json").read_text())
    (value,) = (row["value"] for row in rows if (row["name"], row["series"]) == (figure, "19.0"))
    assert said(value) in text(store.folder(addon)), f"{figure} is {value}"


@pytest.mark.parametrize("found", ["5,020 events", "100,000 waiting"])
def test_the_page_tells_of_the_faults_that_the_manual_tells_of(found):
    assert found in text(store.folder("webhook"))
    assert found in (ROOT / "docs/delivery.md").read_text(encoding="utf-8")


def test_every_zip_has_what_the_store_shows(tmp_path):
    for path in dist(tmp_path):
        with zipfile.ZipFile(path) as archive:
            for file in (file for folder in FOLDERS for file in folder.iterdir()):
                assert archive.read(file.relative_to(ROOT).as_posix()) == file.read_bytes(), f"{path.name}: {file}"


def test_the_pictures_show_the_present_views():
    assert store.MADE_FROM.read_text().strip() == store.digest(), "run `make screenshots`, and look at the pictures"
