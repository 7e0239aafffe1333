"""What follows from an attempt. Decides; the queue obeys."""

import collections

from . import backoff, states

# state: the job's next one; wait: seconds until the next attempt, or None; reason: str, why it is not delivered, or None
Outcome = collections.namedtuple("Outcome", "state wait reason")


def decide(result, attempts, retries):
    """Decide from the result of an attempt (contract, section 4).

    :param result: a ``transport.Result``
    :param attempts: how many attempts were made, this one included
    :param retries: how many may follow the first
    :return: Outcome
    """
    if result.status is not None and 200 <= result.status < 300:
        return Outcome(states.DELIVERED, None, None)
    reason = result.error or f"The receiver answered with status {result.status}."
    if attempts > retries:
        return Outcome(states.FAILED, None, reason)
    return Outcome(states.PENDING, backoff.wait(attempts), reason)
