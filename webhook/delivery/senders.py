"""The threads that send. Each takes the next job itself, so that a fast receiver costs no hand-over for each job.

A webhook's jobs wait in its *lane*, from which only some may be under way at a time. Lanes whose receiver answered well the
last time come first; the others get a part of the senders only, so that receivers that hang, however many, never keep them
all busy. Senders that wait for an answer for long do not count, so that others take their place.
"""

import collections
import threading
import time

from . import threads

# So many attempts of one webhook may be under way in a process at a time; one, until an attempt was successful.
SHARE = 4
# So many senders at a time, those not counted that have waited for STUCK seconds; and so many in all. Of both, so many for
# lanes that are in doubt.
SENDERS = 32
DOUBTFUL = 16
MOST = 160
MOST_DOUBTFUL = 128
STUCK = 0.05
# More senders than these are of use only where receivers take longer to answer than Python to send.
FEW = 4
QUICK = 0.005
# How much a new duration counts in the average of a lane.
WEIGHT = 0.2


class Lane:
    """The jobs of one webhook, in this process."""

    __slots__ = ("pace", "queued", "under_way", "waiting", "well")

    def __init__(self, pace=None, well=False):
        self.waiting = collections.deque()
        self.under_way = 0
        self.queued = False  # whether it is among the lanes that senders take from
        self.well = well  # whether its last attempt was successful
        self.pace = pace  # seconds that its attempts take on average, or None

    @property
    def held(self):
        """How many jobs are here, waiting or under way."""
        return len(self.waiting) + self.under_way

    @property
    def open(self):
        """Whether another job may be sent now."""
        return bool(self.waiting) and self.under_way < (SHARE if self.well else 1)


class Senders:
    """Some threads that send jobs.

    :param attempt: function that sends a job and returns a report, a tuple that begins with the job, and whether it was
        successful; called in the threads
    :param known: dict in which is kept what is known of the receivers, for the next senders of this process
    """

    def __init__(self, attempt, known):
        self._attempt = attempt
        self._known = known
        self._lanes = {}
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._news = threading.Condition(self._lock)
        # The lanes that have something to send: those that are well, and those in doubt.
        self._ready = collections.deque()
        self._doubtful = collections.deque()
        self._began = {}  # when the attempt of each busy thread began, and whether it is one in doubt
        self._idle = 0
        self._threads = 0
        self._closed = False
        self._woken = False
        self._enough = 1
        self._reports = []
        self._unsent = []
        self.held = 0  # jobs that were put in, and whose report was not taken out yet
        self.size = 0  # characters of their bodies

    def put(self, jobs):
        """Have jobs sent."""
        with self._lock:
            for job in jobs:
                lane = self._lanes.get(job.webhook_id)
                if lane is None:
                    lane = self._lanes[job.webhook_id] = Lane(*self._known.get(job.webhook_id, ()))
                lane.waiting.append(job)
                self._queue(lane)
            self.held += len(jobs)
            self.size += sum(len(job.body) for job in jobs)
            self._engage()

    def take(self, enough, seconds, long):
        """Wait for reports, and return them.

        :param enough: return as soon as there are so many of them, or when nothing is left to send
        :param seconds: return so long after the first of them
        :param long: return after so many seconds, reports or not
        :return: (list of reports, list of jobs that were not sent after all)
        """
        with self._lock:
            until = time.monotonic() + long
            soon = None
            self._enough = enough
            while not self._woken:
                taken = self._done()
                now = time.monotonic()
                if taken and soon is None:
                    soon = now + seconds
                if taken >= min(enough, self.held) or now >= min(until, soon or until):
                    break
                # Looked at now and then: a receiver that turns out to be slow needs more senders.
                self._news.wait(min(min(until, soon or until) - now, QUICK if self._wanted() else STUCK))
                self._engage()
            self._woken = False
            reports, self._reports = self._reports, []
            unsent, self._unsent = self._unsent, []
            done = [report[0] for report in reports] + unsent
            self.held -= len(done)
            self.size -= sum(len(job.body) for job in done)
            return reports, unsent

    def wake(self):
        """Have :meth:`take` return."""
        with self._lock:
            self._woken = True
            self._news.notify()

    def withdraw(self):
        """Have what is not under way yet come out unsent."""
        with self._lock:
            for lane in self._lanes.values():
                self._empty(lane)
            self._news.notify()

    def lanes(self):
        """``{webhook id: Lane}`` of what was put in."""
        with self._lock:
            return dict(self._lanes)

    def close(self):
        """End the threads, once they are through with what is under way."""
        with self._lock:
            self._known.update((key, (lane.pace, lane.well)) for key, lane in self._lanes.items())
            self._closed = True
            self._work.notify_all()

    def _done(self):
        return len(self._reports) + len(self._unsent)

    def _empty(self, lane):
        self._unsent += lane.waiting
        lane.waiting.clear()  # where it is queued, it is passed over

    def _queue(self, lane):
        if lane.open and not lane.queued:
            lane.queued = True
            (self._ready if lane.well else self._doubtful).append(lane)

    def _wanted(self):
        """How many more senders could begin an attempt now, if there were that many."""
        return len(self._ready) + min(len(self._doubtful), self._room_for_doubt())

    def _room_for_doubt(self):
        """How many more attempts in doubt may begin."""
        if not self._doubtful:
            return 0
        now = time.monotonic()
        doubtful = [now - began for began, in_doubt in self._began.values() if in_doubt]
        return max(0, min(DOUBTFUL - sum(each < STUCK for each in doubtful), MOST_DOUBTFUL - len(doubtful)))

    def _engage(self):
        """Have more threads work, if there is something to do for them; twice as many as do already."""
        wanted = self._wanted()
        if not wanted:
            return
        now = time.monotonic()
        active = [each for each in (now - began for began, _in_doubt in self._began.values()) if each < STUCK]
        if len(active) >= FEW and max(active) < QUICK:
            return
        more = min(wanted, max(FEW, len(active)), SENDERS - len(active), MOST - len(self._began))
        for _ in range(more):
            if self._idle:
                self._idle -= 1
                self._work.notify()
            else:
                self._threads += 1
                threads.start(self._run, f"webhook-sender-{self._threads}")

    def _next_lane(self):
        """The lane from which to send now, or None."""
        if self._ready:
            return self._ready.popleft()
        return self._doubtful.popleft() if self._room_for_doubt() else None

    def _run(self):
        me = threading.get_ident()
        while True:
            with self._lock:
                self._began.pop(me, None)
                lane = self._next_lane()
                while lane is None:
                    if self._closed:
                        return
                    self._idle += 1
                    self._work.wait()  # whoever notifies takes it out of the idle ones
                    lane = self._next_lane()
                lane.queued = False
                if not lane.waiting:
                    continue
                job = lane.waiting.popleft()
                lane.under_way += 1
                began = time.monotonic()
                self._began[me] = began, not lane.well
                self._queue(lane)
            # After it, another process may have the job.
            report, well = self._attempt(job) if began < job.send_until else (None, False)
            with self._lock:
                lane.under_way -= 1
                if report is None:
                    self._unsent.append(job)
                else:
                    self._reports.append(report)
                    lane.well = well
                    took = time.monotonic() - began
                    lane.pace = took if lane.pace is None else lane.pace + WEIGHT * (took - lane.pace)
                    if not well:  # whether more is to be sent there is for the queue to say
                        self._empty(lane)
                self._queue(lane)
                if self._done() == 1 or self._done() >= min(self._enough, self.held):
                    self._news.notify()
