"""Figures, measured side by side in one run against something else: `make bench`, or `make bench ONLY=rest`.

Each group is a module with ``measure(workspace)``, which gives :class:`Row` after :class:`Row`; some have parts that can be
measured alone (``ONLY=delivery.claim``). The rows of a run take the places of those with the same name and series in
``benchmarks/results.json``, from which ``docs/benchmarks.md`` is written.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")
PAGE = RESULTS.parents[1] / "docs/benchmarks.md"
HEAD = """# Figures

Written by `make bench` (one group: `make bench ONLY=rest`; a part of one: `ONLY=delivery.claim`; another series:
`SERIES=14.0`). Ratios are medians of both sides, measured in turns in one run; absolute figures are those of the machine that
measured.

| figure | Odoo | value | target | how, and when |
|---|---|---|---|---|
"""


@dataclass
class Row:
    """One figure.

    :param name: ``group.what``
    :param unit: ``ratio``, ``ms`` …
    :param target: what it should be, in words
    :param conditions: how it was measured, with the figures behind it
    """

    name: str
    value: float
    unit: str
    target: str
    conditions: str


def keep(rows, series):
    """Write the rows of a run into the results, and the page anew."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    found = {(entry["name"], entry["series"]): entry for entry in known}
    for row in rows:
        found[row.name, series] = {**asdict(row), "series": series, "date": time.strftime("%Y-%m-%d")}
    entries = [found[key] for key in sorted(found)]
    RESULTS.write_text(json.dumps(entries, indent=2) + "\n")
    lines = [
        f"| `{each['name']}` | {each['series']} | {each['value']} {each['unit']} | {each['target']} "
        f"| {each['conditions']} ({each['date']}) |"
        for each in entries
    ]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n")
