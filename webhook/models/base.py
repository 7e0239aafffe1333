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
        if watch is None:
            return super().write(vals)
        capture.writing(self, vals, watch)
        result = super().write(vals)
        capture.written(self, vals, watch)
        return result

    def unlink(self):
        watch = capture.watching(self)
        if watch:
            capture.unlinking(self, watch)
        return super().unlink()

    # Called for every change; it is the first to know the ids of new records.

    @series.private
    def modified(self, fnames, create=False, **options):
        if create:
            watch = capture.watching(self)
            if watch:
                capture.created(self, watch)
        return super().modified(fnames, create, **options)

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
