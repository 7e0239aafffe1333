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

    # Values that the ORM computed are stored here, without a write(): since 18.0 in the second, before in the first.

    def _write(self, vals):
        subscriptions = capture.watching(self)
        if subscriptions:
            capture.storing(self, subscriptions, set(vals))
        return super()._write(vals)

    def _write_multi(self, vals_list):
        subscriptions = capture.watching(self)
        if subscriptions:
            capture.storing(self, subscriptions, {name for vals in vals_list for name in vals})
        return super()._write_multi(vals_list)
