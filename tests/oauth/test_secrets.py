"""No secret ends up where others read it: in the log, in a copy of the database, in an export."""

import subprocess

import pytest

from tools.server import OdooServer

from .support import CALLBACK, CHALLENGE, VERIFIER, Application, Person, Provider, returned
from .test_oauth1 import Steps


@pytest.fixture
def everything(provider, admin, client, grant, odoo):
    """All there is to keep secret, after each flow was gone through once: {what: text}."""
    code = grant(client, code_challenge=CHALLENGE, code_challenge_method="S256")["code"]
    tokens = provider.token(
        client, grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER
    ).json()
    provider.read(tokens["access_token"])
    unused = grant(client)["code"]
    found = {"secret": client.secret, "code": code, "unused code": unused}
    return {**found, "access": tokens["access_token"], "refresh": tokens["refresh_token"]}


def test_a_copy_of_the_database_opens_nothing(everything, server, workspace):  # A27
    dump = subprocess.run(
        [workspace.environment.toolbox.binaries / "pg_dump", "--data-only", server.database],
        env=workspace.variables(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "restapi_token" in dump
    for what, text in everything.items():
        assert text not in dump, what


def test_the_log_names_no_secret_even_at_its_finest(everything, server):  # A26
    # The administrator of these tests presses the button by RPC, whose answers Odoo logs at this level.
    log = "\n".join(line for line in server.log.read_text().splitlines() if "default_secret" not in line)
    assert "/oauth2/access_token" in log
    for what, text in everything.items():
        assert text not in log, what


def test_nobody_reads_digests_and_secrets(odoo, client):
    for model, fields in (
        ("restapi.application", ["secret_digest", "oauth1_secret"]),
        ("restapi.token", ["digest", "secret", "challenge", "verifier_digest"]),
    ):
        known = odoo.call(model, "fields_get")
        for field in fields:
            assert field not in known
            with pytest.raises(Exception, match=r"(?i)access|security restrictions|Invalid field"):
                odoo.call(model, "search_read", [], [field])


def test_a_secret_of_oauth_1_is_encrypted_with_the_key_of_the_server(workspace):
    database = workspace.create_database("webhook_sealed", "webhook_installed")
    config = workspace.folder / "sealed.conf"
    config.write_text("[options]\nrestapi_secret_key = a long random text\n")
    server = OdooServer(workspace, database, f"--config={config}")
    with server:
        consumer = Application(server.client(), name="Sealed", oauth1=True)
        steps = Steps(Provider(server.url), Person(server.url))
        temporary = dict(pair.split("=") for pair in steps.request_token(consumer).text.split("&"))
        sent = returned(steps.approve(temporary["oauth_token"]))[1]
        answer = steps.access_token(
            consumer, sent["oauth_token"], temporary["oauth_token_secret"], sent["oauth_verifier"]
        )
        assert answer.status_code == 200
        kept = workspace.server.sql("SELECT hidden_secret FROM restapi_token WHERE hidden_secret IS NOT NULL", database)
        kept += workspace.server.sql("SELECT hidden_oauth1_secret FROM restapi_application", database)
        assert len(kept) == 3
        assert all(text.startswith("fernet:") for (text,) in kept)
        flag = consumer.client.call("restapi.application", "read", [consumer.id], ["unsealed"])[0]["unsealed"]
        assert flag is False
    with OdooServer(workspace, database) as without:
        steps.provider = Provider(without.url)
        assert steps.request_token(consumer).status_code == 401, "without the key it cannot be read"


def test_without_a_key_the_form_and_the_log_warn(odoo, server):
    consumer = Application(odoo, name="Unsealed", oauth1=True)
    assert odoo.call("restapi.application", "read", [consumer.id], ["unsealed"])[0]["unsealed"] is True
    assert "restapi_secret_key" in server.log.read_text()


def test_a_removed_addon_leaves_nothing_behind(workspace):  # C19
    database = workspace.create_database("webhook_removed", "webhook_installed")
    with OdooServer(workspace, database, "--max-cron-threads=0") as server:
        odoo = server.client()
        Application(odoo, oauth1=True)
        module = odoo.call("ir.module.module", "search", [["name", "=", "restapi_webhook"]])
        odoo.call("ir.module.module", "button_immediate_uninstall", module)
    left = "SELECT relname FROM pg_class WHERE relname LIKE 'restapi_%'"
    assert workspace.server.sql(left, database) == []
