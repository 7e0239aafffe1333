"""HTTP: methods, addresses, bodies, formats, characters."""

import json
from urllib.parse import quote

import pytest

from .support import ADDRESS, WEBHOOKS, Api

NEW = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": ADDRESS}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
XML = {"Accept": "application/xml"}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("application/xml;q=0.5, application/json;q=0.9", "json"),
        ("application/json;q=0.5, application/xml;q=0.9", "xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "xml"),
        ("image/png", "json"),
        ("nonsense", "json"),
        ("", "json"),
    ],
)
def test_c2_accept_picks_the_format(api, accept, kind):
    answer = api.call("GET", headers={"Accept": accept} if accept is not None else {})
    assert answer.headers["content-type"] == f"application/{kind}; charset=utf-8"
    assert answer.headers["vary"] == "Accept"


def test_c2_xml_holds_what_json_holds(api):
    webhook = api.create(fields=["name"], condition=[("name", "!=", False)])
    path = f"/{webhook['id']}"
    one = api.call("GET", path, XML).xml()
    assert {child.tag: child.text for child in one[0] if child.get("type") != "list"} == {
        name: None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in webhook.items()
        if not isinstance(value, list)
    }
    assert [item.text for item in one[0].find("fields")] == ["name"]
    assert [item.text for item in one[0].find("condition/item")] == ["name", "!=", "False"]
    assert [each.findtext("id") for each in api.call("GET", "", XML).xml()[0]] == [str(webhook["id"])]
    assert api.call("GET", "/count", XML).xml().findtext("count") == "1"
    created = api.call("POST", "", XML, vals=NEW)
    assert (created.status, created.xml()[0].findtext("name")) == (200, "Oak")
    assert len(api.call("DELETE", path, XML).xml()) == 0
    assert len(api.call("GET", "", XML, domain="[('name','=','nobody')]").xml()[0]) == 0


@pytest.mark.parametrize(("path", "status"), [("/999999", 404), ("?limit=0", 403)])
def test_c2_a_problem_in_xml(api, path, status):
    answer = api.send("GET", WEBHOOKS + path, XML)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+xml")
    root = answer.xml()
    assert root.tag == "{urn:ietf:rfc:7807}problem"
    assert root.findtext("{*}status") == str(status)
    assert root.findtext("{*}detail")


def test_a53_what_xml_cannot_hold(api):
    name = "bell \x07, tab \t, ]]> & <b>, half \ufffe"
    webhook = api.create(name=name)
    assert webhook["name"] == name
    answer = api.call("GET", f"/{webhook['id']}", XML)
    assert answer.xml()[0].findtext("name") == "bell \ufffd, tab \t, ]]> & <b>, half \ufffd"
    refused = api.post_json("POST", vals={**NEW, "a key\x07 with spaces": 1})
    refused.refused(403, "a key\x07 with spaces")
    body = json.dumps({"vals": {**NEW, "a key\x07 with spaces": 1}}).encode()
    answer = api.send("POST", WEBHOOKS, {**JSON, **XML}, body)
    assert "a key\ufffd with spaces" in answer.xml().findtext("{*}detail")


@pytest.mark.parametrize("path", ["", "/count", "/{id}", "/{id}/deliveries"])
def test_c6_a_trailing_slash_does_no_harm(api, path):
    path = path.format(id=api.create()["id"])
    assert api.call("GET", path + "/").json() == api.call("GET", path).json()


def test_c6_head_is_get_without_its_body(api):
    api.create()
    answer, read = api.call("HEAD"), api.call("GET")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == read.headers["content-type"]
    assert int(answer.headers["content-length"]) == len(read.body)
    assert api.call("HEAD", "/999999").status == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", "GET, POST, PUT, DELETE, HEAD, OPTIONS"),
        ("/count", "GET, HEAD, OPTIONS"),
        ("/7", "GET, PUT, DELETE, HEAD, OPTIONS"),
        ("/7/test", "POST, OPTIONS"),
        ("/7/deliveries", "GET, HEAD, OPTIONS"),
    ],
)
def test_c6_methods_that_an_address_does_not_take(api, path, allowed):
    for method in {"PATCH", "PUT", "DELETE", "POST", "GET"} - set(allowed.split(", ")):
        answer = api.call(method, path)
        answer.refused(405, method)
        assert answer.headers["allow"] == allowed
    answer = api.call("OPTIONS", path)
    assert (answer.status, answer.headers["allow"], answer.body) == (204, allowed, b"")


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/webhooks/x", "/webhooks/7/x", "/webhooks/1.5", "/webhook", "/deliveries"],
)  # fmt: skip
def test_there_is_nothing_elsewhere(api, path):
    api.send("GET", f"/restapi/1.0{path}").refused(404)
    api.send("POST", f"/restapi/1.0{path}").refused(404)


def test_no_webhook_has_such_a_number(api):
    for number in ("0", "-7", "99999999999999999999"):
        for method in ("GET", "DELETE"):
            api.call(method, f"/{number}").refused(404)
        api.call("GET", f"/{number}/deliveries").refused(404)
        api.send("GET", f"/restapi/1.0/deliveries/{number}").refused(404)


def test_c7_bodies_in_json_and_none(api):
    webhook = api.post_json("POST", vals=NEW).webhook
    assert webhook["name"] == "Oak"
    assert api.post_json("POST", vals=str(NEW)).webhook["name"] == "Oak"
    path = f"/{webhook['id']}"
    assert api.post_json("PUT", path, vals={"name": "Elm"}).webhook["name"] == "Elm"
    assert [each["name"] for each in api.post_json("PUT", ids=[webhook["id"]], vals={"name": "Ash"}).webhook] == ["Ash"]
    # With the content type and without a body, as many clients send it.
    assert api.send("GET", WEBHOOKS + path, JSON).webhook["name"] == "Ash"
    vals = quote(str({"name": "Fir"}), safe="")
    assert api.send("PUT", f"{WEBHOOKS}{path}?vals={vals}", JSON).webhook["name"] == "Fir"
    api.send("POST", WEBHOOKS, JSON).refused(403, "vals")
    assert api.send("DELETE", WEBHOOKS + path, JSON).json() == {}
    assert api.send(
        "POST", WEBHOOKS, {"Content-Type": "application/json; charset=utf-8"}, json.dumps({"vals": NEW}).encode()
    ).webhook


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b'{"vals": NaN}', b'{"vals": {}, "vals": {}}'])
def test_c7_bodies_that_are_no_parameters(api, body):
    api.send("POST", WEBHOOKS, JSON, body).refused(403)


def test_bodies_in_forms(api):
    vals = quote(str({**NEW, "name": "a+b & c"}), safe="")
    assert api.send("POST", WEBHOOKS, FORM, f"vals={vals}".encode()).webhook["name"] == "a+b & c"
    parts = f'--x\r\nContent-Disposition: form-data; name="vals"\r\n\r\n{NEW}\r\n--x--\r\n'
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    assert api.send("POST", WEBHOOKS, multipart, parts.encode()).webhook["name"] == "Oak"
    file = f'--x\r\nContent-Disposition: form-data; name="vals"; filename="v"\r\n\r\n{NEW}\r\n--x--\r\n'
    api.send("POST", WEBHOOKS, multipart, file.encode()).refused(403, "file")
    api.send("POST", WEBHOOKS, {"Content-Type": "text/plain"}, str(NEW).encode()).refused(403, "Content-Type")


@pytest.mark.parametrize(
    "name",
    ["Łódź ☃ 𝄞", "a&b", "a+b", "a#b", 'it\'s "quoted"', "100% %41", "back\\slash", "tab\tline\n", "[{(", "a;b=c"],
)
def test_c8_every_character_arrives(api, name):
    webhook = api.create(name=name)
    assert webhook["name"] == name
    assert api.post_json("POST", vals={**NEW, "name": name}).webhook["name"] == name
    domain = [("name", "=", name)]
    assert len(api.call("GET", domain=domain).webhook) == 2
    assert api.call("GET", "/count", domain=json.dumps(domain)).json() == {"count": 2}


def test_c8_raw_unicode_in_the_address(api):
    webhook = api.create(name="Łódź Elm")
    assert api.send("GET", WEBHOOKS + "?domain=[('name', '=', 'Łódź Elm')]").webhook == [webhook]


def test_an_address_with_spaces_is_refused_elsewhere(server):
    answer = Api(server).exchange(b"GET /web/login?redirect=a b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b" 200 " not in answer.partition(b"\r\n")[0]


def test_what_goes_wrong_in_odoo_is_for_its_log_alone(api, server):
    api.create()
    sql = server.workspace.server.sql
    sql("ALTER TABLE webhook_job RENAME TO webhook_job_away", server.database)
    try:
        detail = api.call("GET", f"/{api.call('GET').webhook[0]['id']}/deliveries").refused(500, "log")
    finally:
        sql("ALTER TABLE webhook_job_away RENAME TO webhook_job", server.database)
    assert "webhook_job" not in detail
    assert "A call of the REST API failed" in server.log.read_text()
