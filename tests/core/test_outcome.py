import time
from email.utils import formatdate

import pytest
from odoo.addons.webhook.delivery import outcome, states
from odoo.addons.webhook.delivery.transport import Result

HOUR = 3600


def result(status=None, error=None, hopeless=False, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Result(status, 0.1, "", named, error, hopeless)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_2xx_is_delivered(status):
    decided = outcome.decide(result(status), 1, 5)
    assert (decided.state, decided.wait, decided.reason) == (states.DELIVERED, None, None)
    assert not decided.outage


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 400, 401, 404, 409, 425, 429, 500, 503, 599])
def test_everything_else_is_tried_again(status):
    decided = outcome.decide(result(status), 1, 5)
    assert decided.state == states.PENDING
    assert 4 <= decided.wait <= 6
    assert str(status) in decided.reason


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (5, 6)])
def test_attempts_are_one_more_than_retries(retries, attempts):
    assert outcome.decide(result(500), attempts, retries).state == states.FAILED
    if retries:
        assert outcome.decide(result(500), attempts - 1, retries).state == states.PENDING


def test_no_answer_at_all_gives_the_error_as_reason():
    assert outcome.decide(result(error="No answer within 5 seconds."), 1, 0).reason == "No answer within 5 seconds."


def test_what_is_hopeless_fails_at_once_and_says_nothing_about_the_receiver():
    decided = outcome.decide(result(error="This address is refused.", hopeless=True), 1, 5)
    assert (decided.state, decided.reason, decided.outage) == (states.FAILED, "This address is refused.", False)


@pytest.mark.parametrize("status", [None, 408, 425, 429, 500, 502, 503, 504])
def test_no_answer_and_overload_are_outages(status):
    assert outcome.decide(result(status, "No."), 1, 5).outage


@pytest.mark.parametrize("status", [301, 400, 401, 404, 409, 410, 422])
def test_a_refusal_is_no_outage(status):
    assert not outcome.decide(result(status), 1, 5).outage


def test_410_says_that_no_more_is_wanted():
    assert outcome.decide(result(410), 1, 5).gone
    assert not outcome.decide(result(404), 1, 5).gone


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("120.6", 120.6),
        (" 90 ", 90),
        ("1000000000000", 4 * HOUR),
        ("inf", 4 * HOUR),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_ask_for_time_within_a_cap(status, value, seconds):
    decided = outcome.decide(result(status, retry_after=value), 1, 5)
    assert decided.retry_after == pytest.approx(seconds, abs=2)
    assert seconds - 2 <= decided.wait <= seconds * 1.2


@pytest.mark.parametrize(("ahead", "seconds"), [(300, 300), (10**9, 4 * HOUR)])
def test_it_may_name_a_moment_too(ahead, seconds):
    moment = formatdate(time.time() + ahead, usegmt=True)
    assert outcome.decide(result(429, retry_after=moment), 1, 5).retry_after == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "0", "nan", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Foo 2015 07:28:00 GMT"]
)
def test_what_makes_no_sense_as_a_time_is_ignored(value):
    decided = outcome.decide(result(429, Retry_After=value), 1, 5)
    assert decided.retry_after is None
    assert 4 <= decided.wait <= 6


@pytest.mark.parametrize("status", [200, 400, 500])
def test_other_answers_cannot_ask_for_time(status):
    assert outcome.decide(result(status, retry_after="1000"), 1, 5).retry_after is None


def test_a_receiver_that_asks_for_little_time_gets_the_usual():
    assert outcome.decide(result(429, retry_after="1"), 3, 5).wait >= 140
