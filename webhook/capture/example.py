"""An event of a webhook as it would be sent, made up from a real record: for the preview and the test notification."""

import logging

import psycopg2
from odoo import _
from odoo.exceptions import UserError

from ..payload import envelope
from ..payload import record as records
from . import subscription as subscriptions

_logger = logging.getLogger(__name__)

# How long a record is looked for: on a large table, a rare one would hold up the form.
SEARCH_SECONDS = 2


def find(webhook):
    """The newest record that matches the condition, or else the newest of all, as the owner sees it.

    :return: one record; or an empty recordset, when there is none, or it takes too long to find one
    :raises UserError: when the owner may not read such records, or the condition cannot be run
    """
    with _explained(webhook):
        condition = list(subscriptions.of(webhook).condition)
        return (condition and _newest(webhook, condition)) or _newest(webhook, [])


def _newest(webhook, domain):
    cr = webhook.env.cr
    try:
        with cr.savepoint(flush=False):
            cr.execute("SET LOCAL statement_timeout = %s", [SEARCH_SECONDS * 1000])
            found = webhook.view().search(domain, limit=1, order="id desc")
            cr.execute("SET LOCAL statement_timeout = DEFAULT")
            return found
    except psycopg2.extensions.QueryCanceledError:
        _logger.info("No example for webhook %s was found in %s seconds", webhook.id, SEARCH_SECONDS)
        return webhook.view().browse()


def tree(webhook, event_id, record, **members):
    """The payload of an example event.

    :param webhook: a webhook, also one that is not saved yet
    :param record: a record as the owner sees it, or an empty recordset: then the payload has no values
    :param members: further ones of :func:`..payload.envelope.build`
    :return: dict of plain data
    :raises UserError: when it cannot be made, with a sentence that says why
    """
    env = webhook.env
    with _explained(webhook):
        subscription = subscriptions.of(webhook)._replace(id=webhook._origin.id or None, name=webhook.name or None)
        data = {"id": 0, "record": {"id": 0, "display_name": None, **dict.fromkeys(subscription.sent)}}
        if record:
            raws = records.snapshot(record, subscription.sent)[record.id]
            data = {"id": record.id, "record": records.tree(record, raws, records.names(record, [raws]))}
    if subscription.kind == "on_write":
        shown = [name for name in subscription.watched if name in data["record"]]
        data["changes"] = {name: {"new": data["record"][name]} for name in shown[:1]}
    return envelope.build(
        event_id, 0, subscription, data, envelope.source(env), envelope.user(env, env.uid), test=True, **members
    )


class _explained:
    """Turns whatever goes wrong in the block into a sentence for the user."""

    def __init__(self, webhook):
        self._webhook = webhook

    def __enter__(self):
        pass

    def __exit__(self, kind, error, traceback):
        if isinstance(error, Exception) and not isinstance(error, psycopg2.OperationalError):
            raise UserError(
                _(
                    "No example can be made from a record of %(model)s: %(error)s. Check the fields and the condition of "
                    "the webhook, and that its owner may read such records.",
                    model=self._webhook.model,
                    error=str(error),
                )
            ) from error
