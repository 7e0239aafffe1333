"""What surrounds the record in a payload: which event of which webhook, from where, by whom."""

import uuid
from datetime import datetime, timezone


def new_event_id():
    """A new event's id: ``evt_`` and 32 hexadecimal digits; without a dot, which the signed text uses as separator."""
    return f"evt_{uuid.uuid4().hex}"


def now():
    """The present moment as the payload writes it: ISO 8601, milliseconds, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def source(env):
    """The ``source`` member: the database that the event comes from."""
    parameters = env["ir.config_parameter"].sudo()  # not secret, but only administrators may read the table
    return {
        "database": env.cr.dbname,
        "uuid": parameters.get_param("database.uuid"),
        "url": parameters.get_param("web.base.url"),
    }


def user(env, uid):
    """The ``user`` member: who made the change."""
    return {"id": uid, "name": env["res.users"].sudo().browse(uid).name or None}  # any name, whoever owns the webhook


def build(event_id, sequence, webhook, data, source, user, timestamp=None, test=False):
    """The whole payload.

    :param webhook: something with ``id``, ``name``, ``model`` and ``kind``
    :param data: ``{"id": …, "record": …, "changes": …}``
    :return: dict, in the order in which it is written
    """
    payload = {
        "id": event_id,
        "type": f"{webhook.model}.{webhook.kind}",
        "timestamp": timestamp or now(),
        "sequence": sequence,
        "webhook": {"id": webhook.id, "name": webhook.name},
        "source": source,
        "user": user,
        "data": {"model": webhook.model, "kind": webhook.kind, **data},
    }
    if test:
        payload["test"] = True
    return payload


def truncated(payload):
    """The payload of a record that is too large to be sent: it says which one, and that the rest is left out."""
    data = {name: value for name, value in payload["data"].items() if name not in ("record", "changes")}
    return {**payload, "truncated": True, "data": data}
