"""Connections that are kept open for the next request, shared by all threads of the process."""

import collections
import contextlib
import threading
import time

from . import threads

# At most so many idle connections to one host, and so many hosts.
PER_HOST = 4
HOSTS = 64
# So often (seconds) those that were idle for too long are closed.
SWEEP = 5


class Pool:
    """Idle connections, by what they lead to. A thread closes those that nobody needs, and ends with the last of them."""

    def __init__(self):
        self._lock = threading.Lock()
        self._idle = collections.OrderedDict()  # key → list of Connection; the key used last is at the end
        self._sweeping = False

    def take(self, key, networks):
        """An open connection that its networks still allow, or None.

        :param key: hashable: scheme, host and port
        """
        while True:
            with self._lock:
                connections = self._idle.get(key)
                if not connections:
                    return None
                connection = connections.pop()
                if not connections:
                    del self._idle[key]
            if connection.usable(networks):
                return connection
            connection.close()

    def give(self, key, connection):
        """Keep a connection for the next request, or close it."""
        if not connection.kept():
            connection.close()
            return
        with self._lock:
            connections = self._idle.setdefault(key, [])
            connections.append(connection)
            self._idle.move_to_end(key)
            spare = [connections.pop(0)] if len(connections) > PER_HOST else []
            if len(self._idle) > HOSTS:
                spare += self._idle.popitem(last=False)[1]
            starting, self._sweeping = not self._sweeping, True
        for connection in spare:
            connection.close()
        if starting:
            self._start_sweeper()

    def _start_sweeper(self):
        try:
            threads.start(self._sweep, "webhook-connections")
        except RuntimeError:  # no thread to be had now
            self._sweeping = False

    def _sweep(self):
        while True:
            time.sleep(SWEEP)
            with self._lock:
                spare = []
                for key, connections in list(self._idle.items()):
                    spare += [connection for connection in connections if not connection.kept()]
                    connections[:] = [connection for connection in connections if connection.kept()]
                    if not connections:
                        del self._idle[key]
                finished = not self._idle
                if finished:
                    self._sweeping = False
            for connection in spare:
                with contextlib.suppress(OSError):
                    connection.close()
            if finished:
                return
