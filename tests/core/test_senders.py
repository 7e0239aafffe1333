"""The threads that send, with receivers that the tests let answer when they like."""

import collections
import threading
import time

import pytest
from odoo.addons.webhook.delivery import senders
from odoo.addons.webhook.delivery.senders import Senders

Job = collections.namedtuple("Job", "id webhook_id body send_until")


def job(number, webhook=1, seconds=60):
    return Job(number, webhook, "{}", time.monotonic() + seconds)


class Receivers:
    """Attempts that wait until their webhook is told to answer."""

    def __init__(self):
        self.changed = threading.Condition()
        self.under_way = []
        self.most = collections.Counter()
        self.answers = {}

    def attempt(self, each):
        with self.changed:
            self.under_way.append(each)
            now = collections.Counter(job.webhook_id for job in self.under_way)
            self.most = self.most | now
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: each.webhook_id in self.answers, 20)
            self.under_way.remove(each)
            well = self.answers[each.webhook_id]
        return (each, well), well

    def answer(self, webhook, well=True):
        with self.changed:
            self.answers[webhook] = well
            self.changed.notify_all()

    def wait_for(self, count, sent):
        """Wait until so many attempts are under way, as a dispatcher does: looking for what is reported meanwhile."""
        until = time.monotonic() + 20
        while len(self.under_way) < count:
            assert time.monotonic() < until, len(self.under_way)
            assert sent.take(1000, 0.01, 0.01) == ([], [])


@pytest.fixture
def receivers():
    return Receivers()


@pytest.fixture
def start(receivers):
    """A function that makes senders; ``known`` is what is known of the receivers."""
    started = []

    def start(known=None):
        started.append(Senders(receivers.attempt, {} if known is None else known))
        return started[-1]

    yield start
    for each in started:
        each.withdraw()
        each.close()
    for webhook in range(200):
        receivers.answer(webhook)


def take_all(sent, count):
    reports, unsent = [], []
    deadline = time.monotonic() + 20
    while len(reports) + len(unsent) < count:
        assert time.monotonic() < deadline
        more, left = sent.take(count, 0.02, 1)
        reports += more
        unsent += left
    return reports, unsent


def test_all_are_sent_and_reported_once(start, receivers):
    receivers.answer(1)
    sent = start()
    jobs = [job(number) for number in range(500)]
    sent.put(jobs)
    reports, unsent = take_all(sent, 500)
    assert sorted(each.id for each, _well in reports) == list(range(500))
    assert not unsent
    assert (sent.held, sent.size) == (0, 0)


def test_a_receiver_gets_one_until_it_has_answered_and_then_a_few_at_a_time(start, receivers):
    sent = start()
    sent.put([job(number) for number in range(20)])
    receivers.wait_for(1, sent)
    assert receivers.most[1] == 1
    receivers.answer(1)
    take_all(sent, 20)
    assert 1 <= receivers.most[1] <= senders.SHARE


def test_what_was_learnt_is_known_to_the_next(start, receivers):
    known = {}
    receivers.answer(1)
    first = start(known)
    first.put([job(1)])
    take_all(first, 1)
    first.close()
    del receivers.answers[1]
    second = start(known)
    second.put([job(number) for number in range(20)])
    receivers.wait_for(senders.SHARE, second)
    assert receivers.most[1] == senders.SHARE


def test_after_a_failure_the_rest_comes_back_unsent(start, receivers):
    sent = start()
    sent.put([job(number) for number in range(10)])
    receivers.answer(1, well=False)
    reports, unsent = take_all(sent, 10)
    assert len(reports) == 1
    assert len(unsent) == 9


def test_receivers_that_hang_do_not_hold_up_another(start, receivers):
    sent = start()
    hanging = range(2, 102)
    sent.put([job(number, webhook) for number, webhook in enumerate(hanging)])
    receivers.wait_for(senders.SENDERS, sent)
    receivers.answer(1)
    sent.put([job(1000)])
    until = time.monotonic() + 20
    reports = []
    while not reports:
        assert time.monotonic() < until, "it waits for those that hang"
        reports, _unsent = sent.take(1, 0.01, 0.1)
    assert reports == [(reports[0][0], True)]
    assert reports[0][0].id == 1000


def test_a_job_that_waited_for_too_long_is_not_sent(start, receivers):
    receivers.answer(1)
    sent = start()
    sent.put([job(1, seconds=-1)])
    reports, unsent = take_all(sent, 1)
    assert not reports
    assert [each.id for each in unsent] == [1]


def test_what_is_withdrawn_comes_back_unsent_and_what_is_under_way_is_reported(start, receivers):
    sent = start()
    sent.put([job(number) for number in range(10)])
    receivers.wait_for(1, sent)
    sent.withdraw()
    receivers.answer(1)
    reports, unsent = take_all(sent, 10)
    assert len(reports) == 1
    assert len(unsent) == 9


def test_whoever_waits_for_reports_can_be_woken(start):
    sent = start()
    sent.put([job(1)])
    began = time.monotonic()
    threading.Timer(0.1, sent.wake).start()
    assert sent.take(1, 0.02, 30) == ([], [])
    assert time.monotonic() - began < 15


def test_threads_end_when_there_is_nothing_more_to_do(start, receivers):
    receivers.answer(1)
    sent = start()
    sent.put([job(number) for number in range(50)])
    take_all(sent, 50)
    names = [thread for thread in threading.enumerate() if thread.name.startswith("webhook-sender")]
    assert names
    sent.close()
    for thread in names:
        thread.join(10)
        assert not thread.is_alive()
