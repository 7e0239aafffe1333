"""Asking a person for access, and what becomes of those who ask wrongly (numbers: the list of attacks)."""

import re

import pytest
import requests

from .support import CALLBACK, CHALLENGE, Person, returned


@pytest.fixture
def ask(provider, admin):
    """``ask(application, **parameters)`` opens the consent page as the administrator."""

    def authorize(application, person=None, **parameters):
        asked = {"response_type": "code", "client_id": application.key, "redirect_uri": CALLBACK, **parameters}
        kept = {name: value for name, value in asked.items() if value is not None}
        return (person or admin).authorize(provider.address("oauth2/authorize"), **kept)

    return authorize


def test_after_the_login_the_page_names_the_application_and_what_it_may_do(ask, application):  # A9
    page = ask(application(name="Lager & <b>Co</b>"), scope="webhooks", state="x")
    assert page.status_code == 200
    assert "Lager &amp; &lt;b&gt;Co&lt;/b&gt;" in page.text  # A11
    assert "<b>Co</b>" not in page.text
    assert "change and delete your webhooks" in page.text


def test_the_page_may_not_be_framed_kept_or_leak_its_address(ask, client):  # A8, A13
    page = ask(client)
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_allowed_it_goes_back_with_code_state_and_issuer(ask, admin, client, provider):  # A12
    state = 'a b&c=d%2F+ü“"<>'
    where, sent = returned(admin.answer(ask(client, state=state)))
    assert where == CALLBACK
    assert set(sent) == {"code", "state", "iss"}
    assert (sent["state"], sent["iss"]) == (state, provider.url)


def test_refused_it_goes_back_without_a_code(ask, admin, client, provider):
    where, sent = returned(admin.answer(ask(client, state="s"), "deny"))
    assert where == CALLBACK
    assert sent == {"error": "access_denied", "state": "s", "iss": provider.url}


@pytest.mark.parametrize(
    "uri",
    [
        "https://attacker.example.com/callback",
        CALLBACK + "/",
        CALLBACK + "?x=1",
        CALLBACK + ".attacker.example.com",
        CALLBACK.upper(),
        CALLBACK.replace("callback", "Callback"),
        CALLBACK.replace("callback", "%63allback"),
        CALLBACK + "#fragment",
        CALLBACK.replace("https://", "https://user@"),
        CALLBACK.replace("https://client.example.com", "https://client.example.com@attacker.example.com"),
        CALLBACK.replace("https", "http"),
        CALLBACK.replace("/callback", "/callback/../other"),
        CALLBACK.replace("/callback", "/./callback"),
        "//client.example.com/callback",
        "javascript:alert(1)",
        "https://client.example.com:444/callback",
    ],
)
def test_another_redirect_uri_gets_a_page_never_a_redirect(ask, client, uri):  # A1, A2
    page = ask(client, redirect_uri=uri, response_type="token", scope="nonsense")
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a_loopback_redirect_may_have_another_port(ask, admin, application, odoo):
    phone = application(confidential=False, secret=False, redirect_uris="http://127.0.0.1/cb http://[::1]:1/cb")
    # The oauthlib of Debian 11, which the tests on 14.0 use, knows no IPv6 address.
    for uri in ("http://127.0.0.1:4711/cb", *(["http://[::1]:4712/cb"] if odoo.series.number > 14 else [])):
        page = ask(phone, redirect_uri=uri, code_challenge=CHALLENGE, code_challenge_method="S256")
        assert returned(admin.answer(page))[0] == uri
    for uri in (
        "http://127.0.0.1:4711/other",
        "http://127.0.0.2:4711/cb",
        "http://localhost:4711/cb",
        "https://127.0.0.1/cb",
        "web+evil://127.0.0.1/cb",
        "HTTP://127.0.0.1:4711/cb",
        "http://user@127.0.0.1:4711/cb",
    ):
        assert ask(phone, redirect_uri=uri).status_code == 400


@pytest.mark.parametrize(
    "uri",
    [
        "http://client.example.com/",
        "https://u@x.com/",
        "https://x.com/#f",
        "javascript:x",
        "/cb",
        "https:///cb",
        "https://*/",
    ],
)
def test_such_redirect_uris_cannot_be_registered(application, uri):
    with pytest.raises(Exception, match="redirect"):
        application(redirect_uris=uri)


def test_an_unknown_or_archived_application_gets_a_page(ask, client, provider, admin):  # A3
    client.write(active=False)
    assert ask(client).status_code == 400
    client.key = "x" * 32
    assert ask(client).status_code == 400
    assert admin.open(provider.address("oauth2/authorize")).status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "scope", "state"])
def test_a_parameter_twice_gets_a_page(ask, client, name):  # A4
    values = {
        "client_id": client.key,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "webhooks",
        "state": "s",
    }
    page = ask(client, **{**values, name: [values[name], values[name]]})
    assert page.status_code == 400
    assert "Location" not in page.headers


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),  # A5
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "webhooks admin"}, "invalid_scope"),  # C12
        ({"code_challenge": CHALLENGE}, "invalid_request"),  # that would mean "plain"
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),  # A18
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "a", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "ü" * 43, "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_to_the_application(ask, client, parameters, error):
    answer = ask(client, state="s", **parameters)
    where, sent = returned(answer)
    assert where == CALLBACK
    assert (sent["error"], sent["state"]) == (error, "s")
    assert "code" not in sent


def test_a_public_application_must_use_pkce(ask, admin, public):  # A19
    assert returned(ask(public))[1]["error"] == "invalid_request"
    page = ask(public, code_challenge=CHALLENGE, code_challenge_method="S256")
    assert "code" in returned(admin.answer(page))[1]


def test_the_answer_needs_its_csrf_token(ask, admin, client):  # A6
    page = ask(client)
    answer = admin.answer(page, csrf_token="wrong")
    assert answer.status_code in (400, 403)
    assert "Location" not in answer.headers


def test_the_answer_counts_once(ask, admin, client):  # A6
    page = ask(client)
    returned(admin.answer(page))
    again = admin.answer(page)
    assert again.status_code == 400
    assert "Location" not in again.headers


def test_a_question_is_answered_by_the_one_who_was_asked(ask, server, admin, client):  # A6
    victim_page = ask(client)
    other = Person(server.url)
    own = ask(client, person=other)
    asked = re.search(r'name="consent" value="(\w+)"', victim_page.text).group(1)
    assert other.answer(own, consent=asked).status_code == 400, "the same user in another session"


def test_an_old_question_is_not_answered(ask, admin, client, sql):  # A6
    page = ask(client)
    sql("UPDATE restapi_consent SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 second'")
    assert admin.answer(page).status_code == 400


def test_of_two_tabs_each_answers_for_its_own_application(ask, admin, application):  # A7
    one, other = application(name="One"), application(name="Other", redirect_uris="https://other.example.com/cb")
    first = ask(one)
    second = ask(other, redirect_uri="https://other.example.com/cb")
    assert returned(admin.answer(first))[0] == CALLBACK
    assert returned(admin.answer(second))[0] == "https://other.example.com/cb"


def test_what_was_asked_cannot_be_changed_in_the_form(ask, admin, client, provider):
    page = ask(client, scope="webhooks.read")
    code = returned(admin.answer(page, scope="webhooks", client_id="x", redirect_uri="https://attacker.example.com"))[
        1
    ]["code"]
    token = provider.token(client, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert token.json()["scope"] == "webhooks.read"


def test_an_employee_without_the_group_cannot_allow_anything(ask, server, client, user):
    user("clerk")
    page = ask(client, person=Person(server.url, "clerk", "clerk"))
    assert page.status_code == 403
    assert "Webhooks / Manager" in page.text


def test_another_method_is_refused(provider, client):
    for method in ("PUT", "DELETE"):
        answer = requests.request(method, provider.address("oauth2/authorize"), timeout=30)
        assert answer.status_code in (404, 405)


def test_the_metadata_say_what_there_is(provider):  # C16
    answer = requests.get(f"{provider.url}/.well-known/oauth-authorization-server", timeout=30)
    said = answer.json()
    assert said["issuer"] == provider.url
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert said["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    for name in ("authorization", "token", "revocation", "introspection"):
        found = requests.get(said[f"{name}_endpoint"], timeout=30)
        assert found.status_code in (400, 405), "the address is there"
