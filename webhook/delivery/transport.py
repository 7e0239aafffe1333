"""One HTTP request, bounded in time and size. The only module that knows ``requests``.

It is called from threads that must not touch the ORM.
"""

import collections
import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

# At most so much of an answer is read, and so much of it kept.
READ_LIMIT = 64 * 1024
KEEP_LIMIT = 4 * 1024

# What came of an attempt.
# status: int, or None without an answer; duration: seconds; answer: str, the head of the body; headers: dict;
# error: str, or None where an answer came; hopeless: whether trying again cannot help.
Result = collections.namedtuple("Result", "status duration answer headers error hopeless")
Result.__new__.__defaults__ = (False,)

_local = threading.local()


def send(request, timeout, networks=()):
    """POST ``request``; never follows a redirect, never raises for what the network or the receiver does.

    Proxy variables and ``.netrc`` of the environment have no effect.

    :param timeout: seconds to wait for the connection, and for each next piece of the answer
    :return: Result
    """
    began = time.monotonic()
    status, headers, answer, error = None, {}, "", None
    try:
        with _session().post(
            request.url,
            data=request.body,
            headers=request.headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            status, headers = response.status_code, dict(response.headers)
            answer = _read(response, began + timeout)
    except (requests.RequestException, HTTPError, UnicodeError, OSError) as raised:  # not all are wrapped by requests
        if status is None:  # a status that came counts, whatever becomes of the rest of the answer
            error = _storable(_reason(raised, request.url, timeout))
    return Result(status, time.monotonic() - began, answer, headers, error)


def _session():
    """A session of this thread's own, which keeps connections alive."""
    if not hasattr(_local, "session"):
        session = requests.Session()
        session.trust_env = False
        session.headers.clear()
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=0))
        _local.session = session
    return _local.session


def _read(response, deadline):
    """Read the head of the answer as text; what is longer than the limit is not read, and the connection closes."""
    received = b""
    with contextlib.suppress(
        requests.RequestException, HTTPError, OSError
    ):  # an answer that breaks off: its status came, and decides
        for chunk in response.iter_content(4096):
            received += chunk
            if len(received) >= READ_LIMIT or time.monotonic() > deadline:
                break
    try:
        text = received[:KEEP_LIMIT].decode(response.encoding or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        text = received[:KEEP_LIMIT].decode("utf-8", "replace")
    return _storable(text)


def _storable(text):
    """``text`` without what PostgreSQL refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _reason(error, url, timeout):
    """Why no answer came, in a sentence."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"No connection within {timeout:g} seconds."
    if isinstance(error, requests.exceptions.Timeout):
        return f"No answer within {timeout:g} seconds."
    cause = _innermost(error)
    if isinstance(cause, socket.gaierror):
        return f"The host name {urlsplit(url).hostname} does not resolve: {cause.strerror or cause}."
    if isinstance(error, requests.exceptions.SSLError):
        return f"The TLS connection failed: {cause}"
    if isinstance(error, requests.exceptions.ConnectionError):
        return f"The connection failed: {cause}"
    return f"{type(error).__name__}: {error}"


def _innermost(error):
    """The error that all the others wrap."""
    while True:
        inner = getattr(error, "reason", None) or error.__cause__ or error.__context__
        if not isinstance(inner, Exception) or inner is error:
            return error
        error = inner
