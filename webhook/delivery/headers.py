"""Custom headers: what may be sent beside our own, and in no place of them."""

import re
import string
from urllib.parse import quote

from .refused import Refused, _

COUNT_LIMIT = 20
LENGTH_LIMIT = 4096  # characters of a value, and of a name
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What latin-1 can write, without control characters.
VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]+")
# What we set ourselves, what the connection is run by, and what browsers forbid as well
# (https://fetch.spec.whatwg.org/#forbidden-request-header).
FORBIDDEN = {
    "accept", "accept-charset", "accept-encoding", "access-control-request-headers",
    "access-control-request-method", "authorization", "connection", "content-encoding", "content-length",
    "content-type", "cookie", "cookie2", "date", "dnt", "expect", "host", "http2-settings", "keep-alive", "origin",
    "referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
}  # fmt: skip
FORBIDDEN_STARTS = ("proxy-", "sec-", "webhook-", "x-odoo-")
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


class RefusedHeader(Refused):
    """A header that must not be sent; the message names it, and never quotes its value."""


def check(headers):
    """Check all the custom headers of a webhook together.

    :param headers: list of (name, value)
    :raises RefusedHeader:
    """
    if len(headers) > COUNT_LIMIT:
        raise RefusedHeader(_("A webhook has at most %(limit)s headers of its own. Remove some."), limit=COUNT_LIMIT)
    known = set()
    for name, value in headers:
        check_name(name)
        check_value(name, value)
        if _folded(name) in known:
            raise RefusedHeader(
                _("The header “%(name)s” is there twice: names differ by more than case. Remove one."), name=name
            )
        known.add(_folded(name))


def check_name(name):
    """Check the name of a custom header.

    :raises RefusedHeader:
    """
    if not TOKEN.fullmatch(name or "") or len(name) > LENGTH_LIMIT:
        raise RefusedHeader(
            _("“%(name)s” cannot be the name of a header. Use letters, digits and hyphens, as in X-Api-Key."), name=name
        )
    folded = _folded(name)
    if folded == "authorization":
        raise RefusedHeader(
            _("The header “%(name)s” is set by the authentication of the webhook: use that."), name=name
        )
    if folded in FORBIDDEN or folded.startswith(FORBIDDEN_STARTS):
        raise RefusedHeader(
            _("The header “%(name)s” is set by Odoo or by the connection itself. Choose another name."), name=name
        )


def check_value(name, value):
    """Check the value of the custom header ``name``.

    :raises RefusedHeader:
    """
    if not value:
        raise RefusedHeader(_("The header “%(name)s” has no value. Give it one, or remove it."), name=name)
    if len(value) > LENGTH_LIMIT:
        raise RefusedHeader(
            _("The value of the header “%(name)s” is longer than %(limit)s characters. Shorten it."),
            name=name,
            limit=LENGTH_LIMIT,
        )
    if not VALUE.fullmatch(value) or value != value.strip():
        raise RefusedHeader(
            _(
                "The value of the header “%(name)s” must be one line of printable latin-1 characters, without spaces "
                "around it. Encode others, for example with %%C3%%A9 for é."
            ),
            name=name,
        )


def _folded(name):
    # Many receivers (CGI, WSGI, PHP) hold X_Odoo_Event and x-odoo-event for the same.
    return name.lower().replace("_", "-")


def safe(text):
    """``text`` as the value of a header of ours: what is not printable ASCII is percent-encoded."""
    return quote(text, safe=PRINTABLE).strip()
