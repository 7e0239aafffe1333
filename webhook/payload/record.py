"""A record as a tree of plain data, and the difference between two of them."""

from . import values


def snapshot(records, selection):
    """Read the raw values of ``selection`` from ``records``, in batches as the ORM prefetches them.

    :param records: recordset in the environment of the webhook
    :return: ``{record id: {field name: raw value}}``
    """
    return {
        record.id: {name: values.raw(record, name, inner) for name, inner in selection.items()} for record in records
    }


def tree(record, raws):
    """The ``record`` member of the payload: id, display name, and the given raw values as they are shown.

    :param record: one record, in the environment of the webhook
    :param raws: ``{field name: raw value}``
    """
    shown = {"id": record.id, "display_name": values.display_name(record.env, record._name, record.id)}
    for name, value in raws.items():
        shown[name] = values.shown(record.env, record._name, name, value)
    return shown


def changed(before, after, names):
    """The names, of ``names``, whose raw value differs between two snapshots of one record.

    A field that ``before`` does not know counts as changed.
    """
    return [name for name in names if name in after and (name not in before or before[name] != after[name])]


def changes(env, model, before, after, names):
    """The ``changes`` member of the payload for the given field names; ``old`` is left out where it is not known."""
    result = {}
    for name in names:
        change = {"new": values.shown(env, model, name, after[name])}
        if name in before:
            change = {"old": values.shown(env, model, name, before[name]), **change}
        result[name] = change
    return result
