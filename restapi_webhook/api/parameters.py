"""What a call asks for: its parameters, from the query string, a form or a JSON body."""

import inspect
import re
from urllib.parse import unquote_plus

from odoo.addons.webhook.models.webhook_signing_secret import LONGEST

from ..problem import Problem
from . import values

BODY_LIMIT = values.SIZE_LIMIT  # bytes
DRAIN_LIMIT = 1024 * 1024  # bytes
IDS_LIMIT = 1000
LIMIT_LIMIT = 1000
NUMBER_LIMIT = 2**31 - 1
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# How each is written, for the sentences of refusals.
EXAMPLES = {
    "fields": "['name', 'model']",
    "domain": "[('model', '=', 'product.product')]",
    "ids": "7,12",
    "offset": "0",
    "limit": "50",
    "order": "name desc, id",
    "count": "True",
    "vals": "{'name': 'Product Update'}",
    "hours": "24",
}


def read(httprequest, action):
    """The parameters of a call, checked as far as their own shape goes.

    :param action: the function that the call is answered by; its keyword-only arguments are the parameters that it takes
    :return: dict, the keyword arguments for ``action``
    :raises Problem: 403; 413
    """
    arguments = inspect.signature(action).parameters.values()
    known = [argument.name for argument in arguments if argument.kind is argument.KEYWORD_ONLY]
    given = {}
    for name, value in _pairs(httprequest):
        if name not in known:
            takes = f"It takes {', '.join(known)}." if known else "It takes none."
            raise Problem(403, f"This call has no parameter “{name}”. {takes}")
        if name in given:
            raise Problem(403, f"The parameter “{name}” is given twice. Give it once, in the address or in the body.")
        given[name] = value
    return {name: PARSERS[name](value, name) for name, value in given.items() if not _is_empty(name, value)}


def _is_empty(name, value):
    # `?domain=` filters nothing; but calls on no ids and with no values are mistakes, told as such.
    return value == "" and name not in ("ids", "vals")


def _pairs(httprequest):
    """All (name, value) of the query string and the body; values of a query string or form are texts."""
    yield from _query(httprequest.query_string)
    length = httprequest.content_length or 0
    if length > BODY_LIMIT:
        if length <= DRAIN_LIMIT:  # servers may cut off a caller who is still sending, and he would not see the answer
            httprequest.get_data(cache=False)
        raise _too_large()
    if httprequest.mimetype in FORMS:
        yield from httprequest.form.items(multi=True)
        for name in httprequest.files:
            raise Problem(403, f"“{name}” is a file. Send the parameters as texts of a form, or as JSON.")
        return
    body = httprequest.get_data()
    if len(body) > BODY_LIMIT:
        raise _too_large()
    if not body.strip():
        return
    if not re.fullmatch(r"application/(.+\+)?json", httprequest.mimetype):
        raise Problem(403, "The body is neither JSON nor a form. Send it with “Content-Type: application/json”.")
    tree = values.parse(_text(body, "the body"), "body")
    if not isinstance(tree, dict):
        raise Problem(403, 'The body is no JSON object. Write it like {"vals": {"name": "Product Update"}}.')
    yield from tree.items()


def _too_large():
    return Problem(413, f"The body is larger than {BODY_LIMIT // 1024} KiB. Send less at a time.")


def _query(query):
    """The pairs of a query string (bytes). Brackets, quotes and spaces may be in it as they are; a plus is a space."""
    for pair in query.split(b"&"):
        if pair:
            name, _equals, value = pair.partition(b"=")
            yield _unquoted(name), _unquoted(value)


def _unquoted(part):
    try:
        return unquote_plus(_text(part, "the address"), errors="strict")
    except UnicodeDecodeError as error:
        raise Problem(403, "The address is not encoded as UTF-8. Percent-encode its parameters as UTF-8.") from error


def _text(part, place):
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        raise Problem(403, f"What {place} holds is not encoded as UTF-8. Encode it as UTF-8.") from error


def _value(value, name):
    """A value of the query string or a form is a text to be parsed; one of a JSON body is a value already."""
    return values.parse(value, name) if isinstance(value, str) else value


def _refusal(name, wanted):
    return Problem(403, f"The parameter “{name}” must be {wanted}, for example {name}={EXAMPLES[name]}")


def _list(value, name):
    value = _value(value, name)
    if not isinstance(value, (list, tuple)):
        raise _refusal(name, "a list")
    return list(value)


def _names(value, name):
    value = _list(value, name)
    if not all(isinstance(each, str) for each in value):
        raise _refusal(name, "a list of names")
    return value


def _ids(value, name):
    value = _value(value, name) if value != "" else []
    found = [value] if _is_number(value) else value
    if not isinstance(found, (list, tuple)) or not found or not all(_is_number(each) for each in found):
        raise _refusal(name, "numbers separated by commas")
    if len(found) > IDS_LIMIT:
        raise Problem(403, f"The parameter “{name}” holds more than {IDS_LIMIT} numbers. Divide the call into several.")
    return list(dict.fromkeys(found))


def _offset(value, name):
    value = _value(value, name)
    if not _is_number(value) or not 0 <= value <= NUMBER_LIMIT:
        raise _refusal(name, "a number from 0 on")
    return value


def _limit(value, name):
    value = _value(value, name)
    if not _is_number(value) or not 1 <= value <= LIMIT_LIMIT:
        raise _refusal(name, f"a number from 1 to {LIMIT_LIMIT}")
    return value


def _hours(value, name):
    value = _value(value, name)
    if not _is_number(value) or not 0 <= value <= LONGEST:
        raise _refusal(name, f"a number from 0 to {LONGEST}")
    return value


def _order(value, name):
    if isinstance(value, str) and value[:1] in "'\"":
        value = _value(value, name)
    if not isinstance(value, str):
        raise _refusal(name, "a text")
    return value


def _count(value, name):
    value = {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value
    value = _value(value, name)
    if value not in (True, False):
        raise _refusal(name, "True or False")
    return bool(value)


def _vals(value, name):
    value = _value(value, name) if value != "" else None
    if not isinstance(value, dict):
        raise _refusal(name, "names with their values")
    return value


def _is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


PARSERS = {
    "fields": _names,
    "domain": _list,
    "ids": _ids,
    "offset": _offset,
    "limit": _limit,
    "order": _order,
    "count": _count,
    "vals": _vals,
    "hours": _hours,
}
