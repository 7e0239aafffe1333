"""What people do with deliveries: look at their record, send them again, cancel them."""

from odoo import _, models
from odoo.exceptions import UserError

from .. import series
from ..delivery import queue


class WebhookJob(models.Model):
    _inherit = "webhook.job"

    def action_open_record(self):
        """Open the record that the event is about.

        :raises UserError: when it is gone, or its model is
        """
        self.ensure_one()
        if self.model not in self.env or not self.env[self.model].browse(self.res_id).exists():
            raise UserError(
                _("%(record)s is gone: it was deleted after this event.", record=self.res_name or self.event)
            )
        return {"type": "ir.actions.act_window", "res_model": self.model, "res_id": self.res_id, "view_mode": "form"}

    def action_redeliver(self):
        """Send these jobs once more, whatever came of them, with a fresh set of retries. The event keeps its id.

        Of several, those that cannot be sent are left out.

        :return: for several, an action that opens a dialog with their progress
        :raises AccessError: for whoever may not change their webhooks
        :raises UserError: when it is one, and cannot be sent
        """
        jobs = self._changeable()
        if len(self) > 1:
            return self.env["webhook.redelivery"]._start(jobs.ids)
        if not jobs._redeliver():
            raise UserError(
                _(
                    "%(event)s cannot be sent again now: it is on its way already, or it could never be written and so "
                    "has nothing to send. Look at its state and reason.",
                    event=self.event,
                )
            )
        return True  # XML-RPC knows no None

    def _redeliver(self):
        """Put finished jobs back in the queue; the caller has checked that the user may.

        :return: set of the ids that were put back
        """
        put_back = queue.redeliver(self.env.cr, self.ids)
        series.forget(self)
        if put_back:
            self._wake_dispatcher()
        return put_back

    def action_send_now(self):
        """Have these jobs sent at once, as far as they wait; not at the time of their next attempt.

        :raises AccessError: for whoever may not change their webhooks
        :raises UserError: when there is none that waits
        """
        if not self._changeable()._hurry():
            raise UserError(_("Nothing waits here any more. Look at what came of it."))
        return True  # XML-RPC knows no None

    def _hurry(self):
        """Have those of these jobs sent at once that wait; the caller has checked that the user may.

        :return: list of their ids
        """
        with series.transaction(self.env.registry) as env:
            hurried = queue.hurry(env.cr, self.ids)
        series.forget(self)
        self._wake_dispatcher()
        return hurried

    def action_cancel(self):
        """Have these jobs not sent, as far as they still wait. They are kept, and can be redelivered.

        :return: for several, an action that says how many are cancelled
        :raises AccessError: for whoever may not change their webhooks
        :raises UserError: when there is none that waits
        """
        jobs = self._changeable()
        reason = _("Cancelled by %(user)s.", user=self.env.user.name)
        cancelled = self._cancel(jobs.ids, reason)
        series.forget(self)
        if not cancelled:
            raise UserError(
                _(
                    "Nothing is left to cancel: only a delivery that waits can be cancelled. One that is being sent is out "
                    "already; wait a moment, and look at what came of it."
                )
            )
        self._wake_dispatcher()  # for the events that waited for these
        if len(self) == 1:
            return True
        left = len(self) - len(cancelled)
        message = _("Cancelled deliveries: %(count)s.", count=len(cancelled))
        if left:
            message += " " + _("Left as they are, because they are being sent or over: %(count)s.", count=left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _cancel(self, ids, reason):
        """Take jobs out of the queue, and have the next events of their records sent; the caller has checked that he may.

        :return: the ids of those that still waited
        """
        registry = self.env.registry
        with series.transaction(registry) as env:
            cancelled = queue.cancel(env.cr, ids, reason)
        with series.transaction(registry) as env:
            queue.call_next(env.cr, cancelled)
        return list(cancelled)

    def _changeable(self):
        """The ones of these jobs that are still there.

        :raises AccessError: for whoever may not change the webhook of each of them
        """
        # By a search: what checks records in memory would read all their bodies, of 10,000 at a time.
        found = self.search([("id", "in", self.ids)])
        series.check_access((self - found).exists(), "read")  # raises for those that are not the user's to see
        series.check_access(self.env["webhook.webhook"].browse(queue.webhooks(self.env.cr, found.ids)), "write")
        return found
