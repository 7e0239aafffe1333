from odoo import fields, models


class WebhookAttempt(models.Model):
    """One HTTP request for a job. Rows are written by :mod:`..delivery.queue` alone."""

    _name = "webhook.attempt"
    _description = "Webhook Attempt"
    _rec_name = "number"
    _order = "job_id desc, number desc, id desc"

    job_id = fields.Many2one("webhook.job", "Delivery", required=True, readonly=True, ondelete="cascade", index=True)
    webhook_id = fields.Many2one(related="job_id.webhook_id")
    number = fields.Integer("Attempt", required=True, readonly=True)
    started_at = fields.Datetime("Started", required=True, readonly=True)
    duration = fields.Float("Duration (s)", digits=(16, 3), readonly=True)
    status = fields.Integer("HTTP Status", readonly=True)
    error = fields.Char("Problem", readonly=True, help="Why there was no answer.")
    answer = fields.Text(readonly=True, help="The beginning of the answer's body.")
