"""Senders that wait for their receivers: how near they come to what is possible, with one process and two, in how much memory."""

import statistics

from benchmarks import Row
from benchmarks.sides import OdooSide

from . import BODY, MACHINE, database
from .receiver import Receiver
from .throughput import DRIVER

SENDERS, WEBHOOKS, WAIT = 32, 8, 100  # four at a time for each webhook; the wait in ms
BOUND = SENDERS / WAIT * 1000  # deliveries a second
JOBS, ROUNDS = 1920, 3
LONG, LONG_JOBS = 1_000_000, 160  # bytes
BIG, BIG_JOBS = 100, 96  # MB


def measure(workspace):
    """Measure ``delivery.slow_receiver_share``, ``scale.two_processes`` and ``memory.full_load_mb``.

    :return: list of Row
    """
    name = database(workspace, "waiting")
    with Receiver(workspace, WEBHOOKS) as receiver:
        possible = receiver.call("rate", path=f"/wait/{WAIT}", connections=4 * SENDERS, seconds=3)
        with OdooSide(workspace, DRIVER, name) as first:
            first.call("subscribe", addresses=receiver.addresses(f"/wait/{WAIT}"))
            first.call("fill", jobs=JOBS)
            fresh = first.call("drain")
            with OdooSide(workspace, DRIVER, name, name="-second") as second:
                second.call("webhooks")
                rounds, bare = [], []
                for _ in range(ROUNDS):
                    rounds.append((_alone(first), _together(first, second)))
                    bare.append(receiver.call("rate", path=f"/wait/{WAIT}", connections=SENDERS, seconds=3))
        long = _fresh(workspace, name, receiver.addresses(f"/wait/{WAIT}"), jobs=LONG_JOBS, size=LONG)
        big = _fresh(workspace, name, receiver.addresses(f"/big/{BIG}"), jobs=BIG_JOBS)
    how = (
        f"receivers that take {WAIT} ms (a client that does nothing else gets {possible:.0f} answers a second over "
        f"{4 * SENDERS} connections), {WEBHOOKS} webhooks on as many hosts, {BODY} bytes; {MACHINE}"
    )
    alone = statistics.median(JOBS / one["seconds"] for one, _ in rounds)
    together = statistics.median(2 * JOBS / two["seconds"] for _, two in rounds)
    shares = [statistics.median(two["shares"][side] for _, two in rounds) for side in (0, 1)]
    work = [
        statistics.median(answer["work"] / answer["jobs"] * 1e6 for answer in side)
        for side in zip(*rounds, strict=True)
    ]
    grown = [answer["peak"] - answer["before"] for answer in (fresh, long, big)]
    return [
        Row(
            "delivery.slow_receiver_share",
            round(alone / BOUND, 3),
            "of the bound",
            "at least 0.95",
            f"{alone:.0f} of {BOUND:.0f} deliveries a second ({SENDERS} senders in one process); {JOBS} jobs, median of "
            f"{ROUNDS} rounds, by the clock from the dispatcher's start to the last record of an answer; a bare client over {SENDERS} connections, in "
            f"turns with it, got {statistics.median(bare):.0f}; {how}",
        ),
        Row(
            "scale.two_processes",
            round(together / alone, 2),
            "times",
            "at least 1.7",
            f"two sending processes {together:.0f} a second ({shares[0]:.0%} and {shares[1]:.0%} of the jobs), one "
            f"{alone:.0f}; processor time of the senders for a delivery {work[1]:.0f} against {work[0]:.0f} µs; bound by the "
            f"waits for the receivers, as this machine's two cores also carry PostgreSQL and the receiver; {2 * JOBS} against "
            f"{JOBS} jobs, median of {ROUNDS} rounds in turns, by the clock; {how}",
        ),
        Row(
            "memory.full_load_mb",
            round(max(grown), 1),
            "MB",
            "under 60",
            f"{grown[0]:.1f} MB at {SENDERS} senders and {JOBS} jobs, {grown[1]:.1f} MB with {LONG_JOBS} bodies of {LONG:,} "
            f"bytes instead, {grown[2]:.1f} MB with {BIG_JOBS} answers of {BIG} MB: the most resident memory during the first dispatch of a new process, less what it had before "
            f"({fresh['before']:.0f} MB); {how}",
        ),
    ]


def _fresh(workspace, name, addresses, **jobs):
    """A dispatch in a new process."""
    with OdooSide(workspace, DRIVER, name, name="-fresh") as sender:
        sender.call("subscribe", addresses=addresses)
        sender.call("fill", **jobs)
        return sender.call("drain")


def _alone(sender):
    sender.call("fill", jobs=JOBS)
    return sender.call("drain")


def _together(first, second):
    """Two at once; the ``jobs`` and the ``seconds`` of both, and the share of each in the work."""
    first.call("fill", jobs=2 * JOBS)
    for sender in (first, second):
        sender.ask("drain")
    answers = [sender.answer() for sender in (first, second)]
    work = [answer["work"] for answer in answers]
    return {
        "jobs": 2 * JOBS,
        "seconds": max(answer["seconds"] for answer in answers),
        "work": sum(work),
        "shares": [each / sum(work) for each in work],
    }
