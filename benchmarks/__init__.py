"""Figures, measured side by side in one run against something else: `make bench`, or `make bench ONLY=rest`.

Each group is a module with ``measure(workspace)``, which returns a list of :class:`Row`. The rows of a run go into
``benchmarks/results.json``; those of other groups stay there as they are.
"""

import json
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


@dataclass
class Row:
    """One figure.

    :param name: ``group.what``
    :param value: a ratio unless the name has a unit at its end
    :param target: what it should be, in words
    :param conditions: how it was measured
    :param details: further figures behind it
    """

    name: str
    value: float
    target: str
    conditions: str
    details: dict = field(default_factory=dict)


def keep(rows, series):
    """Write the rows of a run into the results."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for row in rows:
        entry = {**asdict(row), "series": series, "date": time.strftime("%Y-%m-%d"), "cpu": platform.machine()}
        known[f"{entry.pop('name')} {series}"] = entry
    RESULTS.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")
