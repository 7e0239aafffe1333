from odoo import _, api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..delivery import network

# Parameter, default, smallest and largest value of each setting of the delivery that is a number.
NUMBERS = {
    "timeout": ("webhook.timeout", 5, 1, 60),
    "retries": ("webhook.retries", 5, 0, 50),
    "keep_failed": ("webhook.keep_failed", 30, 0, 3650),
    "keep_delivered": ("webhook.keep_delivered", 7, 0, 3650),
    "body_limit": ("webhook.body_limit", 1024, 1, 64 * 1024),
}
NETWORKS = "webhook.allowed_networks"
# The database that may send: a copy has another identity, or none.
IDENTITY = "webhook.database_uuid"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    webhook_timeout = fields.Integer(
        "Timeout of Webhooks",
        default=NUMBERS["timeout"][1],
        help="How many seconds a receiver has to answer.",
    )
    webhook_retries = fields.Integer(
        "Retries of Webhooks",
        default=NUMBERS["retries"][1],
        help="How many more attempts follow a failed one, each after a longer wait.",
    )
    webhook_keep_failed = fields.Integer(
        "Days to Keep Failed Deliveries",
        default=NUMBERS["keep_failed"][1],
        help="So long a delivery that failed can be looked at and sent again. 0: it is deleted at once.",
    )
    webhook_keep_delivered = fields.Integer(
        "Days to Keep Deliveries",
        default=NUMBERS["keep_delivered"][1],
        help="So long a delivery can be looked at and sent again. 0: it is deleted at once.",
    )
    webhook_body_limit = fields.Integer(
        "Largest Webhook Body",
        default=NUMBERS["body_limit"][1],
        help="In KiB. A larger notification is sent without the record and its changes, and says so.",
    )
    webhook_allowed_networks = fields.Char(
        "Networks Allowed to Webhooks",
        help="Webhooks are sent to public addresses only, and to those named here, such as 192.168.1.0/24 or ::1",
    )
    webhook_copied = fields.Boolean(
        "Copied Database", readonly=True, help="It sends nothing, so that receivers do not hear everything twice."
    )

    @api.constrains(*(f"webhook_{name}" for name in NUMBERS))
    def _check_webhook_numbers(self):
        for settings in self:
            for name, (_parameter, _default, least, most) in NUMBERS.items():
                field = f"webhook_{name}"
                if not least <= settings[field] <= most:
                    label = self._fields[field]._description_string(self.env)
                    raise ValidationError(
                        _("%(label)s must be from %(least)s to %(most)s.", label=label, least=least, most=most)
                    )

    @api.constrains("webhook_allowed_networks")
    def _check_webhook_allowed_networks(self):
        for settings in self:
            try:
                network.parse(settings.webhook_allowed_networks or "")
            except ValueError as error:
                raise ValidationError(str(error)) from error

    @api.model
    def get_values(self):
        values = super().get_values()
        values.update((f"webhook_{name}", value) for name, value in self._webhook_settings().items())
        values["webhook_copied"] = self._webhook_is_copy()
        return values

    def set_values(self):
        result = super().set_values()
        # Not by config_parameter=, for which Odoo takes a 0 (no retries) as "remove the setting".
        parameters = self.env["ir.config_parameter"].sudo()  # as Odoo's own settings are stored
        for name, (parameter, _default, _least, _most) in NUMBERS.items():
            parameters.set_param(parameter, str(self[f"webhook_{name}"]))
        parameters.set_param(NETWORKS, self.webhook_allowed_networks or False)
        return result

    def action_webhook_adopt(self):
        """Allow this database, a copy of another, to send webhooks.

        :return: an action that shows the settings anew
        :raises AccessError: for whoever is no administrator
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(_("Only an administrator may allow a copied database to send webhooks. Ask one."))
        self._webhook_adopt()
        self.env["webhook.job"]._wake_dispatcher()
        return {"type": "ir.actions.client", "tag": "reload"}

    @api.model
    def _webhook_settings(self):
        """The settings in force by their names here, without ``webhook_``; a value that is no good is its default."""
        settings = {name: self._webhook_number(*number) for name, number in NUMBERS.items()}
        return {**settings, "allowed_networks": self._webhook_networks()}

    @api.model
    def _webhook_body_limit(self):
        """The most bytes that a body may have; asked for by each transaction with events."""
        return 1024 * self._webhook_number(*NUMBERS["body_limit"])

    @api.model
    def _webhook_number(self, parameter, default, least, most):
        value = self._webhook_parameter(parameter)
        try:
            return min(max(int(value), least), most) if value else default
        except ValueError:
            return default

    @api.model
    def _webhook_networks(self):
        value = self._webhook_parameter(NETWORKS) or ""
        try:
            network.parse(value)
        except ValueError:  # set by other means; nothing is allowed rather than too much
            return ""
        return value

    @api.model
    def _webhook_parameter(self, name):
        return self.env["ir.config_parameter"].sudo().get_param(name)  # no secret: a manager's test needs it too

    @api.model
    def _webhook_is_copy(self):
        """Whether this database was copied from one that sends webhooks, and must not send them a second time."""
        return self._webhook_parameter(IDENTITY) != self._webhook_parameter("database.uuid")

    @api.model
    def _webhook_adopt(self, only_new=False):
        """Let this database send webhooks.

        :param only_new: not if it is known whether it may: when the addon is installed
        """
        parameters = self.env["ir.config_parameter"].sudo()
        if not only_new or not parameters.get_param(IDENTITY):
            parameters.set_param(IDENTITY, parameters.get_param("database.uuid"))
