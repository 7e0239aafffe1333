"""What follows from an attempt. Decides; the queue obeys."""

import collections
import time
from email.utils import parsedate_to_datetime

from . import backoff, states

# What follows. state: the job's next one; wait: seconds until the next attempt, or None; reason: str, why it is not
# delivered, or None; outage: whether the receiver seems to be down or overloaded; retry_after: seconds for which it wants to
# be left alone, or None; gone: whether it wants no more notifications at all.
Outcome = collections.namedtuple("Outcome", "state wait reason outage retry_after gone")
Outcome.__new__.__defaults__ = (False, None, False)

GONE = 410
# What says that the receiver, and not the event, is the problem; and what of it may say for how long.
OVERLOADED = (408, 425, 429)
WITH_RETRY_AFTER = (429, 503)
# A receiver may put us off for so long at most, in seconds.
LONGEST_RETRY_AFTER = 4 * 60 * 60


def decide(result, attempts, retries):
    """Decide from the result of an attempt (contract, section 4).

    :param result: a ``transport.Result``
    :param attempts: how many attempts were made, this one included
    :param retries: how many may follow the first
    :return: Outcome
    """
    status = result.status
    if status is not None and 200 <= status < 300:
        return Outcome(states.DELIVERED, None, None)
    reason = result.error or f"The receiver answered with status {status}."
    outage = not result.hopeless and (status is None or status >= 500 or status in OVERLOADED)
    retry_after = _retry_after(result) if status in WITH_RETRY_AFTER else None
    if result.hopeless or attempts > retries:
        return Outcome(states.FAILED, None, reason, outage, retry_after, status == GONE)
    wait = max(backoff.wait(attempts), backoff.stretched(retry_after or 0))
    return Outcome(states.PENDING, wait, reason, outage, retry_after, status == GONE)


def _retry_after(result):
    """The seconds that the receiver asks for (RFC 9110, 10.2.3: a number, or a date), within the cap; None if it does not."""
    value = next((value for name, value in result.headers.items() if name.lower() == "retry-after"), "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    return min(seconds, LONGEST_RETRY_AFTER) if seconds > 0 else None
