"""All that differs between Odoo series in Python, and nothing else."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api


@contextmanager
def stored_values(cr, known=None):
    """Let the ORM read what the database holds, past what this transaction has changed but not yet written.

    For the length of the block the cursor has another cache. Nothing may be written in it.

    :param known: list that keeps that cache for the next call of the same transaction, or None
    :return: an environment, for the superuser
    """
    present, cr.transaction = cr.transaction, known[0] if known else None
    try:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if known is not None:
            known[:] = [cr.transaction]
        yield env
    finally:
        cr.transaction = present


def readable_records(records):
    """The ones of ``records`` that their user may read (access rights and record rules)."""
    return records._filtered_access("read")


def clear_caches(env):
    """Forget the cached subscriptions, in this process and, once committed, in the others."""
    env.registry.clear_cache()


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
