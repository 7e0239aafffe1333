"""The dispatcher: claims jobs, has threads send them, records what came of them, until nothing is due.

The threads do HTTP only; this one does SQL only. Any number of dispatchers may run on one database, one in each process.
"""

import collections
import logging
import time

import psycopg2
from psycopg2.pool import PoolError

from . import background, outcome, queue, request, senders, states, transport

_logger = logging.getLogger(__name__)

# What an attempt needs to know, and how long finished jobs are kept.
# timeout: seconds; retries: int; version: of the addon; networks: those allowed beside the public ones;
# keep_delivered, keep_failed: days, 0 for not at all.
Settings = collections.namedtuple("Settings", "timeout retries version networks keep_delivered keep_failed")

# So many jobs a dispatcher has at a time, claimed and not yet recorded.
CAPACITY = 1000
CAPACITY_BYTES = 8 * 1024 * 1024
# Of a webhook of which nothing is known yet, or whose last attempt failed, it claims so many jobs.
FIRST = 2
# Of another it claims what can be sent in so many seconds, and at most so many jobs.
AHEAD_SECONDS = 0.5
AHEAD_JOBS = 100
# What came of jobs is recorded in batches of so many, or so many seconds after the first.
BATCH = 100
BATCH_SECONDS = 0.02
# While attempts are under way, new jobs are looked for at least so often, in seconds.
POLL = 0.2
# An attempt may begin for so many seconds after the claim; its lease outlives the longest attempt by so many more.
MAY_WAIT = 30
LEASE_MARGIN = 30
# The settings are read so often, in seconds.
SETTINGS_SECONDS = 10
# Jobs that others have claimed and did not report in time, and those that stand in the way, are looked for so often.
TIDY_INTERVAL = 1
# When all that is due waits for what another process is sending, look again after so many seconds.
LOOK_AGAIN = 1

# What came of jobs is kept for so many seconds while the database is away, which is asked every so many.
PATIENCE = 60
AWAY_SECONDS = 0.5

# What one run leaves to the next of this process, by database: what the senders know of receivers, and where claims ended.
_known = collections.defaultdict(dict)
_claims = collections.defaultdict(queue.Claims)


class Dispatcher:
    """One run.

    :param cursor: function that opens a cursor; each transaction gets one of its own
    :param settings: function that returns the Settings in force, or None if nothing may be sent
    :param pause: function that is called with ``{webhook id: sentence}`` of webhooks that should be sent to no more
    """

    def __init__(self, cursor, dbname, settings, pause):
        self.cursor = cursor
        self.dbname = dbname
        self.pause = pause
        self.senders = senders.Senders(self._attempt, _known[dbname])
        self.claims = _claims[dbname]
        self._read_settings = settings
        self._settings_until = 0.0
        self._allowed = False
        self.settings = None
        self._tidy_at = time.monotonic() + TIDY_INTERVAL

    def wake(self):
        """Look for new jobs at once; called from other threads."""
        self.senders.wake()

    def run(self):
        """Send what is due, until nothing is or the process is about to end.

        :return: seconds until the next job is due (0: at once), or None when nothing waits
        """
        ending = False
        try:
            while True:
                ending = ending or not self._go_on() or not self._claim()
                if not self.senders.held:
                    break
                reports, unsent = self.senders.take(BATCH, BATCH_SECONDS, POLL)
                if reports or unsent:
                    self._record(reports, unsent)
        finally:
            self.senders.close()
        if not self._allowed:
            return None
        with self.cursor() as cr:
            due = queue.next_due(cr)
        return due if due is None or not background.may_go_on() else max(due, LOOK_AGAIN)

    def _go_on(self):
        """Whether more is to be sent; reads the settings now and then."""
        now = time.monotonic()
        if now >= self._settings_until:
            try:
                found = self._read_settings()
            except (psycopg2.Error, PoolError):
                return self._give_up()
            self._settings_until = now + SETTINGS_SECONDS
            self._allowed = found is not None
            self.settings = found or self.settings
        if not self._allowed or not background.may_go_on():
            self.senders.withdraw()
            return False
        return True

    def _give_up(self):
        """Send no more: the database is away, or does not work. Whoever runs next tries again."""
        _logger.warning("No webhook jobs can be claimed; tried again later", exc_info=True)
        self.senders.withdraw()
        return False

    def _claim(self):
        """Have more jobs sent, if some are due.

        :return: whether the database could be reached
        """
        jobs, size = CAPACITY - self.senders.held, CAPACITY_BYTES - self.senders.size
        lease = self.settings.timeout + MAY_WAIT + LEASE_MARGIN
        try:
            while jobs > 0 and size > 0:
                now = time.monotonic()
                with self.cursor() as cr:  # committed on leaving: no row is locked while requests are under way
                    claimed = self.claims.claim(cr, jobs, size, lease, FIRST, self._shares())
                for job in claimed:
                    job.send_until = now + MAY_WAIT
                self.senders.put(claimed)
                if now < self._tidy_at and (claimed or self.senders.held):
                    break
                with self.cursor() as cr:
                    found = queue.rescue(cr)
                with self.cursor() as cr:
                    found += queue.put_off(cr)
                self._tidy_at = now + TIDY_INTERVAL
                if claimed or not found:
                    break
        except (psycopg2.Error, PoolError):
            return self._give_up()
        return True

    def _shares(self):
        """How many jobs to claim of the webhooks that jobs are here of already: ``{webhook id: int}``."""
        shares = {}
        for key, lane in self.senders.lanes().items():
            wanted = FIRST
            if lane.well and lane.pace:
                wanted = min(AHEAD_JOBS, max(senders.SHARE, int(senders.SHARE * AHEAD_SECONDS / lane.pace)))
            shares[key] = max(0, wanted - lane.held)
        return shares

    def _attempt(self, job):
        """Send one job; runs in a thread. Whatever goes wrong here counts as a failed attempt.

        :return: (what queue.record() takes, whether it was successful)
        """
        began = time.monotonic()
        number = job.attempt_count + 1
        try:
            built = request.build(job, job.endpoint, number, self.dbname, self.settings.version)
            result = transport.send(built, self.settings.timeout, self.settings.networks)
            result = result._replace(answer=job.endpoint.masked(result.answer))
        except ValueError as error:  # there is no such request: trying again would not help
            result = transport.Result(None, 0.0, "", {}, str(error), True)
        except Exception as error:
            _logger.exception("Webhook job %s cannot be sent", job.id)
            result = transport.Result(None, 0.0, "", {}, f"{type(error).__name__}: {error}")
        decided = outcome.decide(result, number, self.settings.retries)
        return (job, began, result, decided), decided.state == states.DELIVERED

    def _record(self, reports, unsent):
        """Record what came of jobs; not to be sent twice, they are kept here while the database is away."""
        patience = time.monotonic() + PATIENCE
        kept = {states.DELIVERED: self.settings.keep_delivered, states.FAILED: self.settings.keep_failed}
        drop = [state for state, days in kept.items() if not days]
        while True:
            try:
                with self.cursor() as cr:
                    if unsent:
                        queue.release(cr, unsent)
                    pauses = queue.record(cr, reports, drop, self.claims.quick) if reports else {}
                break
            except (psycopg2.OperationalError, psycopg2.InterfaceError, PoolError):
                if time.monotonic() > patience:  # their leases have ended, and they will be sent again
                    _logger.exception("What came of %s webhook jobs cannot be recorded", len(reports))
                    return
                _logger.warning("The database is away; what came of webhook jobs is recorded later")
                time.sleep(AWAY_SECONDS)
            except Exception:
                if len(reports) + len(unsent) == 1:  # its lease will end, and it will be sent again
                    _logger.exception("What came of a webhook job cannot be recorded")
                    return
                for report in reports:  # one bad report must not take the others with it
                    self._record([report], [])
                for job in unsent:
                    self._record([], [job])
                return
        if pauses:
            self.pause(pauses)
