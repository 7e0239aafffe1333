from odoo import fields, models


class Secret(models.TransientModel):
    """A new secret, shown this once: the dialog is a new record with these values, which is never saved."""

    _name = "restapi.secret"
    _description = "REST API Secret"

    key = fields.Char("Client ID / Consumer Key", readonly=True)
    secret = fields.Char("Client Secret / Consumer Secret", readonly=True)
