"""A dispatcher in a thread of this process, for series of Odoo that cannot wake a scheduled action."""

import logging
import threading

_logger = logging.getLogger(__name__)

_lock = threading.Lock()
# The databases that a thread of this process works for; the value says whether it is wanted once more.
_wanted_again = {}


def run(dbname, dispatch):
    """Call ``dispatch`` in a thread; one thread a database. While it runs, it is called once more when it is through.

    Lost with the process, which does no harm: the scheduled action finds the jobs within a minute.
    """
    with _lock:
        if dbname in _wanted_again:
            _wanted_again[dbname] = True
            return
        _wanted_again[dbname] = False
    threading.Thread(target=_work, args=(dbname, dispatch), name=f"webhook-dispatcher-{dbname}", daemon=True).start()


def _work(dbname, dispatch):
    while True:
        try:
            dispatch()
        except Exception:
            _logger.exception("The dispatcher stopped; the scheduled action goes on within a minute")
        with _lock:
            if not _wanted_again[dbname]:
                del _wanted_again[dbname]
                return
            _wanted_again[dbname] = False
