"""A caller of the REST API that sends what it is given byte for byte, and the tokens it shows."""

import hashlib
import json
import re
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lxml import etree

WEBHOOKS = "/restapi/1.0/webhooks"
ADDRESS = "https://example.com/hook"


def new_token(server, user, scopes="webhooks webhooks.read"):
    """An access token of ``user`` (an id), as an application of his would have got it."""
    token, mark = secrets.token_hex(20), secrets.token_hex(8)
    server.workspace.server.sql(
        f"""
        WITH application AS (
            INSERT INTO restapi_application (name, key, active, confidential, user_id)
            VALUES ('Test', '{mark}', true, true, {user}) RETURNING id)
        INSERT INTO restapi_token (application_id, user_id, kind, digest, family, scopes, expires_at)
        SELECT id, {user}, 'access', '{hashlib.sha256(token.encode()).hexdigest()}', '{mark}', '{scopes}',
               (now() AT TIME ZONE 'UTC') + interval '1 hour'
          FROM application
        """,
        server.database,
    )
    return token


@dataclass
class Answer:
    """What came back.

    :param headers: dict with lower-case names
    """

    status: int
    headers: dict
    body: bytes

    def json(self):
        """The tree of a JSON body."""
        return json.loads(self.body)

    def xml(self):
        """The root element of an XML body."""
        return etree.fromstring(self.body)

    @property
    def webhook(self):
        """The webhook or webhooks of a good answer."""
        assert self.status == 200, self
        return self.json()["webhook"]

    def refused(self, status, word=""):
        """Check that this is a problem with ``status`` whose sentence holds ``word``; return the sentence."""
        assert self.status == status, self
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json()
        assert set(problem) == {"type", "title", "status", "detail"}
        assert problem["status"] == status
        assert word in problem["detail"], problem
        assert "Traceback" not in problem["detail"]
        assert "SELECT" not in problem["detail"]
        return problem["detail"]


def is_whole(received, without_body):
    """Whether an answer has come to its end."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    return bool(end) and (without_body or (length is not None and len(body) >= int(length.group(1))))


class Api:
    """A caller with a token (or none)."""

    def __init__(self, server, token=None):
        self.port = urlsplit(server.url).port
        self.token = token

    def send(self, method, target, headers=None, body=b""):
        """Send a request whose target goes over the wire just as it is given."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        given = dict(headers or {})
        if (body or method in ("POST", "PUT")) and "Transfer-Encoding" not in given:
            given.setdefault("Content-Length", len(body))
        lines += [f"{name}: {value}" for name, value in given.items()]
        received = self.exchange("\r\n".join([*lines, "", ""]).encode() + body)
        head, _empty, rest = received.partition(b"\r\n\r\n")
        first, *others = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in others)}
        return Answer(int(first.split()[1]), headers, rest)

    def exchange(self, sent):
        """Send bytes, and return the answer to them, which ends where it says or when the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as connection:
            connection.sendall(sent)
            received = b""
            while not is_whole(received, sent.startswith(b"HEAD ")) and (piece := connection.recv(65536)):
                received += piece
            return received

    def call(self, method, path="", headers=None, **parameters):
        """A call with parameters (Python values, written as literals), percent-encoded."""
        pairs = (f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())
        query = "&".join(pairs)
        return self.send(method, WEBHOOKS + path + (f"?{query}" if query else ""), headers)

    def create(self, **values):
        """Create a webhook, and return it as it was answered, but for its secret, which is told this once."""
        vals = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": ADDRESS, **values}
        webhook = self.call("POST", vals=vals).webhook
        del webhook["secret"]
        return webhook

    def post_json(self, method, path="", **tree):
        """A call with a JSON body."""
        return self.send(method, WEBHOOKS + path, {"Content-Type": "application/json"}, json.dumps(tree).encode())
