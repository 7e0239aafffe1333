from odoo import fields, models

from .. import series
from ..capture import subscription

# Written by the delivery itself, through the ORM: an event of theirs would cause the next, without end.
OWN_ACTIVITY = ("ir.cron", "ir.cron.trigger", "ir.cron.progress")


class IrModel(models.Model):
    _inherit = "ir.model"

    webhook_watchable = fields.Boolean(
        compute="_compute_webhook_watchable",
        search="_search_webhook_watchable",
        help="Whether a webhook of the present user may watch its records.",
    )

    def _compute_webhook_watchable(self):
        for model in self:
            model.webhook_watchable = model._watchable(model.model)

    def _search_webhook_watchable(self, operator, value):
        found = [name for name in self.env.registry if self._watchable(name)]
        wanted = bool(value) if operator in ("=", "!=") else True in value
        return [("model", "in" if wanted is (operator in ("=", "in")) else "not in", found)]

    def _watchable(self, name):
        model = self.env.get(name)
        return (
            model is not None
            and self._has_records(model)
            and not self._is_written_by_webhooks(name)
            and series.may_read(model)
        )

    def _has_records(self, model):
        """Whether records of a model are kept, in a table of its own."""
        return not model._abstract and not model._transient and model._auto

    def _is_written_by_webhooks(self, name):
        """Whether a notification about such a record would cause the next."""
        return name.startswith(subscription.OWN_MODELS) or name in OWN_ACTIVITY
