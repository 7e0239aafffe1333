"""How long a job waits before it is tried again."""

import random

# Seconds before the 2nd, 3rd … attempt; every later one waits as long as the last (contract, section 4).
WAITS = (5, 30, 3 * 60, 15 * 60, 60 * 60, 4 * 60 * 60)
JITTER = 0.2


def wait(attempts, random=random.random):
    """The wait after ``attempts`` failed attempts, spread by ±20 % so that jobs which failed together part ways.

    :param attempts: int, at least 1
    :param random: function that returns a float from 0 to 1
    :return: seconds, float
    """
    return spread(WAITS[min(attempts, len(WAITS)) - 1], random)


def spread(seconds, random=random.random):
    """``seconds``, or up to 20 % more or less."""
    return seconds * (1 + JITTER * (2 * random() - 1))


def stretched(seconds, random=random.random):
    """``seconds`` that somebody asked us to wait, or up to 20 % more, so that not all come back at once."""
    return seconds * (1 + JITTER * random())
