from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

# Parameter, default, smallest and largest value of each setting of the delivery.
TIMEOUT = ("webhook.timeout", 5, 1, 60)
RETRIES = ("webhook.retries", 5, 0, 50)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    webhook_timeout = fields.Integer(
        default=TIMEOUT[1],
        help="How many seconds a receiver has to answer.",
    )
    webhook_retries = fields.Integer(
        default=RETRIES[1],
        help="How many more attempts follow a failed one, each after a longer wait.",
    )

    @api.constrains("webhook_timeout", "webhook_retries")
    def _check_webhook_settings(self):
        for settings in self:
            for value, (_name, _default, least, most), label in (
                (settings.webhook_timeout, TIMEOUT, _("The timeout of webhooks")),
                (settings.webhook_retries, RETRIES, _("The number of retries of webhooks")),
            ):
                if not least <= value <= most:
                    raise ValidationError(
                        _("%(label)s must be from %(least)s to %(most)s.", label=label, least=least, most=most)
                    )

    @api.model
    def get_values(self):
        settings = self._webhook_settings()
        return {
            **super().get_values(),
            "webhook_timeout": settings["timeout"],
            "webhook_retries": settings["retries"],
        }

    def set_values(self):
        result = super().set_values()
        # Not by config_parameter=, for which Odoo takes a 0 (no retries) as "remove the setting".
        parameters = self.env["ir.config_parameter"].sudo()  # as Odoo's own settings are stored
        parameters.set_param(TIMEOUT[0], str(self.webhook_timeout))
        parameters.set_param(RETRIES[0], str(self.webhook_retries))
        return result

    @api.model
    def _webhook_settings(self):
        """The settings in force: ``{"timeout": seconds, "retries": int}``; a value that is no good is its default."""
        return {"timeout": self._webhook_parameter(*TIMEOUT), "retries": self._webhook_parameter(*RETRIES)}

    @api.model
    def _webhook_parameter(self, name, default, least, most):
        value = self.env["ir.config_parameter"].sudo().get_param(name)  # no secret: a manager's test needs it too
        try:
            return min(max(int(value), least), most) if value else default
        except ValueError:
            return default
