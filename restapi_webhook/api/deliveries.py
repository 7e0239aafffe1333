"""What the calls on deliveries do: what was sent for a webhook, what came of it, and sending it again."""

from odoo import fields

from ..problem import Problem
from . import webhooks
from .parameters import NUMBER_LIMIT

PAGE = 100
# Public name → field of webhook.job.
FIELDS = {
    "event": "event",
    "model": "model",
    "kind": "kind",
    "record": "res_id",
    "record_name": "res_name",
    "format": "format",
    "state": "state",
    "error": "error",
    "attempt_count": "attempt_count",
    "next_attempt_at": "next_attempt_at",
    "finished_at": "finished_at",
    "create_date": "create_date",
}


def search(env, webhook_id, *, offset=0, limit=PAGE, count=False):
    """A page of the deliveries of a webhook, the newest first."""
    webhooks.find(env, [webhook_id])
    domain = [("webhook_id", "=", webhook_id)]
    if count:
        return {"count": env["webhook.job"].search_count(domain)}
    found = env["webhook.job"].search(domain, offset=offset, limit=limit, order="id desc")
    return {"delivery": [public(job) for job in found]}


def read(env, delivery_id):
    """One delivery, with what was sent and its attempts."""
    return {"delivery": _whole(find(env, delivery_id))}


def redeliver(env, delivery_id):
    """Put a finished delivery back in the queue, with a fresh set of retries."""
    job = find(env, delivery_id)
    job.action_redeliver()
    return {"delivery": _whole(job)}


def find(env, delivery_id):
    """The job with this id.

    :raises Problem: 404, if it is not there or not for this user to see
    """
    found = env["webhook.job"].search([("id", "=", delivery_id)]) if delivery_id <= NUMBER_LIMIT else None
    if not found:
        raise Problem(404, f"There is no delivery {delivery_id} that you may see: it may have been deleted.")
    return found


def public(job):
    """A job under its public names (dict)."""
    return {
        "id": job.id,
        "webhook": job.webhook_id.id,
        **{name: _public_value(job, field) for name, field in FIELDS.items()},
    }


def _whole(job):
    attempts = job.attempt_ids.sorted("id")  # their numbers begin anew with a redelivery
    return {**public(job), "body": job.body or None, "attempts": [_attempt(attempt) for attempt in attempts]}


def _attempt(attempt):
    return {
        "number": attempt.number,
        "started_at": fields.Datetime.to_string(attempt.started_at),
        "duration": round(attempt.duration, 3),
        "status": attempt.status or None,
        "error": attempt.error or None,
        "answer": attempt.answer or "",
    }


def _public_value(job, field):
    value = job[field]
    if job._fields[field].type == "datetime":
        return fields.Datetime.to_string(value) or None
    return None if value is False else value
