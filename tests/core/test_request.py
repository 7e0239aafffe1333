"""The request of an attempt: its headers, whatever people and records put into them."""

import base64
import re
import types

import pytest
from odoo.addons.webhook.delivery import credentials, headers, request
from odoo.addons.webhook.delivery.endpoint import Endpoint
from odoo.addons.webhook.delivery.signature import Signer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OURS = ["Content-Type", "User-Agent", "Accept", "Accept-Encoding", "webhook-id", "webhook-timestamp", "webhook-signature",
        "X-Odoo-Event", "X-Odoo-Model", "X-Odoo-Database", "X-Odoo-Attempt"]  # fmt: skip


def job(**values):
    known = {"event": "evt_1", "model": "res.partner", "kind": "on_write", "format": "json", "body": "{}", **values}
    return types.SimpleNamespace(**known)


def endpoint(**values):
    return Endpoint("https://example.com/hook", **{"secrets": [SECRET], **values})


def build(target=None, database="prod", **values):
    return request.build(job(**values), target or endpoint(), 3, database, "19.0.1.0.0")


def test_the_request_of_an_attempt(monkeypatch):
    monkeypatch.setattr(request.time, "time", lambda: 1795751107.9)
    built = build(body='{"name": "Société"}')
    assert built.url == "https://example.com/hook"
    assert built.body == '{"name": "Société"}'.encode()
    assert built.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Odoo-Webhook/19.0.1.0.0",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "webhook-id": "evt_1",
        "webhook-timestamp": "1795751107",
        "webhook-signature": Signer([SECRET]).sign("evt_1", 1795751107, built.body),
        "X-Odoo-Event": "res.partner.on_write",
        "X-Odoo-Model": "res.partner",
        "X-Odoo-Database": "prod",
        "X-Odoo-Attempt": "3",
    }


def test_custom_headers_are_sent_in_the_case_in_which_they_are_written():  # 11
    built = build(endpoint(custom=[("X-API-key", "one"), ("x-other", "Grüße")]))
    assert [(name, value) for name, value in built.headers.items() if name not in OURS] == [
        ("X-API-key", "one"),
        ("x-other", "Grüße"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "X A", "X\rA", "X\nA", "X\r\nEvil", "X\0", "X:", "", " X", "X ", "Ä", "X(", 'X"', "x" * 4097, None,
    ],
    ids=repr,
)  # fmt: skip
def test_a_name_that_is_no_token_is_refused(name):  # 9
    with pytest.raises(headers.RefusedHeader, match="cannot be the name of a header"):
        headers.check([(name, "value")])


@pytest.mark.parametrize(
    "value",
    ["a\rb", "a\nb", "a\r\nEvil: 1", "a\0b", "a\tb", "a\x7fb", "a\x85b", "日本", " a", "a ", "\xa0a", "a\u2028b", "😀"],
    ids=repr,
)
def test_a_value_that_cannot_be_sent_is_refused_and_not_quoted(value):  # 9
    with pytest.raises(headers.RefusedHeader, match="one line of printable latin-1") as refused:
        headers.check([("X-A", value)])
    assert f"“{value}”" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ([("X-A", "")], "has no value"),
        ([("X-A", None)], "has no value"),
        ([("X-A", "x" * 4097)], "longer than 4096"),
        ([("X-A", "1"), ("x-a", "2")], "is there twice"),
        ([("X-A", "1"), ("X_A", "2")], "is there twice"),
        ([(f"X-{number}", "1") for number in range(21)], "at most 20"),
    ],
    ids=range(6),
)
def test_other_headers_that_are_refused(given, word):  # 9
    with pytest.raises(headers.RefusedHeader, match=word):
        headers.check(given)


def test_headers_that_are_fine():  # 9
    headers.check([(f"X-{number}", "x" * 4096) for number in range(20)])
    headers.check([("!#$%&'*+-.^_`|~0aZ", "~ !\xa1 \xff"), ("Idempotency-Key", "1"), ("traceparent", "00-1-2-01")])


@pytest.mark.parametrize(
    "name",
    [
        "User-Agent", "content-type", "HOST", "Content-Length", "Transfer-Encoding", "webhook-id", "Webhook-Signature",
        "webhook_signature", "X-Odoo-Event", "x_odoo_anything", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
        "Cookie", "Set-Cookie", "Expect", "Accept-Encoding", "Accept", "Proxy-Authorization", "Proxy-Connection",
        "Sec-Fetch-Mode", "Via", "Date", "Content-Encoding",
    ],
)  # fmt: skip
def test_no_header_of_ours_or_of_the_connections_can_be_replaced(name):  # 10
    with pytest.raises(headers.RefusedHeader, match="is set by Odoo or by the connection"):
        headers.check([(name, "x")])


def test_authorization_is_no_custom_header():  # 10
    with pytest.raises(headers.RefusedHeader, match="set by the authentication"):
        headers.check([("authorization", "Basic x")])


def test_every_header_of_ours_is_forbidden_to_others():
    for name in build(endpoint(auth_type="bearer", auth_secret="token")).headers:
        with pytest.raises(headers.RefusedHeader):
            headers.check([(name, "x")])


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"custom": [("X-A", "1\r\nEvil: 1")]}, "one line"),
        ({"custom": [("Host", "evil.example.com")]}, "set by Odoo"),
        ({"auth_type": "bearer", "auth_secret": "x\r\nEvil: 1"}, "one word"),
        ({"auth_type": "basic", "auth_user": "a", "auth_secret": None}, "password"),
        ({"secrets": []}, "no secret to sign with"),
        ({"secrets": ["whsec_short"]}, "24 to 64 bytes|base64"),
    ],
    ids=range(6),
)
def test_what_sql_changed_in_a_row_sends_nothing(values, word):
    with pytest.raises(ValueError, match=word):
        build(endpoint(**values))


@pytest.mark.parametrize("event", ["evt.1", "evt 1", "evt\r\nEvil: 1", "", "é"])
def test_an_event_whose_id_cannot_be_signed_is_not_sent(event):  # 13
    with pytest.raises(ValueError, match="id cannot be sent"):
        build(event=event)


def test_names_of_models_and_databases_cannot_inject_a_line():
    built = build(model="x\r\nEvil: 1", kind="on_write\n", database="pröd\r\nEvil: 1 %")
    assert built.headers["X-Odoo-Database"] == "pr%C3%B6d%0D%0AEvil: 1 %"
    assert built.headers["X-Odoo-Model"] == "x%0D%0AEvil: 1"
    assert built.headers["X-Odoo-Event"] == "x%0D%0AEvil: 1.on_write%0A"


def test_what_a_record_holds_is_in_the_body_alone():
    built = build(body='{"name": "x\\r\\nEvil: 1"}')
    assert not re.search(r"[\r\n]|Evil", "".join(f"{name}{value}" for name, value in built.headers.items()))
    assert b"Evil" in built.body


@pytest.mark.parametrize(
    ("user", "password", "word"),
    [
        ("", "x", "needs a user name"),
        ("a:b", "x", "without a colon"),
        ("a", "", "needs the user's password"),
        ("a\r\n", "x", "control characters"),
        ("a", "x\x00", "control characters"),
        ("a", "x\x85", "control characters"),
        ("a", "x" * 4096, "longer than"),
    ],
)
def test_basic_credentials_that_are_refused(user, password, word):  # 12
    with pytest.raises(credentials.RefusedCredentials, match=word) as refused:
        credentials.authorization("basic", user, password)
    assert len(password) < 2 or password not in str(refused.value)


@pytest.mark.parametrize("token", ["a b", "a\r\nb", "é", " ab", "a\0"])
def test_tokens_that_are_refused(token):
    with pytest.raises(credentials.RefusedCredentials, match="one word") as refused:
        credentials.authorization("bearer", None, token)
    assert token not in str(refused.value)


def test_credentials_as_they_are_sent():
    sent = credentials.authorization("basic", "Jürgen", "p@ss:wörd%20")
    assert base64.b64decode(sent[len("Basic ") :]) == "Jürgen:p@ss:wörd%20".encode()
    assert credentials.authorization("bearer", "ignored", "abc.DEF-1~+/=") == "Bearer abc.DEF-1~+/="
    assert credentials.authorization("none", "a", "b") is None
    assert build(endpoint(auth_type="bearer", auth_secret="abc")).headers["Authorization"] == "Bearer abc"
    assert "Authorization" not in build().headers


def test_an_endpoint_shows_no_secret_and_cannot_be_changed():  # 7
    target = endpoint(custom=[("X-A", "hidden-value")], auth_type="basic", auth_user="a", auth_secret="hidden-password")
    for text in (repr(target), str(target), f"{[target]}"):
        assert "hidden" not in text
        assert SECRET[6:] not in text
        assert "https://example.com/hook" in text
    answer = "Authorization: Basic YTpoaWRkZW4tcGFzc3dvcmQ= hidden-password {hidden-value}"
    assert target.masked(answer) == "Authorization: Basic ••• ••• {•••}"
    assert endpoint(custom=[("X-A", "1")]).masked('{"received": 1}') == '{"received": 1}'
    with pytest.raises(AttributeError):
        target.address = "https://evil.example.com"
    with pytest.raises(AttributeError):
        target.more = 1
