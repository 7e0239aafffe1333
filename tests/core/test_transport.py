"""One request against a receiver that behaves badly, byte by byte. The numbers are those of the list of test cases."""

import contextlib
import gzip
import re
import socket

import pytest
from odoo.addons.webhook.delivery import connection, network, transport
from odoo.addons.webhook.delivery.request import Request

from tests.core.servers import HOLD, OK, REQUEST, RESET, drip

LOCAL = network.parse("127.0.0.0/8, ::1")


def send(url, timeout=5, headers=None, body=b"{}"):
    return transport.send(Request(url, headers or {}, body), timeout, LOCAL)


def answer(body, charset=b"utf-8"):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=%s\r\nContent-Length: %d\r\n\r\n%s" % (
        charset, len(body), body,
    )  # fmt: skip


# What is sent


def test_the_request_arrives_as_it_was_given(serving):
    server = serving([REQUEST, OK])
    headers = {"Content-Type": "application/json", "webhook-id": "evt_1", "X-Odoo-EVENT": "a", "X-Empty": "", "x": "é"}
    result = send(server.url(path="/a b/é?c=d&e=%20#f"), headers=headers, body=b"\x00\xff body")
    assert (result.status, result.error, result.hopeless) == (200, None, False)
    head, _end, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b"\x00\xff body"
    lines = head.decode("latin-1").split("\r\n")
    assert lines[0] == "POST /a%20b/%C3%A9?c=d&e=%20 HTTP/1.1"
    assert sorted(lines[1:]) == sorted(
        [f"Host: 127.0.0.1:{server.port}", "Content-Length: 7", "Accept-Encoding: identity"]
        + [f"{name}: {value}" for name, value in headers.items()]
    )


def test_a_large_body_arrives_whole(serving):
    server = serving([REQUEST, OK])
    body = bytes(range(256)) * 20_000
    assert send(server.url(), body=body).status == 200
    assert server.requests[0].endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X A", "b"),
        ("X:A", "b"),
        ("X\r\nEvil", "b"),
        ("", "b"),
        ("X-é", "b"),
        (7, "b"),
        ("X-A", "secret\r\nEvil: 1"),
        ("X-A", "secret\nEvil: 1"),
        ("X-A", "secret\rEvil: 1"),
        ("X-A", "secret\0"),
        ("X-A", "secret €"),
        ("X-A", 7),
        ("X-A", None),
        ("Host", "secret.example.com"),
        ("Content-Length", "0"),
        ("transfer-encoding", "chunked"),
        ("Expect", "100-continue"),
        ("Connection", "close"),
        ("Accept-Encoding", "gzip"),
    ],
)
def test_a_header_that_cannot_be_sent_is_hopeless_and_nothing_is_sent(serving, name, value):
    # 9, 10, 45
    server = serving([REQUEST, OK])
    result = send(server.url(), headers={"X-Fine": "fine", name: value})
    assert (result.status, result.hopeless) == (None, True)
    assert "header" in result.error
    assert "\n" not in result.error
    assert "secret" not in result.error
    assert server.connections == 0


def test_a_header_given_twice_is_hopeless(serving):
    server = serving([REQUEST, OK])
    assert send(server.url(), headers={"X-A": "1", "x-a": "2"}).hopeless
    assert server.connections == 0


def test_proxies_and_netrc_of_the_environment_have_no_effect(serving, monkeypatch, tmp_path):
    # 25
    server, proxy = serving([REQUEST, OK]), serving([REQUEST, OK])
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert send(server.url()).status == 200
    assert b"authorization" not in server.requests[0].lower()
    assert proxy.connections == 0


# What is answered


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299, 304, 400, 401, 404, 410, 429, 500, 503, 599, 600])
def test_the_status_of_the_answer_is_the_result(serving, status):
    # 39
    result = send(serving([REQUEST, b"HTTP/1.1 %d Some Reason\r\nContent-Length: 0\r\n\r\n" % status]).url())
    assert (result.status, result.error, result.hopeless) == (status, None, False)


def test_the_headers_of_the_answer_are_found_in_any_case(serving):
    head = b"HTTP/1.1 429 Later\r\nRETRY-after: 120\r\nX-A: 1\r\nX-A: 2\r\nX-Nul: a\0b\r\nContent-Length: 0\r\n\r\n"
    headers = send(serving([REQUEST, head]).url()).headers
    assert headers.get("Retry-After") == headers["retry-after"] == "120"
    assert headers["x-A"] == "1, 2"
    assert headers["X-Nul"] == "ab"
    assert "RETRY-after" in dict(headers.items())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["elsewhere", "nowhere"])
def test_redirects_are_answers_and_never_followed(serving, status, to):
    # 22, 23
    other = serving([REQUEST, OK])
    location = b"Location: %s\r\n" % other.url().encode() if to == "elsewhere" else b""
    server = serving([REQUEST, b"HTTP/1.1 %d Moved\r\n%sContent-Length: 0\r\n\r\n" % (status, location)])
    assert send(server.url()).status == status
    assert (server.connections, other.connections) == (1, 0)


@pytest.mark.parametrize("interim", [100, 102, 103, 199])
def test_interim_answers_are_waited_past(serving, interim):
    # 38
    head = b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n" % interim
    result = send(serving([REQUEST, head, head, OK]).url())
    assert (result.status, result.answer) == (200, "ok")


def test_interim_answers_without_end_are_not_waited_for(serving):
    result = send(serving([REQUEST, *[b"HTTP/1.1 100 Continue\r\n\r\n"] * 100_000]).url())
    assert result.status is None
    assert "64 KiB" in result.error


def test_an_upgrade_is_no_delivery(serving):
    result = send(serving([REQUEST, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", HOLD]).url())
    assert result.status == 101


@pytest.mark.parametrize("charset", [b"nonsense", b"base64", b"idna", b"undefined", b"utf-8", b"latin-1", b'"utf-8"'])
def test_an_answer_in_a_charset_that_nobody_knows_is_read_all_the_same(serving, charset):
    result = send(serving([REQUEST, answer(b"fine", charset)]).url())
    assert (result.status, result.answer) == (200, "fine")


def test_an_answer_is_read_in_its_charset(serving):
    assert send(serving([REQUEST, answer(b"\xe9", b"latin-1")]).url()).answer == "é"


@pytest.mark.parametrize(
    ("body", "charset"),
    [(b"a\0b", b"utf-8"), (b"\\ud800", b"unicode_escape"), (b"\xff\xfe", b"utf-8"), (b"\xe9", b"ascii")],
)
def test_what_is_kept_of_an_answer_can_be_stored(serving, body, charset):
    # 37
    kept = send(serving([REQUEST, answer(body, charset)]).url()).answer
    assert kept
    assert "\0" not in kept
    assert kept.encode()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 1000000000\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % 1_000_000_000,
        b"Connection: close\r\n\r\n",
    ],
    ids=["length", "chunk", "close"],
)
def test_an_answer_is_read_up_to_a_limit(serving, head):
    # 34
    server = serving([REQUEST, b"HTTP/1.1 200 OK\r\n" + head, *[b"x" * 65536] * 10_000])
    result = send(server.url())
    assert (result.status, result.answer) == (200, "x" * connection.KEEP_LIMIT)
    server.wait_until(lambda server: not server.open)
    assert server.sent < 20_000_000, "what the system buffers, no more"


def test_chunks_without_end_are_read_up_to_a_limit(serving):
    # 33
    server = serving([REQUEST, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 10_000_000])
    result = send(server.url())
    assert (result.status, result.answer) == (200, "x" * connection.KEEP_LIMIT)
    server.wait_until(lambda server: not server.open)


BOMB = gzip.compress(b"\0" * 50_000_000)


@pytest.mark.parametrize(
    "body", [BOMB, BOMB[:1000], b"no gzip at all", b""], ids=["bomb", "truncated", "broken", "empty"]
)
def test_a_compressed_answer_counts_by_its_status_and_is_not_unpacked(serving, body):
    # 35, 36
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    result = send(serving([REQUEST, head + body]).url())
    assert (result.status, result.error) == (200, None)
    assert result.answer == ("(compressed: gzip)" if body else "")


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Length: 100\r\n\r\npart",
        b"Content-Length: -1\r\n\r\npart",
        b"Content-Length: many\r\n\r\npart",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\nzz\r\nmore",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n-4\r\nmore",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\nffffffffffffffffffffff\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart",
    ],
)
@pytest.mark.parametrize("end", [[], [RESET]], ids=["closed", "reset"])
def test_an_answer_that_breaks_off_counts_by_its_status(serving, part, end):
    # 32, 37
    result = send(serving([REQUEST, b"HTTP/1.1 200 OK\r\n" + part, 0.05, *end]).url())
    assert (result.status, result.error) == (200, None)
    assert result.answer.startswith("part")


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 200\r\nContent-Length: 4\r\n\r\n",
    ],
)
def test_old_and_closing_servers_are_understood(serving, head):
    # 44
    server = serving([REQUEST, head + b"fine"])
    for _ in range(2):
        result = send(server.url())
        assert (result.status, result.answer) == (200, "fine")
    assert server.connections == 2


@pytest.mark.parametrize("end", [[], [HOLD]], ids=["closes", "waits"])
def test_an_answer_that_comes_before_the_request_is_read_counts(serving, end):
    # 43
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
    pause = [] if end else [0.2]  # closed with unread data, the connection is reset, perhaps before the answer is read
    server = serving([lambda receiver: receiver.recv(10), refusal, *pause, *([5] if end else [])])
    result = send(server.url(), timeout=1, body=b"x" * 50_000_000)
    assert result.status == 413
    assert result.duration < 1.5


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([], "closed the connection without an answer"),
        ([RESET], "closed the connection without an answer|Connection reset"),
        ([REQUEST], "closed the connection without an answer"),
        ([REQUEST, RESET], "closed the connection without an answer"),
        ([REQUEST, b"not HTTP at all\r\n\r\n"], "is no HTTP"),
        ([REQUEST, b"<html>HTTP/0.9</html>"], "is no HTTP"),
        ([REQUEST, b"\xff\xfe\0\r\n"], "is no HTTP"),
        ([REQUEST, b"HTTP/1.1 abc OK\r\n\r\n"], "is no HTTP"),
        ([REQUEST, b"HTTP/1.1 99 OK\r\n\r\n"], "is no HTTP"),
        ([REQUEST, b"HTTP/1.1 2"], "is no HTTP"),
        ([REQUEST, b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n"], "is no HTTP.*100 headers"),
        ([REQUEST, b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 1_000_000 + b"\r\n\r\n"], "more than 64 KiB of headers"),
        ([REQUEST, b"x" * 1_000_000], "is no HTTP|more than 64 KiB"),
    ],
)
def test_what_is_no_answer_is_a_failed_attempt_with_a_reason(serving, script, reason):
    # 29, 37
    server = serving(script)
    result = send(server.url(path="/?secret"))
    assert (result.status, result.answer, dict(result.headers), result.hopeless) == (None, "", {}, False)
    assert len(result.error) < 300
    assert "secret" not in result.error
    assert re.search(reason, result.error), result.error
    assert server.connections == 1, "sent once"


def test_a_refused_connection_is_a_failed_attempt(serving):
    # 29
    server = serving([])
    server.stop()
    result = send(server.url(path="/?secret"))
    assert (result.status, result.hopeless) == (None, False)
    assert result.error.startswith("The connection was refused")
    assert "secret" not in result.error


@pytest.mark.parametrize(
    "url",
    [
        "http://" + "a" * 70 + ".invalid/?secret",
        "http://example..com/?secret",
        "http://xn--/?secret",
        "http://*.example.com/?secret",
        "http://[::1%25lo]/?secret",
        "https://[127.0.0.1/?secret",
        "https://::1/?secret",
        "http:///?secret",
        "http://:80/?secret",
        "http://example.com:65536/?secret",
        "ftp://example.com/?secret",
        "http://good@evil.test/?secret",
        "http://127.0.0.1\\@good.test/?secret",
        "mailto:secret@example.com",
        "example.com/?secret",
        "",
    ],
)
def test_a_host_that_cannot_be_is_a_failed_attempt_with_a_reason(url):
    # 14
    result = send(url)
    assert (result.status, result.hopeless) == (None, "xn--" not in url)
    assert result.error
    assert "secret" not in result.error


def test_a_name_that_does_not_resolve_is_a_failed_attempt(names):
    # 29
    names({"nobody.test": [socket.gaierror(socket.EAI_NONAME, "Name or service not known")]})
    result = send("http://nobody.test/?secret")
    assert (result.status, result.hopeless) == (None, False)
    assert result.error == "The host name nobody.test does not resolve: Name or service not known."


# In time


def in_time(result, seconds=1):
    assert seconds - 0.1 <= result.duration < seconds + 0.5
    return result


def test_a_receiver_that_hangs_is_given_up(serving):
    result = in_time(send(serving([REQUEST, HOLD]).url(), timeout=1))
    assert result.error == "No answer within 1 seconds."


def test_a_receiver_that_takes_no_connection_is_given_up():
    # 29
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        for _ in range(3):  # its queue is full after one or two, and what comes then is dropped
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        result = in_time(send(f"http://127.0.0.1:{full.getsockname()[1]}/?secret", timeout=1))
    assert result.error == "No connection within 1 seconds."


def test_headers_that_drip_end_with_the_timeout(serving):
    # 30
    result = in_time(send(serving([REQUEST, *drip(OK, 0.1)]).url(), timeout=1))
    assert result.error == "No answer within 1 seconds."


@pytest.mark.parametrize(
    "head", [b"Content-Length: 1000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", b"\r\n"]
)
def test_an_answer_that_drips_counts_by_its_status_and_ends_with_the_timeout(serving, head):
    # 31
    result = in_time(send(serving([REQUEST, b"HTTP/1.1 200 OK\r\n" + head, *drip(b"x" * 100, 0.1)]).url(), timeout=1))
    assert (result.status, result.error) == (200, None)
    assert result.answer.startswith("xxx")


def test_a_receiver_that_does_not_take_the_request_is_given_up(serving):
    result = in_time(send(serving([10]).url(), timeout=1, body=b"x" * 50_000_000))
    assert "did not take the whole request within 1 seconds" in result.error


def test_a_receiver_that_takes_the_request_slowly_is_given_up(serving):
    server = serving([part for _ in range(100) for part in (lambda receiver: receiver.recv(65536), 0.05)])
    result = in_time(send(server.url(), timeout=1, body=b"x" * 50_000_000))
    assert "did not take the whole request within 1 seconds" in result.error
