"""Codes and refresh tokens become access tokens, for their own application and once (numbers: the list of attacks)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .support import CALLBACK, CHALLENGE, COMMON, VERIFIER, raw

CODE = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def refused(answer, error, status=400):
    assert (answer.status_code, answer.json().get("error")) == (status, error), answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return True


def test_a_code_becomes_tokens(provider, client, grant):
    answer = provider.token(client, code=grant(client)["code"], **CODE)
    tokens = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "webhooks")
    assert tokens["expires_in"] == tokens["access_token_validity"] == 3600
    assert provider.works(tokens["access_token"])
    assert not provider.works(tokens["refresh_token"]), "A29"


def test_the_body_may_carry_the_secret_too_and_be_multipart(provider, client, grant):  # C11, C15
    answer = provider.token(client, basic=False, path="oauth2/token", code=grant(client)["code"], **CODE)
    assert answer.status_code == 200
    parts = {**CODE, "code": grant(client)["code"]}
    answer = requests.post(
        provider.address("oauth2/access_token"), files={name: (None, value) for name, value in parts.items()},
        auth=(client.key, client.secret), timeout=30,
    )  # fmt: skip
    assert answer.status_code == 200


def test_a_code_works_once_and_its_second_use_takes_the_tokens_away(provider, client, grant):  # A14
    code = grant(client)["code"]
    token = provider.token(client, code=code, **CODE).json()["access_token"]
    assert provider.works(token)
    assert refused(provider.token(client, code=code, **CODE), "invalid_grant")
    assert not provider.works(token)


def test_of_two_exchanges_at_once_one_succeeds(provider, client, grant):  # A20
    for _round in range(3):
        code = grant(client)["code"]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _n, code=code: provider.token(client, code=code, **CODE), range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


def test_an_old_code_is_refused(provider, client, grant, sql):  # A15
    code = grant(client)["code"]
    sql("UPDATE restapi_token SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 second' WHERE kind = 'code'")
    assert refused(provider.token(client, code=code, **CODE), "invalid_grant")


def test_a_code_of_another_application_is_refused(provider, client, application, grant):  # A16
    thief = application(name="Thief")
    code = grant(client)["code"]
    assert refused(provider.token(thief, code=code, **CODE), "invalid_grant")
    assert refused(provider.token(thief, basic=False, code=code, **CODE), "invalid_grant")
    assert refused(provider.token(thief, code=code, client_id=client.key, **CODE), "invalid_client", 401)
    assert provider.token(client, code=code, **CODE).status_code == 200, "it was not used up by that"


def test_the_redirect_uri_must_be_the_one_that_was_sent(provider, client, grant):  # A17
    code = grant(client)["code"]
    wrong = dict(CODE, redirect_uri=CALLBACK + "2")
    assert refused(provider.token(client, code=code, **wrong), "invalid_request")
    assert refused(provider.token(client, code=code, grant_type="authorization_code"), "invalid_request")
    assert provider.token(client, code=code, **CODE).status_code == 200
    code = grant(client, redirect_uri=None)["code"]
    assert provider.token(client, code=code, grant_type="authorization_code").status_code == 200


@pytest.mark.parametrize(
    "verifier", [None, "", "a", VERIFIER[:-1] + "l", "a" * 129, "ü" * 43, CHALLENGE, VERIFIER + "="]
)
def test_a_missing_or_wrong_verifier_is_refused(provider, public, grant, verifier):  # A18
    code = grant(public, **PKCE)["code"]
    given = {} if verifier is None else {"code_verifier": verifier}
    assert provider.token(public, basic=False, code=code, **given, **CODE).status_code == 400
    answer = provider.token(public, basic=False, code=code, code_verifier=VERIFIER, **CODE)
    assert answer.status_code == 200, "a wrong one does not use the code up"
    assert provider.works(answer.json()["access_token"])


def test_a_verifier_without_challenge_is_refused(provider, client, grant):  # A18, downgrade
    assert refused(provider.token(client, code=grant(client)["code"], code_verifier=VERIFIER, **CODE), "invalid_grant")


def test_a_public_application_needs_no_secret_and_may_not_send_one(provider, public, grant):  # A19
    code = grant(public, **PKCE)["code"]
    public.secret = "guessed"
    assert refused(
        provider.token(public, basic=False, code=code, code_verifier=VERIFIER, **CODE), "invalid_client", 401
    )
    assert refused(provider.token(public, code=code, code_verifier=VERIFIER, **CODE), "invalid_client", 401)


def test_a_wrong_empty_or_missing_secret_is_refused(provider, client, application, grant):
    code = grant(client)["code"]
    bare = application(name="Without", secret=False)
    for secret in ("wrong", ""):
        client.secret = bare.secret = secret
        for basic in (True, False):
            assert refused(provider.token(client, basic=basic, code=code, **CODE), "invalid_client", 401)
            assert refused(provider.token(bare, basic=basic, grant_type="client_credentials"), "invalid_client", 401)
    answer = provider.token(client, grant_type="client_credentials")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_secret_ends_when_a_new_one_is_made(provider, client):
    assert provider.token(client, grant_type="client_credentials").status_code == 200
    old, client.secret = client.secret, client.new_secret()
    assert provider.token(client, grant_type="client_credentials").status_code == 200
    client.secret = old
    assert refused(provider.token(client, grant_type="client_credentials"), "invalid_client", 401)


def test_credentials_belong_in_the_header_or_a_form(provider, client):  # A21
    address, secret = provider.address("oauth2/access_token"), {"client_id": client.key, "client_secret": client.secret}
    grant = {"grant_type": "client_credentials"}
    assert refused(requests.post(address, params={**secret, **grant}, timeout=30), "invalid_request")
    assert refused(requests.post(address, params=secret, data=grant, timeout=30), "invalid_request")
    assert refused(requests.get(address, params={**secret, **grant}, timeout=30), "invalid_request", 405)
    assert refused(requests.post(address, json={**secret, **grant}, timeout=30), "invalid_request")
    both = requests.post(address, data={**secret, **grant}, auth=(client.key, client.secret), timeout=30)
    assert refused(both, "invalid_client", 401)


@pytest.fixture
def tokens(provider, client, grant):
    return provider.token(client, code=grant(client)["code"], **CODE).json()


def refresh(provider, client, token, **more):
    return provider.token(client, grant_type="refresh_token", refresh_token=token, **more)


def test_a_refresh_token_is_exchanged_for_new_ones(provider, client, tokens):  # A22
    answer = refresh(provider, client, tokens["refresh_token"]).json()
    assert answer["refresh_token"] != tokens["refresh_token"]
    assert provider.works(answer["access_token"])
    assert refresh(provider, client, answer["refresh_token"]).status_code == 200


def test_within_a_minute_it_may_be_sent_again_later_it_was_stolen(provider, client, tokens, sql):  # A22
    first = refresh(provider, client, tokens["refresh_token"]).json()
    again = refresh(provider, client, tokens["refresh_token"])
    assert again.status_code == 200, "the first answer may have been lost"
    sql("UPDATE restapi_token SET used_at = used_at - interval '61 seconds' WHERE kind = 'refresh'")
    assert refused(refresh(provider, client, tokens["refresh_token"]), "invalid_grant")
    assert not provider.works(first["access_token"])
    assert not provider.works(again.json()["access_token"])
    assert refused(refresh(provider, client, first["refresh_token"]), "invalid_grant")


def test_parallel_refreshes_all_get_an_answer(provider, client, tokens):  # A22
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: refresh(provider, client, tokens["refresh_token"]), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


def test_a_refresh_token_of_another_application_is_refused(provider, application, tokens):  # A22
    assert refused(refresh(provider, application(name="Thief"), tokens["refresh_token"]), "invalid_grant")


def test_a_refresh_does_not_widen_what_was_allowed(provider, client, grant):  # A22
    code = grant(client, scope="webhooks.read")["code"]
    tokens = provider.token(client, code=code, **CODE).json()
    assert tokens["scope"] == "webhooks.read"
    assert refused(refresh(provider, client, tokens["refresh_token"], scope="webhooks"), "invalid_scope")
    assert refresh(provider, client, tokens["refresh_token"]).json()["scope"] == "webhooks.read"


def test_a_refresh_may_narrow_it(provider, client, tokens):
    narrow = refresh(provider, client, tokens["refresh_token"], scope="webhooks.read").json()
    assert narrow["scope"] == "webhooks.read"
    assert refresh(provider, client, narrow["refresh_token"]).json()["scope"] == "webhooks"


def test_an_old_refresh_token_is_refused(provider, client, tokens, sql):  # A22
    sql("UPDATE restapi_token SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 second' WHERE kind = 'refresh'")
    assert refused(refresh(provider, client, tokens["refresh_token"]), "invalid_grant")


def test_a_refresh_token_lasts_90_days_from_its_making(provider, client, tokens, sql):
    refresh(provider, client, tokens["refresh_token"])
    days = "extract(epoch FROM expires_at - create_date) / 86400"
    found = sql(f"SELECT {days} FROM restapi_token WHERE kind = 'refresh' ORDER BY id DESC LIMIT 2")
    assert [round(float(each)) for (each,) in found] == [90, 90]


def test_client_credentials_stand_for_the_owner_without_refresh(provider, application, user):
    manager = user("owner", "webhook.webhook_group_manager")
    client = application(user_id=manager)
    answer = provider.token(client, grant_type="client_credentials", scope="webhooks")
    assert "refresh_token" not in answer.json()
    token = answer.json()["access_token"]
    assert provider.token(client, path="oauth2/introspect", token=token).json()["username"] == "owner"


def test_client_credentials_are_for_confidential_applications_of_active_owners(
    provider, public, application, user, odoo
):
    public.secret = ""  # A23
    assert provider.token(public, basic=False, grant_type="client_credentials").status_code in (400, 401)
    clerk = user("clerk2")
    assert refused(provider.token(application(user_id=clerk), grant_type="client_credentials"), "unauthorized_client")
    gone = user("gone", "webhook.webhook_group_manager")
    client = application(user_id=gone)
    odoo.call("res.users", "write", [gone], {"active": False})
    assert refused(provider.token(client, grant_type="client_credentials"), "unauthorized_client")


@pytest.mark.parametrize("name", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x"])
def test_other_grants_are_refused(provider, client, name):  # A24
    answer = provider.token(client, grant_type=name, username="admin", password="admin")
    assert refused(answer, "unsupported_grant_type")


def test_guessing_is_slowed_down_for_the_guesser_alone(provider, client, application):  # A25
    right, client.secret = client.secret, "wrong"
    statuses = [provider.token(client, grant_type="client_credentials").status_code for _n in range(25)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    answer = provider.token(client, grant_type="client_credentials")
    assert int(answer.headers["Retry-After"]) > 0
    assert provider.token(application(name="Bystander"), grant_type="client_credentials").status_code == 200
    client.secret = right
    assert provider.token(client, grant_type="client_credentials").status_code == 429


def test_a_revoked_token_does_not_work(provider, client, tokens):
    revoked = provider.token(client, path="oauth2/revoke", token=tokens["access_token"])
    assert revoked.status_code == 200
    assert not provider.works(tokens["access_token"])
    fresh = refresh(provider, client, tokens["refresh_token"]).json()
    assert provider.token(client, path="oauth2/revoke", token=fresh["refresh_token"]).status_code == 200
    assert not provider.works(fresh["access_token"]), "what was got with a refresh token goes with it"
    assert refused(refresh(provider, client, fresh["refresh_token"]), "invalid_grant")


def test_nobody_revokes_or_looks_into_the_tokens_of_others(provider, application, tokens):  # A32
    other = application(name="Other")
    assert provider.token(other, path="oauth2/revoke", token=tokens["access_token"]).status_code == 200
    assert provider.works(tokens["access_token"])
    assert provider.token(other, path="oauth2/introspect", token=tokens["access_token"]).json() == {"active": False}
    other.secret = "wrong"
    assert refused(provider.token(other, path="oauth2/introspect", token="x"), "invalid_client", 401)


def test_a_look_into_a_token(provider, client, tokens):
    said = provider.token(client, path="oauth2/introspect", token=tokens["access_token"]).json()
    assert said["active"] is True
    assert (said["scope"], said["client_id"], said["username"]) == ("webhooks", client.key, "admin")
    assert 3500 < said["exp"] - said["iat"] <= 3600


def test_no_other_name_of_a_grant_uses_a_code(provider, client, grant):
    code = grant(client)["code"]
    for name in ("openid", "", "authorization_code "):
        answer = provider.token(client, code=code, redirect_uri=CALLBACK, grant_type=name)
        assert answer.status_code == 400, name
    assert provider.token(client, code=code, **CODE).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic \xe9", "Basic AA==", "Basic YQ==", "Basic !", "Basic", "Basic OmE=", "Basic gDqA"]
)
def test_odd_credentials_are_answered(provider, header):
    for path in ("access_token", "revoke", "introspect"):
        form = {"Authorization": header, "Content-Type": "application/x-www-form-urlencoded"}
        status, _headers, body = raw(provider.url, "POST", f"{COMMON}/oauth2/{path}", form, "grant_type=x&token=y")
        assert status in (400, 401), body
        assert json.loads(body)["error"]
    answer = requests.post(
        provider.address("oauth2/token"), data={"client_id": "\0", "grant_type": "refresh_token"}, timeout=30
    )
    assert answer.status_code in (400, 401)
