"""The dispatcher: claims jobs, has threads send them, records what came of them, until nothing is due.

The threads do HTTP only. Any number of dispatchers may run on one database.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import datetime, timezone

from . import outcome, queue, request, transport

_logger = logging.getLogger(__name__)

SENDERS = 32
# How many of them one webhook may keep busy, in all processes together.
SHARE = 4
# A claim outlives the longest attempt by this much; then others may take the job.
LEASE_MARGIN = 30
# So often a dispatcher with requests in flight looks for new jobs.
POLL = 0.2


class Dispatcher:
    """One run.

    :param cursor: function that opens a cursor; each transaction gets one of its own
    :param timeout: seconds an attempt may take
    :param retries: attempts after the first
    :param version: of the addon, for the ``User-Agent``
    """

    def __init__(self, cursor, dbname, timeout, retries, version):
        self.cursor = cursor
        self.dbname = dbname
        self.timeout = timeout
        self.retries = retries
        self.version = version

    def run(self, budget):
        """Send what is due; begin nothing new after ``budget`` seconds.

        :return: seconds until the next job is due (0: at once), or None when nothing waits
        """
        until = time.monotonic() + budget
        in_flight = {}
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook-sender") as pool:
            while True:
                free = SENDERS - len(in_flight)
                jobs = self._claim(free, in_flight.values()) if free and time.monotonic() < until else []
                in_flight.update((pool.submit(self._attempt, job), job) for job in jobs)
                if not in_flight:
                    break
                done, _ = wait(in_flight, timeout=POLL, return_when=FIRST_COMPLETED)
                if done:
                    self._record([future.result() for future in done])
                for future in done:
                    del in_flight[future]
        with self.cursor() as cr:
            return queue.next_due(cr)

    def _claim(self, limit, sending):
        with self.cursor() as cr:  # committed on leaving: no row is locked while requests are under way
            return queue.claim(cr, limit, self.timeout + LEASE_MARGIN, SHARE, [job.id for job in sending])

    def _attempt(self, job):
        """Send one job; runs in a thread. Whatever goes wrong here counts as a failed attempt."""
        started_at = datetime.now(timezone.utc).replace(tzinfo=None)
        try:
            built = request.build(job, job.endpoint, job.attempt_count + 1, self.dbname, self.version)
            result = transport.send(built, self.timeout)
            result = result._replace(answer=job.endpoint.masked(result.answer))
        except Exception as error:
            _logger.exception("Webhook job %s cannot be sent", job.id)
            result = transport.Result(None, 0.0, "", {}, f"{type(error).__name__}: {error}")
        return job, started_at, result, outcome.decide(result, job.attempt_count + 1, self.retries)

    def _record(self, reports):
        try:
            with self.cursor() as cr:
                queue.record(cr, reports)
        except Exception:
            if len(reports) == 1:  # its lease will end, and it will be sent again
                _logger.exception("What came of webhook job %s cannot be recorded", reports[0][0].id)
                return
            for report in reports:  # one bad report must not take the others with it
                self._record([report])
