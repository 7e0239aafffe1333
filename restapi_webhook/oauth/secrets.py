"""Secrets: how they are made, kept and compared.

What is only ever compared (tokens, codes, OAuth 2.0 secrets) is kept as its SHA-256: it is random and long, so that nothing
slower is needed. What OAuth 1.0a must have as it is, to check a signature with, is encrypted if the server's configuration
file has a key for it.
"""

import base64
import hashlib
import hmac
import logging
import secrets
import string

from cryptography.fernet import Fernet, InvalidToken
from odoo.tools import config

_logger = logging.getLogger(__name__)

OPTION = "restapi_secret_key"
ALPHABET = string.ascii_letters + string.digits
ENCRYPTED, PLAIN = "fernet:", "plain:"


def new(length=43):
    """A random string of letters and digits (43: 256 bits)."""
    return "".join(secrets.choice(ALPHABET) for _position in range(length))


def digest(secret):
    """What is kept of a secret that is only compared (hex of its SHA-256)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret, kept):
    """Whether ``secret`` is the one whose :func:`digest` is ``kept``; takes as long when nothing is kept."""
    return hmac.compare_digest(digest(secret or ""), kept or digest(new())) and bool(kept)


def has_key():
    """Whether the configuration file has a key that secrets are encrypted with."""
    return bool(config.get(OPTION))


def sealed(secret):
    """What is kept of a secret that is needed as it is: encrypted, if there is a key for it."""
    if not has_key():
        _logger.warning(
            "A secret of OAuth 1.0a is stored as it is: add a line “%s = <a long random text>” to the configuration file, "
            "restart Odoo, and make the secret anew",
            OPTION,
        )
        return PLAIN + secret
    return ENCRYPTED + _cipher().encrypt(secret.encode()).decode()


def opened(kept):
    """The secret that :func:`sealed` was given, or None when it cannot be read: the key is gone, or another."""
    if not kept:
        return None
    if kept.startswith(PLAIN):
        return kept[len(PLAIN) :]
    if not has_key():
        return None
    try:
        return _cipher().decrypt(kept[len(ENCRYPTED) :].encode()).decode()
    except InvalidToken:
        return None


def _cipher():
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(config[OPTION].encode()).digest()))
