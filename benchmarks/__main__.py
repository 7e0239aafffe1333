"""Measure the groups that ``ONLY`` names, or all: ``python -m benchmarks``, run by `make bench`."""

import importlib
import os
import sys

from tools.environment import handed_on, say

from . import delivery, keep

GROUPS = {"rest": (), "capture": (), "delivery": delivery.PARTS}


def main():
    """Measure; return the exit code."""
    chosen = {}
    for name in os.environ.get("ONLY", "").split() or GROUPS:
        group, _, part = name.partition(".")
        if group not in GROUPS or (part and part not in GROUPS[group]):
            known = [*GROUPS, *(f"{group}.{part}" for group, parts in GROUPS.items() for part in parts)]
            say(f"ERROR: There is no benchmark {name}. Choose of: {', '.join(known)}.")
            return 2
        chosen.setdefault(group, []).extend([part] if part else [])
    workspace = handed_on()
    for group, parts in chosen.items():
        for row in importlib.import_module(f".{group}", __package__).measure(workspace, *([parts] if parts else [])):
            keep([row], workspace.series.name)
            print(f"{row.name}: {row.value} {row.unit} ({row.target}); {row.conditions}", flush=True)
    return 0


sys.exit(main())
