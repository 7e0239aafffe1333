"""How a webhook proves to its receiver who it is: the header ``Authorization``."""

import base64
import re
import unicodedata

from .refused import Refused, _

NONE, BASIC, BEARER = "none", "basic", "bearer"
LABELS = [(NONE, "None"), (BASIC, "User and password (Basic)"), (BEARER, "Token (Bearer)")]
LENGTH_LIMIT = 4096  # characters
# https://www.rfc-editor.org/rfc/rfc9110#section-5.5, without spaces
VISIBLE = re.compile(r"[\x21-\x7e]+")


class RefusedCredentials(Refused):
    """Credentials that cannot be sent; the message says why, and never quotes them."""


def authorization(kind, name, secret):
    """The value of the header ``Authorization``.

    :param kind: ``none``, ``basic`` (https://www.rfc-editor.org/rfc/rfc7617, in UTF-8) or ``bearer`` (RFC 6750)
    :param name: the user's, for ``basic``: str or None
    :param secret: the password or the token: str or None
    :return: str, or None without authentication
    :raises RefusedCredentials:
    """
    if kind == BASIC:
        return _basic(name or "", secret or "")
    if kind == BEARER:
        return _bearer(secret or "")
    return None


def _basic(name, password):
    if not name or ":" in name:
        raise RefusedCredentials(_("The authentication needs a user name, without a colon. Mend it, or choose “None”."))
    if not password:
        raise RefusedCredentials(_("The authentication needs the user's password. Type it, or choose “None”."))
    if any(unicodedata.category(character) == "Cc" for character in name + password):
        raise RefusedCredentials(
            _("The user name and the password must not hold line breaks or other control characters. Remove them.")
        )
    _check_length(name + password)
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def _bearer(token):
    if not token:
        raise RefusedCredentials(_("The authentication needs a token. Type it, or choose “None”."))
    if not VISIBLE.fullmatch(token):
        raise RefusedCredentials(
            _(
                "The token must be one word of ASCII characters, without spaces and line breaks. Copy it without “Bearer”."
            )
        )
    _check_length(token)
    return f"Bearer {token}"


def _check_length(text):
    if len(text) > LENGTH_LIMIT:
        raise RefusedCredentials(
            _("The user name and password, or the token, are longer than %(limit)s characters. Shorten them."),
            limit=LENGTH_LIMIT,
        )
