"""`make examples`: the requests that docs/payload.md shows, as a real Odoo sends them.

``tests/end_to_end/test_examples.py`` finds out when they have become others.
"""

import json
import re
from xml.etree import ElementTree

from .addons import addons
from .environment import CHECKOUT, Environment, say
from .receiver import Receiver
from .server import OdooServer
from .shop import Shop

PAGE = CHECKOUT / "docs/payload.md"
KINDS, FORMATS = ("on_create", "on_write", "on_unlink"), ("json", "xml")
# What receivers see of where this Odoo is: nobody's own address.
HERE = {"web.base.url": "https://erp.example.com", "web.base.url.freeze": "True"}
FIELDS = (
    "name, state, date_order, client_order_ref, partner_id.country_id.code, order_line.product_id.default_code, "
    "order_line.product_uom_qty, amount_total"
)
# Headers that the page explains; the others belong to the connection.
SHOWN = ("Content-Type", "User-Agent", "webhook-", "X-Odoo-")
# Texts that are the same in each run.
KEPT = ("type", "model", "kind", "state", "code", "default_code")


def main():
    """Write the examples into the page; return the exit code."""
    with Environment.ready().workspace("examples") as workspace, Receiver() as receiver:
        server = OdooServer(workspace, workspace.create_database("prod"), "--log-level=warn")
        say("starting Odoo with the webhook addons")
        server.start("-i", ",".join(addon.name for addon in addons()))
        try:
            client = server.client()
            client.allow_receivers_here()
            for name, value in HERE.items():
                client.call("ir.config_parameter", "set_param", name, value)
            received = receive(client, receiver)
        finally:
            server.stop()
    page = PAGE.read_text()
    if differing(examples(page), received):
        PAGE.write_text(rewritten(page, received))
        say(f"wrote the examples in {PAGE.relative_to(CHECKOUT)}")
    else:
        say(f"the examples in {PAGE.relative_to(CHECKOUT)} are as they are sent: left as they were")
    return 0


def receive(odoo, receiver):
    """Make a quotation, change it, delete it, with a webhook for each kind and format.

    :return: ``{"on_create.json": tools.receiver.Received, …}``
    """
    for kind in KINDS:
        for format in FORMATS:
            address = receiver.url(f"/{kind}.{format}")
            odoo.subscribe("sale.order", kind, address, name="Orders", field_names=FIELDS, format=format)
    country = odoo.call("res.country", "search", [["code", "=", "BE"]])[0]
    partner = odoo.create("res.partner", name="Acme Corporation", country_id=country)
    product = Shop(odoo).new_product("Oak Desk", default_code="DESK-1", list_price=450.0)
    line = {"product_id": product, "product_uom_qty": 2}
    order = odoo.create("sale.order", partner_id=partner, order_line=[(0, 0, line)])
    change = {"order_line": [(1, Shop(odoo).lines(order)[0], {"product_uom_qty": 3})], "client_order_ref": "PO-77"}
    odoo.call("sale.order", "write", [order], change)
    odoo.call("sale.order", "unlink", [order])
    paths = [f"/{kind}.{format}" for kind in KINDS for format in FORMATS]
    return {path[1:]: receiver.wait_for(1, path)[0] for path in paths}


def differing(shown, received):
    """The names of the examples that have another form than what was received.

    :param shown: as from :func:`examples`
    :param received: as from :func:`receive`
    """
    first = next(iter(received.values()))
    names = re.findall(r"^([\w-]+): ", shown.get("headers", ""), re.MULTILINE)
    found = [] if names == list(shown_headers(first)) else ["headers"]
    for name, request in received.items():
        format = name.partition(".")[2]
        if not shown.get(name) or form(shown[name], format) != form(request.body, format):
            found.append(name)
    return found


def rewritten(page, received):
    """The text of a page with other examples between its markers."""
    for name, request in received.items():
        format = name.partition(".")[2]
        page = _replaced(page, name, f"```{format}\n{indented(request.body, format)}\n```")
    first = next(iter(received.values()))
    lines = [f"{name}: {value}" for name, value in shown_headers(first).items()]
    return _replaced(page, "headers", "\n".join(["```http", "POST /hook HTTP/1.1", *lines, "```"]))


def examples(page):
    """The examples on a page: ``{"on_create.json": text, …, "headers": text}``."""
    return dict(re.findall(r"<!-- example: (\S+) -->\n\n```\w+\n(.*?)\n?```\n", page, re.DOTALL))


def _replaced(page, name, block):
    pattern = rf"(<!-- example: {re.escape(name)} -->\n\n).*?(\n\n<!-- end -->)"
    page, count = re.subn(pattern, lambda found: found[1] + block + found[2], page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{PAGE.name} has {count} places for the example {name}, not one.")
    return page


def indented(text, format):
    """A body as people read it."""
    if format == "json":
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    tree = ElementTree.fromstring(text)
    ElementTree.indent(tree)
    declaration = text[: text.index("?>") + 2] + "\n"
    return declaration + ElementTree.tostring(tree, encoding="unicode", short_empty_elements=False)


def shown_headers(request):
    """The headers of a request that the page explains, in the order of their coming."""
    return {name: value for name, value in request.headers.items() if name.startswith(SHOWN)}


def form(text, format):
    """What of a body is the same each time it is sent: its members, their types, and a few of the texts."""
    return _json_form(json.loads(text)) if format == "json" else _xml_form(ElementTree.fromstring(text))


def _json_form(value, name=None):
    if isinstance(value, dict):
        return {key: _json_form(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json_form(inner) for inner in value]
    return value if name in KEPT else type(value).__name__


def _xml_form(element):
    if len(element):
        return [element.tag, dict(element.attrib), [_xml_form(child) for child in element]]
    return [element.tag, dict(element.attrib), element.text if element.tag in KEPT else None]
