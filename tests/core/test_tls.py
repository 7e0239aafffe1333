"""TLS, with servers and authorities of the tests' own. The numbers are those of the list of test cases."""

import io
import socket
import ssl
import time

import pytest
from odoo.addons.webhook.delivery import network, transport
from odoo.addons.webhook.delivery.request import Request

from tests.core.servers import HOLD, OK, REQUEST, Authority, drip

LOCAL = network.parse("127.0.0.0/8")


def read_a_little(connection):
    connection.recv(16384)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def send(authority):
    """Send by a transport that trusts the test's authority, and no other."""
    sender = transport.Transport(trusted=authority.file)
    return lambda url, timeout=5, body=b"{}": sender.send(Request(url, {}, body), timeout, LOCAL)


def failed(result, *reasons):
    assert (result.status, result.hopeless) == (None, False)
    assert result.error.startswith("The TLS connection failed: ")
    assert any(reason in result.error.lower() for reason in reasons), result.error


def test_a_request_goes_by_tls_and_the_connection_is_kept(serving, names, authority, send):
    names({"receiver.test": [["127.0.0.1"]]})
    server = serving([REQUEST, OK] * 3 + [HOLD], tls=authority.server("receiver.test"))
    body = b"x" * 3_000_000
    for _ in range(3):
        result = send(server.url("receiver.test"), body=body)
        assert (result.status, result.answer, result.error) == (200, "ok", None)
    assert server.connections == 1
    assert server.requests[0].endswith(body)


def test_the_server_sees_the_name_while_the_address_is_pinned(serving, names, authority, send):
    # 41
    names({"receiver.test": [["127.0.0.2"]]})
    seen, context = [], authority.server("receiver.test")
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    server = serving([REQUEST, OK], tls=context, host="127.0.0.2")
    assert send(server.url("receiver.test")).status == 200
    assert seen == ["receiver.test"]


def test_a_certificate_may_be_for_an_address(serving, authority, send):
    assert send(serving([REQUEST, OK], tls=authority.server("127.0.0.1")).url()).status == 200


def test_what_nobody_asked_for_is_never_taken_for_the_next_answer(serving, authority, send):
    # Both answers are in one record of TLS, and the first ends where what is read at a time does.
    size = io.DEFAULT_BUFFER_SIZE
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 8000\r\nX-Fill: "
    first = head + b"x" * (size - len(head) - 8004) + b"\r\n\r\n" + b"y" * 8000
    evil = b"HTTP/1.1 299 Evil\r\nContent-Length: 0\r\n\r\n"
    server = serving([REQUEST, first + evil, REQUEST, HOLD], [REQUEST, OK], tls=authority.server("127.0.0.1"))
    assert send(server.url()).status == 200
    assert send(server.url()).status == 200
    assert server.connections == 2


# 41


def test_a_self_signed_certificate_is_refused(serving, authority, send):
    server = serving([REQUEST, OK], tls=authority.server("127.0.0.1", own=True))
    failed(send(server.url()), "self-signed", "self signed")
    assert server.requests == []


def test_an_expired_certificate_is_refused(serving, authority, send):
    server = serving([REQUEST, OK], tls=authority.server("127.0.0.1", days=-1))
    failed(send(server.url()), "certificate has expired")
    assert server.requests == []


def test_a_certificate_for_another_host_is_refused(serving, names, authority, send):
    names({"receiver.test": [["127.0.0.1"]]})
    server = serving([REQUEST, OK], tls=authority.server("other.test", "127.0.0.1"))
    failed(send(server.url("receiver.test")), "certificate is not valid for 'receiver.test'")
    assert server.requests == []


def test_the_public_authorities_are_trusted_and_the_environment_adds_none(serving, authority, monkeypatch):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, authority.file)
    server = serving([REQUEST, OK], tls=authority.server("127.0.0.1"))
    failed(transport.Transport().send(Request(server.url(), {}, b"{}"), 5, LOCAL), "local issuer")
    assert server.requests == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_of_tls_are_refused(serving, authority, send, version):
    context = authority.server("127.0.0.1")
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    server = serving([REQUEST, OK], tls=context)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(authority.file)
    old.minimum_version = version
    old.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        old.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
    ):
        assert encrypted.version() in ("TLSv1", "TLSv1.1"), "the server does speak it"
    failed(send(server.url()), "protocol", "version")
    assert server.requests == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_versions_of_tls_are_spoken(serving, authority, send, version):
    context = authority.server("127.0.0.1")
    context.minimum_version = context.maximum_version = version
    assert send(serving([REQUEST, OK], tls=context).url()).status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_demands_a_certificate_is_a_failure(serving, authority, send, version):
    context = authority.server("127.0.0.1")
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    server = serving([REQUEST, OK], tls=context)
    failed(send(server.url()), "certificate required", "handshake failure")
    assert server.requests == []


def test_a_server_that_speaks_no_tls_is_a_failure(serving, send):
    server = serving([b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", HOLD])
    failed(
        send(server.url().replace("http:", "https:")), "wrong version number", "packet length too long", "record layer"
    )


def test_a_server_that_closes_in_the_handshake_is_a_failure(serving, send):
    server = serving([lambda connection: connection.recv(10000)])
    failed(send(server.url().replace("http:", "https:")), "eof", "reset")


# In time


def in_time(result, error="No answer within 1 seconds."):
    assert 0.9 <= result.duration < 1.5
    assert result.error == error
    return result


def test_a_handshake_that_stalls_ends_with_the_timeout(serving, send):
    server = serving([HOLD])
    in_time(send(server.url().replace("http:", "https:"), timeout=1), "No TLS handshake within 1 seconds.")


def dripping(context, handshake, answer):
    """A script that speaks TLS, with a pause (seconds) after each byte of the handshake, and of the answer."""

    def run(connection):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)

        def flush(pause):
            for byte in outgoing.read() if pause else [outgoing.read()]:
                connection.sendall(bytes([byte]) if pause else byte)
                time.sleep(pause)

        def finish(step):
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    flush(handshake)
                    incoming.write(read(connection))

        finish(tls.do_handshake)
        flush(handshake)
        finish(lambda: tls.read(65536))
        tls.write(OK)
        flush(answer)
        connection.recv(65536)

    def read(connection):
        received = connection.recv(65536)
        if not received:
            raise ConnectionAbortedError
        return received

    return [run]


def test_a_handshake_that_drips_ends_with_the_timeout(serving, authority, send):
    server = serving(dripping(authority.server("127.0.0.1"), handshake=0.05, answer=0))
    in_time(send(server.url().replace("http:", "https:"), timeout=1), "No TLS handshake within 1 seconds.")


def test_a_record_that_drips_ends_with_the_timeout(serving, authority, send):
    server = serving(dripping(authority.server("127.0.0.1"), handshake=0, answer=0.05))
    in_time(send(server.url().replace("http:", "https:"), timeout=1), "No answer within 1 seconds.")


def test_the_same_without_pauses_is_an_answer(serving, authority, send):
    server = serving(dripping(authority.server("127.0.0.1"), handshake=0, answer=0.0001))
    assert send(server.url().replace("http:", "https:"), timeout=5).answer == "ok"


def test_an_answer_whose_records_drip_ends_with_the_timeout(serving, authority, send):
    server = serving([REQUEST, *drip(OK, 0.1)], tls=authority.server("127.0.0.1"))
    in_time(send(server.url(), timeout=1), "No answer within 1 seconds.")


@pytest.mark.parametrize(
    "script", [[10], [part for _ in range(100) for part in (read_a_little, 0.05)]], ids=["not", "slowly"]
)
def test_a_receiver_that_does_not_take_the_request_is_given_up(serving, authority, send, script):
    server = serving(script, tls=authority.server("127.0.0.1"))
    result = send(server.url(), timeout=1, body=b"x" * 50_000_000)
    in_time(result, "The receiver did not take the whole request within 1 seconds, nor answer.")


def test_the_trusted_authorities_are_read_once(serving, authority, send, monkeypatch):
    server = serving([REQUEST, b"HTTP/1.0 200 OK\r\n\r\n"], tls=authority.server("127.0.0.1"))
    assert send(server.url()).status == 200
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", None)
    assert send(server.url()).status == 200
    assert server.connections == 2
