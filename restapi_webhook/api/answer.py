"""Answers: a tree as JSON or XML, as the header ``Accept`` says."""

from lxml import etree
from odoo.addons.webhook.payload import encoding

JSON, XML = "application/json", "application/xml"
XML_ROOT = "response"
# https://www.rfc-editor.org/rfc/rfc9457#appendix-B
PROBLEM_NAMESPACE = "urn:ietf:rfc:7807"


def wants_xml(httprequest):
    """Whether the caller likes XML better than JSON, which he gets if he likes neither."""
    best = httprequest.accept_mimetypes.best_match([JSON, "application/problem+json", XML, "text/xml"], JSON)
    return best.endswith("/xml")


def success(tree, xml):
    """The body and the content type of an answer.

    :param tree: dict of plain data
    :param xml: whether it is to be XML
    :return: (str, str)
    """
    if xml:
        return encoding.to_xml(tree, XML_ROOT), f"{XML}; charset=utf-8"
    return encoding.to_json(tree), f"{JSON}; charset=utf-8"


def failure(tree, xml):
    """The same for an RFC 9457 problem."""
    if not xml:
        return encoding.to_json(tree), "application/problem+json"
    root = etree.Element(f"{{{PROBLEM_NAMESPACE}}}problem", nsmap={None: PROBLEM_NAMESPACE})
    for name, value in tree.items():
        text = encoding.NOT_XML.sub(encoding.REPLACEMENT, str(value))
        etree.SubElement(root, f"{{{PROBLEM_NAMESPACE}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode(), "application/problem+xml"
