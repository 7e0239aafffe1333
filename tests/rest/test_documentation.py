"""What docs/rest-api.md and docs/operating.md tell to type works as it stands."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..end_to_end.support import until
from ..oauth.support import Application, Person
from .support import Api

PAGE = Path(__file__).parents[2] / "docs/rest-api.md"
OPERATING = PAGE.with_name("operating.md")


def blocks(language, page=PAGE):
    """The code blocks of a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return found


@pytest.fixture
def typed(api, server, administrator, receiver):
    """A function that puts the real address, key, secret and receiver where the page has its own."""
    application = administrator.create("restapi.application", name="Shop")
    shown = administrator.call("restapi.application", "action_new_secret", [application])["context"]
    texts = {
        "https://erp.example.com": server.url,
        "the-key-of-the-application": shown["default_key"],
        "the-secret-of-the-application": shown["default_secret"],
        "https://receiver.example.com/hook": receiver.url("/hook"),
    }

    def typed(text):
        for written, real in texts.items():
            assert written in text
            text = text.replace(written, real)
        return text

    return typed


def run(*command, **variables):
    """Run a command to its good end, and return what it said."""
    environment = os.environ | variables
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_commands(typed, api, receiver):
    said = run("bash", "-euo", "pipefail", "-c", typed("\n".join(blocks("sh"))))
    (request,) = receiver.wait_for(1)
    assert request.json()["test"] is True
    assert '"delivered":true' in said
    assert '"condition":[["is_company","=",true]]' in said
    assert "<count" in said
    assert api.call("GET").webhook == []


def test_the_program(typed, api, receiver):
    said = run(sys.executable, "-c", typed(blocks("python")[0]))
    receiver.wait_for(1)
    assert "['New contacts']" in said
    assert api.call("GET").webhook == []


def program_with_a_person(server, consumer, text, answer, **variables):
    """Run a program that asks a person to open an address, and then for what he was given there.

    :param answer: function that takes the consent page and the person, and returns what is typed
    """
    given = f"ODOO, KEY, SECRET = {(server.url, consumer.key, consumer.secret)!r}\n"
    program = subprocess.Popen(
        [sys.executable, "-u", "-c", given + text], env=os.environ | variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = program.stdout.readline().split()[1]
    person = Person(server.url)
    said, _errors = program.communicate(answer(person.authorize(address), person) + "\n", timeout=60)
    assert program.returncode == 0
    return said


@pytest.mark.parametrize("public", [False, True])
def test_the_program_for_a_persons_consent(server, administrator, public):
    consumer = Application(administrator, secret=not public, confidential=not public)
    text = blocks("python")[1]
    if public:  # as the page says
        for written in ("include_client_id=True", "client_secret=SECRET", "client_id=KEY", "auth=(KEY, SECRET)"):
            assert f"`{written}`" in PAGE.read_text()
        text = text.replace("client_secret=SECRET", "include_client_id=True").replace(
            "auth=(KEY, SECRET)", "client_id=KEY"
        )
    said = program_with_a_person(
        server, consumer, text,
        lambda page, person: person.answer(page).headers["Location"],
        OAUTHLIB_INSECURE_TRANSPORT="1",  # this server has no TLS
    )  # fmt: skip
    assert "{'webhook': [" in said
    assert "{'count': " in said


def test_the_program_for_oauth_1(server, administrator):
    consumer = Application(administrator, oauth1=True)
    said = program_with_a_person(
        server, consumer, blocks("python")[2],
        lambda page, person: person.answer(page).text.partition('id="verifier">')[2].partition("<")[0],
    )  # fmt: skip
    assert "{'webhook': [" in said


def test_what_a_monitoring_system_can_ask(server, api, token, administrator, receiver):
    webhook = api.create(model="res.partner.category", kind="on_create", address=receiver.url("/hook?status=410"))
    administrator.create("res.partner.category", name="Tree")
    until(lambda: api.call("GET", f"/{webhook['id']}").webhook["paused_at"])
    (commands,) = blocks("sh", OPERATING)
    commands = commands.replace("/webhooks/7/", f"/webhooks/{webhook['id']}/")
    said = [run("bash", "-ec", line, ODOO=server.url, TOKEN=token) for line in commands.splitlines()]
    count, paused, deliveries = map(json.loads, said)
    assert count == {"count": 1}
    assert "410" in paused["webhook"][0]["pause_reason"]
    assert len(deliveries["delivery"]) == 1


def test_the_page_names_every_address(server):
    page = PAGE.read_text()
    paths = Api(server).send("GET", "/restapi/1.0/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method in {"get", "post", "put", "delete"} & set(operations):
            written = re.sub(r"\{webhook_id\}", "7", path).replace("{delivery_id}", "99")
            assert f"`{method.upper()} {written}" in page
