from odoo import models
from odoo.http import request

from .. import series


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, *endpoint):
        # Odoo hands parameters on by their names, and those named like this collide with its own.
        if request.httprequest.path.startswith(series.PREFIX):
            for name in ("self", "___dbname"):
                request.params.pop(name, None)
        return super()._dispatch(*endpoint)
