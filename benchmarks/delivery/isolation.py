"""Whether endpoints that hang delay the others."""

import time

from benchmarks import Row
from tools.server import OdooServer

from . import MACHINE, database
from .receiver import Receiver
from .served import Change, delays, percentile

ENDPOINTS, HANGING = 100, 50
PAUSE = 0.01  # seconds between two events
SECONDS = {"before": 20, "hanging": 50, "after": 20}
ONSET = 20  # seconds
PATIENCE = 60
# Each partner concerns one webhook, by its condition.
CREATE = 'changed = env["res.partner"].create({"name": "Bench", "ref": env.context["bench"]}).id'


def measure(workspace):
    """Measure ``isolation.p99_ratio``.

    :return: list of Row
    """
    name = database(workspace, "isolation")
    with Receiver(workspace, ENDPOINTS) as receiver, OdooServer(workspace, name, "--log-level=warn") as server:
        client = server.client()
        create = Change(client, CREATE)
        found = {}
        for phase, seconds in SECONDS.items():
            addresses = receiver.addresses("/ok", ENDPOINTS)
            if phase == "hanging":
                addresses[:HANGING] = receiver.addresses("/hang", HANGING)
            found[phase] = _delays(workspace, name, client, create, receiver, addresses, seconds)
    calm = [delay for phase in ("before", "after") for _, delay in found[phase]]
    hanging = [delay for _, delay in found["hanging"]]
    onset = [delay for second, delay in found["hanging"] if second < ONSET]
    later = [delay for second, delay in found["hanging"] if second >= ONSET]
    p99, other = percentile(hanging, 0.99), percentile(calm, 0.99)
    return [
        Row(
            "isolation.p99_ratio",
            round(p99 / other, 2),
            "times",
            "at most 1.2",
            f"the p99 of the {ENDPOINTS - HANGING} healthy endpoints from commit to arrival {p99:.0f} ms ({len(hanging)} events) "
            f"against {other:.0f} ms ({len(calm)} events, before and after); p50 {percentile(hanging, 0.5):.0f} against "
            f"{percentile(calm, 0.5):.0f} ms; p99 of the first {ONSET} s {percentile(onset, 0.99):.0f} ms, of the rest "
            f"{percentile(later, 0.99):.0f} ms; {HANGING} other endpoints that had no failure yet begin to hang to the deadline "
            f"of 5 s; single partners created by RPC, one after the other, each for one of {ENDPOINTS} webhooks in turns "
            f"({len(hanging) / (1 - HANGING / ENDPOINTS) / SECONDS['hanging']:.0f} a second), threaded server; {MACHINE}",
        )
    ]


def _delays(workspace, name, client, create, receiver, addresses, seconds):
    """Lists of (seconds since the first event, ms from commit to arrival), of the healthy endpoints."""
    client.call("webhook.webhook", "unlink", client.call("webhook.webhook", "search", []))
    for number, address in enumerate(addresses):
        condition = f"[('ref', '=', 'to {number}')]"
        client.subscribe("res.partner", "on_create", address, field_names="name, email", condition=condition)
    receiver.call("arrivals")
    committed, healthy = {}, set()
    began, number = time.time(), 0
    while time.time() < began + seconds:
        record, moment = create(f"to {number % ENDPOINTS}")
        committed[record] = moment
        if number % ENDPOINTS >= HANGING:
            healthy.add(record)
        number += 1
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
