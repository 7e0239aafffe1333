"""From the commit to the arrival at the receiver, when nothing else is to do."""

import random
import time

from benchmarks import Row
from tools.server import OdooServer

from . import MACHINE, database
from .receiver import Receiver
from .served import Change, delays, drained, percentile

EVENTS, WARM_UP = 200, 10
PAUSES = 0.05, 0.25  # seconds
MODES = {"threaded": (), "workers=2": ("--workers=2",)}
CREATE = 'changed = env["res.partner"].create({"name": "Bench"}).id'


def measure(workspace):
    """Measure ``latency.p50_ms`` and ``latency.p99_ms``.

    :return: list of Row
    """
    name = database(workspace, "latency")
    with Receiver(workspace, 1) as receiver:
        found = {mode: _delays(workspace, name, receiver, options) for mode, options in MODES.items()}
    how = (
        f"one webhook; {EVENTS} partners created by RPC, one at a time with {PAUSES[0] * 1000:.0f} to {PAUSES[1] * 1000:.0f} ms between; from the first function that "
        "Odoo runs after the commit to the last byte at a receiver in another process on loopback; no other scheduled actions; "
        + MACHINE
    )
    rows = []
    for title, share, target in (("p50", 0.5, 15), ("p99", 0.99, 150)):
        figures = {mode: percentile(each, share) for mode, each in found.items()}
        worst = {mode: max(each) for mode, each in found.items()}
        rows.append(
            Row(
                f"latency.{title}_ms",
                round(max(figures.values()), 1),
                "ms",
                f"under {target}",
                f"the worse of {_list(figures)} (the longest of all {_list(worst)}); {how}",
            )
        )
    return rows


def _list(figures):
    return ", ".join(f"{mode} {figure:.1f}" for mode, figure in figures.items())


def _delays(workspace, name, receiver, options):
    workspace.server.sql("TRUNCATE webhook_job CASCADE", name)
    committed = {}
    with OdooServer(workspace, name, "--log-level=warn", *options) as server:
        client = server.client()
        webhooks = client.call("webhook.webhook", "search", [])
        client.call("webhook.webhook", "unlink", webhooks)
        client.subscribe("res.partner", "on_create", receiver.addresses("/ok")[0], field_names="name, email")
        create = Change(client, CREATE)
        for number in range(WARM_UP + EVENTS):
            record, moment = create()
            if number >= WARM_UP:
                committed[record] = moment
            time.sleep(random.uniform(*PAUSES))
        drained(workspace, name)
    found = delays(workspace, name, committed, receiver.call("arrivals"))
    assert len(found) == EVENTS, f"{len(found)} of {EVENTS} arrived"
    return list(found.values())
