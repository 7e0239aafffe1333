"""Whether endpoints that hang delay the others."""

import time

from benchmarks import Row
from benchmarks.sides import OdooSide
from tools.server import OdooServer

from . import BODY, MACHINE, database
from .receiver import Receiver
from .served import Change, delays, percentile
from .throughput import DRIVER

ENDPOINTS = 100  # of which each second one hangs
PAUSE = 0.02  # seconds between two events
SECONDS = {"before": 20, "hanging": 45, "after": 20}
ONSET = 20  # seconds
PATIENCE = 60
# A job for one webhook, and beside it an event of another webhook, which has a sender woken.
CHANGE = f"""
env.cr.execute("SELECT bench_fill(ARRAY[%s], 1, {BODY})", [env.context["bench"]])
changed = env.cr.fetchone()[0]
env["res.partner.category"].create({{"name": "Bench"}})
"""


def measure(workspace):
    """Measure ``isolation.p99_ratio``.

    :return: list of Row
    """
    name = database(workspace, "isolation")
    with Receiver(workspace, ENDPOINTS) as receiver:
        found = {phase: _delays(workspace, name, receiver, phase) for phase in SECONDS}
    calm = [delay for phase in ("before", "after") for _, delay in found[phase]]
    hanging = [delay for _, delay in found["hanging"]]
    first = [delay for second, delay in found["hanging"] if second < ONSET]
    rest = [delay for second, delay in found["hanging"] if second >= ONSET]
    p99, other = percentile(hanging, 0.99), percentile(calm, 0.99)
    return [
        Row(
            "isolation.p99_ratio",
            round(p99 / other, 2),
            "times",
            "at most 1.2",
            f"the p99 of {ENDPOINTS // 2} healthy endpoints from commit to arrival {p99:.0f} ms ({len(hanging)} events in "
            f"{SECONDS['hanging']} s) against {other:.0f} ms ({len(calm)} events, before and after); p50 "
            f"{percentile(hanging, 0.5):.0f} against {percentile(calm, 0.5):.0f} ms; p99 of the first {ONSET} s "
            f"{percentile(first, 0.99):.0f} ms, of the rest {percentile(rest, 0.99):.0f} ms; {ENDPOINTS // 2} others, which never "
            f"failed before, begin to hang to the deadline of 5 s; jobs committed one at a time for {ENDPOINTS} webhooks in "
            f"turns ({2 * len(hanging) / SECONDS['hanging']:.0f} a second), threaded server; {MACHINE}",
        )
    ]


def _delays(workspace, name, receiver, phase):
    """Lists of (seconds since the first event, ms from commit to arrival), of the healthy endpoints."""
    addresses = receiver.addresses("/ok")
    if phase == "hanging":
        addresses[1::2] = receiver.addresses("/hang")[1::2]
    with OdooSide(workspace, DRIVER, name, name=phase) as driver:
        webhooks = driver.call("subscribe", addresses=addresses)
    with OdooServer(workspace, name, "--log-level=warn") as server:
        client = server.client()
        client.subscribe("res.partner.category", "on_create", addresses[0], field_names="name")
        change = Change(client, CHANGE)
        change(webhooks[0])
        began, committed, healthy = time.time(), {}, set()
        while time.time() < began + SECONDS[phase]:
            number = len(committed) % ENDPOINTS
            record, moment = change(webhooks[number])
            committed[record] = moment
            if number % 2 == 0:
                healthy.add(record)
            time.sleep(PAUSE)
        found = _wait(lambda arrivals: delays(workspace, name, committed, arrivals), healthy, receiver)
    # What has not come by now counts as if it came now.
    now = time.time()
    return [(committed[each] - began, found.get(each, (now - committed[each]) * 1000)) for each in healthy]


def _wait(delays, healthy, receiver):
    """Wait until all have come that concern a healthy endpoint, or for :data:`PATIENCE` seconds; return ``{record: ms}``."""
    arrivals, deadline = [], time.monotonic() + PATIENCE
    while True:
        arrivals += receiver.call("arrivals")
        found = {record: delay for (record, _path), delay in delays(arrivals).items() if record in healthy}
        if len(found) == len(healthy) or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
