"""What the fault tests share: a database seen from outside, people who go on writing, and the account of what arrived."""

import contextlib
import http.client
import itertools
import os
import random
import threading
import xmlrpc.client
from collections import Counter, defaultdict
from pathlib import Path

import psycopg2

from tests.end_to_end.support import until

# Seconds in which a server that lives sends what it has, also when it must wait for the lease of a dead one to end.
PATIENCE = 150
# What waits, whatever for.
WAITING = "SELECT count(*) FROM webhook_job WHERE state IN ('pending', 'sending')"
IN_FLIGHT = "SELECT event FROM webhook_job WHERE state = 'sending'"
# The connections of a database but the asking one.
CONNECTIONS = """
    FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SERVER_GONE = (OSError, http.client.HTTPException, xmlrpc.client.Error)


def connect(server):
    """A connection to the database of an ``OdooServer``, each statement a transaction of its own."""
    variables = server.workspace.server.variables
    given = {name: variables.get(f"PG{name.upper()}") for name in ("host", "port", "user")}
    connection = psycopg2.connect(dbname=server.database, **given)
    connection.autocommit = True
    return connection


def sql(server, statement, **parameters):
    """Run one statement in the database of an ``OdooServer``; return its rows as tuples."""
    with contextlib.closing(connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def all_sent(server, timeout=PATIENCE):
    """Wait until no job of the server's database waits any more.

    :raises TimeoutError: with what there is
    """
    try:
        until(lambda: sql(server, WAITING) == [(0,)], timeout)
    except TimeoutError as error:
        states = sql(server, "SELECT state, error, count(*) FROM webhook_job GROUP BY 1, 2")
        raise TimeoutError(f"{error}: {states}") from None


def in_flight(server):
    """The events that were being sent when the server was killed."""
    until(lambda: sql(server, f"SELECT count(*) {CONNECTIONS}") == [(0,)])  # its last words were committed
    return [event for (event,) in sql(server, IN_FLIGHT)]


def senders(servers, port):
    """Those of ``servers`` with a process that holds a connection to a port of this machine.

    :return: set of positions in ``servers``
    """
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[2].endswith(f":{port:04X}")}
    groups = {server.process.pid: position for position, server in enumerate(servers)}
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile
            group = os.getpgid(int(process.name))
            if group in groups and sockets & {os.readlink(link) for link in (process / "fd").iterdir()}:
                found.add(groups[group])
    return found


class Writers:
    """People who change records of ``res.partner`` at the same time, and go on when the server is back.

    Each has records of his own; what is written is a number that grows with each try, so that the order can be seen.

    :param servers: the ``OdooServer`` of the first, of the second and so on, in turns
    :param count: int, the changes after which they are done
    """

    PEOPLE, RECORDS = 4, 3

    def __init__(self, servers, count):
        self.servers, self.count = servers, count
        self.written = set()  # (record, number) of the changes that the server has confirmed
        self.problem = None
        self._given_up = threading.Event()
        client = servers[0].client()
        self._records = [
            [client.create("res.partner", name="written", ref="0") for _ in range(self.RECORDS)]
            for _ in range(self.PEOPLE)
        ]
        self._threads = [threading.Thread(target=self._work, args=[number]) for number in range(self.PEOPLE)]

    def subscribe(self, address, webhooks=1):
        """Watch what they write by so many webhooks at ``address``, each an event of its own."""
        for number in range(webhooks):
            address_of_it = address.replace("*", str(number))
            self.servers[0].client().subscribe("res.partner", "on_write", address_of_it, field_names="ref")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self._given_up.set()
        for thread in self._threads:
            thread.join()

    def reach(self, count):
        """Wait until so many changes are made."""
        try:
            until(lambda: len(self.written) >= count, PATIENCE)
        except TimeoutError as error:
            raise TimeoutError(f"{len(self.written)} changes of {count}: {error}; {self.problem}") from None

    def moments(self, faults, seed):
        """Give control ``faults`` times, at random moments while they write."""
        chance = random.Random(seed)
        for fault in range(faults):
            self.reach(int(self.count * (fault + chance.uniform(0.2, 0.9)) / faults))
            self._given_up.wait(chance.uniform(0, 0.1))  # not always right after a change
            yield fault
        self.reach(self.count)

    def _work(self, number):
        server = self.servers[number % len(self.servers)]
        records = itertools.cycle(self._records[number])
        client = None
        for value in itertools.count(1):
            if len(self.written) >= self.count or self._given_up.is_set():
                return
            record = next(records)
            try:
                client = client or server.client()
                client.call("res.partner", "write", [record], {"ref": str(value)})
                self.written.add((record, value))
            except SERVER_GONE as problem:  # whether it was saved is not known
                self.problem, client = problem, None
                self._given_up.wait(0.1)


class Account:
    """What should have arrived by the table of jobs, against what a receiver got.

    :ivar events: list of all events
    :ivar lost: set of those that never arrived
    :ivar out_of_order: ``{(webhook, record): (as committed, as arrived)}`` where these differ
    :ivar duplicates: Counter of how often more than once an event arrived
    :ivar differing: set of the events whose body was not the same each time
    """

    def __init__(self, server, receiver):
        committed, arrived, bodies = defaultdict(list), defaultdict(list), defaultdict(set)
        for webhook, record, event in sql(server, "SELECT webhook_id, res_id, event FROM webhook_job ORDER BY id"):
            committed[webhook, record].append(event)
        times = Counter()
        self.values = defaultdict(list)
        for request in receiver.got():
            event = request.header("webhook-id")
            bodies[event].add(request.body)
            times[event] += 1
            if times[event] == 1:
                body = request.json()
                key = body["webhook"]["id"], body["data"]["id"]
                arrived[key].append(event)
                self.values[key].append(int(body["data"]["record"]["ref"]))
        self.events = [event for events in committed.values() for event in events]
        self.lost = set(self.events) - set(times)
        self.out_of_order = {
            key: (committed[key], arrived[key])
            for key in {*committed, *arrived}
            if [event for event in committed[key] if event in times] != arrived[key]
        }
        self.duplicates = +Counter({event: count - 1 for event, count in times.items()})
        self.differing = {event for event, seen in bodies.items() if len(seen) > 1}

    def check(self, writers, webhooks):
        """Check what holds whatever the fault: nothing lost, each record's events in order, a duplicate is the same."""
        assert not self.lost
        assert not self.out_of_order
        assert not self.differing
        assert all(values == sorted(set(values)) for values in self.values.values())
        # The table itself holds all that was confirmed to the people who wrote.
        there = {(record, value) for (_webhook, record), values in self.values.items() for value in values}
        assert writers.written <= there
        assert len(self.events) >= writers.count * webhooks
