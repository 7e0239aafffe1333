import logging
import time
from math import ceil

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.modules.registry import Registry

from .. import series
from ..capture import subscription
from ..delivery import background, dispatcher, network, queue, states, wakeup
from ..payload import encoding

_logger = logging.getLogger(__name__)

CRON = "webhook.webhook_job_cron_dispatch"
# Old deliveries are deleted in parts of so many, each in a transaction of its own, for so many seconds at a time.
PURGED_AT_ONCE = 2000
PURGE_BUDGET = 60


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
    state = fields.Selection(states.LABELS, required=True, readonly=True, default=states.PENDING)
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
            CREATE INDEX IF NOT EXISTS webhook_job_due ON webhook_job (webhook_id, next_attempt_at, id)
                WHERE state = 'pending';
            CREATE INDEX IF NOT EXISTS webhook_job_order ON webhook_job (webhook_id, res_id, id)
                WHERE state IN ('pending', 'sending');
            CREATE INDEX IF NOT EXISTS webhook_job_lease ON webhook_job (lease_until)
                WHERE state = 'sending';
            CREATE INDEX IF NOT EXISTS webhook_job_finished ON webhook_job (state, finished_at)
                WHERE state IN ('delivered', 'failed');
            CREATE INDEX IF NOT EXISTS webhook_job_failed ON webhook_job (webhook_id)
                WHERE state = 'failed';
            -- Each job leaves two dead rows behind, which the next claims have to step over until they are swept up.
            ALTER TABLE webhook_job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
            """
        )

    def _register_hook(self):
        """Look for jobs that waited while no server ran, as soon as one does: Odoo's own first look is a minute later."""
        super()._register_hook()
        self.env.cr.execute("SELECT EXISTS (SELECT FROM webhook_job WHERE state IN ('pending', 'sending'))")
        if self.env.cr.fetchone()[0] and series.serves():
            dbname = self.env.cr.dbname
            wakeup.after(1, dbname, lambda: _start(dbname))

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

        Those of several that cannot be sent are left out, and counted.

        :return: an action that says how many are sent, where they are more than one
        :raises AccessError: for whoever may not change their webhooks
        :raises UserError: when there is none that can be sent
        """
        self.read(["state"])  # raises AccessError for a job that is not the user's to see
        series.check_access(self.webhook_id, "write")
        put_back = queue.redeliver(self.env.cr, self.ids)
        series.forget(self)
        if not put_back:
            raise UserError(
                _(
                    "%(event)s cannot be sent again now: it is on its way already, or it could never be written and so "
                    "has nothing to send. Look at its state and reason.",
                    event=self[:1].event,
                )
            )
        self._wake_dispatcher()
        if len(self) == 1:
            return True  # XML-RPC knows no None
        left = len(self) - len(put_back)
        message = _("%(count)s deliveries are sent again.", count=len(put_back))
        if left:
            message += " " + _("%(count)s are left out: they are on their way, or have nothing to send.", count=left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _cron_dispatch(self):
        """Send what is due; run by the scheduled action, which does not wait for it.

        Odoo keeps a transaction open for as long as an action runs, and PostgreSQL could not sweep up meanwhile.
        """
        self._start_dispatcher()

    @api.model
    def _start_dispatcher(self):
        """Send what is due, in a thread of this process.

        :return: threading.Thread
        """
        return _start(self.env.cr.dbname)

    @api.model
    def _cron_purge(self):
        """Delete the deliveries that were kept for long enough; run by the scheduled action."""
        settings = self.env["res.config.settings"]._webhook_settings()
        until = time.monotonic() + PURGE_BUDGET
        for state, days in (
            (states.DELIVERED, settings["keep_delivered"]),
            (states.FAILED, settings["keep_failed"]),
        ):
            purged = PURGED_AT_ONCE
            while purged == PURGED_AT_ONCE and time.monotonic() < until:
                self.env.cr.commit()  # pylint: disable=invalid-commit
                purged = queue.purge(self.env.cr, state, days, PURGED_AT_ONCE)
        series.forget(self)

    @api.model
    def _delivery_settings(self):
        """What General Settings and the manifest say: a :class:`..delivery.dispatcher.Settings`."""
        settings = self.env["res.config.settings"]._webhook_settings()
        manifest = self.env["ir.module.module"].sudo().search([("name", "=", "webhook")], limit=1)
        return dispatcher.Settings(
            timeout=settings["timeout"],
            retries=settings["retries"],
            version=manifest.installed_version or "0",
            networks=network.parse(settings["allowed_networks"]),
            keep_delivered=settings["keep_delivered"],
            keep_failed=settings["keep_failed"],
        )

    @api.model
    def _wake_dispatcher(self):
        """Run the dispatcher as soon as this transaction commits, in this process if it serves."""
        if series.serves():
            dbname = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: _start(dbname))
        else:
            series.trigger(self.env, CRON)


def _start(dbname):
    """Send what is due in a database, in a thread of this process; see :func:`..delivery.background.start`."""
    return background.start(dbname, _dispatch)


def _dispatch(dbname, announce):
    """One run of the dispatcher, for :func:`..delivery.background.start`; in a thread, without an environment."""
    run = dispatcher.Dispatcher(
        lambda: Registry(dbname).cursor(), dbname, lambda: _settings(dbname), lambda reasons: _pause(dbname, reasons)
    )
    announce(run)
    due = run.run()
    if due is None:
        return False
    if due > 0:
        wakeup.after(ceil(due), dbname, lambda: _start(dbname))
    elif not background.may_go_on():
        with series.transaction(Registry(dbname)) as env:  # this process is about to end: another is to go on now
            series.trigger(env, CRON)
    return due <= 0


def _settings(dbname):
    """The settings that a dispatcher goes by; None in a database that may not send."""
    with series.transaction(Registry(dbname).check_signaling()) as env:
        if env["res.config.settings"]._webhook_is_copy():
            _logger.info("This database is a copy: it sends no webhooks until an administrator allows it.")
            return None
        return env["webhook.job"]._delivery_settings()


def _pause(dbname, reasons):
    """Pause the webhooks that are not to be sent to any more: ``{webhook id: sentence}``."""
    try:
        with series.transaction(Registry(dbname)) as env:
            for key, reason in reasons.items():
                env["webhook.webhook"].browse(key).exists()._pause_delivery(reason)
    except Exception:  # the next failure tries again
        _logger.exception("Webhooks cannot be paused")
