"""All that differs between Odoo series in this addon, and nothing else. See also ``webhook/series.py``."""

import odoo
from odoo import api, http, release
from odoo.http import request

SERIES = release.version_info[0]  # 14 to 19
PREFIX = "/restapi/"


def accept_json_bodies():
    """Let our routes be called with a JSON body: before 16.0 Odoo answers 400 to one on a route that is not JSON-RPC."""
    if SERIES >= 16:
        return
    original = http.Root.get_request

    def get_request(self, httprequest):
        if httprequest.path.startswith(PREFIX):
            return http.HttpRequest(httprequest)
        return original(self, httprequest)

    http.Root.get_request = get_request


def act_as(uid, context=None):
    """Let the current request go on as a user.

    :return: the environment
    """
    if SERIES >= 16:
        request.update_env(user=uid, context=context or {}, su=False)
        return request.env
    request.uid = uid
    request._context = context or {}
    request._env = None
    return request.env


def superuser():
    """An environment of the superuser on the cursor of the current request."""
    return api.Environment(request.env.cr if SERIES >= 16 else request.cr, odoo.SUPERUSER_ID, {})
