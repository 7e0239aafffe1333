from math import ceil

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .. import series
from ..capture import subscription
from ..delivery import dispatcher, queue, states, wakeup
from ..payload import encoding

# A dispatcher begins nothing new after so many seconds, so that other scheduled actions get their turn.
BUDGET = 20


class WebhookJob(models.Model):
    """An event queued for one webhook. Rows are written by :mod:`..capture.events` and :mod:`..delivery.queue` alone."""

    _name = "webhook.job"
    _description = "Webhook Delivery"
    _rec_name = "res_name"
    _order = "id desc"

    webhook_id = fields.Many2one("webhook.webhook", required=True, readonly=True, ondelete="cascade", index=True)
    event = fields.Char(required=True, readonly=True, index=True, help="The event's own id, the same on every attempt.")
    model = fields.Char(required=True, readonly=True)
    kind = fields.Selection(subscription.KINDS, required=True, readonly=True)
    res_id = fields.Integer("Record ID", required=True, readonly=True)
    res_name = fields.Char("Record", readonly=True)
    format = fields.Selection(encoding.FORMATS, required=True, readonly=True)
    body = fields.Text(readonly=True)
    shown_body = fields.Text("Body for Reading", compute="_compute_shown_body")
    state = fields.Selection(states.LABELS, required=True, readonly=True, default=states.PENDING, index=True)
    error = fields.Text("Reason", readonly=True, help="Why it is not delivered.")
    attempt_count = fields.Integer("Attempts", readonly=True)
    attempt_ids = fields.One2many("webhook.attempt", "job_id", "Attempt Log", readonly=True)
    next_attempt_at = fields.Datetime("Next Attempt", readonly=True)
    finished_at = fields.Datetime("Finished", readonly=True)
    claim = fields.Char(readonly=True, groups="base.group_no_one", help="Held by the process that sends this job.")
    lease_until = fields.Datetime(readonly=True, groups="base.group_no_one", help="When others may take the job over.")

    @api.depends("body", "format")
    def _compute_shown_body(self):
        for job in self:
            job.shown_body = encoding.indented(job.body, job.format) if job.body else False

    def init(self):
        """Add what the ORM cannot declare alike on every series: the CHECK of the states, and the queue's indexes."""
        self.env.cr.execute(  # pylint: disable=sql-injection
            f"""
            ALTER TABLE webhook_job DROP CONSTRAINT IF EXISTS webhook_job_state_check;
            ALTER TABLE webhook_job ADD CONSTRAINT webhook_job_state_check CHECK ({states.CHECK});
            CREATE INDEX IF NOT EXISTS webhook_job_due ON webhook_job (webhook_id, id)
                WHERE state IN ('pending', 'sending');
            CREATE INDEX IF NOT EXISTS webhook_job_order ON webhook_job (webhook_id, res_id, id)
                WHERE state IN ('pending', 'sending');
            """
        )

    def _register_hook(self):
        """Look for jobs that waited while no server ran, as soon as one does: Odoo's own first look is a minute later."""
        super()._register_hook()
        self.env.cr.execute("SELECT EXISTS (SELECT FROM webhook_job WHERE state IN ('pending', 'sending'))")
        if self.env.cr.fetchone()[0]:
            self._wake_dispatcher_in(1)

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
        """Send these jobs once more, delivered or failed, with a fresh set of retries. The event keeps its id.

        :raises AccessError: for whoever may not change their webhooks
        :raises UserError: when one is on its way already, or has nothing to send
        """
        self.read(["state"])  # raises AccessError for a job that is not the user's to see
        series.check_access(self.webhook_id, "write")
        put_back = queue.redeliver(self.env.cr, self.ids)
        series.forget(self)
        left = self.filtered(lambda job: job.id not in put_back)
        if left:
            raise UserError(
                _(
                    "%(event)s cannot be sent again now: it is on its way already, or it could never be written and so "
                    "has nothing to send. Look at its state and reason.",
                    event=left[0].event,
                )
            )
        self._wake_dispatcher()

    @api.model
    def _cron_dispatch(self):
        """Send what is due; run by the scheduled action, which every event wakes at its commit."""
        settings = self._delivery_settings()
        # Nothing was written so far. The commit ends the transaction: none may stay open while requests are under way.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        due = dispatcher.Dispatcher(self.env.registry.cursor, self.env.cr.dbname, **settings).run(BUDGET)
        if due is None:
            return
        if due <= 0:
            self._wake_dispatcher()
        else:
            self._wake_dispatcher_in(ceil(due))

    @api.model
    def _delivery_settings(self):
        """What General Settings and the manifest say: ``{"timeout": seconds, "retries": int, "version": str}``."""
        settings = self.env["res.config.settings"]._webhook_settings()
        manifest = self.env["ir.module.module"].sudo().search([("name", "=", "webhook")], limit=1)
        return {**settings, "version": manifest.installed_version or "0"}

    @api.model
    def _wake_dispatcher(self):
        """Run the dispatcher as soon as this transaction commits."""
        series.dispatch_at_commit(self.env)

    @api.model
    def _wake_dispatcher_in(self, seconds):
        """Run the dispatcher in some seconds, if this process lives as long."""
        registry = self.env.registry

        def wake():
            with series.transaction(registry) as env:
                env["webhook.job"]._wake_dispatcher()

        wakeup.after(seconds, self.env.cr.dbname, wake)
