"""What docs/rest-api.md tells an integrator to type works as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..oauth.support import Application, Person
from .support import Api

PAGE = Path(__file__).parents[2] / "docs/rest-api.md"


def blocks(language):
    """The code blocks of a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
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


def run(*command):
    """Run a command to its good end, and return what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
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


def test_the_program_for_oauth_1(server, administrator):
    consumer = Application(administrator, oauth1=True)
    given = f"ODOO, KEY, SECRET = {(server.url, consumer.key, consumer.secret)!r}\n"
    program = subprocess.Popen(
        [sys.executable, "-u", "-c", given + blocks("python")[1]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = program.stdout.readline().split()[1]
    person = Person(server.url)
    page = person.answer(person.authorize(address))
    verifier = page.text.partition('id="verifier">')[2].partition("<")[0]
    said, _errors = program.communicate(verifier + "\n", timeout=60)
    assert program.returncode == 0
    assert "{'webhook': [" in said


def test_the_page_names_every_address(server):
    page = PAGE.read_text()
    paths = Api(server).send("GET", "/restapi/1.0/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method in {"get", "post", "put", "delete"} & set(operations):
            written = re.sub(r"\{webhook_id\}", "7", path).replace("{delivery_id}", "99")
            assert f"`{method.upper()} {written}" in page
