"""C1: every request of the manual's chapter Endpoints, byte for byte, and percent-encoded; answered in JSON and in XML."""

import re
from urllib.parse import quote

import pytest

ALL = [
    "id",
    "name",
    "model",
    "kind",
    "address",
    "format",
    "language",
    "fields",
    "payload_fields",
    "condition",
    "only_on_entering",
    "active",
    "paused_at",
    "pause_reason",
    "create_date",
    "write_date",
]
SIX = ["id", "name", "model", "kind", "address", "format", "language"]
BIN = "https://requestbin.net/152eq5l1"
VALS = (
    "{'name':'Delivery Order Updation','model':'stock.picking','kind':'on_write','address':'https://requestbin.net/152eq5l1',"
    "'format':'json','language':'en_US','condition':[('state', '=', 'done'), ('picking_type_id.code', '=', 'outgoing')]}"
)
# (request line, ids of the answer in their order (one: an object; None: a new one), names in it)
REQUESTS = [
    ("GET /restapi/1.0/webhooks HTTP/1.1", [3, 12, 7], ALL),
    ("GET /restapi/1.0/webhooks?fields=['name','model', 'kind', 'address', 'format', 'language'] HTTP/1.1", [3, 12, 7], SIX),
    ("GET /restapi/1.0/webhooks/7 HTTP/1.1", 7, ALL),
    ("GET /restapi/1.0/webhooks/7?fields=['name','model', 'kind', 'address', 'format', 'language'] HTTP/1.1", 7, SIX),
    ("GET /restapi/1.0/webhooks?ids=3,12 HTTP/1.1", [3, 12], ALL),
    ("GET /restapi/1.0/webhooks?ids=3,12&fields=['name', 'model', 'kind', 'address', 'format', 'language'] HTTP/1.1", [3, 12], SIX),
    ("GET /restapi/1.0/webhooks?domain=[('model','=','product.product'),('kind','=','on_write')] HTTP/1.1", [7], ALL),
    ("GET /restapi/1.0/webhooks/?domain=[('model','=','product.product'),('kind','=','on_write')] HTTP/1.1", [7], ALL),
    (
        "GET /restapi/1.0/webhooks?domain=[('model','=','product.product'),('kind','=','on_write')]"
        "&fields=['name', 'model', 'kind', 'address', 'format', 'language']&limit=5 HTTP/1.1",
        [7],
        SIX,
    ),
    (f"POST /restapi/1.0/webhooks?vals={VALS} HTTP/1.1", None, [*ALL, "secret"]),
    ("PUT /restapi/1.0/webhooks/7?vals={'address':'https://requestbin.net/152eq5l1'} HTTP/1.1", 7, ALL),
    ("PUT /restapi/1.0/webhooks?ids=7,12&vals={'address':'https://requestbin.net/152eq5l1'} HTTP/1.1", [7, 12], ALL),
]  # fmt: skip


@pytest.fixture
def manual(api, server):
    """The manual's webhooks 3, 7 and 12."""

    def number_next(number):
        server.workspace.server.sql(f"SELECT setval('webhook_webhook_id_seq', {number}, false)", server.database)

    for number, name, kind in ((3, "Creation", "on_create"), (7, "Update", "on_write"), (12, "Deletion", "on_unlink")):
        number_next(number)
        api.create(name=f"Product {name}", model="product.product", kind=kind, address="https://example.com/")
    number_next(1001)
    return api


def divided(line, encoded):
    """(method, target) of a request line; the target as it is, or as a careful client writes it."""
    method, target = re.fullmatch(r"([A-Z]+) (.+) HTTP/1\.1", line).groups()
    if encoded and "?" in target:
        path, _mark, query = target.partition("?")
        pairs = (pair.partition("=") for pair in query.split("&"))
        target = path + "?" + "&".join(f"{name}={quote(value, safe='')}" for name, _equals, value in pairs)
    return method, target


@pytest.mark.parametrize("encoded", [False, True], ids=["raw", "encoded"])
@pytest.mark.parametrize(("line", "ids", "names"), REQUESTS, ids=range(len(REQUESTS)))
def test_the_manuals_requests_are_answered_in_json(manual, line, ids, names, encoded):
    webhook = manual.send(*divided(line, encoded)).webhook
    found = webhook if isinstance(ids, list) else [webhook]
    assert isinstance(webhook, list) == isinstance(ids, list)
    if ids is not None:
        assert [each["id"] for each in found] == (ids if isinstance(ids, list) else [ids])
    for each in found:
        assert list(each) == names
        assert each["language"] == "en_US"
        if line.startswith(("POST", "PUT")):
            assert each["address"] == BIN
        if names is ALL:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", each["create_date"])
    if ids is None:
        assert webhook["model"] == "stock.picking"
        assert webhook["condition"] == [["state", "=", "done"], ["picking_type_id.code", "=", "outgoing"]]
        assert webhook["fields"] == []


@pytest.mark.parametrize(("line", "ids", "names"), REQUESTS, ids=range(len(REQUESTS)))
def test_the_manuals_requests_are_answered_in_xml(manual, line, ids, names):
    answer = manual.send(*divided(line, False), {"Accept": "application/xml"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    root = answer.xml()
    assert root.tag == "response"
    (webhook,) = root
    assert webhook.tag == "webhook"
    found = webhook.findall("item") if isinstance(ids, list) else [webhook]
    if ids is not None:
        assert [int(each.findtext("id")) for each in found] == (ids if isinstance(ids, list) else [ids])
    for each in found:
        assert [child.tag for child in each] == names


@pytest.mark.parametrize("encoded", [False, True], ids=["raw", "encoded"])
def test_the_manuals_count(manual, encoded):
    line = "GET /restapi/1.0/webhooks/count?domain=[('model','=','product.product')] HTTP/1.1"
    assert manual.send(*divided(line, encoded)).json() == {"count": 3}
    root = manual.send(*divided(line, encoded), {"Accept": "application/xml"}).xml()
    assert root.findtext("count") == "3"


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("DELETE /restapi/1.0/webhooks/7 HTTP/1.1", [3, 12]),
        ("DELETE /restapi/1.0/webhooks?ids=7,12 HTTP/1.1", [3]),
    ],
)
def test_the_manuals_deletions(manual, line, left, accept):
    answer = manual.send(*divided(line, False), {"Accept": accept})
    assert answer.status == 200
    if accept == "application/json":
        assert answer.json() == {}
    else:
        assert (answer.xml().tag, len(answer.xml())) == ("response", 0)
    assert [webhook["id"] for webhook in manual.call("GET").webhook] == left
