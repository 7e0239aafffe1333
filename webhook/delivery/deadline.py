"""The time that an attempt has, from the first look at the host name to the last byte of the answer."""

import socket
import time


class Deadline:
    """A moment in the future.

    :param seconds: from now
    """

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self):
        """Seconds until then, more than 0.

        :raises socket.timeout: it is over
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        return left

    def limit(self, sock):
        """Have the next call of ``sock`` fail with ``socket.timeout`` when the time is over.

        What one call does is bounded as a whole, by the system or by CPython (a handshake, a record of TLS, ``sendall``
        without TLS). Renewed before each call, this bounds them all together, at the price of one cheap system call: it
        takes no watching thread, and so nothing that a fork would lose.
        """
        sock.settimeout(self.left())
