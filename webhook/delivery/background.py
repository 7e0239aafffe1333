"""The dispatcher's thread, one for each database in a process.

Started by whoever commits an event, by the scheduled action, and by the timer of a retry. Lost with the process, which does
no harm: the scheduled action looks at what is due each minute.
"""

import functools
import logging
import threading

from .. import series
from . import threads

_logger = logging.getLogger(__name__)

_lock = threading.Lock()
_runs = {}


def _start_afresh():
    global _lock
    _lock = threading.Lock()
    _runs.clear()


threads.in_forked(_start_afresh)


def may_go_on():
    """Whether this process is to send any more: it is not about to end."""
    return threading.main_thread().is_alive()


class _Run:
    """A thread at work. ``wanted``: whether it is to look once more; ``dispatcher``: the one that is to be told."""

    def __init__(self):
        self.wanted = False
        self.dispatcher = None
        self.thread = None


def start(dbname, dispatch):
    """Have ``dispatch`` called in a thread; if it is at work for that database already, have it look once more.

    :param dispatch: function that sends what is due. It is given the database and a function, to call with the Dispatcher
        that it runs, and returns whether to be called again at once
    :return: threading.Thread; the process does not end before it. None in the parent of workers, which sends nothing
    """
    if series.only_forks():
        return None
    with _lock:
        run = _runs.get(dbname)
        if run:
            run.wanted = True
            if run.dispatcher:
                run.dispatcher.wake()
        else:
            run = _runs[dbname] = _Run()
            work = functools.partial(_work, dbname, run, dispatch)
            run.thread = threads.start(work, f"webhook-dispatcher-{dbname}", daemon=False)
        return run.thread


def _work(dbname, run, dispatch):
    def announce(dispatcher):
        with _lock:
            run.dispatcher = dispatcher

    while True:
        again = False
        try:
            again = dispatch(dbname, announce)
        except Exception:
            _logger.exception("The dispatcher stopped; the scheduled action goes on within a minute")
        with _lock:
            run.dispatcher = None
            again = (again or run.wanted) and may_go_on()
            run.wanted = False
            if not again:
                del _runs[dbname]
                return
