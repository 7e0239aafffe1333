"""What is refused, with a sentence that says why, and without a trace in Odoo."""

import json
from urllib.parse import quote

import pytest

from .support import ADDRESS, WEBHOOKS, Api, new_token

NEW = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": ADDRESS}


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "lambda: 1",
        "f'{1}'",
        "[x for x in (1,)]",
        "{'name': open('/etc/passwd')}",
        "1+1j" + "+1j" * 5000,
        "-" * 20000 + "1",
        "[" * 33 + "]" * 33,
        "{'a':" * 33 + "1" + "}" * 33,
        "(" * 10000,
        "NaN",
        "{'name': 1e999}",
        '{"name": "a", "name": "b"}',
        "b'bytes'",
        "{1, 2}",
        "{'name': 'a\\x00b'}",
        '{"name": "\\ud800"}',
        "9" * 5000,
        "'''",
        "\\",
        "",
        "None",
        "7",
        "[]",
    ],
)
def test_a46_values_are_never_evaluated(api, text):
    api.send("POST", f"{WEBHOOKS}?vals={quote(text, safe='')}").refused(403, "vals")
    assert api.call("GET").webhook == []


def test_a46_a_value_of_33_kib_is_too_large(api):
    long = {**NEW, "name": "x" * 33 * 1024}
    api.send("POST", f"{WEBHOOKS}?vals={quote(str(long), safe='')}").refused(413, "32 KiB")
    api.post_json("POST", vals=long).refused(413, "32 KiB")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    api.send("POST", WEBHOOKS, form, b"vals=" + str(long).encode()).refused(413, "32 KiB")
    api.send("POST", WEBHOOKS, form, b"vals=" + b"1+1j" * 150_000).refused(413)
    chunk = b"%x\r\n" % (40 * 1024) + b" " * 40 * 1024 + b"\r\n0\r\n\r\n"
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    assert api.send("POST", WEBHOOKS, headers, chunk).status in (403, 413)  # without a length, 14.0 reads nothing
    assert api.call("GET").webhook == []


def test_a46_32_levels_can_be_read(api):
    api.call("GET", fields="[" * 32 + "]" * 32).refused(403, "list of names")
    api.call("GET", fields="[" * 33 + "]" * 33).refused(403, "nested deeper")
    api.call("GET", fields=repr("[" * 100)).refused(403, "a list")  # in a text they are letters


@pytest.mark.parametrize(
    ("domain", "word"),
    [
        ([("create_uid.password", "=", "x")], "create_uid.password"),
        ([("user_id", "=", 1)], "user_id"),
        ([("job_ids.body", "like", "x")], "job_ids.body"),
        ([("name.id", "=", "x")], "name.id"),
        ([("name", "=?", "x")], "=?"),
        ([("name", "inselect", ("SELECT 1", []))], "inselect"),
        ([("name", "any", [("id", "=", 1)])], "any"),
        ([("name", "= 1; DROP", "x")], "DROP"),
        ([("id", "child_of", 1)], "child_of"),
        ([("name", "=", ["x"])], "text"),
        ([("id", "in", 3)], "list"),
        ([("id", "=", "x")], "id"),
        ([("id", "=", 10**12)], "id"),
        ([("active", "=", "yes")], "active"),
        ([("only_on_entering", "=", 1)], "only_on_entering"),
        ([("create_date", ">", "soon")], "create_date"),
        ([("paused_at", ">", False)], "paused_at"),
        ([("fields", "like", "name")], "fields"),
        (["|", ("name", "=", "x")], "|"),
        (["x"], "x"),
        ([1], "1"),
        ([None], "None"),
        ([("name", "=")], "name"),
        ([[["name"], "=", 1]], "name"),
        ([(1, "=", 1)], "1"),
        (["!"] * 101, "100"),
        ("name", "list"),
        ({"name": 1}, "list"),
    ],
)
def test_a47_a_domain_reaches_the_public_names_only(api, domain, word):
    text = repr(domain)
    api.call("GET", domain=text).refused(403, word)
    api.call("GET", "/count", domain=text).refused(403, word)


@pytest.mark.parametrize(
    "order", ["id;drop table webhook_webhook", "user_id", "create_uid.password", "name desc nulls first", "(select 1)", "name,", "field_names"]
)  # fmt: skip
def test_a47_an_order_is_made_of_public_names(api, order):
    api.call("GET", order=order).refused(403)


@pytest.mark.parametrize(
    "fields", ["['user_id']", "['create_uid']", "['field_names']", "[1]", "'name'", "name", "{'name': 1}"]
)
def test_a47_only_public_names_are_answered(api, fields):
    api.create()
    api.call("GET", fields=fields).refused(403)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"create_uid": 1}, "create_uid"),
        ({"user_id": 1}, "user_id"),
        ({"id": 7}, "id"),
        ({"create_date": "2026-01-01 00:00:00"}, "create_date"),
        ({"job_ids": [(0, 0, {"event": "x"})]}, "job_ids"),
        ({"fields": [(6, 0, [1])]}, "fields"),
        ({"fields": [(5,)]}, "fields"),
        ({"field_ids": [(5,)]}, "field_ids"),
        ({"field_names": "name"}, "field_names"),
        ({"fields": ["no_such_field"]}, "no_such_field"),
        ({"fields": ["name; drop"]}, "fields"),
        ({"condition": [("no_such_field", "=", 1)]}, "condition"),
        ({"condition": "[]"}, "condition"),
        ({"condition": ["x"]}, "condition"),
        ({"kind": "on_fire"}, "on_write"),
        ({"format": "yaml"}, "json"),
        ({"language": "xx_XX"}, "en_US"),
        ({"language": None}, "language"),
        ({"active": "yes"}, "active"),
        ({"payload_fields": "name"}, "payload_fields"),
        ({"payload_fields": ["name; drop"]}, "payload_fields"),
        ({"payload_fields": ["country_id.no_such_field"]}, "no_such_field"),
        ({"payload_field_names": "name"}, "payload_field_names"),
        ({"only_on_entering": "yes"}, "only_on_entering"),
        ({"only_on_entering": True}, "condition"),
        ({"paused_at": None}, "“paused_at” cannot be written"),
        ({"pause_reason": "x"}, "“pause_reason” cannot be written"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"model": "no.such.model"}, "no.such.model"),
        ({"model": "webhook.job"}, "model"),
        ({"model": "res.partner,1"}, "model"),
        ({"model": 7}, "model"),
        ({"address": "file:///etc/passwd"}, "http"),
        ({"address": "https://user:secret@example.com/"}, ""),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a48_values_that_are_none_of_the_callers_business(api, values, word):
    webhook = api.create()
    api.call("POST", vals={**NEW, **values}).refused(403, word)
    api.call("PUT", f"/{webhook['id']}", vals=values).refused(403, word)
    assert api.call("GET").webhook == [webhook]


@pytest.mark.parametrize("name", ["name", "model", "kind", "address"])
def test_a_new_webhook_needs_what_the_manual_says(api, name):
    api.call("POST", vals={key: value for key, value in NEW.items() if key != name}).refused(403, name)


def test_the_model_cannot_be_changed(api):
    webhook = api.create()
    api.call("PUT", f"/{webhook['id']}", vals={"model": "res.users"}).refused(403, "model")
    assert api.call("PUT", f"/{webhook['id']}", vals={"model": "res.partner"}).webhook["model"] == "res.partner"


def test_a49_a_model_that_the_user_may_not_read(manager_api):
    manager_api.call("POST", vals={**NEW, "model": "ir.config_parameter"}).refused(403, "ir.config_parameter")


def test_a51_all_webhooks_at_once_are_never_changed(api):
    webhook = api.create()
    for ids in ({}, {"ids": ""}, {"ids": "[]"}):
        api.call("PUT", vals={"name": "Elm"}, **ids).refused(403, "ids")
        api.call("DELETE", **ids).refused(403, "ids")
    assert api.call("GET").webhook == [webhook]


def test_a52_all_or_nothing(api):
    one, other = api.create(name="One"), api.create(name="Other", kind="on_unlink")
    ids = f"{one['id']},999999,{other['id']}"
    api.call("PUT", ids=ids, vals={"name": "Elm"}).refused(404, "999999")
    api.call("DELETE", ids=ids).refused(404, "999999")
    # The second of them cannot have it: res.users has no such field.
    third = api.create(name="Third", model="res.users", fields=["login"])
    api.call("PUT", ids=f"{one['id']},{third['id']}", vals={"name": "Elm", "fields": ["login"]}).refused(403, "login")
    assert [each["name"] for each in api.call("GET").webhook] == ["One", "Other", "Third"]


def test_a30_reading_is_all_that_a_token_for_reading_allows(api, server, administrator):
    webhook = api.create()
    reader = Api(server, new_token(server, administrator.uid, "webhooks.read"))
    assert reader.call("GET").webhook == [webhook]
    path = f"/{webhook['id']}"
    for answer in (
        reader.call("POST", vals=NEW),
        reader.call("PUT", path, vals={"name": "Elm"}),
        reader.call("PUT", ids=webhook["id"], vals={"name": "Elm"}),
        reader.call("DELETE", path),
        reader.call("DELETE", ids=webhook["id"]),
        reader.call("POST", f"{path}/test"),
    ):
        answer.refused(403, "scope")
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert api.call("GET").webhook == [webhook]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a54_a_session_is_no_token(api, server, method):
    client = server.client()
    cookie = {"Cookie": f"session_id={session(server, client)}"}
    answer = Api(server).send(method, WEBHOOKS, cookie)
    answer.refused(401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    Api(server).send(method, WEBHOOKS).refused(401)


def session(server, client):
    """The id of a session that somebody has logged in to."""
    body = json.dumps({"params": {"db": server.database, "login": "admin", "password": "admin"}}).encode()
    answer = Api(server).send("POST", "/web/session/authenticate", {"Content-Type": "application/json"}, body)
    assert answer.json()["result"]["uid"] == client.uid
    return answer.headers["set-cookie"].partition("session_id=")[2].partition(";")[0]


def test_a55_each_sees_his_own(api, manager_api, manager):
    mine, his = api.create(name="Mine"), manager_api.create(name="His")
    assert [each["id"] for each in manager_api.call("GET").webhook] == [his["id"]]
    assert manager_api.call("GET", "/count").json() == {"count": 1}
    path = f"/{mine['id']}"
    manager_api.call("GET", path).refused(404)
    manager_api.call("PUT", path, vals={"name": "Elm"}).refused(404)
    manager_api.call("PUT", ids=f"{his['id']},{mine['id']}", vals={"name": "Elm"}).refused(404)
    manager_api.call("DELETE", path).refused(404)
    manager_api.call("POST", f"{path}/test").refused(404)
    manager_api.call("GET", f"{path}/deliveries").refused(404)
    manager_api.call("GET", ids=str(mine["id"])).refused(404)
    assert [each["name"] for each in api.call("GET").webhook] == ["His", "Mine"]


@pytest.mark.parametrize(
    ("method", "query", "word"),
    [
        ("GET", "colour=red", "colour"),
        ("GET", "limit=1&limit=2", "twice"),
        ("GET", "access_token=x", "access_token"),
        ("GET", "vals={}", "vals"),
        ("POST", "ids=1", "ids"),
        ("GET", "limit=0", "limit"),
        ("GET", "limit=1001", "limit"),
        ("GET", "limit=ten", "limit"),
        ("GET", "limit=True", "limit"),
        ("GET", "offset=-1", "offset"),
        ("GET", "offset=99999999999", "offset"),
        ("GET", "count=perhaps", "count"),
        ("GET", "ids=", "ids"),
        ("GET", "ids=a,b", "ids"),
        ("GET", "ids=1.5", "ids"),
        ("GET", "domain=%ff", "UTF-8"),
        ("GET", "ids=" + ",".join(map(str, range(1, 1002))), "1000"),
    ],
)
def test_parameters_that_make_no_sense(api, method, query, word):
    api.send(method, f"{WEBHOOKS}?{query}").refused(403, word)


def test_the_same_parameter_in_two_places(api):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    vals = quote(str(NEW), safe="")
    api.send("POST", f"{WEBHOOKS}?vals={vals}", form, f"vals={vals}".encode()).refused(403, "twice")
    body = json.dumps({"vals": NEW}).encode()
    api.send("POST", f"{WEBHOOKS}?vals={vals}", {"Content-Type": "application/json"}, body).refused(403, "twice")
    assert api.call("GET").webhook == []


@pytest.mark.parametrize(
    "name", ["self", "___dbname", "cls", "args", "kwargs", "endpoint", "request", "given", "session_id", "__class__"]
)
def test_no_name_of_a_parameter_does_harm(api, name):
    answer = api.send("GET", f"{WEBHOOKS}?{name}=1")
    assert answer.status == 403
    assert f"no parameter “{name}”" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "order='name','id'",
        "order=['name']",
        "domain=[('create_date','<','0099-01-01 00:00:00')]",
        "domain=[('write_date','=',False)]",
    ],
)
def test_values_of_an_odd_kind_are_refused(api, query):
    assert api.send("GET", f"{WEBHOOKS}?{query}").status == 403


def test_our_own_models_cannot_be_watched(api):
    for model in ("restapi.token", "webhook.job"):
        vals = {"name": "x", "model": model, "kind": "on_write", "address": ADDRESS}
        answer = api.send("POST", f"{WEBHOOKS}?vals={quote(repr(vals))}")
        assert answer.status == 403
        assert "cannot be watched" in answer.json()["detail"]
