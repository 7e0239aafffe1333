"""The circuit breaker of a webhook: what its attempts say about its receiver, and what follows for its queue.

A receiver that is down or overloaded is left alone for a while, then probed with one job at a time; one that has failed
for days is given up until somebody looks at it. Decides; :mod:`.queue` keeps the numbers in ``webhook_health``.
"""

import collections
import random

from . import backoff, states

# So many outages in a row open the circuit …
OUTAGES = 5
# … for so many seconds, twice as long after each failed probe, up to the longest.
SHORTEST = 30
LONGEST = 15 * 60
# Without a success for so long, and with so many failures, a webhook is paused.
GIVE_UP_SECONDS = 5 * 24 * 60 * 60
GIVE_UP_FAILURES = 10

# failures: attempts failed since the last success; outages: those in a row that say that the receiver is down;
# trips: how often the circuit has opened since it was closed; blocked_for: seconds until something may be sent, or None.
Health = collections.namedtuple("Health", "failures outages trips blocked_for")
WELL = Health(0, 0, 0, None)


def all_well(outcomes):
    """Whether all of these outcomes are successes."""
    return all(outcome.state == states.DELIVERED for outcome in outcomes)


def follow(health, attempts, random=random.random):
    """The health of a receiver after some more attempts.

    :param attempts: list of (outcome.Outcome, whether it was a probe), in the order in which they ended
    :param random: function that returns a float from 0 to 1
    :return: Health
    """
    for outcome, probe in attempts:
        if outcome.state == states.DELIVERED:
            health = WELL
            continue
        failures, outages, trips, blocked_for = health
        failures += 1
        if outcome.outage:
            outages += 1
            if probe or outages == OUTAGES:
                trips += 1
                blocked_for = _closed_for(trips, random)
        else:  # it is there, it only refuses this event
            outages, trips, blocked_for = 0, 0, None
        if outcome.retry_after:
            blocked_for = max(blocked_for or 0, outcome.retry_after)
        health = Health(failures, outages, trips, blocked_for)
    return health


def _closed_for(trips, random):
    """For how many seconds nothing is sent after the circuit has opened for the ``trips``-th time."""
    return backoff.spread(min(LONGEST, SHORTEST * 2 ** min(trips - 1, 10)), random)


def reason_to_pause(health, failing_for, outcomes):
    """Why a webhook is not to be sent to any more until somebody has looked at it: a sentence, or None.

    :param failing_for: seconds since the first failure after the last success
    :param outcomes: of the last attempts
    """
    if any(outcome.gone for outcome in outcomes):
        return (
            "The receiver answered with status 410: it wants no more notifications. Delete the webhook, or resume it if "
            "that was a mistake."
        )
    if health.failures >= GIVE_UP_FAILURES and failing_for >= GIVE_UP_SECONDS:
        reason = next(outcome.reason for outcome in reversed(outcomes) if outcome.reason)
        return (
            f"Nothing could be delivered for {int(failing_for // 86400)} days, in {health.failures} attempts. The last "
            f"one: {reason} Check the receiver and the callback URL, and resume; what waits is sent then."
        )
    return None
