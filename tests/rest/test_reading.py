"""Reading webhooks: one, several, all; how many."""

import time

import pytest


def test_the_list_of_nothing_is_empty(api):
    answer = api.call("GET")
    assert answer.json() == {"webhook": []}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept"


def test_a_webhook_has_the_public_names_and_no_others(api):
    values = {
        "fields": ["name", "country_id.code"],
        "payload_fields": ["name", "child_ids.email"],
        "condition": [["name", "!=", False]],
        "only_on_entering": True,
    }
    created = api.create(**values)
    assert api.call("GET", f"/{created['id']}").webhook == created
    assert created.pop("create_date") <= created.pop("write_date")
    assert created == {
        "id": created["id"],
        "name": "Oak",
        "model": "res.partner",
        "kind": "on_write",
        "address": "https://example.com/hook",
        "format": "json",
        "language": "en_US",
        "fields": ["name", "country_id.code"],
        "payload_fields": ["name", "child_ids.email"],
        "condition": [["name", "!=", False]],
        "only_on_entering": True,
        "active": True,
        "paused_at": None,
        "pause_reason": None,
    }
    changes = {"payload_fields": [], "only_on_entering": False}
    changed = api.call("PUT", f"/{created['id']}", vals=changes).webhook
    assert {name: changed[name] for name in changes} == changes


def test_dates_are_utc(api):
    created = time.strptime(api.create()["create_date"] + " UTC", "%Y-%m-%d %H:%M:%S %Z")
    assert abs(time.mktime(created) - time.mktime(time.gmtime())) < 60


def test_c3_the_id_is_always_there(api):
    webhook = api.create()
    expected = {"id": webhook["id"], "name": "Oak"}
    for fields in ("['name']", '["name"]', "('name',)", "['name','id']"):
        assert api.call("GET", fields=fields).webhook == [expected]
        assert api.call("GET", f"/{webhook['id']}", fields=fields).webhook == expected
        assert api.call("GET", ids=webhook["id"], fields=fields).webhook == [expected]
    for everything in ("[]", ""):
        assert api.call("GET", fields=everything).webhook == [webhook]


def test_c4_ids_come_in_their_order_once_if_they_exist(api):
    one, two, three = (api.create(name=name)["id"] for name in "abc")
    asked = f"{three},999999,{one},{three},{two}"

    def ids(**parameters):
        return [webhook["id"] for webhook in api.call("GET", **parameters).webhook]

    assert ids(ids=asked) == [three, one, two]
    assert ids(ids=f"[{two}, {one}]") == [two, one]
    assert ids(ids=asked, offset=1, limit=1) == [one]
    assert ids(ids=asked, domain="[('name', '!=', 'a')]") == [three, two]
    assert api.call("GET", ids=asked, count="True").json() == {"count": 3}
    api.call("GET", ids="999998,999999").refused(404, "999998")
    api.call("GET", ids="0,-7").refused(404)
    api.call("GET", ids="99999999999999999999").refused(404)
    assert ids(ids=",".join(map(str, [one, *range(10_000, 10_999)]))) == [one]


def test_c5_pages(api):
    for name in "cab":
        api.create(name=name)

    def names(**parameters):
        return "".join(webhook["name"] for webhook in api.call("GET", **parameters).webhook)

    assert names() == "abc"
    assert names(order="name desc") == "cba"
    assert names(order="id") == "cab"
    assert names(order="model, id DESC") == "bac"
    assert names(order="'name desc'") == "cba"
    assert names(limit=2) == "ab"
    assert names(limit=2, offset=1) == "bc"
    assert names(offset=3) == ""
    assert names(order="", limit="", offset="", domain="") == "abc"
    for yes in ("True", "true", "1"):
        assert api.call("GET", count=yes, limit=1).json() == {"count": 3}
    assert names(count="False") == "abc"
    assert api.call("GET", "/count").json() == {"count": 3}


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("[]", "abc"),
        ("[('name', '=', 'a')]", "a"),
        ('[["name", "in", ["a", "b"]]]', "ab"),
        ("[('name', 'not in', ['a'])]", "bc"),
        ("['|', ('name', '=', 'a'), ('name', '=', 'c')]", "ac"),
        ("['!', ('name', '=', 'a')]", "bc"),
        ("[('name', 'ilike', 'B')]", "b"),
        ("[('kind', '=', 'on_unlink')]", "b"),
        ("('name', '=', 'a'),('kind', '=', 'on_write')", "a"),
        ("[('fields', '=', ['name', 'ref'])]", "c"),
        ("[('fields', '=', [])]", "ab"),
        ("[('fields', '!=', [])]", "c"),
        ("[('condition', '=', [])]", "bc"),
        ("[('condition', '=', [('name', '=', 'x')])]", "a"),
        ("[('payload_fields', '=', ['name', 'ref'])]", "b"),
        ("[('payload_fields', '=', [])]", "ac"),
        ("[('only_on_entering', '=', True)]", "a"),
        ("[('paused_at', '=', False)]", "abc"),
        ("[('paused_at', '!=', False)]", ""),
        ("[('paused_at', '>', '2020-01-01')]", ""),
        ("[('pause_reason', 'ilike', 'gone')]", ""),
        ("[('active', '=', True)]", "abc"),
        ("[('active', '=', False)]", "d"),
        ("[('active', '!=', True)]", "d"),
        ("['|', ('active', '=', True), ('active', '=', False)]", "abcd"),
        ("[('create_date', '>', '2020-01-01')]", "abc"),
        ("[('write_date', '<', '2020-01-01 10:00:00')]", ""),
        ("[('id', '>', 0)]", "abc"),
        ("[('language', '=', 'en_US'), ('format', '!=', 'xml'), ('address', 'like', 'example.com')]", "abc"),
    ],
)
def test_a_domain_filters(api, domain, found):
    api.create(name="a", condition=[("name", "=", "x")], only_on_entering=True)
    api.create(name="b", kind="on_unlink", payload_fields=["name", "ref"])
    api.create(name="c", fields=["name", "ref"])
    api.create(name="d", active=False)
    assert "".join(webhook["name"] for webhook in api.call("GET", domain=domain).webhook) == found
    assert api.call("GET", "/count", domain=domain).json() == {"count": len(found)}


def test_an_archived_webhook_is_found_by_its_id(api):
    webhook = api.create(active=False)
    path = f"/{webhook['id']}"
    assert api.call("GET").webhook == []
    assert api.call("GET", path).webhook == webhook
    assert api.call("GET", ids=webhook["id"]).webhook == [webhook]
    assert api.call("PUT", path, vals={"active": True}).webhook["active"] is True
    assert len(api.call("GET").webhook) == 1


def test_a_condition_that_was_typed_in_odoo(api, administrator):
    webhook = administrator.subscribe(
        "res.partner", "on_write", "https://example.com/", condition="[('id','in',(1, 2))]"
    )
    assert api.call("GET", f"/{webhook}").webhook["condition"] == [["id", "in", [1, 2]]]
    administrator.call("webhook.webhook", "write", [webhook], {"condition": False})
    assert api.call("GET", f"/{webhook}").webhook["condition"] == []


def test_a_paused_webhook_says_since_when_and_why(api, server):
    webhook = api.create()
    statement = f"""
        UPDATE webhook_webhook SET paused_at = '2026-11-02 12:15:47', pause_reason = 'It is gone.', pause_cause = 'definition'
         WHERE id = {webhook["id"]}"""
    server.workspace.server.sql(statement, server.database)
    paused = {**webhook, "paused_at": "2026-11-02 12:15:47", "pause_reason": "It is gone."}
    assert api.call("GET", f"/{webhook['id']}").webhook == paused
    for domain in (
        "[('paused_at', '!=', False)]",
        "[('paused_at', '<', '2026-11-03')]",
        "[('pause_reason', 'like', 'gone')]",
    ):
        assert api.call("GET", domain=domain).webhook == [paused]
    mended = api.call("PUT", f"/{webhook['id']}", vals={"fields": ["name"]}).webhook
    assert (mended["paused_at"], mended["pause_reason"]) == (None, None)


def test_the_version(api, server):
    version = api.send("GET", "/restapi/1.0/common/version").json()
    assert version["server_serie"] == server.series.name
    assert version["api_version"] == "1.0"
    api.send("GET", "/restapi/1.0/common/version?x=1").refused(403, "none")
