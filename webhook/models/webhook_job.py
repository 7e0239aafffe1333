import logging
import time
from datetime import timedelta
from math import ceil

from odoo import _, api, fields, models
from odoo.modules.registry import Registry

from .. import series
from ..capture import subscription
from ..delivery import background, credentials, dispatcher, network, queue, shown, states, wakeup
from ..payload import encoding

_logger = logging.getLogger(__name__)

CRON = "webhook.webhook_job_cron_dispatch"
# Old deliveries are deleted in parts of so many, each in a transaction of its own, for so many seconds at a time.
PURGED_AT_ONCE = 2000
PURGE_BUDGET = 60
SOON = timedelta(seconds=10)


class WebhookJob(models.Model):
    """An event queued for one webhook. Rows are written by :mod:`..capture.events` and :mod:`..delivery.queue` alone."""

    _name = "webhook.job"
    _description = "Webhook Delivery"
    _rec_name = "res_name"
    _order = "id desc"

    webhook_id = fields.Many2one(
        "webhook.webhook",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        help="What it was recorded for. Its address and secrets are used as they are when an attempt is made.",
    )
    event = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="The event's own id, the same on every attempt: receivers find it in the header webhook-id.",
    )
    model = fields.Char(required=True, readonly=True, help="The technical name of the kind of record that it is about.")
    kind = fields.Selection(
        subscription.KINDS, required=True, readonly=True, help="What happened to the record in that transaction."
    )
    res_id = fields.Integer("Record ID", required=True, readonly=True, help="The record's number in the database.")
    res_name = fields.Char("Record", readonly=True, help="What the record was called when it happened.")
    format = fields.Selection(
        encoding.FORMATS,
        required=True,
        readonly=True,
        help="How the body is written, as the webhook said at that time.",
    )
    body = fields.Text(
        readonly=True, prefetch=False, help="What is sent, just as it is signed; written when the change was made."
    )
    shown_body = fields.Text(
        "Body for Reading", compute="_compute_shown_body", help="What is sent, indented. On its way it has no spaces."
    )
    shown_request = fields.Text(
        "Request for Reading",
        compute="_compute_shown_request",
        help="Where it is sent and with which headers, as the webhook is set now. Dots stand for what is secret, or made "
        "anew for each attempt.",
    )
    state = fields.Selection(
        states.LABELS,
        required=True,
        readonly=True,
        default=states.PENDING,
        help="Waiting: for its turn, for its next attempt, or for an older event of the same record. Failed: no attempts are "
        "left, or another one would be of no use.",
    )
    error = fields.Text("Reason", readonly=True, help="Why it is not delivered.")
    attempt_count = fields.Integer(
        "Attempts", readonly=True, help="How many were made since it was recorded, or since it was last redelivered."
    )
    attempt_ids = fields.One2many(
        "webhook.attempt", "job_id", "Attempt Log", readonly=True, help="All that were ever made, the oldest first."
    )
    next_attempt_at = fields.Datetime(
        "Next Attempt", readonly=True, help="Not before this moment; an older event of the same record goes first."
    )
    expected_at = fields.Datetime(
        "Expected", compute="_compute_waits_for", help="When it is sent next, if nothing else has to be waited for."
    )
    live = fields.Boolean(
        compute="_compute_waits_for", help="Whether it is being sent, or will be in a few seconds: look again soon."
    )
    waits_for = fields.Char(compute="_compute_waits_for", help="What has to happen before the next attempt.")
    finished_at = fields.Datetime(
        "Finished",
        readonly=True,
        help="When it was delivered, failed or was cancelled. It is kept for some days from then.",
    )
    sendable = fields.Boolean(
        compute="_compute_sendable", help="Whether it is over, and has something that could be sent again."
    )
    claim = fields.Char(readonly=True, groups="base.group_no_one", help="Held by the process that sends this job.")
    lease_until = fields.Datetime(readonly=True, groups="base.group_no_one", help="When others may take the job over.")

    @api.depends("body", "format")
    def _compute_shown_body(self):
        for job in self:
            job.shown_body = encoding.readable(job.body)

    @api.depends(
        "body", "format", "attempt_count", "webhook_id.address", "webhook_id.header_ids", "webhook_id.auth_type"
    )
    def _compute_shown_request(self):
        version = self._delivery_settings().version
        for job in self:
            webhook = job.webhook_id
            names = webhook.header_ids.mapped("name")
            authenticated = webhook.auth_type in (credentials.BASIC, credentials.BEARER)
            parameters = (webhook.address, names, authenticated, job.attempt_count or 1, self.env.cr.dbname, version)
            try:
                job.shown_request = shown.text(job, *parameters) if job.body else False
            except ValueError as error:
                job.shown_request = str(error)

    @api.depends("finished_at")
    def _compute_sendable(self):
        sendable = queue.sendable(self.env.cr, self.ids)
        for job in self:
            job.sendable = job.id in sendable

    @api.depends("state", "next_attempt_at")
    def _compute_waits_for(self):
        found = queue.waiting_for(self.env.cr, self.ids)
        soon = fields.Datetime.now() + SOON
        for job in self:
            held, blocked, moment = found.get(job.id, (False, False, None))
            job.expected_at = moment if not (held or blocked) else False
            job.live = job.state == states.SENDING or bool(job.expected_at and job.expected_at <= soon)
            job.waits_for = False
            if held:
                job.waits_for = _("Its webhook is paused or archived. Resume or restore it, and this is sent.")
            elif blocked:
                job.waits_for = _("It waits for an older event of the same record, which goes first.")

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
            CREATE INDEX IF NOT EXISTS webhook_job_over ON webhook_job (state, finished_at)
                WHERE finished_at IS NOT NULL;
            CREATE INDEX IF NOT EXISTS webhook_job_unsent ON webhook_job (finished_at)
                WHERE finished_at IS NOT NULL AND attempt_count = 0;
            DROP INDEX IF EXISTS webhook_job_finished;  -- of versions without cancelled ones
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
            (states.CANCELLED, settings["keep_failed"]),
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
