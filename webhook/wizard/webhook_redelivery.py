import json

from odoo import _, api, fields, models

from .. import series
from ..delivery import queue


class WebhookRedelivery(models.TransientModel):
    """Deliveries that are sent again together, and how far they are."""

    _name = "webhook.redelivery"
    _description = "Webhook Redelivery"
    _transient_max_hours = 24.0  # a dialog may stay open for the night

    # A row for each would take longer to write than all of them to send; never shown.
    job_ids_text = fields.Text(
        "IDs of the Deliveries", readonly=True, help="Those that are sent again, as a JSON list."
    )
    total = fields.Integer("Sent Again", readonly=True, help="How many deliveries were put back in the queue.")
    busy = fields.Integer(
        "Were on Their Way Already",
        readonly=True,
        help="Left out: they waited, and are sent now, or were being sent when you asked for it.",
    )
    empty = fields.Integer(
        "Have Nothing to Send",
        readonly=True,
        help="Left out: their event could never be written. The reason is in each of them.",
    )
    delivered = fields.Integer(compute="_compute_progress", help="The receiver accepted them this time.")
    waiting = fields.Integer(
        "Still on Their Way",
        compute="_compute_progress",
        help="They wait for their turn or for their next attempt, or are being sent right now.",
    )
    retrying = fields.Integer(
        "Of These, Tried Again",
        compute="_compute_progress",
        help="Attempts have failed, and others follow. You may close this: they go on.",
    )
    held = fields.Integer(
        "Held by Their Webhook",
        compute="_compute_progress",
        help="Their webhook is paused or archived. They are sent once you resume or restore it.",
    )
    failed = fields.Integer(
        "Failed Again",
        compute="_compute_progress",
        help="No attempts are left, or another one would be of no use. The reason is in each of them.",
    )
    cancelled = fields.Integer(compute="_compute_progress", help="Somebody has cancelled them since.")
    gone = fields.Integer(
        "Over, and Not Kept",
        compute="_compute_progress",
        help="General Settings say that deliveries are deleted as soon as they are over.",
    )
    percentage = fields.Float(
        "Progress",
        compute="_compute_progress",
        help="How many of those that are sent again are over, whatever came of them.",
    )
    over = fields.Boolean(compute="_compute_progress", help="Nothing more will happen to these deliveries by itself.")
    live = fields.Boolean(compute="_compute_progress", help="Whether it is worth while to look again in a second.")
    verdict = fields.Char(compute="_compute_progress", help="How far it is, in one sentence.")

    @api.model
    def _start(self, ids):
        """Put jobs back in the queue, and open the dialog with their progress.

        :param ids: of webhook.job; the caller has checked that the user may send them again
        :return: an action
        """
        left_out = queue.left_out(self.env.cr, ids)
        jobs = self.env["webhook.job"].browse(ids)
        put_back = jobs._redeliver()
        if left_out["busy"]:
            jobs._hurry()
        # With sudo: nobody may write such a row himself.
        started = self.sudo().create({"job_ids_text": json.dumps(sorted(put_back)), "total": len(put_back), **left_out})
        return started.sudo(False)._dialog()

    def _dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": _("Redelivery"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("job_ids_text")
    def _compute_progress(self):
        for redelivery in self:
            ids = json.loads(redelivery.job_ids_text or "[]")
            counts = queue.progress(self.env.cr, ids)
            redelivery.update(counts)
            redelivery.over = not counts["waiting"]
            redelivery.live = counts["waiting"] > counts["held"]
            redelivery.percentage = 100 * (1 - counts["waiting"] / len(ids)) if ids else 100
            redelivery.verdict = redelivery._verdict(counts)

    def _verdict(self, counts):
        if not self.total:
            return _("None of these deliveries can be sent again.")
        if counts["delivered"] == self.total:
            return _("All are delivered.")
        if not counts["waiting"]:
            return _("All are over: %(count)s of %(total)s are delivered.", count=counts["delivered"], total=self.total)
        return _("%(count)s of %(total)s are delivered.", count=counts["delivered"], total=self.total)

    def action_refresh(self):
        """Show how far it is now."""
        series.forget(self)
        return self._dialog()

    def action_view_jobs(self):
        """Open the list of the deliveries that are sent again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Deliveries Sent Again"),
            "res_model": "webhook.job",
            "view_mode": self.env.ref("webhook.webhook_job_action").view_mode,
            "domain": [("id", "in", json.loads(self.job_ids_text or "[]"))],
        }
