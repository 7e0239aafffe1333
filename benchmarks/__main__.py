"""Measure the groups that ``ONLY`` names, or all: ``python -m benchmarks``, run by `make bench`."""

import importlib
import os
import sys

from tools.environment import handed_on, say

from . import keep

GROUPS = ("rest", "capture")


def main():
    """Measure; return the exit code."""
    chosen = os.environ.get("ONLY", "").split() or GROUPS
    unknown = set(chosen) - set(GROUPS)
    if unknown:
        say(f"ERROR: There is no benchmark {', '.join(unknown)}. Choose of: {', '.join(GROUPS)}.")
        return 2
    workspace = handed_on()
    for group in chosen:
        rows = importlib.import_module(f".{group}", __package__).measure(workspace)
        keep(rows, workspace.series.name)
        for row in rows:
            print(f"{row.name}: {row.value} {row.unit} ({row.target}); {row.conditions}")
    return 0


sys.exit(main())
