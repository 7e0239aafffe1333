from odoo import fields, models


class Secret(models.TransientModel):
    """A new secret, shown this once. Only its maker can read the row, which goes when the dialog is closed."""

    _name = "restapi.secret"
    _description = "REST API Secret"
    _transient_max_hours = 0.1

    application_id = fields.Many2one("restapi.application", required=True, readonly=True, ondelete="cascade")
    key = fields.Char("Client ID / Consumer Key", readonly=True)
    secret = fields.Char("Client Secret / Consumer Secret", readonly=True)
