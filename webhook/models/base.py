from odoo import api, models

from .. import capture


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        watch = capture.watching(self)
        if watch:
            capture.creating(self, vals_list, watch)
        return super().create(vals_list)

    def write(self, vals):
        watch = capture.watching(self)
        if watch is None:
            return super().write(vals)
        capture.writing(self, vals, watch)
        result = super().write(vals)
        capture.written(self, vals, watch)
        return result

    def unlink(self):
        watch = capture.watching(self)
        if watch and self:
            capture.unlinking(self, watch)
        return super().unlink()

    # Called once new rows are there, whether the model keeps a parent_path or not, and before anything leads to them.

    def _parent_store_create(self):
        result = super()._parent_store_create()
        watch = capture.watching(self)
        if watch:
            capture.created(self, watch)
        return result

    # Values that the ORM computed are stored here, without a write(): since 18.0 in the second, before in the first.

    def _write(self, vals):
        watch = capture.watching(self)
        if watch:
            capture.storing(self, frozenset(vals), watch)
        return super()._write(vals)

    def _write_multi(self, vals_list):
        watch = capture.watching(self)
        if watch:
            capture.storing(self, frozenset(name for vals in vals_list for name in vals), watch)
        return super()._write_multi(vals_list)
