"""Several servers, several databases, and servers that are stopped in order (cases 60, 70 and 71 of a sender's tests)."""

import signal
import time
from collections import Counter

import pytest

from tests.end_to_end.support import NEVER, settings, until
from tools.server import OdooServer

from .support import PATIENCE, WAITING, Account, Writers, all_sent, senders, sql

BOTH = pytest.mark.parametrize("options", [(), ("--workers=2",)], ids=["threads", "workers"])
# Ways in which Odoo recycles a worker, and what it says then. The second kills it in the middle of its work.
RECYCLED = [
    pytest.param("--limit-request=4", "max request", id="requests"),
    pytest.param("--limit-time-real-cron=4", "timeout after", id="time", marks=pytest.mark.long),
]


@pytest.mark.core
def test_a_threaded_server_and_one_with_workers_share_the_work(own_server, receiver, size, found):
    servers = [own_server(), own_server("--workers=2")]
    count, webhooks = size(60, 1_000), 3
    writers = Writers(servers, count)
    writers.subscribe(receiver.url("/hook*?delay=0.2"), webhooks)
    working = set()

    def watched():
        working.update(senders(servers, receiver.port))
        return len(writers.written) >= count and sql(servers[0], WAITING) == [(0,)]

    with writers:
        until(watched, PATIENCE * size(1, 4))
    time.sleep(NEVER)
    account = Account(servers[0], receiver)
    account.check(writers, webhooks)
    assert not account.duplicates
    assert working == {0, 1}, "only one of the servers sent something"
    found("two servers, threads and workers", f"{len(account.events)} events", "none lost, none twice; both sent")


@pytest.mark.core
@BOTH
def test_a_server_that_is_told_to_end_finishes_what_it_sends_and_records_it(own_server, receiver, options, size, found):
    rounds, events = size(1, 10), 12
    server = own_server(*options)
    server.client().subscribe("res.partner.category", "on_create", receiver.url("/hook?delay=1"), field_names="name")
    longest = 0
    for number in range(rounds):
        odoo, before = server.client(), len(receiver.got())
        for name in range(events):
            odoo.create("res.partner.category", name=f"Tree {number} {name}")
        receiver.wait_for(before + 1)
        server.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        server.process.wait(timeout=12)
        longest = max(longest, time.monotonic() - told)
        begun, total = len(receiver.got()), events * (number + 1)
        states = dict(sql(server, "SELECT state, count(*) FROM webhook_job GROUP BY 1"))
        assert states == +Counter(delivered=begun, pending=total - begun), server.tail()
        server.start()
        all_sent(server, 60)
    time.sleep(NEVER)
    sent = Counter(request.header("webhook-id") for request in receiver.got())
    assert (len(sent), set(sent.values())) == (total, {1})
    assert sql(server, "SELECT number, status, count(*) FROM webhook_attempt GROUP BY 1, 2") == [(1, 200, total)]
    found(
        f"Odoo told to end ({' '.join(options) or 'threads'})",
        f"{total} events, {rounds} times, receiver takes 1 s",
        f"all under way finished, none sent twice; ended within {longest:.1f} s",
    )


@pytest.mark.parametrize(("option", "said"), RECYCLED)
def test_the_jobs_of_a_worker_that_is_recycled_go_on(own_server, receiver, option, said, size, found):
    server = own_server("--workers=2", "--log-level=info", option)
    settings(server.client(), timeout=3, retries=5)
    writers = Writers([server], size(20, 100))
    writers.subscribe(receiver.url("/hook*?delay=0.2"), 2)
    with writers:
        writers.reach(writers.count)
    all_sent(server)
    account = Account(server, receiver)
    account.check(writers, 2)
    recycled = server.log.read_text().count(said)
    assert recycled > 1
    if said == "max request":
        assert not account.duplicates
    found(
        f"workers recycled ({option})",
        f"{len(account.events)} events, {recycled} workers",
        f"none lost, all in order; {account.duplicates.total()} sent twice",
    )


def test_two_databases_of_one_server_are_both_served_and_one_goes_on_without_the_other(workspace, receiver):
    names = [workspace.create_database(f"webhook_{name}", "webhook_installed") for name in ("one", "two")]
    with OdooServer(workspace, ",".join(names)) as server:
        clients = {name: server.client(database=name) for name in names}
        for name, client in clients.items():
            client.subscribe("res.partner.category", "on_create", receiver.url(f"/{name}"), field_names="name")
            client.subscribe("res.partner", "on_create", receiver.url(f"/{name}?fail=1"), field_names="name")

        def make(name, count):
            for number in range(count):
                clients[name].create("res.partner.category", name=f"Tree {number}")

        for name in names:
            make(name, 10)
            clients[name].create("res.partner", name="Oak")  # and one whose first attempt fails
        for name in names:
            requests = receiver.wait_for(12, f"/{name}", timeout=60)
            assert {request.header("X-Odoo-Database") for request in requests} == {name}
            assert len({request.header("webhook-id") for request in requests}) == 11
        workspace.server.drop(names[0])
        make(names[1], 5)
        receiver.wait_for(17, f"/{names[1]}", timeout=60)
    workspace.server.drop(names[1])
