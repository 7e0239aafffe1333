"""What the capture adds to the time of a save: beside an Odoo without the addon, and beside ``base_automation``.

Each side is a process of its own with a database of its own (:mod:`.capture_driver`). All databases are copies of one that
has the same other modules; in each round each side does the same operation on the same number of records, in turns, so that
all meet the same noise and only one works at a time. What is compared is the time of the processor, of Odoo and of its
process of PostgreSQL together: on a machine that nobody else uses this is the time, and on another it is still the same.
"""

import statistics
import time
from contextlib import ExitStack, contextmanager

from tools.environment import say

from . import Row
from .sides import NO_AUTOVACUUM, OdooSide, install, new_database

MODULES = "base_setup,contacts"
# What is measured, and the kind of webhook that it concerns.
KINDS = {"create": "on_create", "write": "on_write", "bulk": "on_write", "unlink": "on_unlink"}
LABELS = {"create": "create", "write": "writes one by one", "bulk": "write in bulk", "unlink": "unlink"}
RECORDS, ROUNDS = 500, 31
# Seconds for the rounds of one operation: on a slow machine there are fewer.
LONGEST = 75
# A rule of base_automation takes so long, and longer with each record more, that there are fewer rounds.
AUTOMATED_ROUNDS = {"write": 2, "create": 1}
WARM_UP = 1  # rounds
SEEN = 1  # µs a record: a difference that is less is noise
IMPORTED, IMPORTS = 10_000, 2


def measure(workspace):
    """Measure all of it.

    :return: list of Row
    """
    say("making the databases")
    plain = new_database(workspace, "webhook_bench_plain", MODULES)
    workspace.server.sql(NO_AUTOVACUUM, plain)
    watched = {name: _copy(workspace, f"webhook_bench_{name}") for name in ("none", "one", "ten")}
    automated = {name: _copy(workspace, f"webhook_bench_{name}") for name in ("idle", "automation")}
    for database in watched.values():
        _install(workspace, database, "webhook")
    for database in automated.values():
        _install(workspace, database, "base_automation")
    say("measuring the operations")
    answers = _operations(workspace, {"plain": plain, **watched})
    say("measuring base_automation")
    beside = _automation(workspace, automated)
    say("measuring the import")
    return [*_rows(answers, beside, workspace.series), *_imports(workspace, watched)]


def _operations(workspace, databases):
    """The answers of each round, ``{operation: {side: [answer]}}``."""
    webhooks = {"none": 0, "one": 1, "ten": 10}
    found, rounds = {}, ROUNDS
    with _sides(workspace, databases) as sides:
        for operation, kind in KINDS.items():
            for name, count in webhooks.items():
                sides[name].call("watch", kind=kind, count=count)
            answers = _in_turns(sides, operation, RECORDS, rounds)
            rounds = len(answers["one"])  # the next operations take the records that these made
            assert all(answer["events"] == 0 for answer in answers["none"])
            assert all(answer["events"] == RECORDS for answer in answers["one"])
            assert all(answer["events"] > RECORDS for answer in answers["ten"])
            found[operation] = answers
    return found


def _automation(workspace, databases):
    """The same with a rule of ``base_automation``, and with that rule archived."""
    with _sides(workspace, databases) as sides:
        for name, side in sides.items():
            for batch in range(WARM_UP + AUTOMATED_ROUNDS["write"]):
                side.call("measure", operation="create", batch=batch, count=RECORDS)
            side.call("automate", active=name == "automation")
        return {
            "write": _in_turns(sides, "write", RECORDS, AUTOMATED_ROUNDS["write"]),
            "create": _in_turns(sides, "create", RECORDS, AUTOMATED_ROUNDS["create"], warm_up=0),
        }


def _in_turns(sides, operation, records, rounds, warm_up=WARM_UP):
    """The answers of each side without those of the ``warm_up`` rounds, in an order that is another in each round."""
    for side in sides.values():
        side.tidy()
    answers, order = {name: [] for name in sides}, list(sides)
    deadline = time.monotonic() + LONGEST
    for number in range(warm_up + rounds):
        if number > warm_up + 2 and time.monotonic() > deadline:
            break
        for name in order:
            answer = sides[name].call("measure", operation=operation, batch=number, count=records)
            if number >= warm_up:
                answers[name].append(answer)
        order.reverse()  # those that are compared stay neighbours
    return answers


def _ratio(answers, side, other):
    """The median of the ratios of each round."""
    return statistics.median(one / two for one, two in _pairs(answers, side, other))


def _added(answers, side, other):
    """The median of the differences of each round, in µs a record."""
    return statistics.median(one - two for one, two in _pairs(answers, side, other)) / RECORDS * 1e6


def _pairs(answers, side, other):
    return [(one["work"], two["work"]) for one, two in zip(answers[side], answers[other], strict=True)]


def _both(answers, side, other):
    """The medians of two sides, for people to read."""
    one, two, by_clock, other_by_clock = (
        statistics.median(answer[key] for answer in answers[name]) * 1000
        for key in ("work", "seconds")
        for name in (side, other)
    )
    return f"{one:.1f} against {two:.1f} ms (by the clock {by_clock:.1f} against {other_by_clock:.1f} ms)"


def _rows(answers, beside, series):
    rounds = _list({operation: len(each["one"]) for operation, each in answers.items()}, "")
    how = f"{RECORDS} partners and the commit, median of rounds in turns ({rounds}), time of the processor; {MODULES}"
    unwatched = {operation: _ratio(each, "none", "plain") for operation, each in answers.items()}
    create = answers["create"]
    one = {operation: max(_added(each, "one", "none"), SEEN) for operation, each in answers.items()}
    ten = {
        operation: _added(each, "ten", "none") / one[operation]
        for operation, each in answers.items()
        if one[operation] > SEEN
    }
    events = statistics.mean(answer["events"] for answer in create["ten"]) / RECORDS
    return [
        Row(
            "capture.unwatched_ratio",
            round(max(unwatched.values()), 3),
            "ratio",
            "at most 1.02",
            f"the worst of {_list(unwatched, '.3f')}; with the addon and no webhook, against without the addon; {how}",
        ),
        Row(
            "capture.create_ratio",
            round(_ratio(create, "one", "none"), 2),
            "ratio",
            "at most 1.25",
            f"{_both(create, 'one', 'none')}; one webhook with five fields against none; {how}",
        ),
        *(
            Row(
                f"capture.{name}",
                round(one[operation]),
                "µs a record",
                "at most 120",
                ("" if one[operation] > SEEN else "too little to be told apart from the noise; ")
                + f"added by one webhook with five fields: {_both(answers[operation], 'one', 'none')}; {how}",
            )
            for name, operation in (("bulk_write_us", "bulk"), ("unlink_us", "unlink"))
        ),
        _beside_base_automation(one, beside, series),
        Row(
            "capture.ten_webhooks_ratio",
            round(max(ten.values()), 1),
            "ratio",
            "at most 5",
            f"the worst of {_list(ten, '.1f')}; what ten webhooks with a condition each ({events:.1f} events a record) "
            f"add, against what one without condition adds; {how}",
        ),
    ]


def _beside_base_automation(one, beside, series):
    """:param one: what one webhook adds to each operation, in µs a record"""
    theirs = {operation: _added(each, "automation", "idle") for operation, each in beside.items()}
    times = {operation: theirs[operation] / one[operation] for operation in beside}
    added = {operation: f"{theirs[operation]:.0f} against {one[operation]:.0f} µs" for operation in beside}
    return Row(
        "capture.vs_base_automation",
        round(min(times.values()), 1),
        "times",
        f"at least {40 if series.number >= 15 else 10}",
        f"the smaller of {_list(times, '.1f')}; added to a record by a rule with an empty action, against one webhook "
        f"with five fields: {_list(added, '')}; {RECORDS} partners and the commit, the rule in few rounds "
        f"({_list(AUTOMATED_ROUNDS, '')}) against the same rule archived; time of the processor",
    )


def _list(figures, form):
    return ", ".join(f"{LABELS[operation]} {figure:{form}}" for operation, figure in figures.items())


def _imports(workspace, databases):
    """An import with one webhook for created partners, and with none; each in a new process."""
    webhooks = {"none": 0, "one": 1}
    answers = {name: [] for name in webhooks}
    order = list(webhooks)
    for number in range(IMPORTS):
        for name in order:
            with Side(workspace, databases[name]) as side:
                side.call("watch", kind="on_create", count=webhooks[name])
                side.tidy()
                side.call("load", count=100, prefix=f"{number}, before")
                answer = side.call("load", count=IMPORTED, prefix=str(number))
            assert answer["events"] == webhooks[name] * IMPORTED
            answers[name].append(answer)
        order.reverse()
    peak = {name: statistics.median(answer["peak"] for answer in each) for name, each in answers.items()}
    how = f"load() of {IMPORTED} partners and the commit, one webhook with five fields against none; each in a new process, "
    how += f"median of {IMPORTS}"
    return [
        Row(
            "capture.import_ratio",
            round(_ratio(answers, "one", "none"), 2),
            "ratio",
            "at most 1.3",
            f"{_both(answers, 'one', 'none')}; {how}, time of the processor",
        ),
        Row(
            "capture.import_mb",
            round(peak["one"] - peak["none"], 1),
            "MB",
            "at most 40",
            f"the most memory of the process: {peak['one']:.0f} against {peak['none']:.0f} MB; {how}",
        ),
    ]


def _copy(workspace, name):
    return workspace.create_database(name, "webhook_bench_plain")


def _install(workspace, database, modules):
    install(workspace, database, modules)
    workspace.server.sql(NO_AUTOVACUUM, database)


@contextmanager
def _sides(workspace, databases):
    """A running :class:`Side` for each database."""
    with ExitStack() as running:
        yield {name: running.enter_context(Side(workspace, database)) for name, database in databases.items()}


class Side(OdooSide):
    """An Odoo that does the operations, with a database of its own."""

    def __init__(self, workspace, database):
        super().__init__(workspace, "benchmarks.capture_driver", database)
