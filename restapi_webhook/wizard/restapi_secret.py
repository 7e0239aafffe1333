from odoo import fields, models


class Secret(models.TransientModel):
    """The same for an application, whose key is shown with it."""

    _name = "restapi.secret"
    _inherit = "webhook.secret"
    _description = "REST API Secret"

    key = fields.Char(
        "Client ID / Consumer Key", readonly=True, store=False, help="Names the application; it is no secret."
    )
    secret = fields.Char(
        "Client Secret / Consumer Secret",
        help="With it the application proves who it is: keep it as you keep a password.",
    )
