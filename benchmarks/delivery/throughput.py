"""How many deliveries a core makes, from PostgreSQL and back into it, beside a bare loop of ``requests``."""

import statistics

from benchmarks import Row
from benchmarks.sides import OdooSide, Side

from . import BODY, MACHINE, database
from .nginx import Nginx

JOBS, ROUNDS, WARM_UP, WEBHOOKS = 3000, 7, 500, 16
DRIVER, LOOP = "benchmarks.delivery.driver", "benchmarks.delivery.loop"


def measure(workspace):
    """Measure ``delivery.vs_session_loop`` and ``delivery.per_core``.

    :return: list of Row
    """
    name = database(workspace, "throughput")
    with (
        Nginx(workspace, WEBHOOKS) as nginx,
        OdooSide(workspace, DRIVER, name) as engine,
        Side(workspace, LOOP, name="plain") as loop,
    ):
        engine.call("subscribe", addresses=nginx.addresses)
        versions = loop.call("versions")
        rounds = [_round(engine, loop, nginx.addresses, WARM_UP)]
        rounds = [_round(engine, loop, nginx.addresses, JOBS) for _ in range(ROUNDS)]
    ours, theirs = ([each[side] for each in rounds] for side in (0, 1))
    per_core = {
        key: statistics.median(_a_second(each, *key) for each in ours) for key in (("work",), ("work", "database"))
    }
    process_alone, with_database = per_core.values()
    of_loop = statistics.median(_a_second(each, "work") for each in theirs)
    ratio = statistics.median(_a_second(one, "work") / _a_second(two, "work") for one, two in rounds)
    both = statistics.median(_a_second(one, "work", "database") / _a_second(two, "work") for one, two in rounds)
    clocks = [statistics.median(_a_second(each, "seconds") for each in side) for side in (ours, theirs)]
    figures = (
        f"{process_alone:.0f} a second of the sending process's processor time, {with_database:.0f} with all of "
        f"PostgreSQL's counted too; by the clock {clocks[0]:.0f} a second"
    )
    how = (
        f"{JOBS} signed bodies of {BODY} bytes to {WEBHOOKS} webhooks on {WEBHOOKS} hosts of one nginx on loopback that "
        f"answers 200, each of another record; median of {ROUNDS} rounds; {MACHINE}"
    )
    return [
        Row(
            "delivery.vs_session_loop",
            round(ratio, 2),
            "times",
            "at least 1.3",
            f"{figures}; against {of_loop:.0f} of one requests.Session (trust_env=False) in a loop, without a queue, by the "
            f"clock {clocks[1]:.0f}; with PostgreSQL's time counted {both:.2f} times; {versions}; {how}, in turns",
        ),
        Row("delivery.per_core", round(process_alone), "a second", "at least 2500", f"{figures}; {how}"),
    ]


def _round(engine, loop, addresses, count):
    engine.call("fill", jobs=count)
    ours = engine.call("drain")
    assert ours["jobs"] == count
    return ours, loop.call("post", addresses=addresses, count=count, size=BODY)


def _a_second(answer, *clocks):
    return answer["jobs"] / sum(answer[clock] for clock in clocks)
