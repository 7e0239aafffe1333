"""A receiver in a process of its own, for what nginx cannot do: it is slow, hangs, or answers 100 MB.

What it does is chosen by the path: ``/ok`` answers at once, ``/wait/100`` after 100 ms, ``/hang`` never, ``/big/100`` with
100 MB. Run by the toolbox's Python.
"""

import asyncio
import sys
import threading
import time

from benchmarks.driver import serve
from benchmarks.sides import Side
from tools.server import free_port

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
CHUNK = b"x" * 65536


class Receiver(Side):
    """The process, as those who measure see it; on 127.0.0.1 to 127.0.0.``hosts``."""

    def __init__(self, workspace, hosts=32):
        self._hosts, self._port = hosts, free_port()
        super().__init__(workspace, "benchmarks.delivery.receiver", str(self._port), str(hosts), python=sys.executable)

    def __enter__(self):
        self.call("ready")
        return self

    def addresses(self, path, count=None):
        """One address on each host, or on the first ``count`` of them."""
        return [f"http://127.0.0.{number + 1}:{self._port}{path}" for number in range(count or self._hosts)]


class _Service:
    """What can be called; the arguments and the answers are JSON."""

    def __init__(self, port, hosts):
        self._hosts, self._port = [f"127.0.0.{number + 1}" for number in range(hosts)], port
        self._arrivals = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def ready(self):
        """Listen."""
        self._run(self._listen())

    async def _listen(self):
        for host in self._hosts:
            await self._loop.create_server(lambda: _Connection(self._arrivals), host, self._port, backlog=512)

    def arrivals(self):
        """What came: lists of seconds since the epoch, path and ``webhook-id``; then forgotten."""
        found = self._arrivals[:]
        del self._arrivals[: len(found)]
        return found

    def rate(self, path, connections, seconds):
        """How many requests a second it answers to a client that does nothing else, over so many connections."""
        return self._run(self._rate(path, connections, seconds))

    async def _rate(self, path, connections, seconds):
        until, answered = self._loop.time() + seconds, 0
        request = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: 900\r\n\r\n".encode() + b"x" * 900

        async def client():
            nonlocal answered
            reader, writer = await asyncio.open_connection(self._hosts[0], self._port)
            while self._loop.time() < until:
                writer.write(request)
                await reader.readexactly(len(ANSWER))
                answered += 1
            writer.close()

        await asyncio.gather(*(client() for _ in range(connections)))
        self._arrivals.clear()
        return answered / seconds

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class _Connection(asyncio.Protocol):
    def __init__(self, arrivals):
        self._arrivals = arrivals
        self._received = b""
        self._writable = asyncio.Event()

    def connection_made(self, transport):
        self._transport = transport
        self._writable.set()

    def pause_writing(self):
        self._writable.clear()

    def resume_writing(self):
        self._writable.set()

    def data_received(self, data):
        self._received += data
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self._received = rest[length:]
            path = first.split()[1]
            self._arrivals.append([time.time(), path, headers.get("webhook-id")])
            self._answer(path)

    def _answer(self, path):
        _, what, *argument = path.split("/")
        if what == "ok":
            self._transport.write(ANSWER)
        elif what == "wait":
            asyncio.get_running_loop().call_later(int(argument[0]) / 1000, self._transport.write, ANSWER)
        elif what == "big":
            self._big = asyncio.ensure_future(self._send(int(argument[0]) * 2**20))

    async def _send(self, size):
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(CHUNK)):
            await self._writable.wait()
            if self._transport.is_closing():
                break
            self._transport.write(CHUNK)

    def connection_lost(self, _error):
        self._writable.set()


if __name__ == "__main__":
    serve(_Service, int(sys.argv[1]), int(sys.argv[2]))
