"""Threads with a small stack.

Odoo bounds the address space of its processes (``limit_memory_hard``), and by default each thread takes 8 MiB of it.
"""

import os
import threading

STACK = 512 * 1024  # bytes; the deepest call here, a TLS handshake, was seen to use less than a tenth

_lock = threading.Lock()


def in_forked(start_afresh):
    """Have ``start_afresh()`` called in each process that is forked from this one.

    The threads and connections of its parent are not its own, and a lock may have been held by one of them.
    """
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=start_afresh)


def _start_afresh():
    global _lock
    _lock = threading.Lock()


in_forked(_start_afresh)


def start(work, name, daemon=True):
    """Start a thread that calls ``work()``.

    :param daemon: whether the process may end without waiting for it
    :return: threading.Thread
    """
    thread = threading.Thread(target=work, name=name, daemon=daemon)
    with _lock:
        usual = threading.stack_size(STACK)
        try:
            thread.start()
        finally:
            threading.stack_size(usual)
    return thread
