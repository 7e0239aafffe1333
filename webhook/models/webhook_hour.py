from odoo import api, fields, models

from ..delivery import queue


class WebhookHour(models.Model):
    """How many attempts of a webhook succeeded and failed in one hour. Rows are written by :mod:`..delivery.queue` alone.

    Counted as they happen: what was delivered may be deleted at once, and a list of webhooks must not read a million jobs.
    """

    _name = "webhook.hour"
    _description = "Webhook Hour"
    _rec_name = "hour"
    _order = "hour desc, id desc"
    _log_access = False

    webhook_id = fields.Many2one(
        "webhook.webhook", required=True, readonly=True, ondelete="cascade", help="Whose attempts these are."
    )
    hour = fields.Datetime(required=True, readonly=True, help="When the hour began.")
    delivered = fields.Integer(required=True, readonly=True, help="Attempts that succeeded in this hour.")
    failed = fields.Integer(required=True, readonly=True, help="Attempts that failed in this hour.")
    last_success = fields.Datetime(readonly=True, help="When the last attempt of this hour that succeeded ended.")
    last_failure = fields.Datetime(readonly=True, help="When the last attempt of this hour that failed ended.")

    last_reason = fields.Char(readonly=True, help="Why the last one that failed in this hour did.")

    def init(self):
        """Add the index that counting needs; and count what a version without this table has logged."""
        cr = self.env.cr
        cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS webhook_hour_of ON webhook_hour (webhook_id, hour)")
        cr.execute(
            "SELECT to_regclass('webhook_attempt'), to_regclass('webhook_job'), EXISTS (SELECT FROM webhook_hour)"
        )
        attempts, jobs, counted = cr.fetchone()
        if attempts and jobs and not counted:
            queue.count_logged(cr)

    @api.autovacuum
    def _gc_old(self):
        """Forget hours of more than a year ago."""
        queue.forget_hours(self.env.cr)
