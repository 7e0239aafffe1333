"""All that differs between Odoo series in Python, and nothing else.

What views and data need is in ``tools/addons/steps.py``; ``docs/series.md`` has both in one table.
"""

import os
from contextlib import contextmanager

import odoo
from odoo import SUPERUSER_ID, api, release
from odoo.service import server
from odoo.tools import config
from odoo.tools.misc import Callbacks

SERIES = release.version_info[0]  # 14 to 19

CACHED_MODELS = {
    "ir.config_parameter",
    "ir.default",
    "ir.model.access",
    "ir.rule",
    "res.company",
    "res.groups",
    "res.lang",
    "res.users",
}


@contextmanager
def transaction(registry):
    """A transaction of its own, with its own cache of the ORM, in any thread; committed on leaving.

    :return: an environment, for the superuser
    """
    with _other_cache([]), registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


@contextmanager
def stored_values(cr, known):
    """Let the ORM read what the database holds, past what this transaction has changed but not yet written.

    For the length of the block the cursor has another cache. Nothing may be written in it.

    :param known: list that keeps that cache for the next call of the same transaction
    :return: an environment, for the superuser
    """
    # A savepoint in here (of a compute, say) must neither run nor drop what waits for the commit.
    waiting, cr.precommit = cr.precommit, Callbacks()
    try:
        with _other_cache(known, cr):
            yield api.Environment(cr, SUPERUSER_ID, {})
    finally:
        cr.precommit = waiting


class Lasting(Callbacks):
    """The callbacks before a commit or savepoint of a cursor, with one more that stays.

    Whatever is rolled back to a savepoint takes the others with it; what is to be done for the transaction remains.
    """

    __slots__ = ("_due", "_work")

    def __init__(self, present, due, work):
        """Take over from ``present``.

        :param due: function that tells whether there is something to do for ``work``
        :param work: function
        """
        self._funcs, self.data = present._funcs, present.data
        self._due, self._work = due, work

    def __len__(self):
        return len(self._funcs) + bool(self._due())

    def __bool__(self):
        return bool(len(self))

    def run(self):
        """Call all that waits, and then the one that stays as long as it has something to do."""
        Callbacks.run(self)
        while self._due():
            self._work()
            Callbacks.run(self)


def run_before_commit(cr, due, work):
    """Have ``work()`` called before each commit and savepoint of the cursor, whenever ``due()`` says so."""
    while "precommit" not in vars(cr) and hasattr(cr, "_cursor"):  # a test's cursor, which hands on to a real one
        cr = cr._cursor
    if not isinstance(cr.precommit, Lasting):
        cr.precommit = Lasting(cr.precommit, due, work)


def inverses(registry, field):
    """The fields that are the other side of the relation ``field``."""
    if SERIES >= 15:
        return registry.field_inverses[field]
    return registry[field.model_name]._field_inverses[field]


def dependents(registry, field):
    """The fields that are computed from ``field``, directly or not.

    :return: iterator of (tuple of relations to follow backwards, one after the other, from a record that has ``field``;
        field)
    """
    if SERIES >= 16:
        yield from _in_tree(registry.get_field_trigger_tree(field))
    else:
        yield from _in_tree(registry.field_triggers.get(field, {}))


def _in_tree(tree, path=()):
    for dependent in tree.root if SERIES >= 16 else tree.get(None, ()):
        yield path, dependent
    for relation, inner in tree.items():
        if relation is not None:
            yield from _in_tree(inner, (*path, relation))


@contextmanager
def _other_cache(known, cr=None):
    """Another cache of the ORM for the length of the block: the one in ``known``, or a new one, which is put there.

    Since 15.0 the cache belongs to the cursor; before, to the thread, whatever cursors it has open.
    """
    if SERIES >= 15:
        if cr is None:  # a new cursor has a new cache
            yield
            return
        holder, name = cr, "transaction"
        other = known[0] if known else None
    else:
        holder, name = api.Environment._local, "environments"
        other = known[0] if known else api.Environments()
    present = getattr(holder, name, None)
    setattr(holder, name, other)
    try:
        yield
        known[:] = [getattr(holder, name)]
    finally:
        if present is None and SERIES < 15:
            delattr(holder, name)  # a thread that had none yet
        else:
            setattr(holder, name, present)


def flush_cached_models(env, *others):
    """Write what is held back of the models that Odoo caches for the whole process (rights, parameters, users).

    To be called before :func:`stored_values`: what is read there would stay in that cache, outdated.

    :param others: names of further models
    """
    if SERIES >= 19:
        held_back = {field.model_name for field in env.transaction.field_dirty}
    elif SERIES >= 16:
        held_back = {field.model_name for field in env.cache.get_dirty_fields()}
    else:
        held_back = set(env.all.towrite)
    for model in held_back & {*CACHED_MODELS, *others}:
        if SERIES >= 16:
            env[model].flush_model()
        else:
            env[model].flush(list(env[model]._fields))


def flush(env):
    """Write to the database what the ORM still holds back."""
    if SERIES >= 16:
        env.flush_all()
    else:
        env["base"].flush()


def forget(model):
    """Drop the cached values of ``model``, after a statement that went past the ORM."""
    if SERIES >= 16:
        model.invalidate_model()
    else:
        model.invalidate_cache()


def forget_field(env, field):
    """Drop all cached values of a field that is not stored."""
    if SERIES >= 19:
        field._invalidate_cache(env)
    else:
        env.cache.invalidate([(field, None)])


def forget_all(env):
    """Drop all cached values, once they are written: a statement went past the ORM."""
    if SERIES >= 16:
        env.invalidate_all(flush=False)
    else:
        env.cache.invalidate()


def forget_computations(records):
    """Drop the pending computations of records that are about to be deleted, as ``unlink()`` does."""
    for field in records._fields.values():
        records.env.remove_to_compute(field, records)


def forget_failed_computations(records):
    """Let each of ``records`` be computed on its own again, after a computation of all of them together has failed.

    Before 16.0 Odoo would go on computing them together, values that are not stored too.
    """
    for field in records._fields.values():
        if field.compute and not field.store:
            records.env.remove_to_compute(field, records)


def may_read(model):
    """Whether the user of the empty recordset ``model`` has the right to read it at all."""
    if SERIES >= 18:
        return model.has_access("read")
    return model.check_access_rights("read", raise_exception=False)


def check_access(records, operation):
    """Check the access rights and record rules of the user of ``records``.

    :raises AccessError:
    """
    if SERIES >= 18:
        records.check_access(operation)
    else:
        records.check_access_rights(operation)
        records.check_access_rule(operation)


def fetch(records, names):
    """Read the columns ``names`` of ``records`` into the cache, where they are not yet; without the others of the model."""
    fields = [records._fields[name] for name in names]
    names = [field.name for field in fields if field.store and field.column_type and _is_missing(field, records)]
    if names and SERIES >= 17:
        records.fetch(names)
    elif names:
        records._read(names)


def _is_missing(field, records):
    if SERIES >= 19:
        return any(True for _ in field._cache_missing_ids(records))
    return any(True for _ in records.env.cache.get_missing_ids(records, field))


def readable_records(records):
    """The ones of ``records`` that their user may read (access rights and record rules)."""
    if SERIES >= 18:
        return records._filtered_access("read")
    return records._filter_access_rules("read") if may_read(records) else records.browse()


def clear_cache(registry):
    """Forget what this process has cached, and have the others told once the transaction at work is committed."""
    if SERIES >= 17:
        registry.clear_cache()
    else:
        registry.clear_caches()


def currency_field(field, record):
    """The name of the field that holds the currency of a monetary field, or None."""
    return field.get_currency_field(record) if SERIES >= 15 else field.currency_field


def aggregated_by(function):
    """What a field says about how a group shows it: the SQL function of that name, or not at all (None)."""
    return {"aggregator" if SERIES >= 18 else "group_operator": function}


def serves():
    """Whether this process answers requests or runs scheduled actions, and may have threads that go on after both."""
    return bool(config["max_cron_threads"]) and not config["stop_after_init"] and not getattr(odoo, "evented", False)


def only_forks(pid=None):
    """Whether a process is the parent of Odoo's workers: it must not send, as they would inherit its connections.

    :param pid: of the process; this one unless given
    """
    return isinstance(server.server, server.PreforkServer) and server.server.pid == (pid or os.getpid())


def trigger(env, xmlid):
    """Have some process run a scheduled action once this transaction commits; before 15.0, it runs in its own time."""
    if SERIES >= 15:
        action = env.ref(xmlid, raise_if_not_found=False)
        if action:
            action._trigger()
