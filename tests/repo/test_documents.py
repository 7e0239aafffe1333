"""The documents name what there is: pages, pictures, files, commands."""

import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?<![\w./{<>-])((?:[\w-]+/)*[\w-]+\.(?:py|xml|sql|csv|js|json|html|txt|cfg|toml|yml))\b")
FOLDER = re.compile(r"`((?:[\w-]+/)+)`")
# What the reader is to make, or finds in a cache.
HIS_OWN = {"receiver.py", "build/17.0/", "build/14.0/", "dist/"}


def text(page):
    """A page without its code in some language, and without comments; drawings stay."""
    return FENCE.sub(lambda fence: "" if fence[1] else fence[2], re.sub("<!--.*?-->", "", page.read_text()))


def anchors(page):
    """The anchors of a page, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def files():
    """The files of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [f"/{name}" for name in listed.stdout.splitlines()]


def links(page):
    """Where the links and pictures of a page lead to, those to other sites aside: (path, anchor)."""
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if not re.match(r"\w+:", target):
            path, _hash, anchor = unquote(target).partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page):
    for path, anchor in links(page):
        assert path.exists(), path.relative_to(ROOT)
        assert not anchor or anchor in anchors(path), f"{path.name}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_folders_that_are_named_are_there(page):
    for name in set(FILE.findall(text(page))) - HIS_OWN:
        assert any(file.endswith(f"/{name}") for file in files()), name
    for name in set(FOLDER.findall(text(page))) - HIS_OWN:
        assert any(f"/{name}" in file for file in files()), name


def test_every_page_can_be_reached_from_the_readme():
    reached, pending = set(), [README]
    while pending:
        page = pending.pop()
        if page not in reached:
            reached.add(page)
            pending += [path for path, _anchor in links(page) if path.suffix == ".md"]
    assert set(PAGES) <= reached


def test_every_picture_is_shown():
    shown = {path for page in PAGES for path, _anchor in links(page)}
    assert {path for path in (ROOT / "docs/images").glob("*.png") if path not in shown} == set()


def test_the_failures_that_are_explained_are_those_that_are_said():
    page = (ROOT / "docs/getting-started.md").read_text()
    said = "".join(path.read_text() for path in (ROOT / "webhook/delivery").glob("*.py"))
    explained = re.findall(r"^\| \*(.+?)\*", page.partition("## When it fails")[2], re.MULTILINE)
    parts = [part.strip() for sentence in explained for part in re.split(r"…|: |\d+\.?", sentence) if part.strip(" .")]
    assert len(parts) > 8
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_make_are_there(page):
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shell = "\n".join(code for language, code in FENCE.findall(page.read_text()) if language == "sh")
    named = re.findall(r"`make (\w+)", page.read_text()) + re.findall(r"^make (\w+)", shell, re.MULTILINE)
    assert set(named) <= targets
