"""A tree of plain data as JSON or XML text. No ORM here.

Both formats carry the same tree; the XML says the type of each element, so nothing is lost in it.
"""

import json
import logging
import re

from dicttoxml import dicttoxml
from lxml import etree

# dicttoxml logs every element it visits, with its content.
logging.getLogger("dicttoxml").setLevel(logging.WARNING)

FORMATS = [("json", "JSON"), ("xml", "XML")]
CONTENT_TYPES = {"json": "application/json; charset=utf-8", "xml": "application/xml; charset=utf-8"}
# Characters that XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
# Nothing is fetched or expanded; spaces that only indent are no content.
FROM_ELSEWHERE = {"resolve_entities": False, "no_network": True, "remove_blank_text": True}
# The encoding that it names is that of the bytes that came, not of the text at hand.
DECLARATION = re.compile(r"\s*(<\?xml\b.*?\?>|)\s*(.*)", re.DOTALL)
COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(tree, format):
    """Encode ``tree`` (dict of plain data) as ``json`` or ``xml``.

    :return: str; UTF-8 when it is sent
    :raises ValueError: when the tree holds what the format cannot, NaN say
    """
    return to_xml(tree) if format == "xml" else to_json(tree)


def to_json(tree):
    """JSON, with members in the order of the tree."""
    return COMPACT.encode(tree)


def to_xml(tree, root="webhook"):
    """XML with the root element ``root``; list members are ``item`` elements.

    A character that XML cannot hold becomes U+FFFD. The result is parsed once to be sure that it is well-formed.
    """
    text = dicttoxml(_fit_for_xml(tree), custom_root=root, attr_type=True).decode()
    # \r would be read back as \n unless it is written as a reference (https://www.w3.org/TR/xml/#sec-line-ends).
    text = text.replace("\r", "&#13;")
    etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    return text


def indented(text, format):
    """Encoded text as people read it."""
    if format == "xml":
        tree = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
        return etree.tostring(tree, pretty_print=True, encoding="unicode")
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def readable(text):
    """A text from elsewhere as people read it: JSON or XML indented, anything else (cut off, broken) as it is.

    Made for reading only: of two members with the same name the last is shown, and numbers as Python writes them.

    :param text: str; empty values are given back
    """
    start = (text or "").lstrip()[:1]
    try:
        if start and start in "{[":
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        if start == "<":
            declaration, content = DECLARATION.match(text).groups()
            tree = etree.fromstring(content.encode(), etree.XMLParser(**FROM_ELSEWHERE)).getroottree()
            return declaration + "\n" * bool(declaration) + etree.tostring(tree, pretty_print=True, encoding="unicode")
    except (ValueError, RecursionError, etree.XMLSyntaxError):
        return text
    return text


def _fit_for_xml(value):
    if isinstance(value, str):
        return NOT_XML.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {NOT_XML.sub(REPLACEMENT, str(key)): _fit_for_xml(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_fit_for_xml(inner) for inner in value]
    return value
