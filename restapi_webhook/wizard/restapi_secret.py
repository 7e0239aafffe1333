from odoo import _, api, fields, models
from odoo.exceptions import UserError


class Secret(models.TransientModel):
    """A new secret, shown this once: the dialog is a new record with these values, which is never saved."""

    _name = "restapi.secret"
    _description = "REST API Secret"

    key = fields.Char("Client ID / Consumer Key", readonly=True)
    secret = fields.Char("Client Secret / Consumer Secret", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(_("A secret is shown once, and not stored. Copy it, and close the dialog."))
