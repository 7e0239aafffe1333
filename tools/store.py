"""What *Apps* and Odoo's app store show of the addons beside their texts: the pictures in ``static/description``.

A part of `make screenshots`. Nothing here is drawn by hand but ``icon.svg``: the browser makes ``icon.png`` of it, and the
banner of ``banner.html``; the other pictures are copies of the manual's, or taken for the store alone.
"""

import ast
import base64
import hashlib
import html
import shutil
from pathlib import Path
from string import Template

from .addons import addons
from .environment import CHECKOUT, say

MANUAL = CHECKOUT / "docs/images"
ICON = {"width": 256, "height": 256}
BANNER = {"width": 1120, "height": 560}
# What each addon shows of the manual's pictures, by the name that it has there.
COPIES = {
    "webhook": {
        "form.png": "webhook-form.png",
        "overview.png": "webhooks-kanban.png",
        "preview.png": "preview.png",
        "delivery.png": "delivery.png",
        "test.png": "test-notification.png",
        "statistics.png": "statistics.png",
    },
    "restapi_webhook": {},
}
# What the pictures show, or are made by: files, and what is in folders.
SOURCES = (
    "webhook/views",
    "webhook/wizard",
    "webhook/static/src",
    "restapi_webhook/views",
    "restapi_webhook/wizard",
    "tools/screenshots.py",
    "tools/history.py",
    "tools/store.py",
    "tools/banner.html",
)
# Where the digest is of those that the present pictures were made from.
MADE_FROM = MANUAL / "made-from.txt"
# The picture on an addon's banner.
SHOWN = {"webhook": "form.png", "restapi_webhook": "application.png"}


def folder(addon):
    """The folder of an addon, given by its name, with what the store shows."""
    return CHECKOUT / addon / "static/description"


def digest():
    """What the sources of the pictures come to: str, another one when they are to be taken anew."""
    total = hashlib.sha256()
    for source in SOURCES:
        path = CHECKOUT / source
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.suffix in (".xml", ".js", ".scss", ".html") or path.is_file():
                total.update(f"{file.relative_to(CHECKOUT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def make(running, server):
    """Make the icons, the copies and the banners.

    :param running: Playwright's browser
    :param server: a running Odoo, which has the banners' fonts
    """
    for addon in addons():
        draw_icon(running, folder(addon.name))
        for name, original in COPIES[addon.name].items():
            shutil.copyfile(MANUAL / original, folder(addon.name) / name)
        draw_banner(running, server, addon)
        say(f"{folder(addon.name).relative_to(CHECKOUT)}/")


def draw_icon(running, folder):
    """Make the icon, on a transparent ground."""
    page = running.new_page(viewport=ICON)
    page.set_content(
        f"<style>body {{margin: 0}} svg {{width: 100vw; height: 100vh}}</style>{read(folder / 'icon.svg')}"
    )
    page.screenshot(path=folder / "icon.png", omit_background=True)
    page.close()


def draw_banner(running, server, addon):
    """Make the banner of an addon's icon, name, summary and picture."""
    manifest = ast.literal_eval(read(addon / "__manifest__.py"))
    pictures = folder(addon.name)
    values = {
        "name": html.escape(manifest["name"]),
        "summary": html.escape(manifest["summary"]),
        "icon": embedded(pictures / "icon.svg", "svg+xml"),
        "picture": embedded(pictures / SHOWN[addon.name], "png"),
    }
    page = running.new_page(viewport=BANNER)
    address = f"{server.url}/banner"  # below which the fonts are found
    banner = Template(read(Path(__file__).with_name("banner.html"))).substitute(values)
    page.route(address, lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=banner))
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=pictures / "banner.png")
    page.close()


def embedded(path, kind):
    """The address of a picture that is a part of the page itself."""
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def read(path):
    """The text of a file."""
    return path.read_text(encoding="utf-8")
