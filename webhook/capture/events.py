"""From touched records to events, and from events to rows of ``webhook.job``."""

import collections
import json
import logging
from contextlib import contextmanager

import psycopg2
from odoo import _

from .. import series
from ..payload import encoding, envelope
from ..payload import record as snapshots
from . import subscription as subscriptions
from . import transaction

_logger = logging.getLogger(__name__)

# Why an event could not be rendered, in place of its data.
Failure = collections.namedtuple("Failure", "reason")


def write(env):
    """Turn what the transaction touched since the last call into rows of ``webhook.job``; just before a commit.

    A record touched again after a savepoint gets its row rewritten, or removed if there is no event any more.
    """
    current = transaction.known(env.cr)
    watch = env["webhook.webhook"]._watch()
    series.flush(env)
    if current.taken_back:  # maybe by a statement that the ORM did not see, as the test run of an import does it
        series.forget_all(env)
        current.taken_back = False
    current.begin_evaluation(env.cr)
    pending = {}
    for model, touched in current.models.items():
        if touched.pending:
            pending[model], touched.pending = list(touched.pending), {}
            touched.evaluated.update(dict.fromkeys(pending[model], current.evaluations))
    with harmless(env.cr, "The events of this transaction cannot be written and are lost"):
        found, over = {}, []
        for model, ids in pending.items():
            touched = current.models[model]
            existing = set(env[model].browse(ids).exists().ids)
            for each in watch.subscriptions.get(model, ()):
                events = _events(env, each, touched, ids, existing)
                for record_id in ids:
                    key = each.id, record_id
                    if record_id in events:
                        found[key] = each, touched.users[record_id], events[record_id]
                    elif key in current.jobs:
                        over.append(current.jobs[key][0])
        if over:
            env.cr.execute("DELETE FROM webhook_job WHERE id = ANY(%s)", [over])
        if found:
            _insert(env, current, found)


def _events(env, subscription, touched, ids, existing):
    """The events of one webhook.

    :param ids: the records touched
    :param existing: those of them that are still there
    :return: ``{record id: data of the payload, or Failure}``
    """
    if subscription.kind == "on_unlink":
        deleted = touched.deleted[subscription.id]
        return {each: deleted[each] for each in ids if each not in existing and each in deleted}
    there = [each for each in ids if each in existing]
    if subscription.kind == "on_create":
        return render(env, subscription, [each for each in there if each in touched.created])
    before = touched.before[subscription.owner, subscription.language]
    changed = [each for each in there if each in before and each not in touched.created]
    if subscription.entering:
        matched = touched.matched[subscription.id]
        changed = [each for each in changed if not matched.get(each)]
    return render(env, subscription, changed, before)


def render(env, subscription, ids, before=None):
    """Render the events of records that exist.

    :param before: for ``on_write`` the old raw values, ``{record id: {field: raw value}}``
    :return: ``{record id: data or Failure}``, without the records that do not match the condition, that the owner may
        not read, or that did not change
    """
    if not ids:
        return {}
    try:
        with env.cr.savepoint(flush=False):
            view = subscriptions.view(env, subscription)
            if not series.may_read(view):  # the owner may have lost the right
                return {}
            # Applies the condition, the access rights and the record rules of the owner in one query.
            matching = set(view.search([("id", "in", ids), *subscription.condition], order="id").ids)
            for selection in (subscription.sent, subscription.watched if before is not None else {}):
                snapshots.forget_computed(view, selection)
    except psycopg2.OperationalError:
        raise  # a serialization failure: Odoo tries the whole transaction again
    except Exception as error:
        return dict.fromkeys(ids, _condition_fails(env, subscription, error))
    return _render(env, subscription, [each for each in ids if each in matching], before)


def _condition_fails(env, subscription, error):
    """Have the webhook paused, and return what becomes of its events."""
    reason = _(
        "The condition cannot be run on %(model)s: %(error)s. Mend it, and resume.",
        model=subscription.model,
        error=error,
    )
    _logger.warning("Webhook %s: %s", subscription.id, reason, exc_info=True)
    env["webhook.webhook"].browse(subscription.id)._pause_after_commit(reason)
    return Failure(reason)


def _render(env, subscription, ids, before):
    if not ids:
        return {}
    records = subscriptions.view(env, subscription).browse(ids)
    try:
        with env.cr.savepoint(flush=False):
            return _rendered(records, subscription, before)
    except psycopg2.OperationalError:
        raise
    except Exception as error:
        series.forget_failed_computations(records)
        if len(ids) > 1:  # one bad record must not take the others with it
            return {key: each for one in ids for key, each in _render(env, subscription, [one], before).items()}
        _logger.warning("Webhook %s cannot render %s(%s)", subscription.id, subscription.model, ids[0], exc_info=True)
        return {ids[0]: Failure(f"{type(error).__name__}: {error}")}


def _rendered(records, subscription, before):
    after, changed = {}, {}
    if before is not None:
        watched = subscription.watched
        after = snapshots.snapshot(records, watched)
        changed = {each: snapshots.changed(before[each], after[each], watched) for each in records._ids}
        if not subscription.entering:
            records = records.browse([each for each in records._ids if changed[each]])
    sent = (
        after if subscription.sent == subscription.watched and after else snapshots.snapshot(records, subscription.sent)
    )
    raws = [each[record_id] for record_id in records._ids for each in (sent, after, before) if each]
    gone = transaction.known(records.env.cr).names.items()
    names = {
        (model, record_id): name for (language, model, record_id), name in gone if language == subscription.language
    }
    names.update(snapshots.names(records, raws))
    rendered = {}
    for record_id, record in zip(records._ids, records):
        data = {"id": record_id, "record": snapshots.tree(record, sent[record_id], names)}
        if before is not None:
            data["changes"] = snapshots.changes(record, before[record_id], after[record_id], changed[record_id], names)
        rendered[record_id] = data
    return rendered


def _insert(env, current, found):
    """Write the rows of ``webhook.job`` in one statement, and wake the dispatcher at the commit.

    :param found: ``{(subscription id, record id): (Subscription, user id, data or Failure)}``
    """
    new = [key for key in found if key not in current.jobs]
    if new:
        env.cr.execute("SELECT nextval('webhook_job_id_seq') FROM generate_series(1, %s)", [len(new)])
        for key, (job_id,) in zip(new, env.cr.fetchall()):
            current.jobs[key] = job_id, envelope.new_event_id()
    source = envelope.source(env)
    limit = env["res.config.settings"]._webhook_body_limit()
    users = {uid: envelope.user(env, uid) for uid in {uid for _subscription, uid, _data in found.values()}}
    rows = []
    for key, (subscription, uid, data) in found.items():
        job_id, event_id = current.jobs[key]
        row = {
            "id": job_id,
            "webhook_id": subscription.id,
            "event": event_id,
            "model": subscription.model,
            "kind": subscription.kind,
            "res_id": key[1],
            "res_name": f"{subscription.model} {key[1]}",
            "format": subscription.format,
            "uid": uid,
        }
        if not isinstance(data, Failure):
            try:
                tree = envelope.build(event_id, job_id, subscription, data, source, users[uid])
                row["body"] = _body(tree, subscription.format, limit)
                row["res_name"] = data["record"]["display_name"] or row["res_name"]
            except Exception as error:
                data = Failure(f"{type(error).__name__}: {error}")
        if isinstance(data, Failure):
            row["error"] = data.reason
        rows.append(row)
    # A webhook deleted meanwhile by somebody else gets no row, and takes none of the others with it.
    statement = """
        WITH present AS (SELECT id FROM webhook_webhook WHERE id = ANY(%s) FOR KEY SHARE)
        INSERT INTO webhook_job (id, webhook_id, event, model, kind, res_id, res_name, format, body, error,
                                 state, attempt_count, next_attempt_at, finished_at, create_uid, create_date)
        SELECT id, webhook_id, event, model, kind, res_id, res_name, format, body, error,
               CASE WHEN error IS NULL THEN 'pending' ELSE 'failed' END, 0,
               CASE WHEN error IS NULL THEN now() AT TIME ZONE 'UTC' END,
               CASE WHEN error IS NOT NULL THEN now() AT TIME ZONE 'UTC' END,
               uid, now() AT TIME ZONE 'UTC'
          FROM json_to_recordset(%s) AS row(id integer, webhook_id integer, event varchar, model varchar, kind varchar,
               res_id integer, res_name varchar, format varchar, body text, error text, uid integer)
         WHERE webhook_id IN (SELECT id FROM present)
    """
    if len(new) < len(found):
        # Rewritten, the row of a record touched again keeps its id: its place in the order, and its event's id.
        statement += """
            ON CONFLICT (id) DO UPDATE SET
                res_name = EXCLUDED.res_name, body = EXCLUDED.body, error = EXCLUDED.error, state = EXCLUDED.state,
                next_attempt_at = EXCLUDED.next_attempt_at, finished_at = EXCLUDED.finished_at
        """
    webhooks = list({webhook_id for webhook_id, _record_id in found})
    env.cr.execute(statement, [webhooks, json.dumps(rows)])  # pylint: disable=sql-injection
    series.forget(env["webhook.job"])  # the ORM did not see the statement
    env["webhook.job"]._wake_dispatcher()


def _body(tree, format, limit):
    """The text that is sent; one that would have more than ``limit`` bytes does without the record and its changes."""
    body = encoding.encode(tree, format).replace("\0", "")
    if len(body) * 4 > limit and len(body.encode()) > limit:  # no character has more than four
        body = encoding.encode(envelope.truncated(tree), format)
    return body


@contextmanager
def harmless(cr, message):
    """Let nothing but a serialization failure (for which Odoo tries again) out of the block: it is undone and logged."""
    try:
        with cr.savepoint(flush=False):
            yield
    except psycopg2.OperationalError:
        raise
    except Exception:
        _logger.exception(message)
