"""Host name → addresses, within a deadline."""

import functools
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from . import threads

# Names that do not resolve in time keep their threads busy until the system gives them up.
LOOKUPS = 16


class Resolver:
    """Looks names up in threads of its own, as nothing can interrupt ``getaddrinfo``.

    A thread lives as long as its lookup; several who want the same name wait for the same one. Answers are not kept.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._lookups = {}  # (host, port) → Future
        self._free = threading.BoundedSemaphore(LOOKUPS)

    def resolve(self, host, port, deadline):
        """Look up a host name, or read an address in any spelling that the system takes for one.

        :param host: str, in ASCII
        :param deadline: Deadline
        :return: list as of ``socket.getaddrinfo``
        :raises OSError: socket.gaierror, it does not resolve; socket.timeout, not in time
        :raises UnicodeError: no host can have that name
        """
        if _is_address(host):  # nobody is asked
            return _look_up(host, port)
        try:
            return self._lookup(host, port, deadline).result(deadline.left())
        except FutureTimeout as error:
            raise socket.timeout("timed out") from error

    def _lookup(self, host, port, deadline):
        if not self._free.acquire(timeout=deadline.left()):
            raise socket.timeout("timed out")
        with self._lock:
            future = self._lookups.get((host, port))
            if future:  # somebody asks already
                self._free.release()
                return future
            future = self._lookups[host, port] = Future()
        name = f"webhook-lookup-{host}"
        try:
            threads.start(functools.partial(self._run, future, host, port), name)
        except RuntimeError:  # no thread to be had: better late than never
            self._run(future, host, port)
        return future

    def _run(self, future, host, port):
        try:
            future.set_result(_look_up(host, port))
        except Exception as error:
            future.set_exception(error)
        finally:
            with self._lock:
                del self._lookups[host, port]
            self._free.release()


def _look_up(host, port):
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _is_address(host):
    if ":" in host:
        return True
    try:
        socket.inet_aton(host)  # takes what getaddrinfo takes: 127.1, 0x7f000001
    except OSError:
        return False
    return True
