from odoo import api, models

from .. import capture


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records and capture.watching(self):
            capture.created(records)
        return records

    def write(self, vals):
        subscriptions = capture.watching(self)
        if subscriptions:
            capture.writing(self, subscriptions)
        return super().write(vals)

    def unlink(self):
        subscriptions = capture.watching(self)
        if subscriptions:
            capture.unlinking(self, subscriptions)
        return super().unlink()
