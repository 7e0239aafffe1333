"""Reading webhooks: one, several, all; how many."""


def test_the_list_of_nothing_is_empty(api):
    answer = api.call("GET")
    assert answer.json() == {"webhook": []}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept"


def test_a_webhook_has_the_public_names_and_no_others(api):
    created = api.create(fields=["name", "country_id.code"], condition=[["name", "!=", False]])
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
        "condition": [["name", "!=", False]],
        "active": True,
    }
