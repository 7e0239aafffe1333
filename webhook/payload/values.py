"""The value of one field, in two steps.

*raw*: plain data that can be kept and compared (ids for relations), taken from the record at one moment.
*shown*: the same as the payload shows it (section 3 of the contract), with the names of related records.
"""

import math
from datetime import date, datetime

from odoo import models
from odoo.tools import float_round

from .. import series


def raw(record, name, selection):
    """The raw value of the field ``name`` of ``record`` (one record, in the environment of the webhook).

    :param selection: what is wanted inside a relation, as in :mod:`.paths`
    :return: None, bool, int, float, str, bytes, dict or list; never a recordset
    """
    value = record[name]
    if type(value) is str:  # the shortest way for the most frequent
        return value or None
    field = record._fields[name]
    if field.type == "many2one":
        return _raw_record(value, selection) if value else None
    if field.type in ("one2many", "many2many"):
        inside = series.readable_records(value)
        return [_raw_record(each, selection) for each in inside] if selection else inside.ids
    if field.type in ("reference", "many2one_reference"):
        return _raw_reference(record, field, value)
    if field.type in ("properties", "properties_definition"):
        return _plain(field.convert_to_read(value, record))
    if field.type == "boolean":
        return bool(value)
    if field.type in ("float", "monetary"):
        return _number(record, field, value)
    if field.type == "integer":
        return value or 0
    return _plain(value)


def _raw_record(record, selection):
    """A related record: its id, and what is selected inside it if the owner may read it."""
    value = {"id": record.id}
    if selection:
        readable = series.readable_records(record)
        for name, inner in selection.items():
            value[name] = raw(record, name, inner) if readable else None
    return value


def _raw_reference(record, field, value):
    """A pointer to a record of any model, or None."""
    if field.type == "many2one_reference":  # an id beside a field that holds the model
        model = record[field.model_field] if value else None
        return {"model": model, "id": value} if model else None
    return {"model": value._name, "id": value.id} if value else None


def _number(record, field, value):
    """A float without decimal noise; None where it is no number at all."""
    value = value or 0.0
    if not math.isfinite(value):
        return None
    if field.type == "monetary":
        currency_field = series.currency_field(field, record)
        currency = record[currency_field] if currency_field else None
        return round(currency.round(value), currency.decimal_places) if currency else _rounded(value, 6)
    digits = field.get_digits(record.env)
    return _rounded(value, digits[1]) if digits else value


def _rounded(value, digits):
    """``value`` rounded as Odoo does, and then to the float that is written with so many digits."""
    return round(float_round(value, precision_digits=digits), digits)


def _plain(value):
    """Dates as ISO 8601, datetimes in UTC with ``Z``, bytes as base64 text, ``False`` and ``None`` as None."""
    if value is None or value is False:
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):  # Odoo hands out binary fields as base64
        return value.decode("ascii", "replace")
    if isinstance(value, str):
        return str(value) or None  # plain, where it was Markup; Odoo stores an empty text now as '', now as NULL
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(inner) for inner in value]
    if isinstance(value, models.BaseModel):  # inside a properties field
        return value.ids
    return str(value)


def is_relation(field):
    """Whether values of ``field`` point to records."""
    return field.relational or field.type in ("reference", "many2one_reference")


def related(env, model, name, value):
    """The records that a raw value points to.

    :param model: name of the model that has the field ``name``
    :return: iterator of (model name, record id)
    """
    field = env[model]._fields[name]
    if not value:
        return
    if field.type in ("reference", "many2one_reference"):
        # To any model: not every owner may read there.
        if _may_name(env, value["model"], value["id"]):
            yield value["model"], value["id"]
    elif field.relational:
        for record in value if isinstance(value, list) else [value]:
            if isinstance(record, dict):
                yield field.comodel_name, record["id"]
                for inner, inner_value in record.items():
                    if inner != "id":
                        yield from related(env, field.comodel_name, inner, inner_value)


def _may_name(env, model, record_id):
    return (
        model in env
        and series.may_read(env[model])
        and bool(series.readable_records(env[model].browse(record_id).exists()))
    )


def shown(env, model, name, value, names):
    """Turn a raw value into what the payload shows: related records get their ``display_name``.

    :param model: name of the model that has the field ``name``
    :param names: ``{(model name, record id): str}``
    """
    field = env[model]._fields[name]
    if not value:
        return value
    if field.type in ("reference", "many2one_reference"):
        return dict(value, display_name=names.get((value["model"], value["id"])))
    if field.type == "many2one":
        return _shown_record(env, field.comodel_name, value, names)
    if field.type in ("one2many", "many2many"):
        return [
            _shown_record(env, field.comodel_name, each, names) if isinstance(each, dict) else each for each in value
        ]
    return value


def _shown_record(env, model, value, names):
    record = {"id": value["id"], "display_name": names.get((model, value["id"]))}
    for name, inner in value.items():
        if name != "id":
            record[name] = shown(env, model, name, inner, names)
    return record
