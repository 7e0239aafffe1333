"""Faults, with real processes: killed servers, a restarted database, receivers that misbehave, clocks that jump.

Each test has a short form, and a long one for `make soak`, which prints what it found as a table. On the older series the
short form is that of the tests marked ``core``.
"""

import os
from pathlib import Path

import pytest

from tools.addons import NEWEST
from tools.environment import handed_on
from tools.receiver import Receiver

SOAK = bool(os.environ.get("SOAK"))
FOLDER = Path(__file__).parent
FINDINGS = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line("markers", "core: a fault test that the short form has on each series")
    config.addinivalue_line("markers", "long: a fault test that only the long form has")
    config.stash[FINDINGS] = []


def pytest_collection_modifyitems(config, items):
    if SOAK:
        return
    newest = handed_on().series.name == NEWEST
    others = [
        item
        for item in items
        if FOLDER in item.path.parents
        and (item.get_closest_marker("long") or not (newest or item.get_closest_marker("core")))
    ]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_terminal_summary(terminalreporter, config):
    if SOAK and config.stash[FINDINGS]:
        terminalreporter.section("what the long form found")
        for row in [("fault", "load", "found"), ("---",) * 3, *config.stash[FINDINGS]]:
            terminalreporter.write_line(f"| {' | '.join(row)} |")


@pytest.fixture
def size():
    """``size(short, long)``: the number for the form that runs."""
    return lambda short, long: long if SOAK else short


@pytest.fixture
def found(request):
    """``found(fault, load, what)`` notes a row of the table; all are texts."""
    return lambda *row: request.config.stash[FINDINGS].append(row)


@pytest.fixture
def receiver():
    """A receiver that has got nothing yet, and forgets nothing."""
    with Receiver(kept=1_000_000) as receiver:
        yield receiver
