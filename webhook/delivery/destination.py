"""Where a webhook may send: the rules for its address."""

import re
from urllib.parse import urlsplit

from odoo import _

from . import transport

MAXIMUM_LENGTH = 2048


class RefusedAddress(ValueError):
    """An address that no webhook may have; the message says why and what to write instead."""


def check_address(address):
    """Check a callback URL (contract, section 1): http or https, a host, no user info, no fragment.

    :raises RefusedAddress:
    """
    example = "https://example.com/hook"
    if not address or len(address) > MAXIMUM_LENGTH or re.search(r"[\s\\\x00-\x1f\x7f]", address):
        raise RefusedAddress(
            _(
                "The callback URL must have 1 to %(limit)s characters, without spaces, line breaks or backslashes, "
                "like %(example)s.",
                limit=MAXIMUM_LENGTH,
                example=example,
            )
        )
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None  # requests would take 0 for none
    except ValueError as error:
        raise RefusedAddress(
            _("The callback URL cannot be read (%(error)s). Write it like %(example)s.", error=error, example=example)
        ) from error
    if parts.scheme not in ("http", "https") or not address.lower().startswith(f"{parts.scheme}://"):
        raise RefusedAddress(
            _("The callback URL must begin with http:// or https://, like %(example)s.", example=example)
        )
    if parts.username is not None or parts.password is not None:
        raise RefusedAddress(
            _(
                "The callback URL must not hold a user name or a password: addresses are shown and logged. Use the authentication of the webhook."
            )
        )
    if "#" in address:
        raise RefusedAddress(
            _("The callback URL must not hold a “#”: what follows it is never sent. Leave that part away.")
        )
    if not host or "%" in host or not _can_be_sent_to(address):
        raise RefusedAddress(
            _("The callback URL names no valid host to send to. Write it like %(example)s.", example=example)
        )


def _can_be_sent_to(address):
    """Whether a request to ``address`` can be made; not whether its host may be connected to, which is seen then."""
    try:
        return bool(transport.read(address))
    except transport.NoAnswer:
        return False
