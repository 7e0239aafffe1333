"""Waking the dispatcher for a retry: Odoo itself looks at its schedule only once a minute."""

import logging
import os
import threading
import time

from .. import series
from . import threads

_logger = logging.getLogger(__name__)

# The scheduled action runs each minute anyway; only what is due before needs waking.
HORIZON = 60

_timers = {}
_lock = threading.Lock()


def after(seconds, dbname, wake):
    """Call ``wake`` in ``seconds`` in a thread of its own; one timer a database, the earliest wins.

    Lost with the process, which does no harm: the scheduled action then finds the job within a minute.
    """
    if seconds >= HORIZON:
        return
    with _lock:
        timer = _timers.get(dbname)
        now = time.monotonic()
        if timer and timer.is_alive() and now < timer.due <= now + seconds:
            return
        if timer:
            timer.cancel()
        timer = _Timer(seconds, wake)
        _timers[dbname] = timer
        timer.start()


def _start_afresh():
    """In a process that was forked: a worker takes over the timers of its parent, which sends nothing itself."""
    global _lock
    _lock = threading.Lock()
    timers = dict(_timers)
    _timers.clear()
    if series.only_forks(os.getppid()):
        for dbname, timer in timers.items():
            after(max(0, timer.due - time.monotonic()), dbname, timer.wake)


threads.in_forked(_start_afresh)


class _Timer(threading.Timer):
    def __init__(self, seconds, wake):
        super().__init__(seconds, self._run, [wake])
        self.daemon = True
        self.due = time.monotonic() + seconds
        self.wake = wake

    @staticmethod
    def _run(wake):
        try:
            wake()
        except Exception:
            _logger.warning("The dispatcher could not be woken; it runs within a minute", exc_info=True)
