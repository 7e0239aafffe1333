import contextlib

import pytest

from tests.core.servers import Server


@pytest.fixture
def serving():
    """A function that starts a ``servers.Server``, which ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(*scripts, **options):
            server = Server(*scripts, **options)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def names(monkeypatch):
    """A function that says what host names resolve to; the fake of what lies behind ``getaddrinfo``.

    ``names({"receiver.test": [["127.0.0.2"], ["10.0.0.1"]]})``: a list of answers, the last of which stays; an answer is a
    list of addresses, an exception, or a function to call. It returns the list of the names that were asked for.
    """
    import socket

    real, asked = socket.getaddrinfo, []

    def install(table):
        def getaddrinfo(host, port, *args, **options):
            if host not in table:
                return real(host, port, *args, **options)
            asked.append(host)
            answers = table[host]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if callable(answer):
                answer = answer()
            if isinstance(answer, Exception):
                raise answer
            return [found for address in answer for found in real(address, port, *args, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return install
