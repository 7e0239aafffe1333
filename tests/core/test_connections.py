"""Connections that are kept for the next request. The numbers are those of the list of test cases."""

import os
import threading
import time

import pytest
from odoo.addons.webhook.delivery import connection, network, pool, transport
from odoo.addons.webhook.delivery.request import Request

from tests.core.servers import HOLD, OK, REQUEST, RESET

LOCAL = network.parse("127.0.0.0/8")


@pytest.fixture
def send():
    """Send by a transport of the test's own, which has no connections yet."""
    sender = transport.Transport()
    return lambda url, timeout=5: sender.send(Request(url, {}, b"{}"), timeout, LOCAL)


def test_a_connection_is_used_again(serving, send):
    server = serving([REQUEST, OK] * 10 + [HOLD])
    assert [send(server.url(path=f"/{number}")).status for number in range(10)] == [200] * 10
    assert server.connections == 1


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 30000\r\n\r\n" + b"x" * 30000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n5\r\nagain\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK,
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["empty", "long", "chunked", "interim", "HTTP/1.0"],
)
def test_after_a_whole_answer_the_connection_is_used_again(serving, send, first):
    server = serving([REQUEST, first, REQUEST, OK, HOLD])
    send(server.url())
    assert send(server.url()).answer == "ok"
    assert server.connections == 1


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and something else",
        b"HTTP/1.1 204 No Content\r\n\r\nsurprise",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000,
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["more", "body of 204", "two answers", "close", "too long", "upgrade", "idle"],
)
def test_after_anything_else_it_is_not(serving, send, first):
    server = serving([REQUEST, first, HOLD], [REQUEST, OK, HOLD])
    send(server.url())
    assert send(server.url()).answer == "ok"
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_request_that_was_not_taken_whole_is_the_last_on_its_connection(serving):
    server = serving([lambda receiver: receiver.recv(10), OK, 0.7, HOLD], [REQUEST, OK])
    sender = transport.Transport()
    assert sender.send(Request(server.url(), {}, b"x" * 50_000_000), 0.5, LOCAL).status == 200
    assert sender.send(Request(server.url(), {}, b"{}"), 5, LOCAL).status == 200
    assert server.connections == 2


def test_a_connection_that_the_server_has_closed_is_not_used(serving, send, monkeypatch):
    # 42
    monkeypatch.setattr(transport, "AT_ONCE", -1)  # nothing is sent twice
    server = serving([REQUEST, OK])
    assert send(server.url()).status == 200
    server.wait_until(lambda server: not server.open)
    result = send(server.url())
    assert (result.status, result.error) == (200, None)
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("end", [[], [RESET]], ids=["closed", "reset"])
def test_a_connection_that_is_closed_while_the_request_is_on_its_way_is_no_failure(serving, send, end):
    # 42
    server = serving([REQUEST, OK, REQUEST, *end], [REQUEST, OK])
    assert send(server.url()).status == 200
    result = send(server.url())
    assert (result.status, result.error) == (200, None)
    assert server.connections == 2


@pytest.mark.parametrize(
    "end",
    [[2], [b"HTTP/1.1 2"], [b"HTTP/1.1 2", RESET]],
    ids=["later", "with a part of an answer", "reset after a part"],
)
def test_a_request_that_somebody_may_have_seen_is_not_sent_again(serving, send, end):
    server = serving([REQUEST, OK, REQUEST, *end], [REQUEST, OK])
    assert send(server.url()).status == 200
    result = send(server.url())
    assert result.status is None
    assert result.error
    assert len(server.requests) == 2


@pytest.mark.parametrize("end", [[], [RESET]], ids=["closed", "reset"])
def test_a_new_connection_that_is_closed_without_an_answer_is_a_failure(serving, send, end):
    server = serving([REQUEST, *end], [REQUEST, OK])
    assert send(server.url()).status is None
    assert (server.connections, len(server.requests)) == (1, 1)


def test_idle_connections_are_closed(serving, send, monkeypatch):
    monkeypatch.setattr(connection, "IDLE", 0.2)
    monkeypatch.setattr(pool, "SWEEP", 0.1)
    server = serving([REQUEST, OK, HOLD])
    assert send(server.url()).status == 200
    server.wait_until(lambda server: not server.open)


def test_a_connection_is_not_used_for_ever(serving, send, monkeypatch):
    monkeypatch.setattr(connection, "AGE", 0.3)
    server = serving([REQUEST, OK] * 1000)
    until = time.monotonic() + 10
    while server.connections < 2 and time.monotonic() < until:
        assert send(server.url()).status == 200
        time.sleep(0.02)  # a busy webhook
    assert server.connections == 2


def test_threads_share_connections_and_few_stay_open(serving, send):
    together = threading.Barrier(8)
    server = serving([REQUEST, lambda _connection: together.wait(10), OK, *[REQUEST, OK] * 10])

    def at_once(count):
        senders = [threading.Thread(target=send, args=(server.url(),)) for _ in range(count)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    at_once(8)
    assert server.connections == 8
    server.wait_until(lambda server: server.open == pool.PER_HOST)
    at_once(pool.PER_HOST)
    assert server.connections == 8
    assert len(server.requests) == 8 + pool.PER_HOST


def test_the_host_used_longest_ago_gives_way_to_another(serving, send, monkeypatch):
    monkeypatch.setattr(pool, "HOSTS", 2)
    first, second, third = [serving([REQUEST, OK] * 10 + [HOLD]) for _ in range(3)]
    for server in (first, second, first, third):
        assert send(server.url()).status == 200
    second.wait_until(lambda server: not server.open)
    assert (first.open, third.open) == (1, 1)
    assert (first.connections, third.connections) == (1, 1)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own(serving):
    server = serving([REQUEST, OK] * 10 + [HOLD])

    def send(path):
        return transport.send(Request(server.url(path=path), {}, b"{}"), 5, LOCAL)

    assert send("/parent").status == 200
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if send("/child").status == 200 else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert send("/parent").status == 200
    assert server.connections == 2
    assert [request.split()[1] for request in server.requests] == [b"/parent", b"/child", b"/parent"]
