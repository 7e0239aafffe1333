"""What ``create``, ``write``, ``unlink`` and the rest of every model report. Nothing here may break the user's save."""

import collections
import functools
import logging
from contextlib import contextmanager

import psycopg2
from odoo import api

from .. import series
from . import before, events, routes, subscription, transaction
from .watch import WATCHED

_logger = logging.getLogger(__name__)

WATCHING = "webhook.watching"  # in a cursor's data of the transaction: {model name: Watch or None}


def breaking_no_save(hook):
    """Let nothing out of ``hook`` but errors of the database, after which the transaction cannot go on anyway."""

    @functools.wraps(hook)
    def guarded(*args, **options):
        try:
            hook(*args, **options)
        except psycopg2.Error:
            raise
        except Exception:
            _logger.exception("A change cannot be followed; webhooks may miss it")

    return guarded


def watching(model):
    """What the webhooks watch, if a change of ``model`` may concern one: a Watch; else None.

    The one thing that an unwatched model pays for, several times for each change: hence the shortest way to the answer
    of the same transaction.
    """
    try:
        return model.env.cr.postcommit.data[WATCHING][model._name]
    except KeyError:
        return _watching(model)


def _watching(model):
    if not model.pool.ready:  # while modules are being installed, upgraded or uninstalled
        return None
    watch = None
    # Of our own nothing is watched; and while webhooks are being written, what they watch cannot be read.
    if not model._transient and not model._abstract and not model._name.startswith(subscription.OWN_MODELS):
        watch = model.env["webhook.webhook"]._watch()
        watch = watch if watch.concerns(model._name) else None
    model.env.cr.postcommit.data.setdefault(WATCHING, {})[model._name] = watch
    return watch


@contextmanager
def unwatched(cr):
    """Watch nothing for the length of the block, in which nothing is changed."""
    data = cr.postcommit.data
    present = data.pop(WATCHING, None)
    data[WATCHING] = collections.defaultdict(lambda: None)
    try:
        yield
    finally:
        del data[WATCHING]
        if present is not None:
            data[WATCHING] = present


def forget_watching(cr):
    """Have it looked up again in this transaction."""
    cr.postcommit.data.pop(WATCHING, None)


@breaking_no_save
def creating(model, vals_list, watch):
    """Note the records that new ones are about to be linked to, before ``create()``."""
    step = watch.step(model._name)
    if step.steps:
        routes.follow_coming(model, vals_list, step, _Reached(model.env, watch))


@breaking_no_save
def writing(records, vals, watch):
    """Note what a ``write()`` is about to change, with the values that the database has for it."""
    step = watch.step(records._name, frozenset(vals))
    if step:
        reached = _Reached(records.env, watch)
        routes.follow(records, step, reached)
        if step.steps:
            routes.follow_coming(records, [vals], step, reached)


@breaking_no_save
def written(records, vals, watch):
    """Note what leads elsewhere after a ``write()`` than before."""
    step = watch.step(records._name, frozenset(vals))
    if step.steps:
        routes.follow(records, step, _Reached(records.env, watch))


@breaking_no_save
def created(records, watch):
    """Note new records, and what they lead to."""
    current = _current(records.env)
    touched = current.models[records._name]
    ids = [each for each in records._ids if isinstance(each, int)]
    touched.created.update(ids)
    if any(each.kind == "on_create" for each in watch.subscriptions.get(records._name, ())):
        touched.touch(ids, records.env.uid)
    routes.follow(records, watch.step(records._name), _Reached(records.env, watch), new=True)


@breaking_no_save
def storing(records, names, watch):
    """Note records whose computed fields ``names`` are about to be stored."""
    step = watch.stored_step(records._name, names)
    if step:
        routes.follow(records, step, _Reached(records.env, watch))


@breaking_no_save
def unlinking(records, watch):
    """Note what a deletion changes or takes along, with the data that its events will carry."""
    name = records._name
    if watch.cascades(name) or any(each.kind == "on_unlink" for each in watch.subscriptions.get(name, ())):
        # As unlink() itself does; what is rendered may then be rolled back to a savepoint.
        series.forget_computations(records)
        series.flush(records.env)
    _unlinking(records, watch, _Reached(records.env, watch), {})


def _unlinking(records, watch, reached, seen):
    name = records._name
    seen.setdefault(name, set()).update(records._ids)
    if watch.pointing_step(name):
        before.keep_names(records, watch, _current(records.env).names)
        routes.follow(records, watch.pointing_step(name), reached)
    routes.follow(records, watch.step(name), reached, root=False)
    if name in watch.subscriptions:
        _deleting(records, watch)
    for field in watch.cascades(name):
        child = records.env[field.model_name]
        records.env.cr.execute(
            f'SELECT id FROM "{child._table}" WHERE "{field.name}" IN %s ORDER BY id', [tuple(records.ids)]
        )
        ids = [record_id for (record_id,) in records.env.cr.fetchall()]
        ids = [record_id for record_id in ids if record_id not in seen.get(field.model_name, ())]
        if ids:
            _unlinking(child.sudo().browse(ids), watch, reached, seen)


def _deleting(records, watch):
    touched = _current(records.env).models[records._name]
    touched.touch(records.ids, records.env.uid)
    old = [record_id for record_id in records.ids if record_id not in touched.created]
    for each in watch.subscriptions[records._name]:
        if each.kind == "on_unlink":
            deleted = touched.deleted[each.id]
            for record_id in old:
                deleted.pop(record_id, None)  # from a deletion that was taken back
            deleted.update(events.render(records.env, each, old))


class _Reached:
    """What becomes of the records at the end of a route.

    :param env: the environment of whoever makes the change
    """

    def __init__(self, env, watch):
        self._env = env
        self._watch = watch

    def __call__(self, records, reach):
        touched = _current(self._env).models[records._name]
        if reach == WATCHED:
            before.read(records, self._watch.views(records._name), touched)
            ids = records._ids
        else:  # what is sent along: of interest only for what is told of anyway
            ids = [each for each in records._ids if each in touched.users]
        touched.touch(ids, self._env.uid)


def _current(env):
    """What is known of the transaction; it will become events before its end."""
    cr, uid = env.cr, env.uid
    current = transaction.known(cr)
    if current is None:
        current = transaction.begin(cr, uid)

        def due():
            known = transaction.known(cr)
            if known is None:
                return False
            known.take_back(cr)
            return known.has_pending()

        def write():
            known = transaction.known(cr)
            events.write(api.Environment(cr, known.uid, {}, True))

        series.run_before_commit(cr, due, write)
    return current
