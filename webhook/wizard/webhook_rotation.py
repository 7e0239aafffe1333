from odoo import fields, models

from ..models import hidden
from ..models.webhook_signing_secret import HOURS


class Rotation(models.TransientModel):
    """Asks how a webhook's secret is to be replaced."""

    _name = "webhook.rotation"
    _inherit = "webhook.write.only"
    _description = "Webhook Secret Rotation"

    _write_only = ("secret",)

    webhook_id = fields.Many2one("webhook.webhook", required=True, readonly=True, ondelete="cascade")
    hours = fields.Integer(
        "Old Secret Stays Valid (Hours)",
        default=HOURS,
        required=True,
        help="So long, requests are signed with both. With 0, all old secrets end at once: for one that got known.",
    )
    own = fields.Boolean("Own Secret")
    secret = fields.Char(
        "New Secret",
        compute="_compute_write_only",
        readonly=False,
        help="24 to 64 random bytes in base64, with or without whsec_ in front.",
    )

    def action_rotate(self):
        """Replace the secret, and open a dialog that shows the new one, this once."""
        self.ensure_one()
        given = hidden.read(self, "secret")[self.id] if self.own else None
        hidden.write(self, "secret", None)
        self.webhook_id._rotate_secret(self.hours, given)
        return self.webhook_id.action_show_secret()
