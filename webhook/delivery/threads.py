"""Threads with a small stack.

Odoo bounds the address space of its processes (``limit_memory_hard``), and by default each thread takes 8 MiB of it.
"""

import os
import threading

STACK = 512 * 1024  # bytes; the deepest call here, a TLS handshake, was seen to use less than a tenth

_lock = threading.Lock()


def _start_afresh():
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_start_afresh)  # a thread of the parent may have held it


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
