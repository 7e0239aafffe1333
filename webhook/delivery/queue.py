"""The queue: claiming jobs and recording what came of them. All SQL of the delivery is here.

Each function is one short transaction of its own, in which no HTTP happens. Times are the database's, in UTC as Odoo
stores them, so that the clocks of several hosts do not matter.
"""

import json
import uuid

from . import endpoint, states

NOW = "(clock_timestamp() AT TIME ZONE 'UTC')"

# A job may be claimed when it is due, or when whoever had it did not report back in time; unless an older event of the
# same record is still on its way to the same webhook (index: webhook_job_order). Each webhook gets a share of the senders,
# all processes together, and none comes first always: a slow receiver must not hold up the others (index: webhook_job_due).
CLAIM = f"""
    WITH due AS (
        SELECT job.id
          FROM (SELECT id FROM webhook_webhook WHERE active ORDER BY random()) webhook
         CROSS JOIN LATERAL (
               SELECT job.id
                 FROM webhook_job job
                WHERE job.webhook_id = webhook.id
                  AND (job.state = '{states.PENDING}' AND job.next_attempt_at <= {NOW}
                       OR job.state = '{states.SENDING}' AND job.lease_until <= {NOW} AND job.id <> ALL(%(held)s))
                  AND NOT EXISTS (
                      SELECT 1 FROM webhook_job older
                       WHERE older.webhook_id = job.webhook_id AND older.res_id = job.res_id AND older.id < job.id
                         AND older.state IN ('{states.PENDING}', '{states.SENDING}'))
                ORDER BY job.id
                LIMIT greatest(0, %(share)s - (
                      SELECT count(*) FROM webhook_job sending
                       WHERE sending.webhook_id = webhook.id AND sending.state = '{states.SENDING}'
                         AND sending.lease_until > {NOW}))
                  FOR UPDATE OF job SKIP LOCKED) job
         LIMIT %(limit)s
    )
    UPDATE webhook_job job
       SET state = '{states.SENDING}', claim = %(claim)s,
           lease_until = {NOW} + %(lease)s * interval '1 second'
      FROM due
     WHERE job.id = due.id
    RETURNING job.id, job.event, job.model, job.kind, job.format, job.body, job.attempt_count, job.webhook_id
"""

# One row in the log for each attempt, whatever becomes of the job.
LOG = """
    INSERT INTO webhook_attempt (job_id, number, started_at, duration, status, error, answer, create_date, write_date,
                                 create_uid, write_uid)
    SELECT row.id, row.number, row.started_at, row.duration, row.status, row.error, row.answer,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 1, 1
      FROM json_to_recordset(%(rows)s) AS row(id integer, number integer, started_at timestamp, duration float,
           status integer, error text, answer text)
      JOIN webhook_job job ON job.id = row.id
"""

# A claim that is no longer ours was given to another after our lease ended: its holder decides, not we.
RECORD = f"""
    UPDATE webhook_job job
       SET state = row.state, attempt_count = row.number, claim = NULL, lease_until = NULL, error = row.reason,
           next_attempt_at = CASE WHEN row.state = '{states.PENDING}' THEN {NOW} + row.wait * interval '1 second' END,
           finished_at = CASE WHEN row.state <> '{states.PENDING}' THEN {NOW} END,
           write_date = {NOW}
      FROM json_to_recordset(%(rows)s) AS row(id integer, claim varchar, number integer, state varchar, wait float,
           reason text)
     WHERE job.id = row.id AND job.claim = row.claim
"""

# As if it had never been sent, with a fresh set of retries; its attempts stay in the log.
REDELIVER = f"""
    UPDATE webhook_job
       SET state = '{states.PENDING}', attempt_count = 0, error = NULL, finished_at = NULL, next_attempt_at = {NOW},
           write_date = {NOW}
     WHERE id = ANY(%(ids)s) AND state IN ('{states.DELIVERED}', '{states.FAILED}') AND body IS NOT NULL
    RETURNING id
"""

# In how many seconds the next job is due that nothing holds back.
NEXT_DUE = f"""
    SELECT extract(epoch FROM
               min(CASE WHEN job.state = '{states.PENDING}' THEN job.next_attempt_at ELSE job.lease_until END) - {NOW})
      FROM webhook_job job
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id AND webhook.active
     WHERE job.state IN ('{states.PENDING}', '{states.SENDING}')
       AND NOT EXISTS (
           SELECT 1 FROM webhook_job older
            WHERE older.webhook_id = job.webhook_id AND older.res_id = job.res_id AND older.id < job.id
              AND older.state IN ('{states.PENDING}', '{states.SENDING}'))
"""


class Job:
    """A claimed job, without the ORM: what its request is made of, and the claim that it is held by."""

    __slots__ = ("attempt_count", "body", "claim", "endpoint", "event", "format", "id", "kind", "model", "webhook_id")

    def __init__(self, claim, row):
        self.claim = claim
        self.id, self.event, self.model, self.kind, self.format, self.body, self.attempt_count, self.webhook_id = row
        self.endpoint = None


def claim(cr, limit, lease, share, held=()):
    """Claim up to ``limit`` jobs for ``lease`` seconds, the oldest of each webhook first.

    The cursor must be at the start of a transaction, which should be committed before anything is sent.

    :param share: how many jobs of one webhook may be under way at a time, in all processes together
    :param held: ids of jobs that the caller is sending, which are not to be claimed again when their lease ends

    :return: list of Job
    """
    # Odoo's REPEATABLE READ would fail on a row that another dispatcher has just changed.
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    token = uuid.uuid4().hex
    cr.execute(CLAIM, {"limit": limit, "lease": lease, "share": share, "held": list(held), "claim": token})
    jobs = sorted((Job(token, row) for row in cr.fetchall()), key=lambda job: job.id)
    endpoints = endpoint.load(cr, {job.webhook_id for job in jobs}) if jobs else {}
    for job in jobs:
        job.endpoint = endpoints[job.webhook_id]
    return jobs


def record(cr, reports):
    """Log attempts and move their jobs on.

    :param reports: list of (Job, started_at as naive UTC datetime, transport.Result, outcome.Outcome)
    """
    cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    rows = [
        {
            "id": job.id,
            "claim": job.claim,
            "number": job.attempt_count + 1,
            "started_at": started_at.isoformat(),
            "duration": result.duration,
            "status": result.status,
            "error": result.error,
            "answer": result.answer,
            "state": outcome.state,
            "wait": outcome.wait,
            "reason": outcome.reason,
        }
        for job, started_at, result, outcome in reports
    ]
    cr.execute(LOG, {"rows": json.dumps(rows)})
    cr.execute(RECORD, {"rows": json.dumps(rows)})


def redeliver(cr, ids):
    """Put finished jobs back in the queue; in the caller's transaction.

    :param ids: list of job ids
    :return: set of the ids that were put back: not those still on their way, nor those with nothing to send
    """
    cr.execute(REDELIVER, {"ids": list(ids)})
    return {row[0] for row in cr.fetchall()}


def next_due(cr):
    """When the next job is due: seconds from now (0 or less: at once), or None when nothing waits."""
    cr.execute(NEXT_DUE)
    (seconds,) = cr.fetchone()
    return None if seconds is None else float(seconds)
