"""The queue: claiming jobs and recording what came of them. All SQL of the delivery is here.

Each function is one short transaction's work, in which no HTTP happens. Times are the database's, in UTC as Odoo stores
them, so that the clocks of several hosts do not matter.
"""

import collections
import json
import time
import uuid

from . import breaker, endpoint, states

# Not clock_timestamp(), which no index could be searched for.
NOW = "(statement_timestamp() AT TIME ZONE 'UTC')"

# How many jobs of a webhook a claim looks at beyond those it may take, to get past the ones that wait for an older one.
BEYOND = 16
# So many of those of a webhook are put off at a time.
PUT_OFF_AT_ONCE = 1000

# A claim that takes so many seconds is slow; so many times that long, those that follow do not look at all.
SLOW = 0.02
ALL_AFTER = 20
EVER = "-infinity"

# Odoo's REPEATABLE READ would fail on a row that another dispatcher has just changed.
READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"

# The webhooks that have something to send, each found by one step into the index webhook_job_due, in the order of which they
# are asked for: no other index knows which jobs wait.
WITH_JOBS = f"""
    waiting AS (
        (SELECT webhook_id FROM webhook_job WHERE state = '{states.PENDING}'
          ORDER BY webhook_id, next_attempt_at LIMIT 1)
        UNION ALL
        SELECT (SELECT job.webhook_id FROM webhook_job job
                 WHERE job.state = '{states.PENDING}' AND job.webhook_id > waiting.webhook_id
                 ORDER BY job.webhook_id, job.next_attempt_at LIMIT 1)
          FROM waiting
         WHERE waiting.webhook_id IS NOT NULL
    )
"""
# All of them, where many dead rows lie in that index.
ALL = "waiting AS (SELECT id AS webhook_id FROM webhook_webhook)"

# Those of them that are not stopped. Looked up one by one (OFFSET 0): the planner does not know how few they are.
READY = f"""
    ready AS (
        SELECT webhook.id, health.blocked_until, coalesce(health.outages, 0) >= {breaker.OUTAGES} AS probed
          FROM waiting
         CROSS JOIN LATERAL (SELECT id FROM webhook_webhook webhook
                              WHERE webhook.id = waiting.webhook_id AND webhook.active
                                AND webhook.pause_cause IS DISTINCT FROM 'delivery'
                             OFFSET 0) webhook
          LEFT JOIN LATERAL (SELECT outages, blocked_until FROM webhook_health health
                              WHERE health.webhook_id = webhook.id
                             OFFSET 0) health ON true
    )
"""

# The webhooks that are to be probed with one job, locked so that no other process does so at the same time.
PROBES = f"""
    SELECT webhook_id FROM webhook_health
     WHERE outages >= {breaker.OUTAGES} AND (blocked_until IS NULL OR blocked_until <= {NOW})
       FOR UPDATE SKIP LOCKED
"""

# The webhooks that may be sent to now, how many jobs of each to claim, and from when on to look for them.
CHOSEN = f"""
    chosen AS (
        SELECT id,
               CASE WHEN probed THEN 1
                    ELSE coalesce((%(shares)s::json ->> id::text)::integer, %(share)s) END AS share,
               coalesce((%(since)s::json ->> id::text)::timestamp, %(earliest)s::timestamp) AS since
          FROM ready
         WHERE (blocked_until IS NULL OR blocked_until <= {NOW}) AND (NOT probed OR id = ANY(%(probes)s))
        OFFSET 0
    )
"""

# The jobs of a chosen webhook that are due longest, each with the oldest event of the same record that is still on its way
# to the same webhook: it has to wait for that one (index: webhook_job_order).
DUE = f"""
    SELECT job.id, job.next_attempt_at, octet_length(job.body) AS size,
           (SELECT older.id FROM webhook_job older
             WHERE older.webhook_id = job.webhook_id AND older.res_id = job.res_id AND older.id < job.id
               AND older.state IN ('{states.PENDING}', '{states.SENDING}')
             ORDER BY older.id LIMIT 1) AS blocked_by
      FROM webhook_job job
     WHERE job.webhook_id = chosen.id AND job.state = '{states.PENDING}'
       AND job.next_attempt_at BETWEEN chosen.since AND {NOW}
     ORDER BY job.next_attempt_at, job.id
"""

# Each webhook gets one before any gets a second: a long queue must not hold up the others.
CLAIM = f"""
    WITH RECURSIVE {{waiting}}, {READY}, {CHOSEN}, free AS (
        SELECT job.id, job.size, rank() OVER (PARTITION BY chosen.id ORDER BY job.next_attempt_at, job.id) AS rank
          FROM chosen
         CROSS JOIN LATERAL (
               SELECT due.*
                 FROM ({DUE} LIMIT chosen.share + {BEYOND}) due
                CROSS JOIN LATERAL (SELECT FROM webhook_job
                                     WHERE webhook_job.id = due.id AND webhook_job.state = '{states.PENDING}'
                                       FOR UPDATE SKIP LOCKED) locked
                WHERE due.blocked_by IS NULL
                LIMIT chosen.share) job
         WHERE chosen.share > 0
    ), fitting AS (
        SELECT id, row_number() OVER (ORDER BY rank, id) AS number, sum(size) OVER (ORDER BY rank, id) - size AS before
          FROM free
    )
    UPDATE webhook_job job
       SET state = '{states.SENDING}', claim = %(claim)s, lease_until = {NOW} + %(lease)s * interval '1 second'
     WHERE job.id IN (SELECT id FROM fitting WHERE number <= %(limit)s AND before < %(size)s)
    RETURNING job.id, job.event, job.model, job.kind, job.format, job.body, job.attempt_count, job.webhook_id,
              job.next_attempt_at
"""
CLAIM_OF_WAITING, CLAIM_OF_ALL = CLAIM.format(waiting=WITH_JOBS), CLAIM.format(waiting=ALL)

# What waits for an older event of its record is put off until that one's turn: it would stand in the way of later claims.
# RECORD and CALL_NEXT call it back, which must not be undone: one that was called meanwhile is due at another time (due_at).
# A few that wait for one under way may stay: it is over in a moment.
PUT_OFF = f"""
    WITH RECURSIVE {WITH_JOBS}, {READY}, {CHOSEN}, blocked AS (
        SELECT job.id, job.next_attempt_at AS due_at, older.state, older.next_attempt_at, older.lease_until,
               count(*) OVER (PARTITION BY chosen.id) AS length
          FROM chosen
         CROSS JOIN LATERAL ({DUE} LIMIT {PUT_OFF_AT_ONCE}) job
          JOIN webhook_job older ON older.id = job.blocked_by
    )
    UPDATE webhook_job job
       SET next_attempt_at = greatest({NOW} + interval '1 second', CASE blocked.state
               WHEN '{states.PENDING}' THEN blocked.next_attempt_at ELSE blocked.lease_until END)
      FROM blocked
     WHERE job.id = blocked.id AND job.next_attempt_at = blocked.due_at
       AND (blocked.length >= {BEYOND} OR blocked.state = '{states.PENDING}' AND blocked.next_attempt_at > {NOW})
       AND job.id IN (SELECT id FROM webhook_job
                       WHERE id IN (SELECT id FROM blocked) AND state = '{states.PENDING}' FOR UPDATE SKIP LOCKED)
"""

# Nobody else is to probe while the one probe is under way.
PROBING = f"""
    UPDATE webhook_health SET blocked_until = {NOW} + %(lease)s * interval '1 second' WHERE webhook_id = ANY(%(ids)s)
"""

# Given back: not sent, so no attempt.
RELEASE = f"""
    UPDATE webhook_job SET state = '{states.PENDING}', claim = NULL, lease_until = NULL, next_attempt_at = {NOW}
     WHERE id = ANY(%(ids)s) AND claim = ANY(%(claims)s)
"""

# What a process did not report back in time, because it died most likely, is anybody's again (index: webhook_job_lease).
RESCUE = f"""
    UPDATE webhook_job SET state = '{states.PENDING}', claim = NULL, lease_until = NULL, next_attempt_at = {NOW}
     WHERE id IN (SELECT id FROM webhook_job WHERE state = '{states.SENDING}' AND lease_until <= {NOW}
                     FOR UPDATE SKIP LOCKED)
"""

# One row in the log for each attempt, whatever becomes of the job.
# A claim that is no longer ours was given to another after our lease ended: its holder decides, not we.
# What waited for the job at hand, the next event of its record, is due once it is over.
RECORD = f"""
    WITH report AS (
        SELECT * FROM json_to_recordset(%(rows)s) AS report(id integer, claim varchar, number integer,
               age float, duration float, status integer, error text, answer text, state varchar, wait float,
               reason text)
    ), logged AS (
        INSERT INTO webhook_attempt (job_id, number, started_at, duration, status, error, answer, create_date, write_date,
                                     create_uid, write_uid)
        SELECT report.id, report.number, {NOW} - report.age * interval '1 second', report.duration, report.status,
               report.error, report.answer, {NOW}, {NOW}, 1, 1
          FROM report
          JOIN webhook_job job ON job.id = report.id
    ), recorded AS (
        UPDATE webhook_job job
           SET state = report.state, attempt_count = report.number, claim = NULL, lease_until = NULL,
               error = report.reason, write_date = {NOW},
               next_attempt_at = CASE WHEN report.state = '{states.PENDING}'
                                      THEN {NOW} + report.wait * interval '1 second' END,
               finished_at = CASE WHEN report.state <> '{states.PENDING}' THEN {NOW} END
          FROM report
         WHERE job.id = report.id AND job.claim = report.claim
        RETURNING job.id, job.webhook_id, job.res_id, job.state
    )
    UPDATE webhook_job next
       SET next_attempt_at = {NOW}
      FROM recorded
     WHERE recorded.state <> '{states.PENDING}'
       AND next.id = (SELECT min(job.id) FROM webhook_job job
                       WHERE job.webhook_id = recorded.webhook_id AND job.res_id = recorded.res_id
                         AND job.id > recorded.id AND job.state IN ('{states.PENDING}', '{states.SENDING}'))
       AND next.state = '{states.PENDING}' AND (next.next_attempt_at > {NOW} OR %(call_all)s)
"""

# What is not to be kept at all.
DROP = "DELETE FROM webhook_job WHERE id = ANY(%(ids)s) AND state = ANY(%(states)s)"

# The health of the webhooks of a batch, where it is or becomes bad; locked in one order, so that nobody waits in a circle.
NEW_HEALTH = """
    INSERT INTO webhook_health (webhook_id, failures, outages, trips)
    SELECT id, 0, 0, 0 FROM webhook_webhook WHERE id = ANY(%(failing)s) ORDER BY id
    ON CONFLICT (webhook_id) DO NOTHING
"""
HEALTH = f"""
    SELECT webhook_id, failures, outages, trips, extract(epoch FROM {NOW} - failing_since)
      FROM webhook_health
     WHERE webhook_id = ANY(%(ids)s)
       AND (failures > 0 OR blocked_until IS NOT NULL OR webhook_id = ANY(%(failing)s))
     ORDER BY webhook_id
       FOR UPDATE
"""
NEXT_HEALTH = f"""
    UPDATE webhook_health health
       SET failures = row.failures, outages = row.outages, trips = row.trips,
           failing_since = CASE WHEN row.failures > 0 THEN coalesce(health.failing_since, {NOW}) END,
           blocked_until = {NOW} + row.blocked_for * interval '1 second'
      FROM json_to_recordset(%(rows)s) AS row(id integer, failures integer, outages integer, trips integer,
           blocked_for float)
     WHERE health.webhook_id = row.id
"""
FORGIVE = "DELETE FROM webhook_health WHERE webhook_id = ANY(%(ids)s)"

# Before anything of them is changed, and in one order: whoever deletes a webhook locks it first, and then what is of it.
HOLD = "SELECT FROM webhook_webhook WHERE id = ANY(%(ids)s) ORDER BY id FOR KEY SHARE"

# The attempts of a batch, counted by webhook in the hour at hand; written in one order, so that nobody waits in a circle.
# Those of a webhook that is gone are left out; the others are held (HOLD).
COUNT = f"""
    INSERT INTO webhook_hour AS known (webhook_id, hour, delivered, failed, last_success, last_failure, last_reason)
    SELECT webhook.id, date_trunc('hour', {NOW}), row.delivered, row.failed,
           {NOW} - row.success_age * interval '1 second', {NOW} - row.failure_age * interval '1 second', row.reason
      FROM webhook_webhook webhook
      JOIN json_to_recordset(%(rows)s) AS row(id integer, delivered integer, failed integer, success_age float,
           failure_age float, reason text) ON row.id = webhook.id
     ORDER BY webhook.id
    ON CONFLICT (webhook_id, hour) DO UPDATE SET
        delivered = known.delivered + EXCLUDED.delivered,
        failed = known.failed + EXCLUDED.failed,
        last_success = greatest(known.last_success, EXCLUDED.last_success),
        last_failure = greatest(known.last_failure, EXCLUDED.last_failure),
        last_reason = coalesce(EXCLUDED.last_reason, known.last_reason)
"""

# The same for what is in the log.
COUNT_LOGGED = """
    INSERT INTO webhook_hour (webhook_id, hour, delivered, failed, last_success, last_failure)
    SELECT job.webhook_id, date_trunc('hour', attempt.started_at),
           count(*) FILTER (WHERE accepted), count(*) FILTER (WHERE NOT accepted),
           max(attempt.started_at) FILTER (WHERE accepted), max(attempt.started_at) FILTER (WHERE NOT accepted)
      FROM webhook_attempt attempt
      JOIN webhook_job job ON job.id = attempt.job_id
     CROSS JOIN LATERAL (SELECT coalesce(attempt.status, 0) BETWEEN 200 AND 299 AS accepted) result
     GROUP BY 1, 2
    ON CONFLICT DO NOTHING
"""

HOURS_KEPT = "1 year"
FORGET_HOURS = f"DELETE FROM webhook_hour WHERE hour < {NOW} - interval '{HOURS_KEPT}'"

# How the deliveries of webhooks go: when an attempt last succeeded and failed, what the last 24 hours brought, what waits,
# and how many failed deliveries are kept (indexes: webhook_hour_of, webhook_job_due, webhook_job_order, webhook_job_failed).
OVERVIEW = f"""
    SELECT webhook.id,
           (SELECT last_success FROM webhook_hour
             WHERE webhook_id = webhook.id AND last_success IS NOT NULL ORDER BY hour DESC LIMIT 1),
           failure.last_failure, failure.last_reason,
           (SELECT coalesce(json_agg(json_build_array(
                       extract(epoch FROM date_trunc('hour', {NOW}) - hour) / 3600, delivered, failed)), '[]'::json)
              FROM webhook_hour
             WHERE webhook_id = webhook.id AND hour > {NOW} - interval '24 hours'),
           EXISTS (SELECT FROM webhook_job job
                    WHERE job.webhook_id = webhook.id AND job.state IN ('{states.PENDING}', '{states.SENDING}')),
           (SELECT count(*) FROM webhook_job job
             WHERE job.webhook_id = webhook.id AND job.state = '{states.FAILED}'),
           (SELECT blocked_until FROM webhook_health health
             WHERE health.webhook_id = webhook.id AND blocked_until > {NOW})
      FROM webhook_webhook webhook
      LEFT JOIN LATERAL (SELECT last_failure, last_reason FROM webhook_hour
                          WHERE webhook_id = webhook.id AND last_failure IS NOT NULL
                          ORDER BY hour DESC LIMIT 1) failure ON true
     WHERE webhook.id = ANY(%(ids)s)
"""

# What waits and will not be sent. Locked in one order, so that two who cancel do not wait for each other in a circle. One
# that is claimed before its turn to be locked is no longer pending then.
CANCEL = f"""
    UPDATE webhook_job
       SET state = '{states.CANCELLED}', error = %(reason)s, next_attempt_at = NULL, finished_at = {NOW}, write_date = {NOW}
     WHERE id IN (SELECT id FROM webhook_job WHERE id = ANY(%(ids)s) AND state = '{states.PENDING}' ORDER BY id FOR UPDATE)
    RETURNING id, webhook_id, res_id
"""
# What waited for a cancelled job is due, as in RECORD; once the cancellation is committed, so that those behind each other
# may all be cancelled at once, and nothing is put off behind them any more (index: webhook_job_order). One that is due
# already is written too: were it being put off (PUT_OFF), one of both transactions has to see it.
CALL_NEXT = f"""
    UPDATE webhook_job next
       SET next_attempt_at = {NOW}
      FROM (SELECT webhook_id, res_id, min(id) AS id
              FROM json_to_recordset(%(rows)s) AS row(id integer, webhook_id integer, res_id integer)
             GROUP BY webhook_id, res_id) cancelled
     WHERE next.id = (SELECT min(job.id) FROM webhook_job job
                       WHERE job.webhook_id = cancelled.webhook_id AND job.res_id = cancelled.res_id
                         AND job.state IN ('{states.PENDING}', '{states.SENDING}'))
       AND next.id > cancelled.id AND next.state = '{states.PENDING}'
"""

# So many are sent again at once: as many as can be followed in one dialog.
AT_ONCE = 20_000

# What waits is due at once; a receiver that was left alone is probed again.
HURRY = f"""
    UPDATE webhook_job SET next_attempt_at = {NOW}
     WHERE id IN (SELECT id FROM webhook_job WHERE id = ANY(%(ids)s) AND state = '{states.PENDING}' ORDER BY id FOR UPDATE)
    RETURNING id, webhook_id
"""
LEAVE_ALONE_NO_LONGER = "UPDATE webhook_health SET blocked_until = NULL WHERE webhook_id = ANY(%(ids)s)"
# What is tried again of webhooks, the oldest first (index: webhook_job_order).
RETRIED = f"""
    SELECT id FROM webhook_job
     WHERE webhook_id = ANY(%(ids)s) AND state = '{states.PENDING}' AND attempt_count > 0
     ORDER BY id LIMIT {AT_ONCE}
"""

# What can be put back: what is over, and has a body.
SENDABLE = "finished_at IS NOT NULL AND body IS NOT NULL"
# As if it had never been sent, with a fresh set of retries; its attempts stay in the log.
REDELIVER = f"""
    UPDATE webhook_job
       SET state = '{states.PENDING}', attempt_count = 0, error = NULL, finished_at = NULL, next_attempt_at = {NOW},
           write_date = {NOW}
     WHERE id = ANY(%(ids)s) AND {SENDABLE}
    RETURNING id
"""

# Why jobs cannot be put back, and how many.
LEFT_OUT = """
    SELECT count(*) FILTER (WHERE finished_at IS NULL) AS busy,
           count(*) FILTER (WHERE finished_at IS NOT NULL AND body IS NULL) AS empty
      FROM webhook_job
     WHERE id = ANY(%(ids)s)
"""
# What has become of jobs that were put back; those of webhooks that are not sent to (READY) are held.
PROGRESS = f"""
    SELECT count(*) FILTER (WHERE job.state = '{states.DELIVERED}') AS delivered,
           count(*) FILTER (WHERE job.state = '{states.FAILED}') AS failed,
           count(*) FILTER (WHERE job.state = '{states.CANCELLED}') AS cancelled,
           count(*) FILTER (WHERE job.finished_at IS NULL) AS waiting,
           count(*) FILTER (WHERE job.finished_at IS NULL AND job.attempt_count > 0) AS retrying,
           count(*) FILTER (WHERE job.state = '{states.PENDING}' AND (webhook.active IS NOT TRUE
                                  OR webhook.pause_cause IS NOT DISTINCT FROM 'delivery')) AS held,
           cardinality(%(ids)s::integer[]) - count(*) AS gone
      FROM webhook_job job
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
     WHERE job.id = ANY(%(ids)s)
"""
# What failed and can be put back, the oldest first (index: webhook_job_failed).
OLDEST_FAILED = f"""
    SELECT id FROM webhook_job
     WHERE webhook_id = ANY(%(ids)s) AND state = '{states.FAILED}' AND {SENDABLE}
     ORDER BY id LIMIT {AT_ONCE}
"""

# What waiting jobs wait for: an older event of their record (index: webhook_job_order), a webhook that is not sent to, a
# receiver that is left alone.
WAITING_FOR = f"""
    SELECT job.id,
           webhook.active IS NOT TRUE OR webhook.pause_cause IS NOT DISTINCT FROM 'delivery' AS held,
           EXISTS (SELECT FROM webhook_job older
                    WHERE older.webhook_id = job.webhook_id AND older.res_id = job.res_id AND older.id < job.id
                      AND older.state IN ('{states.PENDING}', '{states.SENDING}')) AS blocked,
           greatest(job.next_attempt_at, health.blocked_until) AS next_attempt_at
      FROM webhook_job job
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
      LEFT JOIN webhook_health health ON health.webhook_id = job.webhook_id
     WHERE job.id = ANY(%(ids)s) AND job.state = '{states.PENDING}'
"""

# In how many seconds the next job is due, or another process's lease ends.
NEXT_DUE = f"""
    WITH RECURSIVE {WITH_JOBS}, {READY}
    SELECT extract(epoch FROM least(
               (SELECT min(greatest(ready.blocked_until, (
                           SELECT job.next_attempt_at FROM webhook_job job
                            WHERE job.webhook_id = ready.id AND job.state = '{states.PENDING}'
                            ORDER BY job.next_attempt_at LIMIT 1)))
                  FROM ready),
               (SELECT lease_until FROM webhook_job WHERE state = '{states.SENDING}' ORDER BY lease_until LIMIT 1)
           ) - {NOW})
"""

# A part of what has been kept long enough (index: webhook_job_over). Chosen before the deletion: PostgreSQL may run a
# subquery of it several times, each with a limit of its own.
PURGE = f"""
    WITH old AS (
        SELECT id FROM webhook_job
         WHERE state = %(state)s AND finished_at <= {NOW} - %(days)s * interval '1 day'
         ORDER BY finished_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM webhook_job WHERE id IN (SELECT id FROM old)
"""


# last_success, last_failure: datetime (UTC) or None; last_reason: why the latter failed, str or None; recent: list of
# [hours ago, attempts that succeeded, that failed]; waits: whether something is on its way; failed: number of failed
# deliveries; blocked_until: datetime or None.
Overview = collections.namedtuple("Overview", "last_success last_failure last_reason recent waits failed blocked_until")


class Job:
    """A claimed job, without the ORM: what its request is made of, and the claim that it is held by.

    ``probe``: whether it is to show if a receiver that was down is up again; ``send_until``: until when an attempt may
    begin, as ``time.monotonic()`` has it.
    """

    __slots__ = (
        "attempt_count", "body", "claim", "endpoint", "event", "format", "id", "kind", "model", "probe", "send_until",
        "webhook_id",
    )  # fmt: skip

    def __init__(self, claim, row, probes=()):
        self.claim, self.send_until = claim, None
        self.id, self.event, self.model, self.kind, self.format, self.body, self.attempt_count, self.webhook_id = row
        self.probe = self.webhook_id in probes
        self.endpoint = None


class Claims:
    """The claims that one dispatcher makes.

    It remembers from when on it has to look. While somebody holds a transaction open for long, PostgreSQL cannot sweep up
    the dead rows of finished jobs, which lie before those that wait: a claim that steps over 50,000 of them takes 0.2 s.
    Once claims have become slow, most of them begin where the last one ended; now and then one looks at all again, for jobs
    that were committed late. Those are the only ones that come later for it, by a few seconds.
    """

    def __init__(self):
        self._since = {}
        self._earliest = EVER
        self._all_at = 0.0  # when to look at all again

    @property
    def quick(self):
        """Whether the next claim begins where the last one ended."""
        return time.monotonic() < self._all_at

    def claim(self, cr, limit, size, lease, share, shares=None):
        """Claim up to ``limit`` jobs for ``lease`` seconds, those of each webhook that are due longest first.

        To be committed before anything is sent.

        :param size: claim no more once their bodies have so many bytes
        :param share: how many jobs of one webhook to claim at most
        :param shares: ``{webhook id: int}``, where it is another number
        :return: list of Job, the oldest event first
        """
        cr.execute(READ_COMMITTED)
        rows, token, probes = self._look(cr, limit, size, lease, share, shares)
        jobs = sorted((Job(token, row[:-1], probes) for row in rows), key=lambda job: job.id)
        endpoints = endpoint.load(cr, {job.webhook_id for job in jobs}) if jobs else {}
        for job in jobs:
            job.endpoint = endpoints[job.webhook_id]
        probing = [job.webhook_id for job in jobs if job.probe]
        if probing:
            cr.execute(PROBING, {"ids": probing, "lease": lease})
        return jobs

    def _look(self, cr, limit, size, lease, share, shares):
        """Claim from all that is due, or from what came since the last claim; and remember where this one ends.

        :return: (rows of CLAIM, the token of the claim, ids of the webhooks that are probed)
        """
        quick = self.quick
        began = time.monotonic()
        parameters = _parameters(cr, share, shares, *((self._since, self._earliest) if quick else ({}, EVER)))
        token = uuid.uuid4().hex
        statement = CLAIM_OF_ALL if quick else CLAIM_OF_WAITING
        cr.execute(statement, {**parameters, "limit": limit, "size": size, "lease": lease, "claim": token})
        rows = cr.fetchall()
        took = time.monotonic() - began
        if not quick and took > SLOW:
            self._all_at = began + took * ALL_AFTER
            cr.execute(f"SELECT {NOW} - %s * interval '1 second'", [took])
            self._since, self._earliest = {}, str(cr.fetchone()[0])
        if len(rows) == limit:  # others may be due that there was no room for
            self._all_at = 0.0
        for *_others, webhook_id, next_attempt_at in rows:
            self._since[webhook_id] = max(self._since.get(webhook_id, ""), str(next_attempt_at))
        return rows, token, parameters["probes"]


def put_off(cr):
    """Clear the way for later claims of what waits for an older event of its record; return how many jobs that were."""
    cr.execute(READ_COMMITTED)
    cr.execute(PUT_OFF, _parameters(cr, 1, None, {}, EVER))
    return cr.rowcount


def _parameters(cr, share, shares, since, earliest):
    """What CHOSEN needs; locks the webhooks that are to be probed with one job."""
    cr.execute(PROBES)
    return {
        "share": share,
        "shares": json.dumps(shares or {}),
        "since": json.dumps(since),
        "earliest": earliest,
        "probes": [row[0] for row in cr.fetchall()],
    }


def release(cr, jobs):
    """Give claimed jobs back that were not sent."""
    cr.execute(READ_COMMITTED)
    cr.execute(RELEASE, {"ids": [job.id for job in jobs], "claims": list({job.claim for job in jobs})})


def rescue(cr):
    """Give back what another process has claimed and did not report in time; return how many jobs that were."""
    cr.execute(READ_COMMITTED)
    cr.execute(RESCUE)
    return cr.rowcount


def record(cr, reports, drop=(), call_all=False):
    """Log attempts, move their jobs on, and note what they say about the health of the receivers.

    :param reports: list of (Job, when the attempt began as ``time.monotonic()`` has it, transport.Result, outcome.Outcome),
        in the order in which the attempts ended
    :param drop: states in which jobs are not kept
    :param call_all: have what waited for these jobs found by a claim that begins where the last one ended
    :return: ``{webhook id: sentence}`` of the webhooks that are to be paused, and why
    """
    cr.execute(READ_COMMITTED)
    cr.execute(HOLD, {"ids": list({job.webhook_id for job, *_others in reports})})
    now = time.monotonic()
    rows = [
        {
            "id": job.id,
            "claim": job.claim,
            "number": job.attempt_count + 1,
            "age": now - began,
            "duration": result.duration,
            "status": result.status,
            "error": result.error,
            "answer": result.answer,
            "state": outcome.state,
            "wait": outcome.wait,
            "reason": outcome.reason,
        }
        for job, began, result, outcome in reports
    ]
    cr.execute(RECORD, {"rows": json.dumps(rows), "call_all": call_all})
    dropped = [row["id"] for row in rows if row["state"] in drop]
    if dropped:
        cr.execute(DROP, {"ids": dropped, "states": list(drop)})
    pauses = _record_health(cr, reports)
    _count(cr, reports, now)
    return pauses


def _count(cr, reports, now):
    """Add the attempts to what their webhooks have had in this hour."""
    counts = {}
    for job, began, result, outcome in reports:
        row = counts.setdefault(job.webhook_id, {"id": job.webhook_id, "delivered": 0, "failed": 0})
        delivered = outcome.state == states.DELIVERED
        row["delivered" if delivered else "failed"] += 1
        age = "success_age" if delivered else "failure_age"
        ended = max(0.0, now - began - result.duration)
        if ended <= row.get(age, ended):
            row[age] = ended
            if not delivered:
                row["reason"] = outcome.reason
    cr.execute(COUNT, {"rows": json.dumps(list(counts.values()))})


def count_logged(cr):
    """Count the attempts that are in the log already, by webhook and hour; once, where none were counted."""
    cr.execute(COUNT_LOGGED)


def forget_hours(cr):
    """Delete the counts of long ago."""
    cr.execute(FORGET_HOURS)


def overview(cr, ids):
    """How the deliveries of webhooks go.

    :param ids: list of webhook ids
    :return: dict of id → :class:`Overview`
    """
    cr.execute(OVERVIEW, {"ids": list(ids)})
    return {webhook_id: Overview(*row) for webhook_id, *row in cr.fetchall()}


def _record_health(cr, reports):
    """What the attempts say about the receivers: which are well, which are down, and which have been for too long."""
    ended = collections.defaultdict(list)
    for job, _began, _result, outcome in reports:
        ended[job.webhook_id].append((outcome, job.probe))
    failing = [key for key, each in ended.items() if not breaker.all_well(outcome for outcome, _probe in each)]
    parameters = {"ids": list(ended), "failing": failing}
    if failing:
        cr.execute(NEW_HEALTH, parameters)
    cr.execute(HEALTH, parameters)
    found = {row[0]: (breaker.Health(*row[1:4], None), float(row[4] or 0)) for row in cr.fetchall()}
    rows, pauses = [], {}
    for key, (health, failing_for) in found.items():
        health = breaker.follow(health, ended[key])
        rows.append({"id": key, **health._asdict()})
        reason = breaker.reason_to_pause(health, failing_for, [outcome for outcome, _probe in ended[key]])
        if reason:
            pauses[key] = reason
    if rows:
        cr.execute(NEXT_HEALTH, {"rows": json.dumps(rows)})
    return pauses


def forgive(cr, ids):
    """Forget the failures of webhooks, in the caller's transaction: what waits for them may be sent at once."""
    cr.execute(FORGIVE, {"ids": list(ids)})


def cancel(cr, ids, reason):
    """Take waiting jobs out of the queue; to be committed, and followed by :func:`call_next`.

    In a transaction of its own: the snapshot of a request would be older than what the dispatchers have claimed meanwhile.

    :param ids: list of job ids
    :param reason: a sentence that says who did it
    :return: ``{id: (webhook id, record id)}`` of those that were cancelled: not of those that are being sent, or over
    """
    cr.execute(READ_COMMITTED)
    cr.execute(CANCEL, {"ids": list(ids), "reason": reason})
    return {job: (webhook, record) for job, webhook, record in cr.fetchall()}


def call_next(cr, cancelled):
    """Have those sent that waited for cancelled jobs; in a transaction of its own, after theirs.

    :param cancelled: as from :func:`cancel`
    """
    cr.execute(READ_COMMITTED)
    rows = [{"id": job, "webhook_id": webhook, "res_id": record} for job, (webhook, record) in cancelled.items()]
    cr.execute(CALL_NEXT, {"rows": json.dumps(rows)})


def redeliver(cr, ids):
    """Put finished jobs back in the queue; in the caller's transaction.

    :param ids: list of job ids
    :return: set of the ids that were put back: not those still on their way, nor those with nothing to send
    """
    cr.execute(REDELIVER, {"ids": list(ids)})
    return {row[0] for row in cr.fetchall()}


def hurry(cr, ids):
    """Have waiting jobs sent at once; in a transaction of its own, as for :func:`cancel`.

    :return: list of the ids of those that wait
    """
    cr.execute(READ_COMMITTED)
    cr.execute(HURRY, {"ids": list(ids)})
    rows = cr.fetchall()
    cr.execute(LEAVE_ALONE_NO_LONGER, {"ids": list({webhook for _job, webhook in rows})})
    return [job for job, _webhook in rows]


def retried(cr, webhooks):
    """The ids of the oldest jobs of webhooks (list of ids) that failed, and wait for their next attempt."""
    cr.execute(RETRIED, {"ids": list(webhooks)})
    return [row[0] for row in cr.fetchall()]


def sendable(cr, ids):
    """The ones of jobs (list of ids) that can be put back: set of ids."""
    cr.execute(f"SELECT id FROM webhook_job WHERE id = ANY(%(ids)s) AND {SENDABLE}", {"ids": list(ids)})
    return {row[0] for row in cr.fetchall()}


def left_out(cr, ids):
    """How many jobs cannot be put back: dict with ``busy`` (still on their way) and ``empty`` (nothing to send)."""
    return _counts(cr, LEFT_OUT, ids)


def progress(cr, ids):
    """What has become of jobs that were put back.

    :return: dict of numbers: ``delivered``, ``failed``, ``cancelled``, ``waiting`` (of which ``retrying`` after a failed
        attempt, and ``held`` by a webhook that is paused or archived), and ``gone``, which are over and were not kept
    """
    return _counts(cr, PROGRESS, ids)


def _counts(cr, statement, ids):
    cr.execute(statement, {"ids": list(ids)})
    return dict(zip([column.name for column in cr.description], cr.fetchone()))


def waiting_for(cr, ids):
    """What jobs (list of ids) wait for.

    :return: ``{id: (held, blocked, moment)}`` of those that wait: whether their webhook is paused or archived, whether an
        older event of their record goes first, and when they may be sent otherwise
    """
    cr.execute(WAITING_FOR, {"ids": list(ids)})
    return {row[0]: row[1:] for row in cr.fetchall()}


def failed(cr, webhooks):
    """The ids of the oldest failed jobs of webhooks (list of ids) that can be put back."""
    cr.execute(OLDEST_FAILED, {"ids": list(webhooks)})
    return [row[0] for row in cr.fetchall()]


def webhooks(cr, ids):
    """The ids of the webhooks that jobs (list of ids) belong to."""
    cr.execute("SELECT DISTINCT webhook_id FROM webhook_job WHERE id = ANY(%(ids)s)", {"ids": list(ids)})
    return [row[0] for row in cr.fetchall()]


def next_due(cr):
    """When the next job is due: seconds from now (0 or less: at once), or None when nothing waits."""
    cr.execute(NEXT_DUE)
    (seconds,) = cr.fetchone()
    return None if seconds is None else float(seconds)


def purge(cr, state, days, limit):
    """Delete up to ``limit`` jobs that finished in ``state`` more than ``days`` ago; return how many."""
    cr.execute(PURGE, {"state": state, "days": days, "limit": limit})
    return cr.rowcount
