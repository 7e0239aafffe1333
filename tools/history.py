"""A week of deliveries that never were, for pictures of a shop that has been open for longer than a minute."""

# A day's course: few at night, most at noon; some receivers are out of order for a few hours.
HOURS = """
    INSERT INTO webhook_hour (webhook_id, hour, delivered, failed, last_success, last_failure)
    SELECT webhook.id, hour,
           round(busy * (1.2 + sin((extract(hour FROM hour) - 6) * pi() / 12)) * (1 - outage)),
           round(busy * outage),
           hour + interval '59 minutes', CASE WHEN outage > 0 THEN hour + interval '40 minutes' END
      FROM (VALUES {busy}) AS webhook(id, busy, out_from, out_to)
     CROSS JOIN generate_series(date_trunc('hour', now() AT TIME ZONE 'UTC') - interval '23 hours',
                                date_trunc('hour', now() AT TIME ZONE 'UTC') - interval '1 hour', '1 hour') hour
     CROSS JOIN LATERAL (SELECT CASE WHEN now() AT TIME ZONE 'UTC' - hour BETWEEN out_to * interval '1 hour'
                                           AND out_from * interval '1 hour' THEN 0.8 ELSE 0 END AS outage) AS of
    ON CONFLICT (webhook_id, hour) DO NOTHING
"""
# Copies of the webhooks' last delivered jobs, the later the more; with one attempt, or with a failed one before it.
JOBS = """
    WITH old AS (
        SELECT job.*, n, failing,
               now() AT TIME ZONE 'UTC' - (7 * 24 * 3600 * (1 - sqrt(1 - n::float / count))) * interval '1 second' AS at
          FROM (VALUES {jobs}) AS webhook(id, count, failing)
         CROSS JOIN LATERAL (SELECT * FROM webhook_job WHERE webhook_id = webhook.id AND state = 'delivered'
                              ORDER BY id DESC LIMIT 1) job
         CROSS JOIN LATERAL generate_series(1, count - 1) n
    ), made AS (
        INSERT INTO webhook_job (webhook_id, event, model, kind, res_id, res_name, format, body, state, attempt_count,
                                 error, create_uid, create_date, finished_at)
        SELECT webhook_id, event || n, model, kind, res_id, res_name, format, body,
               CASE WHEN n % failing = 0 THEN 'failed' ELSE 'delivered' END, CASE WHEN n % failing < 2 THEN 2 ELSE 1 END,
               CASE WHEN n % failing = 0 THEN 'The receiver answered with status 503.' END, create_uid, at, at
          FROM old
         ORDER BY at
        RETURNING id, finished_at, state, attempt_count
    )
    INSERT INTO webhook_attempt (job_id, number, started_at, duration, status, error, answer)
    SELECT id, number, finished_at, 0.02 + (id * 7919 % 100) / 400.0,
           CASE WHEN state = 'failed' OR number < attempt_count THEN 503 ELSE 200 END, NULL, '{{"received": true}}'
      FROM made
     CROSS JOIN LATERAL generate_series(1, attempt_count) number
"""


def write(server, webhooks):
    """Give webhooks a past.

    :param server: the :class:`tools.server.OdooServer` with the database
    :param webhooks: dict of id → (deliveries in a quiet hour, the outage's first and last hour as hours ago,
        how many deliveries of last week, one in how many failed)
    """
    sql = server.workspace.server.sql
    busy = ", ".join(str((webhook, *each[:3])) for webhook, each in webhooks.items())
    sql(HOURS.format(busy=busy), server.database)
    jobs = ", ".join(str((webhook, *each[3:])) for webhook, each in webhooks.items())
    sql(JOBS.format(jobs=jobs), server.database)
