"""One line for each long step, and one sentence for each thing that stops the work."""

import sys
import time
from contextlib import contextmanager

BEGAN = time.monotonic()


class EnvironmentProblem(Exception):
    """What is wrong and what to do about it, as one message for the person at the terminal."""


def say(text):
    """Print one progress line with the seconds since the command began."""
    print(f"[{time.monotonic() - BEGAN:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text):
    """Announce a long step, and say how long it took when it is over."""
    began = time.monotonic()
    say(f"{text} ...")
    yield
    say(f"{text}: done in {time.monotonic() - began:.1f} s")
