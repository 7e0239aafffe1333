import pytest
from odoo.addons.webhook.delivery import breaker, states
from odoo.addons.webhook.delivery.outcome import Outcome

DELIVERED = Outcome(states.DELIVERED, None, None)
REFUSED = Outcome(states.PENDING, 5, "The receiver answered with status 400.")
DOWN = Outcome(states.PENDING, 5, "The receiver answered with status 500.", outage=True)


def follow(*outcomes, health=breaker.WELL, probe=False):
    return breaker.follow(health, [(outcome, probe) for outcome in outcomes], lambda: 0.5)


def test_fewer_outages_than_open_the_circuit_leave_it_closed():
    assert follow(*[DOWN] * 4) == (4, 4, 0, None)


def test_so_many_outages_in_a_row_open_it():
    assert follow(*[DOWN] * 5) == (5, 5, 1, 30)


def test_what_was_under_way_when_it_opened_does_not_make_it_longer():
    assert follow(*[DOWN] * 9).blocked_for == 30


def test_each_failed_probe_doubles_the_time_up_to_a_quarter_of_an_hour():
    health, times = follow(*[DOWN] * 5), []
    for _ in range(8):
        health = follow(DOWN, health=health._replace(blocked_for=None), probe=True)
        times.append(health.blocked_for)
    assert times == [60, 120, 240, 480, 900, 900, 900, 900]


def test_times_are_spread():
    times = {breaker.follow(breaker.WELL, [(DOWN, False)] * 5).blocked_for for _ in range(1000)}
    assert 24 <= min(times) < 26
    assert 34 < max(times) <= 36


def test_one_success_closes_it():
    assert follow(*[DOWN] * 5, DELIVERED) == breaker.WELL


def test_a_refused_event_shows_that_the_receiver_is_up_but_is_no_success():
    assert follow(*[DOWN] * 4, REFUSED, DOWN) == (6, 1, 0, None)
    assert follow(REFUSED, health=follow(*[DOWN] * 5), probe=True) == (6, 0, 0, None)


def test_a_time_that_the_receiver_asked_for_is_kept_to():
    assert follow(DOWN._replace(retry_after=100)).blocked_for == 100
    assert follow(*[DOWN] * 4, DOWN._replace(retry_after=10)).blocked_for == 30


DAY = 86400


@pytest.mark.parametrize(
    ("failures", "failing_for", "paused"),
    [(10, 5 * DAY, True), (9, 50 * DAY, False), (1000, 5 * DAY - 60, False), (10, 12.5 * DAY, True)],
)
def test_a_webhook_is_given_up_after_days_and_some_failures(failures, failing_for, paused):
    health = breaker.Health(failures, 0, 0, None)
    reason = breaker.reason_to_pause(health, failing_for, [REFUSED])
    assert bool(reason) == paused
    if paused:
        assert f"{int(failing_for / DAY)} days" in reason
        assert "status 400" in reason


def test_a_receiver_that_wants_no_more_is_given_up_at_once():
    assert "410" in breaker.reason_to_pause(breaker.WELL, 0, [DELIVERED, REFUSED._replace(gone=True)])
