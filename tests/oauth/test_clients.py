"""The flows with clients that were written by others: requests-oauthlib and Authlib."""

import pytest
from authlib.integrations.requests_client import OAuth1Session as AuthlibOAuth1
from authlib.integrations.requests_client import OAuth2Session as AuthlibOAuth2
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth1Session, OAuth2Session

from .support import CALLBACK, WEBHOOKS, Application


@pytest.fixture(autouse=True)
def insecure(monkeypatch):
    """Both refuse plain HTTP, which the tests use on loopback."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def allowed(admin):
    """``allowed(address)``: the administrator allows access; returns where the browser is sent."""
    return lambda address: admin.answer(admin.authorize(address)).headers["Location"]


def test_requests_oauthlib_2(provider, client, allowed):
    session = OAuth2Session(client.key, redirect_uri=CALLBACK, scope=["webhooks"], pkce="S256")
    address, _state = session.authorization_url(provider.address("oauth2/authorize"))
    token = session.fetch_token(
        provider.address("oauth2/access_token"), authorization_response=allowed(address), client_secret=client.secret
    )
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200
    session.refresh_token(provider.address("oauth2/access_token"), auth=(client.key, client.secret))
    assert session.token["access_token"] != token["access_token"]
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200


def test_requests_oauthlib_client_credentials(provider, client):
    session = OAuth2Session(client=BackendApplicationClient(client.key, scope=["webhooks"]))
    session.fetch_token(provider.address("oauth2/token"), client_secret=client.secret, include_client_id=False)
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200


def test_authlib_2_with_a_public_application(provider, public, allowed):
    verifier = "v" * 64
    session = AuthlibOAuth2(
        public.key, redirect_uri=CALLBACK, scope="webhooks", token_endpoint_auth_method="none",
        code_challenge_method="S256",
    )  # fmt: skip
    address, _state = session.create_authorization_url(provider.address("oauth2/authorize"), code_verifier=verifier)
    session.fetch_token(
        provider.address("oauth2/access_token"), authorization_response=allowed(address), code_verifier=verifier
    )
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200
    session.refresh_token(provider.address("oauth2/access_token"))
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200
    session.revoke_token(provider.address("oauth2/revoke"), session.token["refresh_token"])
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 401


def test_authlib_client_credentials(provider, client):
    session = AuthlibOAuth2(client.key, client.secret, scope="webhooks")
    session.fetch_token(provider.address("oauth2/access_token"), grant_type="client_credentials")
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200


@pytest.mark.parametrize("make", [OAuth1Session, AuthlibOAuth1])
def test_oauth_1(provider, odoo, allowed, make):
    consumer = Application(odoo, name="Old connector", oauth1=True)
    names = {"callback_uri": CALLBACK} if make is OAuth1Session else {"redirect_uri": CALLBACK}
    session = make(consumer.key, consumer.secret, **names)
    session.fetch_request_token(provider.address("oauth1/request_token"))
    back = allowed(
        session.authorization_url(provider.address("oauth1/authorize"))
        if make is OAuth1Session
        else session.create_authorization_url(provider.address("oauth1/authorize"))
    )
    session.parse_authorization_response(back)
    session.fetch_access_token(provider.address("oauth1/access_token"))
    assert session.get(provider.url + WEBHOOKS, timeout=30).status_code == 200
    answer = session.get(provider.url + WEBHOOKS, params={"fields": "['name']", "limit": "5"}, timeout=30)
    assert answer.status_code == 200
