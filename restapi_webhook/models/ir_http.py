from odoo import models
from odoo.http import request

from .. import series


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, *endpoint):
        # Odoo hands parameters on by their names, and one named like this collides with the controller itself.
        if request.httprequest.path.startswith(series.PREFIX):
            request.params.pop("self", None)
        return super()._dispatch(*endpoint)
