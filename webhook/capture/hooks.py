"""What ``create``, ``write`` and ``unlink`` of every model report. Nothing here may break the user's save."""

from .. import series
from ..payload import record as records
from . import events, subscription, transaction


def watching(model):
    """The subscriptions on ``model``, or nothing: the one thing that an unwatched model pays for.

    Nothing is captured while modules are being installed, upgraded or uninstalled.
    """
    if model._transient or model._abstract or not model.pool.ready:
        return ()
    return model.env["webhook.webhook"]._subscriptions().get(model._name, ())


def created(recordset):
    """Note new records, after ``create()``."""
    touched = _touch(recordset)
    touched.created.update(recordset.ids)


def writing(recordset, subscriptions):
    """Note records that are about to be written, with the values that the database has for them.

    Called before ``write()``, and before computed values are stored, which happens without a ``write()``.
    """
    touched = _touch(recordset)
    for (owner, language), selection in _watched_by_view(subscriptions).items():
        known = touched.before[owner, language]
        new = [record_id for record_id in recordset.ids if record_id not in touched.created and record_id not in known]
        if new:
            known.update((record_id, {}) for record_id in new)  # what cannot be read stays unknown
            _read_old_values(recordset, owner, language, selection, new, known)


def _read_old_values(recordset, owner, language, selection, ids, known):
    cr = recordset.env.cr
    stored = transaction.current(cr).stored
    series.flush_cached_models(recordset.env)
    with events.harmless(cr, "Old values cannot be read; the events go out without them"):  # noqa: SIM117
        with series.stored_values(cr, stored) as env:
            view = subscription.owner_view(env, recordset._name, owner, language)
            known.update(records.snapshot(series.readable_records(view.browse(ids)), selection))


def storing(recordset, subscriptions, names):
    """Note records whose computed fields ``names`` are about to be stored, if that concerns a webhook."""
    if any(name in each.watched or each.kind == "on_create" for each in subscriptions for name in names):
        writing(recordset, subscriptions)


def unlinking(recordset, subscriptions):
    """Note records that are about to be deleted, with the data that the events will carry."""
    touched = _touch(recordset)
    old = [record_id for record_id in recordset.ids if record_id not in touched.created]
    concerned = [each for each in subscriptions if each.kind == "on_unlink"]
    if old and concerned:
        # As unlink() itself does; what is rendered may then be rolled back to a savepoint.
        series.forget_computations(recordset)
        series.flush(recordset.env)
    for each in concerned:
        deleted = touched.deleted[each.id]
        for record_id in old:
            deleted.pop(record_id, None)  # from a deletion that was taken back
        deleted.update(events.render(recordset.env, each, old))


def _touch(recordset):
    """Put the records on the list for the next flush, and return what is known of their model."""
    cr = recordset.env.cr
    touched = transaction.current(cr).models[recordset._name]
    touched.touch(recordset.ids, recordset.env.uid)
    env = recordset.env(su=True)
    transaction.at_flush(cr, lambda: events.write(env))
    return touched


def _watched_by_view(subscriptions):
    """What is to be compared, merged for webhooks that look with the same eyes.

    :return: ``{(owner, language): selection}``
    """
    views = {}
    for each in subscriptions:
        if each.kind == "on_write":
            view = views.setdefault((each.owner, each.language), {})
            for name in each.watched:
                view[name] = _merge(view.get(name, {}), each.selection[name])
    return views


def _merge(one, other):
    return {name: _merge(one.get(name, {}), other.get(name, {})) for name in {**one, **other}}
