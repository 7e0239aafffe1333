"""All that differs between Odoo series in Python, and nothing else."""


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
