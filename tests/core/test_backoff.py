import pytest
from odoo.addons.webhook.delivery import backoff


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 30), (3, 180), (4, 900), (5, 3600), (6, 14400), (7, 14400), (50, 14400)]
)
def test_waits_grow_as_promised(attempts, seconds):
    assert backoff.wait(attempts, lambda: 0.5) == seconds


def test_waits_are_spread_by_a_fifth_at_most():
    waits = [backoff.wait(1) for _ in range(10_000)]
    assert min(waits) >= 4
    assert max(waits) <= 6
    assert len(set(waits)) > 9_000
    assert (backoff.wait(1, lambda: 0), backoff.wait(1, lambda: 1)) == (4, 6)
