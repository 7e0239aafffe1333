"""Whether a webhook works, seen at a glance."""

from datetime import timedelta

from markupsafe import Markup
from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.tools import format_datetime

from ..delivery import queue

NEVER, WORKING, RETRYING, FAILING, PAUSED = "never", "working", "retrying", "failing", "paused"
HEALTH = [
    (NEVER, "Never sent"),
    (WORKING, "Working"),
    (RETRYING, "Retrying"),
    (FAILING, "Failing"),
    (PAUSED, "Paused"),
]
HOURS = 24
DELIVERED_COLOR, FAILED_COLOR, NOTHING_COLOR = "#28a745", "#dc3545", "#ced4da"


class Webhook(models.Model):
    _inherit = "webhook.webhook"

    health = fields.Selection(
        HEALTH,
        compute="_compute_health",
        search="_search_health",
        help="Working: the last attempt succeeded. Retrying: it failed, and more follow. Failing: it failed, and nothing "
        "more waits. Paused: it sees no changes, because it is paused or archived, or its owner is archived.",
    )
    owner_active = fields.Boolean(
        compute="_compute_owner_active", help="Whether its owner is there, with whose rights it watches."
    )
    last_success = fields.Datetime(compute="_compute_health", help="When a receiver last accepted a notification.")
    last_failure = fields.Datetime(compute="_compute_health", help="When an attempt last failed.")
    last_reason = fields.Char(
        "Last Problem", compute="_compute_health", help="Why the last attempt failed, unless it succeeded."
    )
    blocked_until = fields.Datetime(
        "Left Alone Until",
        compute="_compute_health",
        help="The receiver was down several times in a row, or asked to wait: nothing is sent to it before this time.",
    )
    recent_delivered = fields.Integer(
        "Delivered, 24 h", compute="_compute_health", help="Attempts that succeeded in the last 24 hours."
    )
    recent_failed = fields.Integer(
        "Failed, 24 h", compute="_compute_health", help="Attempts that failed in the last 24 hours, retried ones too."
    )
    recent_hours = fields.Html(
        "Last 24 Hours",
        compute="_compute_health",
        sanitize=False,  # numbers and times, made here
        help="A bar for each of the last 24 hours: attempts that succeeded in green, that failed in red.",
    )
    failed_count = fields.Integer(
        "Failed Deliveries", compute="_compute_health", help="Deliveries that were given up, and are kept."
    )

    @api.depends("user_id")
    def _compute_owner_active(self):
        for webhook in self:
            owner = webhook.user_id
            webhook.owner_active = owner.active or owner.id == SUPERUSER_ID

    @api.depends("active", "paused_at", "job_ids", "user_id")
    def _compute_health(self):
        found = queue.overview(self.env.cr, self._origin.ids)
        nothing = queue.Overview(None, None, None, [], False, 0, None)
        labels = self._hour_labels()
        for webhook in self:
            overview = found.get(webhook._origin.id, nothing)
            webhook.health = webhook._health(overview)
            webhook.last_success, webhook.last_failure = overview.last_success, overview.last_failure
            webhook.last_reason = webhook.health in (RETRYING, FAILING) and overview.last_reason
            webhook.blocked_until = overview.blocked_until
            webhook.recent_delivered = sum(delivered for _ago, delivered, _failed in overview.recent)
            webhook.recent_failed = sum(failed for _ago, _delivered, failed in overview.recent)
            webhook.recent_hours = str(webhook._bars(overview.recent, labels))  # XML-RPC knows no Markup before 15.0
            webhook.failed_count = overview.failed

    def _health(self, overview):
        if self.paused_at or not self.active or not self.owner_active:
            return PAUSED
        if not overview.last_success and not overview.last_failure:
            return FAILING if overview.failed else NEVER  # an event that could not be rendered has no attempt
        if overview.last_success and (not overview.last_failure or overview.last_failure <= overview.last_success):
            return WORKING
        return RETRYING if overview.waits else FAILING

    def _search_health(self, operator, value):
        """Webhooks are few: the health of all is looked at."""
        wanted = {value} if isinstance(value, str) else set(value or ())
        webhooks = self.search([("active", "in", (True, False))])
        overviews = queue.overview(self.env.cr, webhooks.ids)
        found = webhooks.filtered(lambda webhook: webhook._health(overviews[webhook.id]) in wanted)
        if operator in ("!=", "not in"):
            found = webhooks - found
        return [("id", "in", found.ids)]

    @api.model
    def _hour_labels(self):
        """What the user calls the last hours, the longest ago first: list of str."""
        now = fields.Datetime.now().replace(minute=0)
        return [
            format_datetime(self.env, now - timedelta(hours=ago), dt_format="short") for ago in reversed(range(HOURS))
        ]

    def _bars(self, recent, labels):
        """The last hours as bars, the present one on the right: Markup, with inline styles that any view shows.

        :param recent: as in :class:`..delivery.queue.Overview`
        :param labels: as from :meth:`_hour_labels`
        """
        counts = [(0, 0)] * HOURS
        for ago, delivered, failed in recent:
            if 0 <= ago < HOURS:
                counts[HOURS - 1 - int(ago)] = delivered, failed
        highest = max(map(sum, counts))
        title = _(
            "Attempts in the last 24 hours: %(delivered)s succeeded, %(failed)s failed",
            delivered=sum(delivered for delivered, _failed in counts),
            failed=sum(failed for _delivered, failed in counts),
        )
        bars = [self._bar(*count, highest, label) for count, label in zip(counts, labels)]
        return Markup(
            '<div role="img" aria-label="%s" style="display: flex; align-items: flex-end; gap: 1px; height: 24px; '
            'min-width: 96px; max-width: 240px;">%s</div>'
        ) % (title, Markup().join(bars))

    def _bar(self, delivered, failed, highest, hour):
        """One hour: red on green; a line where nothing was sent."""
        parts = [
            Markup('<div style="height: %d%%; min-height: 3px; background: %s;"></div>')
            % (100 * count // highest, color)
            for count, color in ((failed, FAILED_COLOR), (delivered, DELIVERED_COLOR))
            if count
        ] or [Markup('<div style="height: 1px; background: %s;"></div>') % NOTHING_COLOR]
        title = hour
        if delivered or failed:
            title = _(
                "%(hour)s: %(delivered)s succeeded, %(failed)s failed",
                hour=hour,
                delivered=delivered,
                failed=failed,
            )
        return Markup(
            '<div title="%s" style="flex: 1; display: flex; flex-direction: column; justify-content: flex-end; '
            'height: 100%%;">%s</div>'
        ) % (title, Markup().join(parts))

    def action_view_failed(self):
        """Open the failed deliveries of this webhook, from which they can be sent again."""
        self.ensure_one()
        action = self.action_view_jobs()
        return {**action, "context": {"search_default_failed": True}}
