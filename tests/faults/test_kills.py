"""Odoo is killed, its workers too, while people work (case 59 of a sender's tests)."""

from collections import Counter

import pytest

from .conftest import SOAK
from .support import Account, Writers, all_sent, in_flight, sql

SEED, WEBHOOKS = 20261126, 4
# The lease of what a dead process was sending ends: what would take a minute is said to the database.
END_LEASES = "UPDATE webhook_job SET lease_until = now() AT TIME ZONE 'UTC' WHERE state = 'sending'"


@pytest.mark.core
@pytest.mark.parametrize(
    "options", [pytest.param((), id="threads"), pytest.param(("--workers=2",), id="workers", marks=pytest.mark.long)]
)
def test_nothing_is_lost_and_the_order_stays_when_odoo_is_killed_again_and_again(
    own_server, receiver, options, size, found
):
    kills, count = size(4, 20), size(100, 1_250)
    server = own_server(*options)
    writers = Writers([server], count)
    writers.subscribe(receiver.url("/hook*?delay=0.05"), WEBHOOKS)
    interrupted = Counter()
    with writers:
        for _kill in writers.moments(kills, SEED):
            server.kill()
            interrupted.update(in_flight(server))
            if not SOAK:
                sql(server, END_LEASES)
            server.start()
    all_sent(server)
    account = Account(server, receiver)
    account.check(writers, WEBHOOKS)
    # Only what was under way at a kill comes again, and no oftener than it was killed.
    assert not account.duplicates - interrupted
    assert interrupted, "nothing was being sent at any of the kills, so the test shows little"
    found(
        f"Odoo killed ({' '.join(options) or 'threads'})",
        f"{len(account.events)} events, {kills} kills",
        f"none lost, all in order; {account.duplicates.total()} sent twice of {interrupted.total()} under way at a kill",
    )
