"""One request against a receiver that behaves badly, byte by byte."""

import contextlib
import socket
import threading
import time

import pytest
from odoo.addons.webhook.delivery import transport
from odoo.addons.webhook.delivery.request import Request


@pytest.fixture
def answering():
    """A function that serves what it is given, a list of bytes and pauses (seconds), and returns the address."""
    listeners = []

    def serve(*script):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run():
            with contextlib.suppress(OSError):
                connection, _peer = listener.accept()
                with connection:
                    connection.recv(65536)
                    for part in script:
                        if isinstance(part, bytes):
                            connection.sendall(part)
                        else:
                            time.sleep(part)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield serve
    for listener in listeners:
        listener.close()


def send(url, timeout=5):
    return transport.send(Request(url, {}, b"{}"), timeout)


def answer(body, charset=b"utf-8"):
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=%s\r\nContent-Length: %d\r\n\r\n%s" % (
        charset, len(body), body,
    )  # fmt: skip


@pytest.mark.parametrize("charset", [b"nonsense", b"base64", b"utf-8", b"latin-1"])
def test_an_answer_in_a_charset_that_nobody_knows_is_read_all_the_same(answering, charset):
    result = send(answering(answer(b"fine", charset)))
    assert (result.status, result.answer) == (200, "fine")


@pytest.mark.parametrize(
    ("body", "charset"), [(b"a\0b", b"utf-8"), (b"\\ud800", b"unicode_escape"), (b"\xff\xfe", b"utf-8")]
)
def test_what_is_kept_of_an_answer_can_be_stored(answering, body, charset):
    kept = send(answering(answer(body, charset))).answer
    assert "\0" not in kept
    assert kept.encode()


def test_an_answer_is_read_up_to_a_limit(answering):
    result = send(answering(answer(b"x" * 10_000_000)))
    assert (result.status, result.answer) == (200, "x" * transport.KEEP_LIMIT)


def test_an_answer_that_breaks_off_counts_by_its_status(answering):
    result = send(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"))
    assert (result.status, result.error) == (200, None)


def test_an_answer_that_drips_ends_with_the_timeout(answering):
    parts = [part for _ in range(20) for part in (b"x" * 5000, 0.3)]
    result = send(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", *parts), timeout=1)
    assert result.status == 200
    assert result.duration < 4


@pytest.mark.parametrize("garbage", [b"", b"not HTTP at all\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 2"])
def test_what_is_no_answer_is_a_failed_attempt_with_a_reason(answering, garbage):
    result = send(answering(garbage))
    assert result.status is None
    assert result.error


@pytest.mark.parametrize("url", ["http://example..com/", "http://" + "a" * 70 + ".invalid/", "http://xn--/"])
def test_a_host_that_cannot_be_is_a_failed_attempt_with_a_reason(url):
    result = send(url)
    assert result.status is None
    assert result.error
