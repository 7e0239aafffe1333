"""The requests that the documents show are those that Odoo sends."""

import json
import re

import pytest

from tools import examples
from tools.environment import CHECKOUT


@pytest.fixture(scope="module")
def page():
    return examples.examples(examples.PAGE.read_text())


def test_the_examples_of_the_page_have_the_form_of_what_is_sent(odoo, receiver, page):
    received = examples.receive(odoo, receiver)
    assert {*received, "headers"} == set(page)
    assert not examples.differing(page, received), "run `make examples`, and look at what it changes"


def test_the_readme_shows_the_same_members(page):
    """Its example is shorter only in what the record holds."""
    (body,) = re.findall(r"```http\nPOST .*?\n\n(\{.*?)\n```", (CHECKOUT / "README.md").read_text(), re.DOTALL)

    def members(text):
        tree = json.loads(text)
        record, changes = tree["data"]["record"], tree["data"]["changes"]
        assert set(changes) <= set(record)
        assert all(set(change) == {"old", "new"} for change in changes.values())
        tree["data"].update(record=sorted(record)[:0], changes=None, model=None)
        tree["type"] = tree["type"].rpartition(".")[2]
        return examples.form(json.dumps(tree), "json")

    assert members(body) == members(page["on_write.json"])
