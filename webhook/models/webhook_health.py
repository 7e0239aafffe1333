from odoo import fields, models


class WebhookHealth(models.Model):
    """What the last attempts say about the receiver of a webhook. Rows are written by :mod:`..delivery.queue` alone."""

    _name = "webhook.health"
    _description = "Webhook Health"
    _rec_name = "webhook_id"
    _log_access = False

    webhook_id = fields.Many2one("webhook.webhook", required=True, readonly=True, ondelete="cascade")
    failures = fields.Integer(readonly=True, help="Attempts failed since the last success.")
    outages = fields.Integer(readonly=True, help="Those in a row, up to now, that say that the receiver is down.")
    trips = fields.Integer(readonly=True, help="How often it was left alone for a while since then.")
    failing_since = fields.Datetime(readonly=True)
    blocked_until = fields.Datetime("Left Alone Until", readonly=True)

    def init(self):
        """Each webhook has one; on every series alike."""
        self.env.cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS webhook_health_webhook ON webhook_health (webhook_id)")
