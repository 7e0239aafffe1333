"""Claiming jobs from a long queue, and beside a transaction that is open for long."""

import os
import statistics
import textwrap
import time

from benchmarks import Row
from benchmarks.sides import OdooSide
from tools.environment import CHECKOUT, say

from . import BODY, MACHINE, database
from .served import percentile
from .throughput import DRIVER

FEW, MANY = 1000, 1_000_000
DELIVERED = 100_000  # that are kept
BATCH, CLAIMS = 100, 100
# The number of webhooks, and how many jobs of each may be in a batch: as many as the dispatcher takes of one that is fast, or
# of each of many that are new to it.
SHAPES = {"1 webhook": (1, 100), "100 webhooks": (100, 2)}
# What is claimed and delivered while the old transaction is open.
CHURN = 60_000
PLAN = CHECKOUT / "docs/claim-plan.md"
HEAD = """# How jobs are claimed from a long queue

Written by `make bench ONLY=delivery.claim PLAN=1`: `EXPLAIN (ANALYZE, BUFFERS)` of a claim with {jobs:,} jobs of {size} bytes
waiting, on Odoo {series}. What it takes beside other lengths of the queue is in [benchmarks](benchmarks.md).
"""


def measure(workspace):
    """Measure ``claim.million_ratio``, ``claim.million_ms`` and ``claim.old_transaction_ms``.

    With ``PLAN`` in the environment, write the plans of the claim to ``docs/claim-plan.md`` too.

    :return: list of Row
    """
    found, plans = {}, {}
    with OdooSide(workspace, DRIVER, database(workspace, "claim")) as side:
        for shape, (webhooks, share) in SHAPES.items():
            side.call("subscribe", addresses=[f"http://127.0.0.1:9/{number}" for number in range(webhooks)])
            found[shape] = {}
            for backlog in (FEW, MANY):
                say(f"{shape}: {backlog:,} jobs")
                side.call("fill", jobs=backlog, delivered=DELIVERED)
                found[shape][backlog] = _claims(side, backlog, share)
            plans[shape] = side.call("plan", jobs=BATCH, share=share)
            say(f"{shape}: an old transaction")
            side.call("begin")
            began = time.monotonic()
            done = side.call("churn", jobs=CHURN)
            found[shape]["old"] = {**_claims(side, MANY - done, share), "done": done}
            found[shape]["seconds"] = time.monotonic() - began
            side.call("end")
    if os.environ.get("PLAN"):
        _write(plans, workspace.series.name)
    return _rows(found)


def _claims(side, backlog, share):
    """The times of claims, in ms, and the jobs of a claim."""
    answer = side.call("claims", count=CLAIMS, backlog=backlog, jobs=BATCH, share=share)
    times = answer["milliseconds"]
    return {
        "median": statistics.median(times),
        "p99": percentile(times, 0.99),
        "jobs": statistics.median(answer["jobs"]),
    }


def _rows(found):
    ratio = {shape: each[MANY]["median"] / each[FEW]["median"] for shape, each in found.items()}
    many = {shape: each[MANY]["median"] for shape, each in found.items()}
    old = {shape: each["old"]["median"] for shape, each in found.items()}
    assert all(each[backlog]["jobs"] == BATCH for each in found.values() for backlog in (FEW, MANY, "old"))
    figures = "; ".join(
        f"{shape}: {each[FEW]['median']:.2f} ms with {FEW:,} waiting (p99 {each[FEW]['p99']:.2f}), {each[MANY]['median']:.2f} "
        f"with {MANY:,} ({each[MANY]['p99']:.2f}), {each['old']['median']:.2f} beside an old transaction "
        f"({each['old']['p99']:.2f})"
        for shape, each in found.items()
    )
    how = (
        f"{figures}; medians of up to {CLAIMS} claims of {BATCH} jobs by the clock, each committed, its jobs then delivered and "
        f"replaced by new ones; {DELIVERED:,} delivered jobs beside; all jobs due, {BODY} bytes, each of another record; {MACHINE}"
    )
    done = ", ".join(f"{shape} {each['old']['done']:,} in {each['seconds']:.0f} s" for shape, each in found.items())
    return [
        Row(
            "claim.million_ratio",
            round(max(ratio.values()), 2),
            "ratio",
            "at most 1.5",
            f"the worst of {_list(ratio)}; {how}",
        ),
        Row("claim.million_ms", round(max(many.values()), 2), "ms", "at most 5", f"the worst of {_list(many)}; {how}"),
        Row(
            "claim.old_transaction_ms",
            round(max(old.values()), 2),
            "ms",
            "at most 50",
            f"the worst of {_list(old)}; after jobs of {MANY:,} were claimed and delivered under a transaction that was open all "
            f"the time ({done}), so that none of their old rows can be removed; {how}",
        ),
    ]


def _list(figures):
    return ", ".join(f"{shape} {figure:.2f}" for shape, figure in figures.items())


def _write(plans, series):
    parts = [HEAD.format(jobs=MANY, size=BODY, series=series)]
    for shape, statements in plans.items():
        parts.append(f"## {shape}\n")
        for statement, plan in statements:
            parts.append(f"```sql\n{textwrap.dedent(statement).strip()}\n```\n\n```\n{plan}\n```\n")
    PLAN.write_text("\n".join(parts))
    say(f"wrote {PLAN}")
