import pytest
from odoo.addons.webhook.delivery import outcome, states
from odoo.addons.webhook.delivery.transport import Result


def result(status=None, error=None):
    return Result(status, 0.1, "", {}, error)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_2xx_is_delivered(status):
    assert outcome.decide(result(status), 1, 5) == (states.DELIVERED, None, None)


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 400, 401, 404, 409, 425, 429, 500, 503, 599])
def test_everything_else_is_tried_again(status):
    state, wait, reason = outcome.decide(result(status), 1, 5)
    assert state == states.PENDING
    assert 4 <= wait <= 6
    assert str(status) in reason


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (5, 6)])
def test_attempts_are_one_more_than_retries(retries, attempts):
    assert outcome.decide(result(500), attempts, retries).state == states.FAILED
    if retries:
        assert outcome.decide(result(500), attempts - 1, retries).state == states.PENDING


def test_no_answer_at_all_gives_the_error_as_reason():
    assert outcome.decide(result(error="No answer within 5 seconds."), 1, 0).reason == "No answer within 5 seconds."
