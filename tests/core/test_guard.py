"""Where requests may go: what is checked is the address connected to. The numbers are those of the list of test cases."""

import socket
import threading

import pytest
from odoo.addons.webhook.delivery import network, resolver, transport
from odoo.addons.webhook.delivery.request import Request

from tests.core.servers import HOLD, OK, REQUEST

KEEPING = [REQUEST, OK] * 20


def send(url, networks="", timeout=5):
    return transport.send(Request(url, {}, b"{}"), timeout, network.parse(networks))


@pytest.fixture
def refusal():
    """What an address in a private network is refused with."""
    return send("http://10.0.0.1/").error


def test_the_refusal_says_what_an_administrator_can_do():
    result = send("http://10.0.0.1/hook?secret")
    assert (result.status, result.hopeless) == (None, True)
    assert "General Settings ‣ Webhook Configuration ‣ Allowed networks" in result.error
    assert "secret" not in result.error


@pytest.mark.parametrize(
    "host",
    [
        # 17
        "127.0.0.1", "0x7f000001", "2130706433", "127.1", "0177.0.0.1", "0x7f.1", "①②⑦.0.0.1", "127。0。0。1", "0",
        # 18
        "0.0.0.0", "localhost", "LOCALHOST", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]",
        "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
    ],
)  # fmt: skip
def test_no_spelling_of_this_machine_gets_through(serving, refusal, host):
    server = serving(KEEPING)
    result = send(server.url(host))
    assert result.status is None
    assert result.hopeless
    assert result.error in (refusal, transport.NO_HOST)
    assert server.connections == 0


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "[64:ff9b::a9fe:a9fe]", "100.100.100.200"]
)
def test_the_metadata_of_clouds_are_out_of_reach(refusal, host):
    assert send(f"http://{host}/latest/meta-data/").error == refusal


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], ["::ffff:127.0.0.1"], ["::1"],
        ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700:4700::1111", "10.0.0.1"],
    ],
)  # fmt: skip
def test_a_name_with_one_refused_address_is_refused(serving, names, refusal, addresses, scheme):
    # 20, 21, 27
    names({"receiver.test": [addresses]})
    server = serving(KEEPING)
    result = send(f"{scheme}://receiver.test:{server.port}/")
    assert (result.status, result.error, result.hopeless) == (None, refusal, True)
    assert server.connections == 0


def test_the_connection_goes_to_the_address_that_was_checked(serving, names):
    # 19
    asked = names({"receiver.test": [["127.0.0.2"], ["127.0.0.1"]]})
    server = serving([REQUEST, OK], host="127.0.0.2")
    result = send(server.url("receiver.test"), "127.0.0.2")
    assert (result.status, result.error) == (200, None)
    assert asked == ["receiver.test"], "resolved once"
    assert f"Host: receiver.test:{server.port}\r\n".encode() in server.requests[0]
    assert send(server.url("receiver.test"), "127.0.0.2").hopeless, "now the name has another address"
    assert server.connections == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_allowed_network_can_be_reached(serving, host):
    # 28
    server = serving(KEEPING, host=host)
    name = f"[{host}]" if ":" in host else host
    assert send(server.url(name), "127.0.0.0/8, ::1").status == 200
    assert f"Host: {name}:{server.port}\r\n".encode() in server.requests[0]


def test_a_network_that_is_no_longer_allowed_cannot_be_reached_by_a_kept_connection(serving, refusal):
    server = serving(KEEPING)
    assert send(server.url(), "127.0.0.0/8").status == 200
    assert send(server.url(), "127.0.0.1").status == 200
    assert server.connections == 1, "kept"
    assert send(server.url(), "10.0.0.0/8").error == refusal
    assert len(server.requests) == 2
    server.wait_until(lambda server: not server.open)


def test_the_next_address_of_a_name_is_tried_when_one_does_not_answer(serving, names):
    names({"receiver.test": [["127.0.0.3", "127.0.0.2"]]})
    server = serving([REQUEST, OK], host="127.0.0.2")
    assert send(server.url("receiver.test"), "127.0.0.0/8").status == 200


def test_an_internationalized_name_is_asked_for_in_ascii(serving, names):
    asked = names({"xn--bcher-kva.test": [["127.0.0.1"]]})
    server = serving([REQUEST, OK])
    assert send(server.url("BÜCHER.test"), "127.0.0.1").status == 200
    assert asked == ["xn--bcher-kva.test"]
    assert f"Host: xn--bcher-kva.test:{server.port}\r\n".encode() in server.requests[0]


# Names, in time


@pytest.fixture
def hanging():
    """An answer of the name service that comes with the end of the test."""
    over = threading.Event()
    yield lambda: over.wait(60) and socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    over.set()


def test_a_name_that_resolves_too_late_is_given_up(names, hanging):
    # 29
    names({"slow.test": [hanging]})
    result = send("http://slow.test/", timeout=0.5)
    assert (result.status, result.hopeless) == (None, False)
    assert result.error == "The host name slow.test did not resolve within 0.5 seconds."
    assert result.duration < 1


def test_names_that_hang_hold_up_no_other(serving, names, hanging):
    server = serving(KEEPING)
    asked = names({"live.test": [["127.0.0.1"]], **{f"slow{number}.test": [hanging] for number in range(10)}})
    senders = [
        threading.Thread(target=send, args=(f"http://slow{number}.test/",), kwargs={"timeout": 3})
        for number in range(10)
    ]
    for sender in senders:
        sender.start()
    result = send(server.url("live.test"), "127.0.0.1", timeout=2)
    assert result.status == 200
    for sender in senders:
        sender.join()
    assert len(asked) == 11


def test_an_address_needs_no_name_service(serving, names, hanging, monkeypatch):
    monkeypatch.setattr(resolver, "LOOKUPS", 1)
    names({"slow.test": [hanging]})
    server, sender = serving(KEEPING), transport.Transport()
    waiting = threading.Thread(target=sender.send, args=(Request("http://slow.test/", {}, b""), 1))
    waiting.start()
    assert sender.send(Request(server.url(), {}, b""), 0.5, network.parse("127.0.0.1")).status == 200
    waiting.join()


def test_those_who_want_a_name_at_the_same_time_ask_once(names, hanging):
    asked = names({"slow.test": [hanging]})
    senders = [threading.Thread(target=send, args=("http://slow.test/",), kwargs={"timeout": 0.5}) for _ in range(20)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert asked == ["slow.test"]


def test_a_name_is_looked_up_even_when_no_thread_can_be_had(serving, names, monkeypatch):
    names({"receiver.test": [["127.0.0.1"]]})
    server = serving([REQUEST, OK, HOLD])
    start = threading.Thread.start

    def refuse(thread):
        if thread.name.startswith("webhook-"):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert send(server.url("receiver.test"), "127.0.0.1").status == 200
