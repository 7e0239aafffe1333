"""What the end-to-end tests say often."""

import json
import time

NEVER = 3  # seconds in which something that must not come would have come: events go out within milliseconds


def settings(client, **values):
    """Set the timeout and the retries as an administrator would, in General Settings."""
    form = client.create("res.config.settings", **{f"webhook_{name}": value for name, value in values.items()})
    client.call("res.config.settings", "execute", [form])


def until(condition, timeout=30):
    """Wait until ``condition()`` is true, and return what it gave."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s")
        time.sleep(0.05)
    return result


def jobs(client, webhook):
    """The jobs of a webhook, oldest first."""
    fields = ["event", "state", "error", "attempt_count", "body", "res_id"]
    return client.call("webhook.job", "search_read", [["webhook_id", "=", webhook]], fields, order="id")


def finished(client, webhook, count=1, timeout=30):
    """Wait until ``count`` jobs of a webhook are done with, and return them."""

    def all_done():
        found = jobs(client, webhook)
        return len(found) >= count and all(job["state"] in ("delivered", "failed") for job in found) and found

    return until(all_done, timeout)


def attempts(client, webhook):
    """The logged attempts of a webhook's jobs, oldest first."""
    return client.call("webhook.attempt", "search_read", [["job_id.webhook_id", "=", webhook]], order="id")


def changes(client, webhook):
    """What differs in each event of a webhook, oldest first: a list of ``{field: {"old": …, "new": …}}``."""
    return [json.loads(job["body"])["data"]["changes"] for job in jobs(client, webhook)]


def received_changes(requests):
    """The same, as a receiver got them."""
    return [request.json()["data"]["changes"] for request in requests]


def retries(server):
    """How often PostgreSQL has refused a transaction of a server, for Odoo to run it again."""
    return server.log.read_text().count("could not serialize access")


def code_action(client, model, code):
    """A server action on ``model``; a function that runs it on a record, with values in the context, in one transaction.

    :return: ``run(record id, client, **context)``
    """
    action = client.create("ir.actions.server", name="code", model_id=client.model_id(model), state="code", code=code)

    def run(record, by=client, **context):
        context = {"active_model": model, "active_id": record, "active_ids": [record], **context}
        return by.call("ir.actions.server", "run", [action], context=context)

    return run
