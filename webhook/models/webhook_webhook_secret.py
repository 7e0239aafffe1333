"""What a webhook's requests are signed and authorized with: secrets that can be set, and never be read."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import series
from ..delivery import credentials
from . import hidden


class Webhook(models.Model):
    _name = "webhook.webhook"
    _inherit = ["webhook.webhook", "webhook.write.only"]

    _write_only = ("auth_secret",)

    signed_since = fields.Datetime(compute="_compute_signing", help="Since when the present secret is used.")
    secret_unseen = fields.Boolean(
        "Secret Not Shown Yet", compute="_compute_signing", help="It can be shown once, to be given to the receiver."
    )
    old_secret_count = fields.Integer(
        "Old Secrets Still Valid",
        compute="_compute_signing",
        help="Requests are signed with these, too, until they end: each receiver has so long to change to the new one.",
    )
    auth_type = fields.Selection(
        credentials.LABELS,
        "Authentication",
        default=credentials.NONE,
        copy=False,
        tracking=True,
        help="How the webhook proves to the receiver who it is, beside the signature: the header Authorization.",
    )
    auth_user = fields.Char("User", copy=False, tracking=True, help="The name that the receiver knows the webhook by.")
    auth_secret = fields.Char(
        "Password or Token",
        compute="_compute_write_only",
        readonly=False,
        help="Once saved, it is not shown again.",
    )
    header_ids = fields.One2many(
        "webhook.header", "webhook_id", "Headers", copy=False, help="Sent with each request, beside those of the addon."
    )

    def _compute_signing(self):
        states = self.env["webhook.signing.secret"]._state(self._origin.ids)
        for webhook in self:
            since, unseen, old = states.get(webhook._origin.id, (False, False, 0))
            webhook.signed_since, webhook.secret_unseen, webhook.old_secret_count = since, unseen, old

    @api.model_create_multi
    def create(self, vals_list):
        webhooks = super().create(vals_list)
        for webhook in webhooks:
            self.env["webhook.signing.secret"]._replace(webhook)
        webhooks._check_authentication()
        return webhooks

    def write(self, vals):
        vals = self._with_authentication(vals)
        known = hidden.read(self, "auth_secret") if "auth_secret" in vals else {}
        result = super().write(vals)
        if not vals.keys().isdisjoint(("auth_type", "auth_user", "auth_secret")):
            self._check_authentication()
        for webhook in self if known else ():
            secret = hidden.read(webhook, "auth_secret")[webhook.id]
            if secret != known[webhook.id]:
                webhook._note(
                    _("The password or token was replaced.") if secret else _("The password or token was removed.")
                )
        return result

    def _note(self, text):
        """Write into the history of these webhooks what is no change of a field of theirs, and by whom."""
        for webhook in self:
            webhook._message_log(body=text)

    def _with_authentication(self, vals):
        """``vals`` without what would be left of another kind of authentication."""
        kind = vals.get("auth_type")
        if kind and any(webhook.auth_type != kind for webhook in self):
            vals = {"auth_secret": False, **vals}
        if kind and kind != credentials.BASIC:
            vals = {**vals, "auth_user": False}
        if kind == credentials.NONE:
            vals = {**vals, "auth_secret": False}
        return vals

    def _check_authentication(self):
        secrets = hidden.read(self, "auth_secret")
        for webhook in self:
            try:
                credentials.authorization(webhook.auth_type, webhook.auth_user, secrets[webhook.id])
            except credentials.RefusedCredentials as error:
                raise ValidationError(error.translated(self.env)) from error

    def _rotate_secret(self, hours, secret=None, shown=False):
        """Give this webhook another secret; see :meth:`.webhook_signing_secret.SigningSecret._replace`.

        :raises AccessError: for whoever may not change the webhook
        """
        self.ensure_one()
        series.check_access(self, "write")
        new = self.env["webhook.signing.secret"]._replace(self, hours, secret, shown)
        self._note(_("The secret was replaced; the old one stays valid for %(hours)s hours.", hours=hours))
        return new

    def _take_secret(self):
        """The present secret, the first time that somebody asks for it; afterwards None.

        :raises AccessError: for whoever may not change the webhook
        """
        self.ensure_one()
        series.check_access(self, "write")
        return self.env["webhook.signing.secret"]._take(self)

    def action_show_secret(self):
        """Open a dialog that shows the secret, this once.

        :raises UserError: when it was shown before
        """
        secret = self._take_secret()
        if not secret:
            raise UserError(
                _(
                    "The secret was shown once, and is not shown again. If nobody kept it, rotate it: that makes a new one."
                )
            )
        return self._secret_dialog(secret)

    def _secret_dialog(self, secret):
        """The action that shows ``secret``, this once."""
        return self.env["webhook.secret"]._dialog(_("The secret of %(webhook)s", webhook=self.name), secret=secret)
