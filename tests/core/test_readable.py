"""Texts from elsewhere, as people read them."""

import pytest
from odoo.addons.webhook.delivery import shown
from odoo.addons.webhook.payload import encoding


class Job:
    event, model, kind, format, body = "evt_1", "res.partner", "on_write", "json", '{"secret": "body"}'


def test_json_is_indented_and_keeps_its_order_and_letters():
    assert encoding.readable(' {"b":"é","a":[1,2.50]}') == '{\n  "b": "é",\n  "a": [\n    1,\n    2.5\n  ]\n}'
    assert encoding.readable("[]") == "[]"


def test_xml_is_indented_whatever_encoding_it_names():
    for named in ("UTF-8", "ISO-8859-1", "latin-1"):
        declaration = f'<?xml version="1.0" encoding="{named}"?>'
        expected = declaration + "\n<a>\n  <b>é</b>\n  <c/>\n</a>\n"
        assert encoding.readable(declaration + "<a><b>é</b><c/></a>") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thank you",
        '{"cut": "off',
        '{"two": 1} {"objects": 2}',
        "<html><body>no end",
        "<!DOCTYPE html><html><br></html>",
        "<a>\x00</a>",
        "<a>\ud800</a>",
        "{" * 5000,
        "[" * 100000,
        "<a>" * 5000,
        "  ",
        "",
        None,
        False,
    ],
    ids=lambda text: str(text)[:20].encode("ascii", "replace"),
)
def test_anything_else_is_shown_as_it_is(text):
    assert encoding.readable(text) == text


def test_an_entity_is_not_expanded_and_no_file_read():
    text = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&x;&f;</a>'
    assert "&x;&f;" in encoding.readable(text)
    assert "root:" not in encoding.readable(text)


def test_a_request_is_shown_without_what_is_secret():
    text = shown.text(Job, "https://example.com/hook", ["X-Api-Key"], True, 3, "prod", "1.0")
    lines = text.splitlines()
    assert lines[0] == "POST https://example.com/hook"
    headers = dict(line.split(": ", 1) for line in lines[1:])
    dots = {name for name, value in headers.items() if value == shown.HIDDEN}
    assert dots == {"X-Api-Key", "Authorization", "webhook-timestamp", "webhook-signature"}
    assert headers["webhook-id"] == "evt_1"
    assert headers["X-Odoo-Attempt"] == "3"
    assert headers["X-Odoo-Event"] == "res.partner.on_write"
    assert "body" not in text


def test_what_cannot_be_sent_is_not_shown_as_if_it_could():
    with pytest.raises(ValueError, match="cannot be sent in a header"):
        shown.text(
            type("Other", (Job,), {"event": "evt\r\nX-Evil: 1"}), "https://example.com", [], False, 1, "prod", "1"
        )
