from odoo import models

GROUP = "webhook.webhook_group_manager"


class Users(models.Model):
    _inherit = "res.users"

    def _may_use_restapi(self):
        """Whether this user may use the REST API now: active, and a member of the group *Webhooks / Manager*."""
        self.ensure_one()
        return self.active and self.has_group(GROUP)
