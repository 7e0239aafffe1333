"""Addresses as they were sent: what was signed, and what the server calls itself."""

import re
from urllib.parse import quote

from odoo.tools import str2bool

from ..problem import Problem

# What may stand in a query string as it is; the rest (brackets, braces, quotes …) is percent-encoded for oauthlib, which
# compares decoded values, so that a signature over either spelling holds.
KEPT = "%=&;:+~,*@!()/?'$-._"


def base(httprequest):
    """Scheme and host by which the server was called, such as ``https://erp.example.com``."""
    return f"{httprequest.scheme}://{httprequest.host}"


def whole(httprequest):
    """The address that was called, with its query string as it was sent.

    :raises Problem: for a ``%`` that is not followed by two hexadecimal digits
    """
    query = httprequest.environ.get("QUERY_STRING", "")
    if re.search("%(?![0-9A-Fa-f]{2})", query):
        raise Problem(
            403, "The query string has a “%” that is not followed by two hexadecimal digits. Write it as %25."
        )
    # WSGI hands over bytes as Latin-1 (PEP 3333).
    encoded = quote(query.encode("latin-1"), safe=KEPT)
    path = quote(
        httprequest.environ.get("SCRIPT_NAME", "") + httprequest.environ.get("PATH_INFO", ""), encoding="latin-1"
    )
    return base(httprequest) + path + (f"?{encoded}" if encoded else "")


def require_https(env, httprequest):
    """Refuse a call in the clear from another machine: its token could be read on the way.

    :raises Problem: 403
    """
    allowed = env["ir.config_parameter"].sudo().get_param("restapi_webhook.allow_http") or ""
    if httprequest.scheme == "https" or str2bool(allowed, False):
        return
    forwarded = any(name in httprequest.headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded"))
    if forwarded or httprequest.remote_addr not in ("127.0.0.1", "::1"):
        raise Problem(
            403,
            "This API is served over https:// alone. An administrator may allow http:// with the system parameter "
            "restapi_webhook.allow_http; behind a proxy, Odoo needs proxy_mode and the header X-Forwarded-Proto.",
        )
