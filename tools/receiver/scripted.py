"""A receiver that answers byte by byte as its script says, however wrong that is."""

import contextlib
import socket
import ssl
import threading

HANG = float("inf")  # seconds


class Scripted:
    """The server; use as a context manager.

    :param scripts: ``{path: parts}``; a part is bytes to send, or seconds to wait. At the end the connection is closed.
    :param certificate: path of a PEM file with a key and a certificate, for TLS
    """

    def __init__(self, scripts, certificate=None):
        self.paths = []  # of the requests, as they came
        self.sent = dict.fromkeys(scripts, 0)  # bytes that the sender's side took
        self._scripts = scripts
        self._scheme, self._tls = "http", None
        if certificate:
            self._scheme, self._tls = "https", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._stopped = threading.Event()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._stopped.set()
        self._listener.close()

    def url(self, path):
        """The address of ``path`` on this server."""
        return f"{self._scheme}://127.0.0.1:{self._listener.getsockname()[1]}{path}"

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _peer = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:  # the sender's side gave up
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            path = self._read(connection)
            self.paths.append(path)
            for part in self._scripts[path]:
                if isinstance(part, bytes):
                    connection.sendall(part)
                    self.sent[path] += len(part)
                elif self._stopped.wait(None if part == HANG else part):
                    return

    @staticmethod
    def _read(connection):
        """Read one request whole, and return its path."""
        with connection.makefile("rb") as stream:
            path = stream.readline().split()[1].decode()
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            stream.read(length)
        return path
