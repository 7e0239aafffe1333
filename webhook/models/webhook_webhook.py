import psycopg2
from odoo import _, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import capture, series
from ..capture import subscription, watch
from ..delivery import destination
from ..payload import encoding, paths

# Where a transaction that changed webhooks keeps its own view of them; gone at its end.
CHANGED_HERE = "webhook.subscriptions"
# What has to fit together for a webhook to work.
DEFINITION = (
    "model_id",
    "kind",
    "user_id",
    "language",
    "field_names",
    "payload_field_names",
    "condition",
    "only_on_entering",
)


class Webhook(models.Model):
    _name = "webhook.webhook"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Webhook"
    _order = "name, id"

    name = fields.Char(
        required=True, tracking=True, help="Your own name for this webhook, as receivers and your colleagues see it."
    )
    active = fields.Boolean(
        default=True, tracking=True, help="An archived webhook sees no changes; what waits in its queue waits on."
    )
    model_id = fields.Many2one(
        "ir.model",
        # Outlives its model, whose name stays in ``model``: see webhook_webhook_pause.py. _check_model() requires it.
        ondelete="set null",
        index=True,
        domain=[("webhook_watchable", "=", True)],
        help="The kind of record that is watched. It cannot be changed later.",
    )
    model = fields.Char(
        "Model Name", compute="_compute_model", store=True, index=True, help="The technical name of the model."
    )
    kind = fields.Selection(
        subscription.KINDS,
        "Event",
        required=True,
        default="on_write",
        tracking=True,
        help="What has to happen to a record for a notification to be sent.",
    )
    address = fields.Char(
        "Callback URL",
        required=True,
        tracking=True,
        help="Where the notifications are sent (POST), for example https://example.com/hook",
    )
    format = fields.Selection(
        encoding.FORMATS,
        required=True,
        default="json",
        tracking=True,
        help="How the notifications are written; both hold the same.",
    )
    language = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        required=True,
        default=lambda self: self.env.user.lang or "en_US",
        tracking=True,
        help="Translated values are sent in this language.",
    )
    field_names = fields.Char(
        "Fields",
        tracking=True,
        help="Only these fields are watched and sent, separated by commas; dots lead into related records, as in "
        "order_line.product_id.default_code. Empty: all stored fields that are not binary.",
    )
    payload_field_names = fields.Char(
        "Payload Fields",
        tracking=True,
        help="If given, the notifications hold these fields, and the others only say what is watched. They are written "
        "alike.",
    )
    condition = fields.Char(
        default="[]",
        tracking=True,
        help="Only records that match are notified about, as they are after the change (before it, for a deletion).",
    )
    only_on_entering = fields.Boolean(
        "Only When Entering the Condition",
        tracking=True,
        help="Only a record that did not match the condition before, and does now, is notified about. Whether one of the "
        "watched fields changed does not matter then.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Only what this user may read is notified about and sent.",
    )
    job_ids = fields.One2many("webhook.job", "webhook_id", "Deliveries", help="The events that were queued for it.")
    job_count = fields.Integer(
        "Number of Deliveries", compute="_compute_job_count", help="Those that wait, and those that are kept."
    )

    @api.depends("model_id")
    def _compute_model(self):
        for webhook in self:
            webhook.model = webhook.model_id.model or webhook.model

    @api.onchange("model_id")
    def _onchange_model_id(self):
        self.field_names = self.payload_field_names = self.preview_res_id = False
        self.condition = "[]"

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind != "on_write":
            self.only_on_entering = False

    def _compute_job_count(self):
        for webhook in self:
            webhook.job_count = self.env["webhook.job"].search_count([("webhook_id", "in", webhook._origin.ids)])

    @api.constrains("address")
    def _check_address(self):
        for webhook in self:
            try:
                destination.check_address(webhook.address)
            except destination.RefusedAddress as error:
                raise ValidationError(str(error)) from error

    @api.constrains(*DEFINITION)
    def _check_subscription(self):
        self._check_model()
        self._check_field_names()
        self._check_condition()
        self._check_only_on_entering()

    def _check_model(self):
        for webhook in self:
            if not webhook.model:
                raise ValidationError(_("Choose the model whose records the webhook is to watch."))
            model = self.env.get(webhook.model)
            if model is None:
                raise ValidationError(webhook._model_is_gone())
            label = {"name": webhook.model_id.name, "model": webhook.model}
            if not webhook.model_id._has_records(model):
                raise ValidationError(
                    _(
                        "%(name)s (%(model)s) cannot be watched: it is no table of lasting records. "
                        "Choose a model whose records are stored.",
                        **label,
                    )
                )
            if webhook.model_id._is_written_by_webhooks(model._name):
                raise ValidationError(
                    _(
                        "%(name)s (%(model)s) cannot be watched: webhooks write it themselves, so that each event "
                        "would cause the next. Choose another model.",
                        **label,
                    )
                )
            if not series.may_read(webhook.view()):
                raise ValidationError(
                    _(
                        "You may not read %(name)s (%(model)s), so a webhook of yours cannot watch it. "
                        "Ask an administrator for the right to read it.",
                        **label,
                    )
                )

    def _check_field_names(self):
        for webhook in self:
            for path in paths.split(webhook.field_names) + paths.split(webhook.payload_field_names):
                try:
                    paths.check(webhook.view(), path)
                except paths.UnknownPath as error:
                    raise ValidationError(str(error)) from error

    def _check_condition(self):
        for webhook in self:
            if len(webhook.condition or "") > subscription.CONDITION_LIMIT:
                raise ValidationError(
                    _(
                        "The condition is longer than %(limit)s characters. Shorten it.",
                        limit=subscription.CONDITION_LIMIT,
                    )
                )
            try:
                condition = subscription.parse_condition(webhook.condition)
            except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
                raise ValidationError(
                    _(
                        "The condition “%(condition)s” is no list of plain values. Write it like "
                        "[('state', '=', 'done'), ('partner_id.country_id.code', '=', 'BE')].",
                        condition=webhook.condition,
                    )
                ) from error
            try:
                with self.env.cr.savepoint():
                    webhook.view().search(condition, limit=1)
            except psycopg2.OperationalError:
                raise  # no fault of the condition: Odoo tries again
            except Exception as error:
                raise ValidationError(
                    _(
                        "The condition cannot be run on %(model)s: %(error)s. Use fields of that model, and compare them "
                        "as in [('state', '=', 'done')].",
                        model=webhook.model,
                        error=error,
                    )
                ) from error

    def _check_only_on_entering(self):
        for webhook in self.filtered("only_on_entering"):
            if webhook.kind != "on_write" or not subscription.parse_condition(webhook.condition):
                raise ValidationError(
                    _(
                        "A webhook can notify “only when entering the condition” if its event is a change and it has a "
                        "condition. Set both, or switch this off."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        webhooks = super().create(vals_list)
        self._forget_watch()
        return webhooks

    def write(self, vals):
        if self._changes_model(vals):
            raise UserError(
                _(
                    "The model of a webhook cannot be changed. Create a new webhook for the other model, and archive this one."
                )
            )
        if vals.get("user_id", self.env.uid) != self.env.uid and not self._by_administrator():
            raise AccessError(
                _(
                    "Only an administrator may give a webhook another owner: the owner's rights decide what it sends. "
                    "Create a webhook of your own instead."
                )
            )
        result = super().write(vals)
        self._forget_watch()
        return result

    def _by_administrator(self):
        """Whether whoever is at work sees the webhooks of all, as the record rules say."""
        return self.env.su or self.env.user.has_group("base.group_system")

    def _changes_model(self, vals):
        if "model" in vals:
            return True
        if "model_id" not in vals:
            return False
        model = self.env["ir.model"].browse(vals["model_id"]).model  # a model's id is another when it has come back
        return any(webhook.model != model for webhook in self)

    def unlink(self):
        result = super().unlink()
        self._forget_watch()
        return result

    def action_view_jobs(self):
        """Open the deliveries of this webhook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Deliveries of %(webhook)s", webhook=self.name),
            "res_model": "webhook.job",
            "view_mode": self.env.ref("webhook.webhook_job_action").view_mode,
            "domain": [("webhook_id", "=", self.id)],
        }

    def action_send_test(self):
        """Send a test notification now, and open a dialog with the answer."""
        self.ensure_one()
        self.read(["name"])  # raises AccessError for a webhook that is not the user's to see
        test = self.env["webhook.test"].send(self)
        return {
            "type": "ir.actions.act_window",
            "name": _("Test notification"),
            "res_model": "webhook.test",
            "res_id": test.id,
            "view_mode": "form",
            "target": "new",
        }

    def view(self):
        """The watched model as the owner sees it; see :func:`~odoo.addons.webhook.capture.subscription.owner_view`."""
        self.ensure_one()
        return subscription.owner_view(self.env, self.model, self.user_id.id, self.language)

    @api.model
    def _watch(self):
        """What the active webhooks watch, as this transaction sees them: a :class:`..capture.watch.Watch`."""
        changed = self.env.cr.postcommit.data.get(CHANGED_HERE)
        if changed is None:
            return self._committed_watch()
        if not changed:
            series.flush_cached_models(self.env, "webhook.webhook")
            with series.stored_values(self.env.cr, []) as env:
                changed[:] = [self._load_watch(env)]
        return changed[0]

    @api.model
    @tools.ormcache()
    def _committed_watch(self):
        """The same as committed; cached for all transactions of the process until a webhook changes.

        Read by a cursor of its own: what this transaction sees may be older, and the others would be stuck with it.
        """
        with series.transaction(self.env.registry) as env:
            return self._load_watch(env)

    def _load_watch(self, env):
        with capture.unwatched(env.cr):  # what Odoo computes in here would ask for what is not loaded yet
            return watch.Watch(env.registry, subscription.load(env))

    def _forget_seen(self):
        """Have this transaction work out anew what it has seen of the models and webhooks."""
        data = self.env.cr.postcommit.data
        if CHANGED_HERE in data:
            data[CHANGED_HERE] = []
        capture.forget_watching(self.env.cr)

    def _forget_watch(self):
        """Have what is watched read anew: in this transaction now, elsewhere once it is committed."""
        cr, registry = self.env.cr, self.env.registry
        cr.postcommit.data[CHANGED_HERE] = []
        self._forget_seen()
        series.clear_cache(registry)
        cr.postcommit.add(lambda: series.clear_cache(registry))  # what others read before the commit is outdated
