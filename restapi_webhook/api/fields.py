"""The public names of a webhook, and what a ``domain``, ``order`` or ``fields`` of theirs is in the model.

Nothing else can be asked for: a domain on any field would be a way to read what is secret, letter by letter.
"""

import re

from odoo import fields
from odoo.addons.webhook.payload import paths

from ..problem import Problem

# Public name → field of the model, in the order of an answer (contract, section 1).
FIELDS = {
    "id": "id",
    "name": "name",
    "model": "model",
    "kind": "kind",
    "address": "address",
    "format": "format",
    "language": "language",
    "fields": "field_names",
    "payload_fields": "payload_field_names",
    "condition": "condition",
    "only_on_entering": "only_on_entering",
    "active": "active",
    "paused_at": "paused_at",
    "pause_reason": "pause_reason",
    "create_date": "create_date",
    "write_date": "write_date",
}
# What these are: lists of field paths, and a domain; yes or no; moments.
PATHS = ("fields", "payload_fields")
LISTS = (*PATHS, "condition")
FLAGS = ("active", "only_on_entering")
TIMES = ("paused_at", "create_date", "write_date")
EQUALITY = ("=", "!=", "in", "not in")
COMPARISON = ("<", "<=", ">", ">=")
TEXT = ("like", "not like", "ilike", "not ilike", "=like", "=ilike")
# Which operators a name takes, where it is not a text.
OPERATORS = {
    "id": EQUALITY + COMPARISON,
    **dict.fromkeys((*FLAGS, *LISTS), ("=", "!=")),
    **dict.fromkeys(TIMES, EQUALITY + COMPARISON),
}
TERMS_LIMIT = 100


def names(asked):
    """The public names that an answer holds; ``id`` always, all of them unless some are asked for.

    :param asked: list of str, or None
    :raises Problem: 403
    """
    for name in asked or ():
        _check_name(name, "fields")
    return [name for name in FIELDS if not asked or name == "id" or name in asked]


def order(text):
    """What ``order`` is in the model; records that are equal in it come in the order of their ids.

    :param text: ``name desc, id``
    :raises Problem: 403
    """
    terms = []
    for term in text.split(","):
        match = re.fullmatch(r"\s*(\w+)(?:\s+(asc|desc))?\s*", term, re.IGNORECASE)
        if not match:
            raise Problem(403, f"“{term.strip()}” is no order. Write it like order=name desc, id")
        _check_name(match.group(1), "order")
        terms.append(f"{FIELDS[match.group(1)]} {(match.group(2) or 'asc').lower()}")
    if not any(term.startswith("id ") for term in terms):
        terms.append("id asc")
    return ", ".join(terms)


def domain(terms):
    """What a domain on public names is on the model.

    :param terms: list of ``[name, operator, value]`` and ``&``, ``|``, ``!``
    :raises Problem: 403
    """
    if len(terms) > TERMS_LIMIT:
        raise Problem(403, f"The domain has more than {TERMS_LIMIT} terms. Ask with several calls.")
    translated, complete = [], 0
    for term in reversed(terms):  # an operator stands before what it joins
        if term in ("&", "|", "!"):
            complete -= term != "!"
            if complete < 1:
                raise Problem(403, f"In the domain, “{term}” has too little to join after it.")
            translated.append(term)
        else:
            complete += 1
            translated.append(_leaf(term))
    return translated[::-1]


def _leaf(term):
    if not isinstance(term, (list, tuple)) or len(term) != 3 or not all(isinstance(part, str) for part in term[:2]):
        raise Problem(403, f"“{term}” is no term of a domain. Write it like ('model', '=', 'product.product').")
    name, operator, value = term
    _check_name(name, "domain")
    known = OPERATORS.get(name, EQUALITY + COMPARISON + TEXT)
    if operator not in known:
        raise Problem(403, f"“{operator}” cannot be used on {name} in a domain. Use one of: {'  '.join(known)}")
    if name in LISTS:
        return _list_leaf(name, operator, value, paths_text if name in PATHS else condition_text)
    if name == "paused_at" and operator in ("=", "!=") and value in (False, None):
        return FIELDS[name], operator, False
    if operator in ("in", "not in"):
        if not isinstance(value, (list, tuple)):
            raise Problem(403, f"In the domain, “{operator}” needs a list, as in ('{name}', '{operator}', [...]).")
        return FIELDS[name], operator, [_value(name, each) for each in value]
    return FIELDS[name], operator, _value(name, value)


def _list_leaf(name, operator, value, text):
    if not isinstance(value, (list, tuple)):
        raise Problem(403, f"In the domain, {name} is compared with a list, as in ('{name}', '{operator}', []).")
    stored = text(value)
    # Nothing at all is stored in more ways than one.
    negative = operator == "!="
    return FIELDS[name], "not in" if negative else "in", [stored] if value else [False, "", "[]"]


def _value(name, value):
    """A value to compare ``name`` with, checked: PostgreSQL would answer with an error of its own."""
    if name in FLAGS:
        if not isinstance(value, bool):
            raise Problem(403, f"In the domain, {name} is compared with True or False.")
    elif name == "id":
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31 - 1:
            raise Problem(403, "In the domain, id is compared with numbers of webhooks.")
    elif name in TIMES:
        try:
            moment = fields.Datetime.to_datetime(str(value))
            if moment.year < 1000:
                raise ValueError("Odoo cannot write this year")
            return fields.Datetime.to_string(moment)
        except (ValueError, AttributeError) as error:
            raise Problem(403, f"In the domain, {name} is compared with a time like '2026-11-02 12:15:47'.") from error
    elif not isinstance(value, str) and value not in (False, None):
        raise Problem(403, f"In the domain, {name} is compared with a text.")
    return value


def _check_name(name, parameter):
    if name not in FIELDS:
        raise Problem(403, f"There is no “{name}” for “{parameter}”. Use some of: {', '.join(FIELDS)}.")


def paths_text(value):
    """How a list of field paths is stored."""
    return ", ".join(paths.split(",".join(value))) if all(isinstance(each, str) for each in value) else ""


def condition_text(value):
    """How a condition (a list) is stored."""
    return repr([tuple(term) if isinstance(term, list) else term for term in value])
