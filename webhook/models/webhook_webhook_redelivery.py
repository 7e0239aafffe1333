"""All that a webhook failed to deliver, sent again at once: after its receiver was down for long, say."""

from odoo import _, models
from odoo.exceptions import UserError

from .. import series
from ..delivery import queue


class Webhook(models.Model):
    _inherit = "webhook.webhook"  # pylint: disable=consider-merging-classes-inherited

    def action_send_now(self):
        """Have sent at once what is tried again: the receiver is mended, say.

        :raises AccessError: for whoever may not change the webhooks
        """
        self.read(["name"])  # raises AccessError for a webhook that is not the user's to see
        series.check_access(self, "write")
        self.env["webhook.job"].browse(queue.retried(self.env.cr, self.ids))._hurry()
        series.forget(self)
        return True  # XML-RPC knows no None

    def action_redeliver_failed(self):
        """Send all failed deliveries of these webhooks again, and open a dialog with their progress.

        :raises AccessError: for whoever may not change the webhooks
        :raises UserError: when there is none
        """
        self.read(["name"])  # raises AccessError for a webhook that is not the user's to see
        series.check_access(self, "write")
        failed = queue.failed(self.env.cr, self.ids)
        if not failed:
            raise UserError(
                _(
                    "No failed delivery can be sent again. Those whose events could not be written have nothing to send: look "
                    "at their reasons."
                )
            )
        return self.env["webhook.redelivery"]._start(failed)
