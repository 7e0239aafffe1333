"""All that differs between Odoo series in Python, and nothing else."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tools.misc import Callbacks

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
def stored_values(cr, known):
    """Let the ORM read what the database holds, past what this transaction has changed but not yet written.

    For the length of the block the cursor has another cache. Nothing may be written in it.

    :param known: list that keeps that cache for the next call of the same transaction
    :return: an environment, for the superuser
    """
    present, cr.transaction = cr.transaction, known[0] if known else None
    # A savepoint in here (of a compute, say) must neither run nor drop what waits for the commit.
    waiting, cr.precommit = cr.precommit, Callbacks()
    try:
        env = api.Environment(cr, SUPERUSER_ID, {})
        known[:] = [cr.transaction]
        yield env
    finally:
        cr.transaction, cr.precommit = present, waiting


def flush_cached_models(env):
    """Write what is held back of the models that Odoo caches for the whole process (rights, parameters, users).

    To be called before :func:`stored_values`: what is read there would stay in that cache, outdated.
    """
    held_back = {field.model_name for field in env.transaction.field_dirty}
    for model in held_back & CACHED_MODELS:
        env[model].flush_model()


def readable_records(records):
    """The ones of ``records`` that their user may read (access rights and record rules)."""
    return records._filtered_access("read")


def clear_caches(env):
    """Forget what this process has cached, and have the others told once this transaction is committed."""
    env.registry.clear_cache()


def clear_cache(registry):
    """Forget what this process has cached, outside a transaction."""
    registry.clear_cache()


def wake_cron(cron, at=None):
    """Run the scheduled action ``cron`` right after this transaction commits, or at ``at`` (naive UTC datetime)."""
    cron._trigger(at)


def flush(env):
    """Write to the database what the ORM still holds back."""
    env.flush_all()


def forget(model):
    """Drop the cached values of ``model``, after a statement that went past the ORM."""
    model.invalidate_model()


def may_read(model):
    """Whether the user of the empty recordset ``model`` has the right to read it at all."""
    return model.has_access("read")


def forget_computations(records):
    """Drop the pending computations of records that are about to be deleted, as ``unlink()`` does."""
    for field in records._fields.values():
        records.env.remove_to_compute(field, records)
