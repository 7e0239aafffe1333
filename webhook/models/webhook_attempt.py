from http import HTTPStatus

from odoo import _, api, fields, models

from ..payload import encoding

GIST = 160  # characters


class WebhookAttempt(models.Model):
    """One HTTP request for a job. Rows are written by :mod:`..delivery.queue` alone."""

    _name = "webhook.attempt"
    _description = "Webhook Attempt"
    _rec_name = "number"
    _order = "job_id desc, id"  # numbers begin anew with a redelivery

    job_id = fields.Many2one(
        "webhook.job",
        "Delivery",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="The event that this attempt was to deliver.",
    )
    webhook_id = fields.Many2one(
        related="job_id.webhook_id", help="Its address and secrets are what the attempt was made with."
    )
    number = fields.Integer(
        "Attempt", required=True, readonly=True, help="Counted from 1; a redelivery begins to count anew."
    )
    started_at = fields.Datetime(
        "Started", required=True, readonly=True, help="When its request was begun, by the clock of the database."
    )
    duration = fields.Float(
        "Duration (s)",
        digits=(16, 3),
        readonly=True,
        help="From resolving the name of the receiver to the end of its answer, or to giving up.",
    )
    status = fields.Integer(
        "HTTP Status", readonly=True, help="What the receiver answered with; 200 to 299 counts as delivered."
    )
    error = fields.Char("Problem", readonly=True, help="Why there was no answer.")
    answer = fields.Text(readonly=True, help="The beginning of the answer's body, as it came.")
    shown_answer = fields.Text(
        "Answer for Reading",
        compute="_compute_shown_answer",
        help="The beginning of the answer's body; JSON and XML are indented if they are whole.",
    )
    accepted = fields.Boolean(compute="_compute_result", help="Whether the receiver answered with 200 to 299.")
    result = fields.Char(compute="_compute_result", help="The HTTP status with its name, or that there was no answer.")
    gist = fields.Char(
        "In Short", compute="_compute_result", help="Why there was no answer, or how the answer's body begins."
    )

    def init(self):
        """Add the index by which the statistics of the last days are found; rows come in the order of their time."""
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS webhook_attempt_started ON webhook_attempt USING brin (started_at)"
        )

    @api.depends("answer")
    def _compute_shown_answer(self):
        for attempt in self:
            attempt.shown_answer = encoding.readable(attempt.answer) or False

    @api.depends("status", "error", "answer")
    def _compute_result(self):
        for attempt in self:
            attempt.accepted = 200 <= attempt.status <= 299
            attempt.result = _named(attempt.status) if attempt.status else _("No answer")
            text = " ".join((attempt.error or attempt.answer or "").split())
            attempt.gist = text if len(text) <= GIST else text[:GIST] + "…"


def _named(status):
    """``404 Not Found``; a status that has no name stands alone."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
