"""All that differs between Odoo series in this addon, and nothing else. See also ``webhook/series.py``."""

import odoo
import psycopg2
from odoo import api, exceptions, http, release
from odoo.http import request

SERIES = release.version_info[0]  # 14 to 19
PREFIX = "/restapi/"
# serialization_failure, deadlock_detected, lock_not_available
CONCURRENCY = ("40001", "40P01", "55P03")


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


def is_tried_again(error):
    """Whether Odoo makes the whole call again when ``error`` is raised: transactions got in each other's way."""
    if SERIES >= 19 and isinstance(error, exceptions.ConcurrencyError):
        return True
    return isinstance(error, psycopg2.OperationalError) and error.pgcode in CONCURRENCY


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


def lasting(session_id):
    """The part of a session's id that stays when Odoo changes it now and then, as it does since 19.0."""
    return session_id[: http.STORED_SESSION_BYTES] if hasattr(http, "STORED_SESSION_BYTES") else session_id


def superuser():
    """An environment of the superuser on the cursor of the current request."""
    return api.Environment(request.env.cr if SERIES >= 16 else request.cr, odoo.SUPERUSER_ID, {})
