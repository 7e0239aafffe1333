"""Servers that do what they are told, byte by byte, and certificates for them."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

REQUEST = "wait for a request"
HOLD = "wait until the other end closes"
RESET = "break the connection off"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def drip(data, pause, size=1):
    """A script that sends ``data`` in pieces of ``size`` bytes, with a pause (seconds) after each."""
    return [part for start in range(0, len(data), size) for part in (data[start : start + size], pause)]


class Server:
    """Serves each connection by the next of its scripts, and all further ones by the last.

    A script is a list of: bytes to send, seconds to pause, ``REQUEST``, ``HOLD``, ``RESET``, or functions of the connection.
    At its end the connection is closed.

    :param tls: ssl.SSLContext of the server, for TLS
    """

    def __init__(self, *scripts, host="127.0.0.1", tls=None):
        self.scripts = list(scripts)
        self.tls = tls
        self.requests = []  # bytes of each
        self.connections = 0  # so far
        self.open = 0  # now
        self.sent = 0  # bytes
        self.failures = []  # of TLS
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._sockets = []
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, host="127.0.0.1", path="/"):
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def wait_until(self, condition, seconds=10):
        """Wait until ``condition`` of this server is true."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), seconds)

    def stop(self):
        self._stopping.set()
        for sock in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = self._listener.accept()
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                self._sockets.append(connection)
                self._change(connections=1, open=1)
                threading.Thread(target=self._serve, args=(connection, script), daemon=True).start()

    def _serve(self, connection, script):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            for part in script:
                self._do(connection, part)
        except ssl.SSLError as error:
            self.failures.append(error)
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                connection.close()
            self._change(open=-1)

    def _do(self, connection, part):
        if part == REQUEST:
            request = read_request(connection)
            if not request:
                raise ConnectionAbortedError
            self.requests.append(request)
            self._change()
        elif part == HOLD:
            while connection.recv(65536):
                pass
        elif part == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif isinstance(part, bytes):
            connection.sendall(part)
            self.sent += len(part)
        elif callable(part):
            part(connection)
        else:
            self._stopping.wait(part)

    def _change(self, **by):
        with self._changed:
            for name, count in by.items():
                setattr(self, name, getattr(self, name) + count)
            self._changed.notify_all()


def read_request(connection):
    """One whole request; b"" if the other end closed before."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _end, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


class Authority:
    """Makes certificates, in files of a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's authority")])
        certificate = self._certificate(self._name, self._key, [], issuer=True)
        self.file = self._write("authority.pem", certificate)

    def server(self, *names, days=1, own=False):
        """An ssl.SSLContext with a certificate for ``names``.

        :param days: for how long; negative: it has expired
        :param own: whether it is signed with its own key, not by the authority
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's server")])
        certificate = self._certificate(subject, key, names, days=days, own=own)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._write(f"{id(context)}.pem", certificate, private))
        return context

    def _certificate(self, subject, key, names, days=1, own=False, issuer=False):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if own else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=10))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=issuer, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), False)
        return builder.sign(key if own else self._key, hashes.SHA256())

    def _write(self, name, certificate, private=b""):
        file = self.folder / name
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        return str(file)


def _general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
