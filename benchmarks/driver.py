"""What the driver processes of the benchmarks share: they do what they are told, and say how long that took.

Each reads a JSON object a line and answers with one: ``{"call": "measure", "operation": "create", …}``. Those that are an
Odoo serve nobody and run no scheduled actions. They are asked through :class:`benchmarks.sides.Side`.
"""

import contextlib
import gc
import json
import os
import sys
import time
from pathlib import Path


def serve(make, *arguments):
    """Call the methods of what ``make(*arguments)`` returns until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever Odoo prints is no answer
    target = make(*arguments)
    for line in sys.stdin:
        keywords = json.loads(line)
        answers.write(json.dumps(getattr(target, keywords.pop("call"))(**keywords)) + "\n")


def registry(path):
    """The registry of the one database that an Odoo configuration file names."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", path])
    name = config["db_name"]
    return Registry(name if isinstance(name, str) else name[0])


@contextlib.contextmanager
def transaction(registry):
    """An environment of the superuser, new as that of each request; committed on leaving."""
    from odoo import SUPERUSER_ID, api

    # Before 15.0 the cache of the ORM is the thread's, for the length of a block.
    manage = getattr(api.Environment, "manage", contextlib.nullcontext)
    with manage(), registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


@contextlib.contextmanager
def timed(cr):
    """Time the block.

    :return: dict, at the end with ``seconds`` by the clock, and the ``work``: seconds of the processor that this process and
        its one of PostgreSQL took, which others who use the machine hardly change. If PostgreSQL is elsewhere, both are alike.
    """
    taken, server = {}, Path(f"/proc/{cr._cnx.get_backend_pid()}")

    def work():
        return time.process_time() + _work_of(server)

    clocks = {"seconds": time.perf_counter, "work": work if _is_here(server) else time.perf_counter}
    gc.collect()
    began = {name: clock() for name, clock in clocks.items()}
    yield taken
    taken.update((name, clock() - began[name]) for name, clock in clocks.items())


def postgres_work(cr):
    """Seconds of the processor that all processes of PostgreSQL took so far; NaN if PostgreSQL is elsewhere."""
    backend = Path(f"/proc/{cr._cnx.get_backend_pid()}")
    if not _is_here(backend):
        return float("nan")
    parent = _stat(backend)[1]
    postmaster = _stat(Path(f"/proc/{parent}"))
    ended = (int(postmaster[13]) + int(postmaster[14])) / os.sysconf("SC_CLK_TCK")
    children = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            if _stat(process)[1] == parent:
                children += _work_of(process)
    return ended + children


def _is_here(process):
    return (process / "schedstat").exists() and (process / "comm").read_text().startswith("postgres")


def _work_of(process):
    return int((process / "schedstat").read_text().split()[0]) / 1e9


def _stat(process):
    """The fields of ``/proc/<pid>/stat`` after the name: 0 is the state, 1 the parent, 13 and 14 the ended children."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def resident(what="VmRSS"):
    """The memory that this process has now, in MB; ``VmHWM``: the most that it had, since :func:`forget_peak` if called."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith(f"{what}:")]
    return int(kilobytes) / 1024


def forget_peak():
    """Let the most memory that this process ever had be what it has now."""
    Path("/proc/self/clear_refs").write_text("5")
