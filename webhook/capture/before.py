"""How records were before a transaction changed them."""

import logging

import psycopg2

from .. import series
from ..payload import record as snapshots
from . import events, subscription, transaction

_logger = logging.getLogger(__name__)

# Records touched one by one, as in a loop over a recordset: from this one on, those to come are read along.
SINGLES = 3
READ_ALONG = 1000


def read(records, views, touched):
    """Read what the webhooks will compare with, of those of ``records`` that are not known yet.

    Called before the database has the change.

    :param views: as from :meth:`.watch.Watch.views`
    """
    for (owner, language), (selection, entering) in views.items():
        known = touched.before[owner, language]
        new = [each for each in records._ids if each not in known and each not in touched.created]
        if new:
            new = _read_along(records, new, known, touched)
            _read(records, owner, language, selection, entering, new, known, touched)


def _read_along(records, new, known, touched):
    """``new``, with what Odoo would read along with it, if this goes on and on."""
    if len(new) > 1:
        return new
    touched.single += 1
    if touched.single < SINGLES:
        return new
    along = dict.fromkeys(new)
    for each in records._prefetch_ids:
        if isinstance(each, int) and each not in known and each not in touched.created:
            along[each] = None
            if len(along) == READ_ALONG:
                break
    return list(along)


def _read(records, owner, language, selection, entering, ids, known, touched):
    cr = records.env.cr
    current = transaction.known(cr)
    known.update((record_id, {}) for record_id in ids)  # what cannot be read stays unknown
    series.flush_cached_models(records.env)
    with events.harmless(cr, "Old values cannot be read; the events go out without them"):  # noqa: SIM117
        with series.stored_values(cr, current.stored) as env:
            view = subscription.owner_view(env, records._name, owner, language)
            found = _snapshot(series.readable_records(view.browse(ids).exists()), selection)
            _without_new_records(env, view, found, current)
            known.update(found)
            for each in entering:
                matching = view.search([("id", "in", ids), *each.condition]).ids
                touched.matched[each.id].update(dict.fromkeys(ids, False))
                touched.matched[each.id].update(dict.fromkeys(matching, True))


def _snapshot(records, selection):
    """The raw values of ``selection``, without those that cannot be computed."""
    try:
        return snapshots.snapshot(records, selection)
    except psycopg2.Error:
        raise
    except Exception as error:
        series.forget_failed_computations(records)
        if len(records) > 1:
            return {key: each for record in records for key, each in _snapshot(record, selection).items()}
        if len(selection) > 1:
            parts = [_snapshot(records, {name: inner}) for name, inner in selection.items()]
            return {records.id: {name: raw for part in parts for name, raw in part[records.id].items()}}
        _logger.info("What %s of %s was cannot be told: %s", *selection, records, error)
        return {records.id: {}}


def _without_new_records(env, view, found, current):
    """Take out of ``found`` the related records that this transaction made: they were not there before."""
    for raws in found.values():
        for name, value in raws.items():
            if isinstance(value, list) and value and view._fields[name].relational:
                created = current.models[view._fields[name].comodel_name].created
                if created:
                    raws[name] = [
                        each for each in value if (each["id"] if isinstance(each, dict) else each) not in created
                    ]


def keep_names(records, watch, kept):
    """Keep the display names of records that are about to be deleted: old values may name them.

    :param kept: ``{(language, model name, record id): display name}``
    """
    languages = {each.language for subscriptions in watch.subscriptions.values() for each in subscriptions}
    with events.harmless(records.env.cr, "The names of deleted records cannot be read"):
        for language in languages:
            for record in records.sudo().with_context(lang=language).exists():
                kept[language, record._name, record.id] = record.display_name or None
