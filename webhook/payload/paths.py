"""Field paths: what a webhook watches and sends.

A path is a field name or several joined by dots (``order_line.product_id.default_code``). Paths are merged into a
*selection*, a dict from field name to the selection inside it: ``{"order_line": {"product_id": {"default_code": {}}}}``.
"""

import difflib

from odoo import _

# Fields that say when and by whom a record was written, which every write changes.
LOG_FIELDS = {"create_uid", "create_date", "write_uid", "write_date", "__last_update"}
# What these mixins add to a model (followers, activities, ratings, a portal token) is no part of the document itself.
SIDE_MODELS = ("mail.thread", "mail.activity.mixin", "rating.mixin", "portal.mixin", "website.seo.metadata")


class UnknownPath(ValueError):
    """A field path that a webhook cannot use; the message says why, for the person who typed it."""


def split(text):
    """Split what a person typed (commas, semicolons, spaces or new lines) into paths, without doubles.

    :param text: str or None
    :return: list of str, in the order given
    """
    for separator in ",;\n":
        text = (text or "").replace(separator, " ")
    return list(dict.fromkeys((text or "").split()))


def check(model, path):
    """Check that ``path`` leads through fields of ``model`` (an empty recordset whose user may read them).

    :raises UnknownPath: with a sentence that says what to write instead
    """
    names = path.split(".")
    for position, name in enumerate(names):
        field = model._fields.get(name)
        if field is None or name not in model.fields_get([name], attributes=["type"]):
            raise UnknownPath(
                _(
                    "“%(path)s” cannot be used: there is no field “%(name)s” that you can read on %(model)s. %(advice)s",
                    path=path,
                    name=name,
                    model=model._name,
                    advice=_advice(model, names[:position], name),
                )
            )
        if position < len(names) - 1:
            if not field.relational:
                raise UnknownPath(
                    _(
                        "“%(path)s” cannot be followed: “%(name)s” on %(model)s is no relation to other records. "
                        "Write “%(shorter)s” instead.",
                        path=path,
                        name=name,
                        model=model._name,
                        shorter=".".join(names[: position + 1]),
                    )
                )
            model = model.env[field.comodel_name]


def _advice(model, before, name):
    """What to write instead of ``name``, which ``model`` lacks; ``before`` leads to it."""
    close = difflib.get_close_matches(name, model.fields_get(attributes=["type"]))
    if not close:
        return _("Choose one of its fields, or several joined by dots to follow a relation.")
    return _("Did you mean %(names)s?", names=", ".join(".".join([*before, each]) for each in close))


def gone(model, path):
    """Where ``path`` breaks because a field is not there at all, whoever may read it.

    :param model: empty recordset
    :return: (name of the missing field, name of the model that lacks it), or None
    """
    for name in path.split("."):
        field = model._fields.get(name)
        if field is None:
            return name, model._name
        if not field.relational:
            return None  # what may follow in a condition is no field: a part of a date, a property
        model = model.env[field.comodel_name]
    return None


def in_condition(condition):
    """The paths that a condition (a domain) compares; one inside of ``any`` with the path that leads there before it."""
    for term in condition:
        if isinstance(term, (list, tuple)) and len(term) == 3 and isinstance(term[0], str):
            yield term[0]
            if term[1] in ("any", "not any") and isinstance(term[2], (list, tuple)):
                yield from (f"{term[0]}.{path}" for path in in_condition(term[2]))


def select(paths):
    """Merge ``paths`` (iterable of str) into a selection."""
    selection = {}
    for path in paths:
        inner = selection
        for name in path.split("."):
            inner = inner.setdefault(name, {})
    return selection


def default_selection(model):
    """What a webhook without fields sends: every stored or inherited field that is not binary.

    Fields of the messaging and portal mixins, and those its user may not read, are left out.

    :param model: empty recordset in the environment of the webhook's owner
    """
    aside = {name for side in SIDE_MODELS if side in model.env for name in model.env[side]._fields}
    aside -= LOG_FIELDS | {"id", "display_name"}
    readable = model.fields_get(attributes=["type"])
    return {
        name: {}
        for name, field in model._fields.items()
        if name in readable
        and name not in aside
        and name not in ("id", "display_name")
        and (field.store or field.inherited)
        and field.type not in ("binary", "image")
    }


def readable_selection(model, selection):
    """Leave out of ``selection`` what the user of ``model``'s environment may not read, or what is gone."""
    readable = model.fields_get(list(selection), attributes=["type"])
    kept = {}
    for name, inner in selection.items():
        if name in readable and name in model._fields:
            field = model._fields[name]
            kept[name] = readable_selection(model.env[field.comodel_name], inner) if field.relational else {}
    return kept
