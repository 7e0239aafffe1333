"""Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 of ``id.timestamp.body``."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

from .refused import Refused, _

PREFIX = "whsec_"
VERSION = "v1"
# Bytes of a secret: of ours, and of those that people bring along.
LENGTH, SHORTEST, LONGEST = 32, 24, 64


class RefusedSecret(Refused):
    """A secret that nothing can be signed with; the message says what is wrong, and never quotes it."""


def new_secret():
    """A random secret: str, ``whsec_`` and 32 bytes in base64."""
    return _written(secrets.token_bytes(LENGTH))


def normal(secret):
    """A secret that somebody has brought along, as it is kept: with its prefix and its padding.

    :raises RefusedSecret:
    """
    return _written(key(secret))


def key(secret):
    """The bytes that are signed with.

    :param secret: str in base64, padded or not, with or without its prefix
    :raises RefusedSecret:
    """
    text = (secret or "").strip()
    text = text[len(PREFIX) :] if text.startswith(PREFIX) else text
    text = text.rstrip("=")
    try:
        if not re.fullmatch(r"[A-Za-z0-9+/]*", text):
            raise binascii.Error("not base64")
        found = base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise RefusedSecret(
            _("The secret is not written in base64. Copy it as a whole, or have Odoo make one.")
        ) from error
    if not SHORTEST <= len(found) <= LONGEST:
        raise RefusedSecret(
            _(
                "The secret must have %(shortest)s to %(longest)s bytes, in base64; this one has %(length)s. "
                "Choose another, or have Odoo make one."
            ),
            shortest=SHORTEST,
            longest=LONGEST,
            length=len(found),
        )
    return found


def _written(found):
    return PREFIX + base64.b64encode(found).decode()


class Signer:
    """Signs with one secret or, while they are being exchanged, with several. Threads may share it."""

    __slots__ = ("_begun",)

    def __init__(self, secrets):
        """Prepare all that the signatures of these secrets have in common.

        :param secrets: list of str, the newest first
        :raises RefusedSecret:
        """
        self._begun = tuple(hmac.new(key(secret), digestmod=hashlib.sha256) for secret in secrets)

    def __bool__(self):
        return bool(self._begun)

    def sign(self, event, timestamp, body):
        """The value of the header ``webhook-signature``: one signature for each secret, in their order.

        :param event: the value of ``webhook-id``
        :param timestamp: the value of ``webhook-timestamp``: int, seconds since 1970 of this attempt
        :param body: bytes, exactly those that are sent
        :return: str
        """
        start = f"{event}.{timestamp}.".encode()
        signatures = []
        for begun in self._begun:
            mac = begun.copy()
            mac.update(start)
            mac.update(body)
            signatures.append(f"{VERSION},{base64.b64encode(mac.digest()).decode()}")
        return " ".join(signatures)
