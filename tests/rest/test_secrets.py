"""Secrets can be set through the API; they are told once, or never."""

import json

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .support import Api, new_token

OWN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AUTH = {"auth_type": "basic", "auth_user": "shop", "auth_secret": "hidden-password"}
HEADERS = {"X-Api-Key": "hidden-value", "x-other": "Grüße"}


@pytest.fixture
def create(api, receiver):
    """``create(**values)`` makes a webhook with a JSON body, and returns it as it was answered."""

    def create(**values):
        vals = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": receiver.url("/hook"), **values}
        return api.post_json("POST", vals=vals).webhook

    return create


@pytest.fixture
def sent(api, receiver):
    """``sent(id)`` sends a test notification, and returns it as it was received."""

    def send(webhook):
        receiver.clear()
        assert api.call("POST", f"/{webhook}/test").status == 200
        (request,) = receiver.got()
        return request

    return send


def verifies(request, secret):
    try:
        return Webhook(secret).verify(request.body, request.headers) is not None
    except WebhookVerificationError:
        return False


def test_a_new_webhook_tells_its_secret_once(api, create, sent):
    created = create()
    assert list(created)[-1] == "secret"
    assert verifies(sent(created["id"]), created["secret"])
    for answer in (
        api.call("GET"),
        api.call("GET", f"/{created['id']}"),
        api.call("PUT", f"/{created['id']}", vals={"name": "Elm"}),
    ):
        assert created["secret"] not in answer.body.decode()
        assert "secret" not in answer.body.decode()


def test_a_secret_of_ones_own_is_not_told_back(api, create, sent):
    created = create(secret=OWN)
    assert "secret" not in created
    request = sent(created["id"])
    assert request.header("webhook-signature").count("v1,") == 1
    assert verifies(request, OWN)


def test_a_rotation_tells_the_new_one_and_signs_with_both(api, create, sent):
    created = create()
    answer = api.call("POST", f"/{created['id']}/secret")
    assert list(answer.json()) == ["secret"]
    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()["secret"]
    assert new != created["secret"]
    request = sent(created["id"])
    assert verifies(request, new)
    assert verifies(request, created["secret"])
    last = api.post_json("POST", f"/{created['id']}/secret", hours=0).json()["secret"]
    request = sent(created["id"])
    assert [verifies(request, secret) for secret in (last, new, created["secret"])] == [True, False, False]


def test_a_secret_written_later_leaves_the_old_one_valid_for_a_day(api, create, sent):
    created = create()
    assert api.post_json("PUT", f"/{created['id']}", vals={"secret": OWN}).status == 200
    request = sent(created["id"])
    assert verifies(request, OWN)
    assert verifies(request, created["secret"])


def test_a_rotation_in_xml(api, create):
    answer = api.call("POST", f"/{create()['id']}/secret", {"Accept": "application/xml"})
    assert answer.xml().findtext("secret").startswith("whsec_")


@pytest.mark.parametrize("hours", [-1, 169, "'a'", 1.5, "True"])
def test_hours_that_are_refused(api, create, hours):
    api.call("POST", f"/{create()['id']}/secret", hours=hours).refused(403, "a number from 0 to 168")


def test_the_eleventh_old_secret_is_refused(api, create):
    webhook = create()["id"]
    assert [api.call("POST", f"/{webhook}/secret").status for _each in range(11)] == [200] * 10 + [403]
    api.call("POST", f"/{webhook}/secret").refused(403, "10 old secrets of this webhook are still valid")


def test_only_who_may_see_a_webhook_rotates_its_secret(manager_api, create, server, administrator):
    webhook = create()["id"]
    manager_api.call("POST", f"/{webhook}/secret").refused(404)
    manager_api.call("POST", "/999999/secret").refused(404)
    reader = Api(server, new_token(server, administrator.uid, "webhooks.read"))
    reader.call("POST", f"/{webhook}/secret").refused(403)


def test_headers_and_authentication(api, create, sent):
    webhook = create(headers=HEADERS, **AUTH)["id"]
    request = sent(webhook)
    assert [(name, value) for name, value in request.headers.items() if name in HEADERS] == list(HEADERS.items())
    assert request.header("Authorization") == "Basic c2hvcDpoaWRkZW4tcGFzc3dvcmQ="
    changed = {"headers": {"X-Api-Key": "other"}, "auth_type": "bearer", "auth_secret": "token"}
    assert api.post_json("PUT", f"?ids={webhook}", vals=changed).status == 200
    request = sent(webhook)
    assert (request.header("X-Api-Key"), request.header("x-other")) == ("other", None)
    assert request.header("Authorization") == "Bearer token"
    assert api.post_json("PUT", f"/{webhook}", vals={"headers": {}, "auth_type": "none"}).status == 200
    request = sent(webhook)
    assert (request.header("X-Api-Key"), request.header("Authorization")) == (None, None)


def test_several_webhooks_get_the_same_headers_and_the_same_secret(api, create, sent):
    ids = [create(headers={"X-Old": "1"})["id"], create()["id"]]
    assert api.post_json("PUT", ids=ids, vals={"headers": HEADERS, "secret": OWN}).status == 200
    for webhook in ids:
        request = sent(webhook)
        assert request.header("X-Api-Key") == "hidden-value"
        assert request.header("X-Old") is None
        assert verifies(request, OWN)


def test_no_answer_tells_them(api, create, sent):
    created = create(headers=HEADERS, secret=OWN, **AUTH)
    webhook = created["id"]
    answers = [api.call("POST", f"/{webhook}/test").body, json.dumps(created).encode()]
    answers += [api.call("GET", path).body for path in ("", f"/{webhook}", f"/{webhook}/deliveries")]
    for answer in answers:
        for secret in ("hidden-value", "hidden-password", OWN[6:], "c2hvcDpoaWRkZW4tcGFzc3dvcmQ="):
            assert secret not in answer.decode()


@pytest.mark.parametrize("name", ["secret", "headers", "auth_type", "auth_user", "auth_secret", "hidden_auth_secret"])
def test_nothing_can_be_asked_about_them(api, create, name):
    create(headers=HEADERS, secret=OWN, **AUTH)
    api.call("GET", domain=[(name, "like", "h%")]).refused(403, name)
    api.call("GET", fields=[name]).refused(403, name)
    api.call("GET", order=name).refused(403, name)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"secret": "whsec_"}, "24 to 64 bytes"),
        ({"secret": ""}, "must be a text"),
        ({"secret": None}, "must be a text"),
        ({"headers": []}, "names with their values"),
        ({"headers": {"X-A": 1}}, "names with their values"),
        ({"headers": {"X A": "1"}}, "cannot be the name"),
        ({"headers": {"X-A": "1\r\nEvil: 1"}}, "one line"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "there twice"),
        ({"headers": {"Host": "evil.example.com"}}, "set by Odoo"),
        ({"headers": {"Authorization": "x"}}, "set by the authentication"),
        ({"auth_type": "digest"}, "Use one of: none, basic, bearer"),
        ({"auth_type": "basic", "auth_user": "a:b", "auth_secret": "x"}, "without a colon"),
        ({"auth_type": "bearer"}, "needs a token"),
        ({"auth_type": "bearer", "auth_secret": "a\r\nEvil: 1"}, "one word"),
    ],
    ids=range(14),
)
def test_values_that_are_refused_and_not_quoted(api, create, values, word):
    webhook = create()["id"]
    for answer in (
        api.post_json("PUT", f"/{webhook}", vals=values),
        api.post_json(
            "POST",
            vals={
                "name": "Elm",
                "model": "res.partner",
                "kind": "on_write",
                "address": "https://example.com/",
                **values,
            },
        ),
    ):
        assert "Evil" not in answer.refused(403, word)
    assert [each["name"] for each in api.call("GET").webhook] == ["Oak"]
