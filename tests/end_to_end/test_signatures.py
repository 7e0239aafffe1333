"""What a receiver can rely on: signatures checked by an independent library, and by what docs/signature.md shows."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from .support import attempts, finished, settings, until

PAGE = Path(__file__).parents[2] / "docs/signature.md"


@pytest.fixture
def tags(odoo, receiver):
    """A webhook on new tags; ``tags.secret()`` rotates its secret as a person does, ``tags.make()`` makes a tag."""
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")

    class Tags:
        id = webhook

        @staticmethod
        def shown():
            return odoo.call("webhook.webhook", "action_show_secret", [webhook])["context"]["default_secret"]

        @staticmethod
        def rotate(**values):
            wizard = odoo.create("webhook.rotation", webhook_id=webhook, **values)
            return odoo.call("webhook.rotation", "action_rotate", [wizard])["context"]["default_secret"]

        @staticmethod
        def make(name="Tree"):
            before = len(receiver.got())
            odoo.create("res.partner.category", name=name)
            return receiver.wait_for(before + 1)[before]

    return Tags


def verifies(request, secret):
    """Whether the reference library takes a request."""
    try:
        return Webhook(secret).verify(request.body, request.headers) == request.json()
    except WebhookVerificationError:
        return False


def test_every_request_is_signed(tags):  # 3
    secret = tags.shown()
    request = tags.make("Bäume – 日本 \u2028 😀")
    assert verifies(request, secret)
    assert "Bäume – 日本" in request.json()["data"]["record"]["name"]
    request.body = request.body.replace("Bäume", "Baume")
    assert not verifies(request, secret)


def test_xml_is_signed(odoo, receiver):
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/xml"), format="xml")
    secret = odoo.call("webhook.webhook", "action_show_secret", [webhook])["context"]["default_secret"]
    odoo.create("res.partner.category", name="Bäume")
    (request,) = receiver.wait_for(1, "/xml")
    Webhook(secret).verify(request.body, request.headers, json_parse=False)


def test_a_rotation_misses_no_request(tags, server):  # 3
    old = tags.shown()
    new = tags.rotate()
    request = tags.make()
    assert verifies(request, old)
    assert verifies(request, new)
    first, second = request.header("webhook-signature").split(" ")
    assert first != second
    request.headers["webhook-signature"] = first
    assert verifies(request, new), "the new one comes first"
    # A day passes by the clock of the database.
    statement = "UPDATE webhook_signing_secret SET valid_until = valid_until - interval '24 hours 1 second'"
    server.workspace.server.sql(statement, server.database)
    request = tags.make()
    assert verifies(request, new)
    assert not verifies(request, old)
    assert len(request.header("webhook-signature").split(" ")) == 1


def test_each_attempt_is_signed_anew(odoo, receiver):  # 2
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?fail=1"), field_names="name")
    secret = odoo.call("webhook.webhook", "action_show_secret", [webhook])["context"]["default_secret"]
    odoo.create("res.partner.category", name="Tree")
    first, second = receiver.wait_for(2)
    assert first.header("webhook-id") == second.header("webhook-id")
    assert int(second.header("webhook-timestamp")) > int(first.header("webhook-timestamp"))
    assert first.header("webhook-signature") != second.header("webhook-signature")
    assert verifies(first, secret)
    assert verifies(second, secret)


def test_a_secret_is_shown_once(odoo, tags):
    tags.shown()
    with pytest.raises(Exception, match="shown once"):
        tags.shown()


def test_the_id_of_an_event_has_no_dot(tags):  # 13
    assert re.fullmatch(r"evt_[0-9a-f]+", tags.make().header("webhook-id"))


def test_headers_and_authentication_go_over_the_wire(odoo, tags):  # 11, 12
    values = {"auth_type": "basic", "auth_user": "Jürgen", "auth_secret": "p@ss:wörd"}
    lines = [(0, 0, {"name": "X-API-key", "value": "Grüße"}), (0, 0, {"name": "x-Other", "value": "two"})]
    odoo.call("webhook.webhook", "write", [tags.id], {**values, "header_ids": lines})
    request = tags.make()
    assert request.header("Authorization") == "Basic SsO8cmdlbjpwQHNzOnfDtnJk"
    assert request.headers["X-API-key"] == "Grüße"
    assert request.headers["x-Other"] == "two"
    secrets = ["p@ss:wörd", "Grüße", "two", "SsO8cmdlbjpwQHNzOnfDtnJk"]
    read = [
        odoo.call("webhook.webhook", "read", [tags.id]),
        odoo.call("webhook.header", "search_read", []),
        odoo.call("webhook.job", "search_read", [["webhook_id", "=", tags.id]]),
        odoo.call("webhook.webhook", "export_data", [tags.id], ["name", "auth_secret", "header_ids/value"]),
    ]
    assert not [secret for secret in secrets if secret in repr(read)]


@pytest.mark.parametrize("name", ["x\r\nEvil: 1", "x\nEvil: 1"])
def test_names_cannot_inject_a_line(odoo, receiver, name):
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), name=name, field_names="name")
    odoo.create("res.partner", name=name)
    (request,) = receiver.wait_for(1)
    assert request.header("Evil") is None
    assert request.json()["webhook"]["name"] == request.json()["data"]["record"]["name"]
    assert finished(odoo, webhook)[0]["state"] == "delivered"


def test_a_row_changed_with_sql_injects_nothing(odoo, receiver, server, tags):  # 9
    settings(odoo, timeout=5, retries=0)
    odoo.create("webhook.header", webhook_id=tags.id, name="X-A", value="fine")
    statement = "UPDATE webhook_header SET hidden_value = E'1\\r\\nEvil: 1'"
    server.workspace.server.sql(statement, server.database)
    odoo.create("res.partner.category", name="Tree")
    (job,) = finished(odoo, tags.id)
    assert job["state"] == "failed"
    assert "The value of the header “X-A” must be one line" in job["error"]
    assert not receiver.got()


def test_no_secret_is_in_the_log(odoo, server, tags, receiver):  # 7
    shown = tags.shown()
    own = tags.rotate(own=True, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    odoo.call("webhook.webhook", "write", [tags.id], {"auth_type": "bearer", "auth_secret": "hidden-token"})
    with pytest.raises(Exception, match="one line"):
        odoo.create("webhook.header", webhook_id=tags.id, name="X-A", value="hidden-value\r\nEvil: 1")
    with pytest.raises(Exception, match="base64"):
        tags.rotate(own=True, secret="hidden-secret")
    tags.make()
    log = until(lambda: server.log.read_text())
    for secret in (shown, own, "hidden-token", "hidden-value", "hidden-secret"):
        assert secret not in log


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that it was sent, as services for trying things out do."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("X-Echo", self.headers["Authorization"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Nothing on the terminal."""


def test_a_receiver_that_sends_back_what_it_gets_gives_nothing_away(odoo):  # 7
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as echo:
        threading.Thread(target=echo.serve_forever, args=[0.05], daemon=True).start()
        address = f"http://127.0.0.1:{echo.server_address[1]}/"
        webhook = odoo.subscribe(
            "res.partner.category", "on_create", address, auth_type="basic", auth_user="shop",
            auth_secret="hidden-password", header_ids=[(0, 0, {"name": "X-Key", "value": "hidden-value"})],
        )  # fmt: skip
        odoo.create("res.partner.category", name="Tree")
        (job,) = finished(odoo, webhook)
        test = odoo.call("webhook.webhook", "action_send_test", [webhook])["res_id"]
        echo.shutdown()
    assert job["state"] == "delivered"
    (attempt,) = attempts(odoo, webhook)
    (shown,) = odoo.call("webhook.test", "read", [test], ["answer", "answer_headers"])
    for answer in (attempt["answer"], shown["answer"]):
        assert json.loads(answer)["Authorization"] == "Basic •••"
        assert json.loads(answer)["X-Key"] == "•••"
    assert "X-Echo: Basic •••" in shown["answer_headers"]


def blocks(language):
    """The code blocks of a language on the page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def rotated(tags):
    """A request that is signed with two secrets, and these: (request, new, old)."""
    old = tags.shown()
    new = tags.rotate()
    return tags.make("Bäume"), new, old


OTHER = "whsec_" + "A" * 43 + "="


def checked(command, request, secret):
    """Run a program of the page on a request, given as JSON; what it says in its last line."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    given = json.dumps({"secret": secret, "headers": headers, "body": request.body})
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def programs():
    python = blocks("python")[0] + (
        "import json, sys\ngiven = json.load(sys.stdin)\n"
        "print(str(is_from_odoo(given['secret'], given['headers'], given['body'].encode())).lower())\n"
    )
    node = blocks("js")[0] + (
        "const given = JSON.parse(require('node:fs').readFileSync(0));"
        "console.log(isFromOdoo(given.secret, given.headers, Buffer.from(given.body)));"
    )
    php = blocks("php")[0] + (
        "$given = json_decode(stream_get_contents(STDIN), true);"
        "echo json_encode(is_from_odoo($given['secret'], $given['headers'], $given['body'])), PHP_EOL;"
    )
    return {"python": [sys.executable, "-c", python], "node": ["node", "-e", node], "php": ["php", "-r", php]}


@pytest.mark.parametrize("language", ["python", "node", "php"])
def test_what_the_page_shows_tells_true_from_false(rotated, language):
    command = programs()[language]
    if not shutil.which(command[0]):
        pytest.skip(f"{language} is not installed")
    request, new, old = rotated
    assert checked(command, request, new) == "true"
    assert checked(command, request, old) == "true"
    assert checked(command, request, OTHER) == "false"
    request.body += " "
    assert checked(command, request, new) == "false"
    request.body = request.body[:-1]
    request.headers["webhook-timestamp"] = str(int(request.header("webhook-timestamp")) - 301)
    assert checked(command, request, new) == "false"


def test_the_commands_of_the_page_print_the_signature(rotated, tmp_path):
    request, new, old = rotated
    (tmp_path / "body").write_bytes(request.body.encode())
    signatures = []
    for secret in (new, old):
        given = {"SECRET": secret, "ID": request.header("webhook-id"), "TIMESTAMP": request.header("webhook-timestamp")}
        done = subprocess.run(
            ["sh", "-euc", blocks("sh")[0]], env=os.environ | given, cwd=tmp_path, capture_output=True, text=True, check=True
        )  # fmt: skip
        signatures.append(done.stdout.strip())
    assert signatures == request.header("webhook-signature").split(" ")
