"""A record as a tree of plain data, and the difference between two of them."""

import collections

from .. import series
from . import values


def forget_computed(model, selection):
    """Have what Odoo computes without storing it computed again: it is not always told on what that depends.

    :param model: empty recordset
    """
    for name, inner in selection.items():
        field = model._fields[name]
        if field.compute and not field.store:
            series.forget_field(model.env, field)
        if inner and field.relational:
            forget_computed(model.env[field.comodel_name], inner)


def snapshot(records, selection):
    """Read the raw values of ``selection`` from ``records``, in batches as the ORM prefetches them.

    :param records: recordset in the environment of the webhook
    :return: ``{record id: {field name: raw value}}``
    """
    series.fetch(records, selection)
    return {
        record_id: {name: values.raw(record, name, inner) for name, inner in selection.items()}
        for record_id, record in zip(records._ids, records)
    }


def names(records, raws):
    """The display names of ``records`` and of all the records that their raw values point to, read in batches.

    They are read with sudo, as Odoo's own ``read()`` does: who may read a document may read the names in it.

    :param records: recordset in the environment of the webhook
    :param raws: iterable of ``{field name: raw value}``
    :return: ``{(model name, record id): str or None}``, without records that are gone
    """
    wanted = collections.defaultdict(dict, {records._name: dict.fromkeys(records.ids)})
    relations = {name for name, field in records._fields.items() if values.is_relation(field)}
    for each in raws:
        for name in each.keys() & relations:
            for model, record_id in values.related(records.env, records._name, name, each[name]):
                wanted[model][record_id] = None
    found = {}
    for model, ids in wanted.items():
        if model in records.env:
            forget_computed(records.env[model], {"display_name": {}})
            for record in records.env[model].sudo().browse(ids).exists():
                found[model, record.id] = record.display_name or None
    return found


def tree(record, raws, names):
    """The ``record`` member of the payload: id, display name, and the given raw values as they are shown.

    :param record: one record, in the environment of the webhook
    :param raws: ``{field name: raw value}``
    :param names: as from :func:`names`
    """
    shown = {"id": record.id, "display_name": names.get((record._name, record.id))}
    for name, value in raws.items():
        relation = value and values.is_relation(record._fields[name])
        shown[name] = values.shown(record.env, record._name, name, value, names) if relation else value
    return shown


def changed(before, after, names):
    """The names, of ``names``, whose raw value differs between two snapshots of one record.

    A field that ``before`` does not know counts as changed.
    """
    return [name for name in names if name in after and (name not in before or _differ(before[name], after[name]))]


def _differ(old, new):
    return old != new and _unordered(old) != _unordered(new)


def _unordered(value):
    """Related records in the order of their ids: in which order Odoo happens to list them is no difference."""
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return sorted(value)
    if isinstance(value, list) and all(isinstance(each, dict) and "id" in each for each in value):
        return sorted(value, key=lambda each: str(each["id"]))
    return value


def changes(record, before, after, changed, names):
    """The ``changes`` member of the payload.

    ``old`` is left out where it is not known.

    :param before: raw values of ``record``, ``{field name: raw value}``
    :param after: the same, later
    :param changed: the field names that differ
    """
    result = {}
    for name in changed:
        result[name] = {
            key: values.shown(record.env, record._name, name, raws[name], names)
            for key, raws in (("old", before), ("new", after))
            if name in raws
        }
    return result
