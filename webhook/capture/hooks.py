"""What ``create``, ``write`` and ``unlink`` of every model report. Nothing here may break the user's save."""

import logging

import psycopg2

from .. import series
from ..payload import record as records
from . import events, subscription, transaction

_logger = logging.getLogger(__name__)


def watching(model):
    """The subscriptions on ``model``, or nothing: the one thing that an unwatched model pays for.

    Nothing is captured while modules are being installed, upgraded or uninstalled.
    """
    if model._transient or model._abstract or not model.pool.ready or model.env.context.get("_force_unlink"):
        return ()
    return model.env["webhook.webhook"]._subscriptions().get(model._name, ())


def created(recordset):
    """Note new records, after ``create()``."""
    touched = _touch(recordset)
    touched.created.update(recordset.ids)


def writing(recordset, subscriptions):
    """Note records that are about to be written, with the values they have."""
    touched = _touch(recordset)
    for (owner, language), selection in _watched_by_view(subscriptions).items():
        known = touched.before[owner, language]
        new = [record_id for record_id in recordset.ids if record_id not in touched.created and record_id not in known]
        if new:
            known.update((record_id, {}) for record_id in new)  # what cannot be read stays unknown
            view = subscription.owner_view(recordset.env, recordset._name, owner, language)
            try:
                # No savepoint: to roll it back would undo what reading made the ORM write, and the ORM would not know.
                known.update(records.snapshot(series.readable_records(view.browse(new)), selection))
            except psycopg2.Error:
                raise  # the transaction is lost; a serialization failure among them makes Odoo try again
            except Exception:
                _logger.exception("The old values of %s cannot be read; its events go out without them", recordset)


def unlinking(recordset, subscriptions):
    """Note records that are about to be deleted, with the data that the events will carry."""
    touched = _touch(recordset)
    old = [record_id for record_id in recordset.ids if record_id not in touched.created]
    for each in subscriptions:
        if each.kind == "on_unlink" and old:
            series.flush(recordset.env)  # as unlink() itself does: a savepoint may then be rolled back
            touched.deleted[each.id].update(events.render(recordset.env, each, old))


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
