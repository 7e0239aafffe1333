from odoo import api, models

from .. import capture, series


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
        if watch:
            capture.writing(self, vals, watch)
        return super().write(vals)

    def unlink(self):
        watch = capture.watching(self)
        if watch:
            capture.unlinking(self, watch)
        return super().unlink()

    @series.private
    def modified(self, fnames, *args, **kwargs):
        result = super().modified(fnames, *args, **kwargs)
        watch = capture.watching(self)
        if watch:
            capture.modified(self, fnames, watch, *args, **kwargs)
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
