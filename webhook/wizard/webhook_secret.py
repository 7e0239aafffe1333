from odoo import _, api, fields, models
from odoo.exceptions import UserError


class Secret(models.TransientModel):
    """A secret, shown this once: the dialog is a new record with this value, which is never saved."""

    _name = "webhook.secret"
    _description = "Webhook Secret"

    secret = fields.Char(
        readonly=True, store=False, help="What the requests are signed with: the receiver verifies them with it."
    )

    @api.model
    def _dialog(self, title, **values):
        """The action that shows ``values``, this once."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},  # shown, never stored
        }

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(_("This dialog stores nothing. Copy the secret, and close it."))
