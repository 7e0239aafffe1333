"""What a token opens, and when it stops (numbers: the list of attacks)."""

import pytest
import requests
from oauthlib.oauth1 import Client

from tools.server import OdooServer

from .support import COMMON, WEBHOOKS, Application, raw


@pytest.fixture
def token(provider, client):
    return provider.token(client, grant_type="client_credentials", scope="webhooks").json()["access_token"]


def test_the_header_alone_carries_it(provider, token):  # A29
    url = f"{provider.url}{WEBHOOKS}"
    assert requests.get(url, params={"access_token": token}, timeout=30).status_code == 401
    assert requests.post(url, data={"access_token": token}, timeout=30).status_code == 401
    for scheme in ("bearer", "BEARER", "Bearer"):
        assert requests.get(url, headers={"Authorization": f"{scheme} {token}"}, timeout=30).status_code == 200
    for value in (token, f"Basic {token}", "Bearer", f"Bearer{token}", f"Bearer {token} {token}"):
        answer = requests.get(url, headers={"Authorization": value}, timeout=30)
        assert answer.status_code == 401
        assert "Bearer" in answer.headers["WWW-Authenticate"]
        assert answer.json()["status"] == 401


def test_without_any_it_is_not_answered(provider):
    status, headers, body = raw(provider.url, "GET", WEBHOOKS)
    assert status == 401
    assert "Traceback" not in body
    assert headers["WWW-Authenticate"]


def test_a_session_does_not_open_it(provider, admin):  # A54
    admin.log_in()
    assert admin.browser.get(f"{provider.url}/web/session/get_session_info", timeout=30).status_code != 401
    assert admin.open(f"{provider.url}{WEBHOOKS}").status_code == 401


def test_it_ends_after_its_time(provider, token, sql):  # A28, A31
    assert provider.works(token)
    sql("UPDATE restapi_token SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 second'")
    assert not provider.works(token)


def test_a_code_is_no_token(provider, client, grant):  # A29
    assert not provider.works(grant(client)["code"])


def test_it_ends_with_its_application(provider, client, token):  # A28
    client.write(active=False)
    assert not provider.works(token)
    client.write(active=True)
    assert provider.works(token)
    client.client.call("restapi.application", "action_revoke_tokens", [client.id])
    assert not provider.works(token)


def test_it_ends_with_its_user(provider, application, user, odoo):  # A28
    manager = user("leaves", "webhook.webhook_group_manager")
    client = application(user_id=manager)
    token = provider.token(client, grant_type="client_credentials").json()["access_token"]
    assert provider.works(token)
    group, field = odoo.id("webhook.webhook_group_manager"), odoo.series.groups_field
    odoo.call("res.users", "write", [manager], {field: [(3, group)]})
    assert not provider.works(token), "without the group"
    odoo.call("res.users", "write", [manager], {field: [(4, group)]})
    assert provider.works(token)
    odoo.call("res.users", "write", [manager], {"active": False})
    assert not provider.works(token), "archived"


def test_a_reading_token_does_not_write(provider, client):  # A30
    token = provider.token(client, grant_type="client_credentials", scope="webhooks.read").json()["access_token"]
    assert provider.works(token)
    headers = {"Authorization": f"Bearer {token}"}
    for method in ("POST", "PUT", "DELETE"):
        answer = requests.request(method, f"{provider.url}{WEBHOOKS}", headers=headers, timeout=30)
        assert answer.status_code == 403
        assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_without_a_scope_it_is_good_for_everything_and_says_so(provider, client):
    answer = provider.token(client, grant_type="client_credentials").json()
    assert answer["scope"] == "webhooks"


def test_when_it_was_used_last_is_noted(provider, client, token, odoo):
    provider.read(token)
    assert odoo.call("restapi.application", "read", [client.id], ["last_used_at"])[0]["last_used_at"]


def test_endless_guessing_is_answered_429_and_valid_tokens_go_on(provider, token):
    statuses = {provider.read("x" * 43).status_code for _n in range(30)}
    assert statuses == {401, 429}
    assert provider.works(token)


def test_in_the_clear_from_elsewhere_it_is_refused(provider, token, odoo):
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.9"}
    answer = requests.get(f"{provider.url}{WEBHOOKS}", headers=headers, timeout=30)
    assert answer.status_code == 403
    assert "https://" in answer.json()["detail"]
    odoo.call("ir.config_parameter", "set_param", "restapi_webhook.allow_http", "False")
    assert requests.get(f"{provider.url}{WEBHOOKS}", headers=headers, timeout=30).status_code == 403
    odoo.call("ir.config_parameter", "set_param", "restapi_webhook.allow_http", "True")
    try:
        assert requests.get(f"{provider.url}{WEBHOOKS}", headers=headers, timeout=30).status_code == 200
    finally:
        odoo.call("ir.config_parameter", "set_param", "restapi_webhook.allow_http", False)


def test_behind_a_proxy_with_tls_all_addresses_are_its_own(workspace):  # A43
    database = workspace.create_database("webhook_proxied", "webhook_installed")
    with OdooServer(workspace, database, "--proxy-mode") as server:
        consumer = Application(server.client(), oauth1=True)
        outside = {"X-Forwarded-Host": "erp.example.com:8443", "X-Forwarded-For": "203.0.113.9"}
        clear, secure = ({**outside, "X-Forwarded-Proto": scheme} for scheme in ("http", "https"))
        metadata = f"{server.url}/.well-known/oauth-authorization-server"
        assert requests.get(metadata, headers=secure, timeout=30).json()["issuer"] == "https://erp.example.com:8443"
        for headers, expected in ((secure, 200), (clear, 403)):
            answer = requests.post(
                f"{server.url}{COMMON}/oauth2/access_token", data={"grant_type": "client_credentials"},
                auth=(consumer.key, consumer.secret), headers=headers, timeout=30,
            )  # fmt: skip
            assert answer.status_code == expected
        # What is signed is the address that the client has called.
        client = Client(consumer.key, consumer.secret, callback_uri="oob")
        _url, signed, _body = client.sign(f"https://erp.example.com:8443{COMMON}/oauth1/request_token", "POST")
        address = f"{server.url}{COMMON}/oauth1/request_token"
        assert requests.post(address, headers={**signed, **secure}, timeout=30).status_code == 200
        assert requests.post(address, headers={**signed, **clear}, timeout=30).status_code == 403
