from odoo import fields, models

from .. import series
from ..capture import subscription
from ..delivery import states

OUTCOMES = [("delivered", "Delivered"), ("failed", "Failed"), ("none", "Not Sent")]


class WebhookStatistics(models.Model):
    """What was sent and what came of it: a row for each attempt, and one for each job that was over without any."""

    _name = "webhook.statistics"
    _description = "Webhook Statistics"
    _auto = False
    _rec_name = "job_id"
    _order = "started_at desc, id desc"
    _depends = {  # what has to be written before it is read
        "webhook.webhook": ["user_id"],
        "webhook.job": ["webhook_id", "model", "kind", "state", "finished_at", "attempt_count"],
        "webhook.attempt": ["job_id", "status", "started_at", "duration"],
    }

    job_id = fields.Many2one(
        "webhook.job", "Delivery", readonly=True, help="The event that the attempt was to deliver."
    )
    webhook_id = fields.Many2one("webhook.webhook", readonly=True, help="What the event was recorded for.")
    user_id = fields.Many2one("res.users", "Owner", readonly=True, help="Who owns the webhook now.")
    model = fields.Char(readonly=True, help="The technical name of the kind of record that the event is about.")
    kind = fields.Selection(subscription.KINDS, "Event", readonly=True, help="What happened to the record.")
    state = fields.Selection(
        states.LABELS, readonly=True, help="What became of the delivery up to now, not of this attempt alone."
    )
    outcome = fields.Selection(
        OUTCOMES,
        readonly=True,
        help="Whether the receiver accepted this attempt. Not sent: it was cancelled before, or could not be written.",
    )
    status = fields.Integer(
        "HTTP Status",
        readonly=True,
        help="What the receiver answered with; none, where it did not answer.",
        **series.aggregated_by(None),
    )
    started_at = fields.Datetime(
        "Time", readonly=True, help="When the attempt began; without any, when the delivery was over."
    )
    deliveries = fields.Integer(
        readonly=True, help="1 for the last attempt of a delivery that is over: their sum counts each delivery once."
    )
    attempts = fields.Integer(readonly=True, help="Requests that were made, or tried.")
    delivered = fields.Integer(
        "Accepted Attempts", readonly=True, help="Attempts that the receiver answered with 200 to 299."
    )
    failed = fields.Integer("Failed Attempts", readonly=True, help="Attempts with another answer, or with none.")
    duration = fields.Float(
        "Average Duration (s)",
        digits=(16, 3),
        readonly=True,
        help="How long an attempt took; of several, their average.",
        **series.aggregated_by("avg"),
    )

    @property
    def _table_query(self):
        # A negative id, where there is no attempt whose id it could be.
        return """
            SELECT attempt.id, job.id AS job_id, job.webhook_id, webhook.user_id, job.model, job.kind, job.state,
                   CASE WHEN attempt.status BETWEEN 200 AND 299 THEN 'delivered' ELSE 'failed' END AS outcome,
                   nullif(attempt.status, 0) AS status, attempt.started_at,
                   CASE WHEN job.finished_at IS NOT NULL
                             AND NOT EXISTS (SELECT FROM webhook_attempt later
                                              WHERE later.job_id = job.id AND later.id > attempt.id)
                        THEN 1 ELSE 0 END AS deliveries,
                   1 AS attempts,
                   CASE WHEN attempt.status BETWEEN 200 AND 299 THEN 1 ELSE 0 END AS delivered,
                   CASE WHEN attempt.status BETWEEN 200 AND 299 THEN 0 ELSE 1 END AS failed,
                   attempt.duration
              FROM webhook_attempt attempt
              JOIN webhook_job job ON job.id = attempt.job_id
              JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
             UNION ALL
            SELECT -job.id, job.id, job.webhook_id, webhook.user_id, job.model, job.kind, job.state,
                   'none', NULL, job.finished_at, 1, 0, 0, 0, NULL
              FROM webhook_job job
              JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
             WHERE job.finished_at IS NOT NULL AND job.attempt_count = 0
                   AND NOT EXISTS (SELECT FROM webhook_attempt attempt WHERE attempt.job_id = job.id)
        """

    def action_open_job(self):
        """Open the delivery that the row is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "webhook.job",
            "res_id": self.job_id.id,
            "view_mode": "form",
        }
