"""One HTTP request, bounded in time and size. The only module that knows ``requests``.

It is called from threads that must not touch the ORM. ``requests`` reads the URL and says which certificates are trusted; on
the wire is ``http.client``, on which ``requests`` stands too: that takes a quarter of the CPU of a ``requests.Session``, and
the connection can be held to what is asked of it (``connection``): which address, how long, how much.
"""

import collections
import functools
import ipaddress
import re
import ssl
import threading
import time
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from . import threads
from .connection import PIECE, Ended, Hopeless, NoAnswer, connect
from .deadline import Deadline
from .headers import TOKEN
from .pool import Pool
from .resolver import Resolver

# What came of an attempt.
# status: int, or None without an answer; duration: seconds; answer: str, the head of the body;
# headers: mapping of str, whose lookups ignore case (``headers.get("retry-after")``), empty without an answer;
# error: str, or None where an answer came; hopeless: trying again cannot help.
Result = collections.namedtuple("Result", "status duration answer headers error hopeless")
Result.__new__.__defaults__ = (False,)

# Where a URL leads to. host: in ASCII, without brackets; path: with the query; name: for the header Host
Target = collections.namedtuple("Target", "scheme host port path name")

PORTS = {"http": 80, "https": 443}
# Headers that belong to the connection, not to the request.
OWN_HEADERS = frozenset(
    [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
# RFC 9110: a value has no control characters but tabs.
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# What is left when requests has read a URL: a name of labels, or an address; no control characters.
HOST = re.compile(r"(?!.{254})([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f.]*:[0-9a-f:.]*")
PATH = re.compile(r"[\x21-\x7e]+")
NO_HOST = "The callback URL names no host that can be. Write it like https://example.com/hook."
# A connection that was closed while it was idle turns the request away as soon as it arrives.
AT_ONCE = 1  # second


def send(request, timeout, networks=()):
    """POST ``request``; never follows a redirect, never raises for what the network or the receiver does.

    Proxy variables and ``.netrc`` of the environment have no effect.

    :param request: request.Request
    :param timeout: seconds for the whole attempt: resolve, connect, send, and read the answer
    :param networks: tuple of ``ipaddress`` networks that may be connected to although they are not public
    :return: Result
    """
    return _transport.send(request, timeout, networks)


class Transport:
    """Sends requests, and keeps the connections open for the next ones; for any number of threads.

    :param trusted: file with the certificates of the authorities that are trusted; those of ``requests`` unless given
    """

    def __init__(self, trusted=None):
        self._trusted = trusted
        self._pool = Pool()
        self._resolver = Resolver()
        self._lock = threading.Lock()
        self._tls = None

    def send(self, request, timeout, networks=()):
        """See :func:`send`."""
        began = time.monotonic()
        try:
            target = read(request.url)
            answer = self._exchange(target, _message(target, request), Deadline(timeout), networks)
        except NoAnswer as failure:
            return Result(None, time.monotonic() - began, "", {}, _storable(str(failure)), failure.hopeless)
        headers = _headers(answer.headers)
        return Result(answer.status, time.monotonic() - began, _text(answer.body, headers), headers, None)

    def _exchange(self, target, message, deadline, networks):
        """Ask on a kept connection, or else on a new one.

        A server may close a kept connection just when the request is on its way. Ended at once and without a byte of an
        answer, the request is sent again on a new connection: most likely nobody has seen it, and if somebody has, he gets
        what the next attempt would have brought him anyway, the same event with the same id.
        """
        key = target[:3]
        connection = self._pool.take(key, networks)
        if connection:
            began = time.monotonic()
            try:
                return self._ask(key, connection, message, deadline)
            except Ended:
                if time.monotonic() - began > AT_ONCE:
                    raise
        connection = connect(target, self._resolver, self._context, deadline, networks)
        return self._ask(key, connection, message, deadline)

    def _ask(self, key, connection, message, deadline):
        try:
            return connection.exchange(message, deadline)
        finally:
            self._pool.give(key, connection)

    def _context(self):
        """What all TLS connections share: reading the authorities takes ten times as long as connecting."""
        with self._lock:
            if self._tls is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                context.load_verify_locations(self._trusted or requests.certs.where())
                self._tls = context
            return self._tls


def _start_afresh():
    global _transport
    _transport = Transport()


_start_afresh()
threads.in_forked(_start_afresh)


@functools.lru_cache(maxsize=512)
def read(url):
    """Where a URL leads to, in the way in which ``requests`` reads it.

    :return: Target
    :raises NoAnswer: nowhere; the message does not hold the URL
    """
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url)
        host, port = parts.hostname or "", parts.port
        name = f"[{ipaddress.IPv6Address(host)}]" if ":" in host else host
    except (requests.RequestException, ValueError) as error:
        raise Hopeless(NO_HOST) from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    ambiguous = "\\" in url or "@" in parts.netloc
    if parts.scheme not in PORTS or port == 0 or ambiguous or not HOST.fullmatch(host) or not PATH.fullmatch(path):
        raise Hopeless(NO_HOST)
    usual = PORTS[parts.scheme]
    return Target(parts.scheme, host, port or usual, path, name if port in (None, usual) else f"{name}:{port}")


def _message(target, request):
    """The bytes of a request.

    :return: list of bytes
    :raises Hopeless: a header cannot be sent
    """
    lines = [f"POST {target.path} HTTP/1.1\r\nHost: {target.name}\r\n"]
    headers = {}
    for name, value in request.headers.items():
        headers[_header(name)] = value
        if not isinstance(value, str) or not VALUE.fullmatch(value):
            raise Hopeless(
                f"The header {name:.60} cannot be sent: its value may hold no line breaks, no control characters and no "
                "characters outside of Latin-1."
            )
        lines.append(f"{name}: {value}\r\n")
    if len(headers) < len(request.headers):
        raise Hopeless("The request names a header twice, in small and in capital letters.")
    if "accept-encoding" not in headers:
        lines.append("Accept-Encoding: identity\r\n")
    elif headers["accept-encoding"] != "identity":
        raise Hopeless("The header Accept-Encoding cannot be set: answers are read as they come.")
    lines.append(f"Content-Length: {len(request.body)}\r\n\r\n")
    head = "".join(lines).encode("latin-1")
    return [head + request.body] if len(request.body) < PIECE else [head, request.body]


@functools.lru_cache(maxsize=1024)
def _header(name):
    """The name of a header that may be sent, in small letters.

    :raises Hopeless: it may not
    """
    if not isinstance(name, str) or not TOKEN.fullmatch(name):
        raise Hopeless(f"The header {name!a:.60} cannot be sent: its name may hold letters, digits and hyphens only.")
    if name.lower() in OWN_HEADERS:
        raise Hopeless(f"The header {name} cannot be set: the connection sets it itself.")
    return name.lower()


def _headers(message):
    """The headers of an answer, without NUL; one that comes several times has its values in one, separated by commas."""
    headers = {}
    for name, value in message.items():
        value = value.replace("\0", "")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return CaseInsensitiveDict(headers)


def _text(body, headers):
    """The head of an answer as text. What is compressed although nobody asked for that stays so."""
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding != "identity" and body:
        return f"(compressed: {encoding:.20})"
    charset = re.search(r"charset=[\"']?([\w.:+-]+)", headers.get("content-type", ""), re.IGNORECASE)
    try:
        text = body.decode(charset.group(1) if charset else "utf-8", "replace")
    except (LookupError, ValueError):  # a charset that nobody knows
        text = body.decode("utf-8", "replace")
    return _storable(text)


def _storable(text):
    """``text`` without what PostgreSQL refuses: NUL, and halves of surrogate pairs."""
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()
