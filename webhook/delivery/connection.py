"""One connection to a receiver: opened only to addresses that are allowed, bounded in time and in what it reads."""

import collections
import contextlib
import http.client
import io
import re
import socket
import ssl
import time

from urllib3.util import wait_for_read

from . import network
from .deadline import Deadline

# At most so many bytes of an answer are read, headers included, and so many of its body kept.
READ_LIMIT = 64 * 1024
KEEP_LIMIT = 4 * 1024
# How long a connection may be idle, and how old it may be when it is used once more, so that a changed name is noticed.
IDLE = 30
AGE = 300
# Many servers close an idle connection after 5 seconds, and say so; this much earlier it is not used any more.
MARGIN = 1
# An answer that is there when the time is over before all of the request is sent is read within so many seconds.
GRACE = 0.1
# The most that is sent in one call: one record of TLS, which CPython bounds as a whole.
PIECE = 16 * 1024

# status: int; headers: http.client.HTTPMessage; body: bytes, the head of it
Answer = collections.namedtuple("Answer", "status headers body")


class NoAnswer(Exception):
    """No answer came. The message is a sentence that says why; it holds nothing secret."""

    hopeless = False


class Hopeless(NoAnswer):
    """No answer came, and trying again cannot help."""

    hopeless = True


class Refused(Hopeless):
    """The receiver is where webhooks may not go. The same message whatever is there, so that nobody can probe with it."""

    def __init__(self):
        super().__init__(
            "The receiver is in a private or special network, where webhooks may not connect to. An administrator can "
            "allow its network in General Settings ‣ Webhook Configuration ‣ Allowed networks."
        )


class Ended(NoAnswer):
    """The connection ended before one byte of an answer."""


def connect(target, resolver, context, deadline, networks):
    """Open a connection.

    The name is resolved once, every address that it has must be allowed, and only these addresses are connected to.

    :param target: something with ``scheme``, ``host`` and ``port``
    :param context: function that returns the ssl.SSLContext
    :param networks: see :func:`.network.allowed`
    :return: Connection
    :raises NoAnswer:
    """
    sock, peer = _connected(_addresses(target, resolver, deadline, networks), deadline, networks)
    if target.scheme == "https":
        sock = _encrypted(sock, target.host, context(), deadline)
    return Connection(sock, peer, networks)


def _addresses(target, resolver, deadline, networks):
    """What the host name resolves to: list of (family, address to connect to), all of them allowed."""
    try:
        found = resolver.resolve(target.host, target.port, deadline)
    except socket.timeout as error:
        raise NoAnswer(f"The host name {target.host} did not resolve within {deadline.seconds:g} seconds.") from error
    except (OSError, UnicodeError) as error:
        raise NoAnswer(f"The host name {target.host} does not resolve: {_why(error)}.") from error
    if not all(network.allowed(sockaddr[0], networks) for *_others, sockaddr in found):
        raise Refused
    return [(family, sockaddr) for family, _type, _protocol, _name, sockaddr in found]


def _connected(addresses, deadline, networks):
    """A socket connected to the first of ``addresses`` that takes it, and that address.

    Each gets its share of the time that is left.
    """
    failure = NoAnswer("The host name has no address.")
    for number, (family, address) in enumerate(addresses):
        sock = None
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(deadline.left() / (len(addresses) - number))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = sock.getpeername()[0]
            if peer == address[0] and network.allowed(peer, networks):
                return sock, peer
            failure = Refused()
        except socket.timeout:
            failure = NoAnswer(f"No connection within {deadline.seconds:g} seconds.")
        except ConnectionRefusedError:
            failure = NoAnswer("The connection was refused: nothing listens at that host and port.")
        except OSError as error:
            failure = NoAnswer(f"No connection: {_why(error)}.")
        if sock:
            sock.close()
    raise failure


def _encrypted(sock, host, context, deadline):
    try:
        deadline.limit(sock)
        return context.wrap_socket(sock, server_hostname=host.rstrip("."))
    except (OSError, ValueError) as error:
        sock.close()
        if isinstance(error, socket.timeout):
            raise NoAnswer(f"No TLS handshake within {deadline.seconds:g} seconds.") from error
        raise NoAnswer(_tls_failed(error)) from error


class Connection:
    """An open connection, for one request at a time.

    :param peer: the address at the other end, str
    :param networks: by which it was allowed
    """

    def __init__(self, sock, peer, networks):
        self._sock = sock
        self._peer = peer
        self._networks = networks
        self._wire = _Wire(sock)
        self._reader = _Reader(self._wire)
        self._usable_until = 0
        self._opened = time.monotonic()

    def exchange(self, parts, deadline):
        """POST a request and read its answer; afterwards ``kept()`` says whether the connection is good for another.

        :param parts: list of bytes: the request
        :return: Answer
        :raises NoAnswer:
        """
        self._usable_until = 0
        self._wire.expect(deadline)
        unsent = self._send(parts, deadline)
        response = _Response(self, method="POST")
        try:
            if unsent:
                if not wait_for_read(self._sock, timeout=0):
                    raise unsent
                self._wire.expect(Deadline(GRACE))
            response.begin()
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(unsent, socket.timeout):
                within = f"within {deadline.seconds:g} seconds"
                raise NoAnswer(f"The receiver did not take the whole request {within}, nor answer.") from error
            alert = isinstance(error, ssl.SSLError)  # which says more than that nothing could be sent any more
            raise self._failure(error if alert else unsent or error, deadline) from error
        body = self._read(response)
        if not unsent:
            self._keep(response)
        return Answer(response.status, response.headers, body)

    def _send(self, parts, deadline):
        """Send the request; the error that ended it, or None. A server may answer before it has read all of it."""
        try:
            for part in parts:
                for start in range(0, len(part), PIECE):
                    deadline.limit(self._sock)
                    self._sock.sendall(part[start : start + PIECE])
        except OSError as error:
            return error
        return None

    def _failure(self, error, deadline):
        """Why no answer came.

        :param error: what was raised
        :return: NoAnswer
        """
        if isinstance(error, _TooLong):
            return NoAnswer(f"The receiver's answer has more than {READ_LIMIT // 1024} KiB of headers.")
        if isinstance(error, socket.timeout):
            return NoAnswer(f"No answer within {deadline.seconds:g} seconds.")
        if isinstance(error, ssl.SSLError):
            return NoAnswer(_tls_failed(error))
        if isinstance(error, OSError):  # RemoteDisconnected is one, too
            kind = NoAnswer if self._wire.received else Ended
            return kind("The receiver closed the connection without an answer.")
        return NoAnswer(f"The receiver's answer is no HTTP: {str(error)[:100] or type(error).__name__}.")

    def _read(self, response):
        """The head of the body; it may break off, or be longer than what is read."""
        kept = b""
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while True:
                piece = response.read1(KEEP_LIMIT)
                if not piece:
                    break
                kept += piece[: KEEP_LIMIT - len(kept)]
        return kept

    def _keep(self, response):
        """Note until when the connection may be used again, if at all."""
        complete = response.isclosed() if response.chunked else response.length == 0
        if not complete or response.will_close or response.status < 200 or self._wire.ended or self._unasked():
            return
        now = time.monotonic()
        idle = IDLE
        if "keep-alive" in response.headers:
            with contextlib.suppress(ValueError):
                for option in response.headers["keep-alive"].split(","):
                    name, _equals, value = option.partition("=")
                    if name.strip().lower() == "timeout":
                        idle = min(idle, int(value) - MARGIN)
        self._usable_until = min(now + idle, self._opened + AGE)

    def _unasked(self):
        """Whether the server sent more than its answer."""
        self._wire.expect(None)
        return bool(self._reader.peek(1) or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()))

    def kept(self):
        """Whether it may be used for another request, as far as is known without looking at it."""
        return time.monotonic() < self._usable_until

    def usable(self, networks):
        """Whether it may be used for another request now: it is open, and its other end still allowed."""
        if not self.kept() or wait_for_read(
            self._sock, timeout=0
        ):  # closed by the server, or it sends what nobody asked
            return False
        if networks != self._networks:
            if not network.allowed(self._peer, networks):
                return False
            self._networks = networks
        return True

    def close(self):
        self._sock.close()

    def makefile(self, mode):
        """For http.client: what to read an answer from."""
        return self._reader


class _TooLong(OSError):
    """An answer with more bytes than are read."""


class _Wire(io.RawIOBase):
    """What the other end sends: within a deadline, and no more than the limit for each answer."""

    def __init__(self, sock):
        self._sock = sock
        self._deadline = None
        self.ended = False
        self.received = 0

    def expect(self, deadline):
        """Begin to receive an answer; with None, receive nothing more."""
        self._deadline = deadline
        if deadline:
            self.received = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self._deadline:
            return 0
        size = min(len(buffer), READ_LIMIT - self.received)
        if not size:
            raise _TooLong
        self._deadline.limit(self._sock)
        received = self._sock.recv_into(buffer, size)
        self.received += received
        self.ended = not received
        return received


class _Reader(io.BufferedReader):
    """Outlives the answers read from it, each of which closes it."""

    def close(self):
        pass


class _Response(http.client.HTTPResponse):
    """An answer, without the interim ones before it (103, say), of which http.client knows only 100."""

    def _read_status(self):
        while True:
            version, status, reason = super()._read_status()
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)


def _tls_failed(error):
    """Why TLS failed, in a sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"the certificate of the receiver is not accepted ({error.verify_message or error.reason})"
    elif isinstance(error, ssl.SSLError) and error.reason:
        why = error.reason.replace("_", " ").lower()
    else:
        why = _why(error)
    return f"The TLS connection failed: {why.rstrip('.')}."


def _why(error):
    """The text of an error of the system, without the place in Python's source that ``ssl`` adds."""
    text = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return re.sub(r" \(_ssl\.c:\d+\)", "", text)
