from odoo import models

GROUP = "webhook.webhook_group_manager"


class Users(models.Model):
    _inherit = "res.users"

    def _may_use_restapi(self):
        """Whether this user may use the REST API now: active, and a member of the group *Webhooks / Manager*."""
        self.ensure_one()
        return self.active and self._is_restapi_member()

    def _is_restapi_member(self):
        """Whether this user, who is active, belongs to the group *Webhooks / Manager*; cached by Odoo."""
        return self.has_group(GROUP)
