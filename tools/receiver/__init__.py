"""A receiver of webhooks that keeps and shows what it gets: for the demo, for `make run` and for the tests.

What it answers is chosen by the query string of the address that a webhook sends to:

* ``?fail=2``: the first two attempts of each event get status 500 (``fail=always``: every one; ``failure=503``: another
  status than 500)
* ``?flaky=20``: the first attempt of each 20th event gets status 500
* ``?status=204``: another status than 200
* ``?delay=1.5``: seconds to wait before the answer
* ``?location=/elsewhere``: a ``Location`` header, for redirects
* ``?retry_after=10``: a ``Retry-After`` header
"""

import contextlib
import json
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PAGE = Path(__file__).with_name("page.html")
KEPT = 1000  # requests, unless told otherwise; the oldest go first


@dataclass
class Received:
    """One request as it arrived."""

    number: int
    at: str
    method: str
    path: str
    headers: dict
    body: str
    status: int
    monotonic: float = field(default_factory=time.monotonic)

    def json(self):
        """The body, parsed as JSON."""
        return json.loads(self.body)

    def header(self, name):
        """A header's value by its name in any case, or None."""
        return {key.lower(): value for key, value in self.headers.items()}.get(name.lower())


class Receiver:
    """The server and the list of what it got; use as a context manager."""

    def __init__(self, port=0, host="127.0.0.1", kept=KEPT):
        self.requests = []
        self.broken = None  # a status with which everything is answered, as if the receiver were out of order
        self._kept = kept
        self.changed = threading.Condition()
        self._attempts = {}
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = _Server((host, port), handler)
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    def url(self, path="/"):
        """The address of ``path`` on this receiver."""
        return f"http://127.0.0.1:{self.port}{path}"

    def got(self, path=None):
        """The requests received so far, all or those to one path (without query)."""
        with self.changed:
            return [each for each in self.requests if path is None or urlsplit(each.path).path == path]

    def wait_for(self, count, path=None, timeout=30):
        """Wait until ``count`` requests have come (to ``path``), and return them.

        :raises TimeoutError: with what came instead
        """
        deadline = time.monotonic() + timeout
        with self.changed:
            while len(found := self.got(path)) < count:
                if not self.changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{len(found)} of {count} requests came within {timeout} s: {found}")
            return found

    def clear(self):
        """Forget everything."""
        with self.changed:
            self.requests.clear()
            self._attempts.clear()
            self.changed.notify_all()

    def keep(self, method, path, headers, body):
        """Note a request, and return the query of its address and the status of the answer."""
        query = {name: values[-1] for name, values in parse_qs(urlsplit(path).query).items()}
        with self.changed:
            key = urlsplit(path).path, headers.get("webhook-id")
            self._attempts[key] = self._attempts.get(key, 0) + 1
            fail = query.get("fail", "0")
            if "flaky" in query and not len(self._attempts) % int(query["flaky"]):
                fail = "1"
            status = int(query.get("status", 200))
            if fail == "always" or self._attempts[key] <= int(fail):
                status = int(query.get("failure", 500))
            status = self.broken or status
            number = self.requests[-1].number + 1 if self.requests else 1
            at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            self.requests.append(Received(number, at, method, path, dict(headers), body, status))
            del self.requests[: -self._kept]
            self.changed.notify_all()
        return query, status


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A sender that gave up and closed the connection is no error of this server's."""


class _Handler(BaseHTTPRequestHandler):
    receiver = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        query, status = self.receiver.keep(self.command, self.path, self.headers, body)
        time.sleep(float(query.get("delay", 0)))
        asked = {"Location": query.get("location"), "Retry-After": query.get("retry_after")}
        headers = {name: value for name, value in asked.items() if value is not None}
        self.answer(status, json.dumps({"received": status < 300}), "application/json", headers)

    do_PUT = do_POST

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/requests":
            self.answer(200, json.dumps([asdict(each) for each in self.receiver.got()]), "application/json")
        elif path == "/":
            self.answer(200, PAGE.read_text(), "text/html; charset=utf-8")
        else:
            self.answer(404, "This receiver takes POST on every path; its page is /\n", "text/plain")

    def do_DELETE(self):
        self.receiver.clear()
        self.answer(200, "{}", "application/json")

    def answer(self, status, text, content_type, headers=None):
        body = text.encode()
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if status not in (204, 304):
                self.wfile.write(body)

    def log_message(self, *arguments):
        """Nothing on the terminal: the page shows what came."""
