"""The clock of Odoo's machine jumps, and differs from that of the database (case 58 of a sender's tests)."""

import re
import shutil
import struct
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.end_to_end.support import attempts, finished, until

HOUR = 60 * 60


@pytest.fixture
def clock(tmp_path):
    """A clock that jumps: ``clock.jump(seconds)``; ``clock.variables`` has a process go by it."""
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler: apt install gcc libc6-dev")
    source, library, file = Path(__file__).with_name("clock.c"), tmp_path / "clock.so", tmp_path / "clock"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)

    class Clock:
        variables = {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(file)}

        @staticmethod
        def jump(seconds):
            with file.open("r+b") as stream:
                stream.write(struct.pack("@l", seconds))

    file.write_bytes(struct.pack("@l", 0))
    return Clock


def shown_time(server):
    """The time that a server's log shows last, in seconds since 1970."""
    (*_, last) = re.findall(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),", server.log.read_text(), re.MULTILINE)
    return datetime.fromisoformat(last).replace(tzinfo=timezone.utc).timestamp()


def test_events_and_retries_go_out_whatever_the_clock_of_the_machine_says(own_server, receiver, clock):
    server = own_server("--log-level=info", variables=clock.variables)
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?fail=1"), field_names="name")
    total = 0
    for jump in (HOUR, -HOUR):
        clock.jump(jump)

        def jumped(jump=jump):
            odoo.call("res.users", "search_count", [])  # for a line in the log
            return abs(shown_time(server) - time.time() - jump) < 60

        until(jumped)
        for number in range(3):
            odoo.create("res.partner.category", name=f"Tree {jump} {number}")
        total += 3
        receiver.wait_for(2 * total, timeout=40)
        found = finished(odoo, webhook, total)
        assert {(job["state"], job["attempt_count"]) for job in found} == {("delivered", 2)}
    assert len(receiver.got()) == 2 * total
    log = attempts(odoo, webhook)
    assert sorted(entry["number"] for entry in log) == [1] * total + [2] * total
    for entry in log:
        started = datetime.fromisoformat(entry["started_at"]).replace(tzinfo=timezone.utc)
        assert abs((started - datetime.now(timezone.utc)).total_seconds()) < 5 * 60, "by a clock that went wrong"
        assert 0 <= entry["duration"] < 5
