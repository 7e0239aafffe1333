"""One side of the benchmark ``capture``: an Odoo process that does what it is told, and says how long that took.

It reads a JSON object a line and answers with one: ``{"call": "measure", "operation": "create", …}``. It serves nobody and
runs no scheduled actions, so that nothing is delivered. Run by Odoo's Python with the path of an Odoo configuration file.
"""

import contextlib
import gc
import json
import os
import sys
import time
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

MODEL = "res.partner"
FIELDS = ["name", "phone", "email", "city", "ref"]
# Nobody can have this name (RFC 2606), should something be sent after all.
ADDRESS = "https://receiver.invalid/hook"


class Driver:
    """What can be called; the arguments and the answers are JSON."""

    def __init__(self, registry):
        self._registry = registry
        self._batches = {}  # the ids of the records that a round made

    def watch(self, kind, count):
        """Have ``count`` webhooks of a kind on partners, and no others. More than one have conditions, each another."""
        with self._transaction() as env:
            env["webhook.webhook"].search([]).unlink()
            conditions = [[("name", "like", str(number))] for number in range(count)] if count > 1 else [[]] * count
            for number, condition in enumerate(conditions):
                env["webhook.webhook"].create(
                    {
                        "name": f"Bench {number}",
                        "model_id": env["ir.model"]._get(MODEL).id,
                        "kind": kind,
                        "address": ADDRESS,
                        "field_names": ", ".join(FIELDS),
                        "condition": str(condition),
                    }
                )
            env.cr.commit()

    def automate(self, active):
        """Make a rule of ``base_automation`` that runs an empty action for each created or changed partner."""
        with self._transaction() as env:
            rule = {"name": "Bench", "model_id": env["ir.model"]._get(MODEL).id}
            action = {**rule, "state": "code", "code": "pass"}
            # Before 17.0 the rule is itself the action.
            action = (
                {"action_server_ids": [(0, 0, action)]}
                if "action_server_ids" in env["base.automation"]._fields
                else action
            )
            env["base.automation"].create({**action, **rule, "trigger": "on_create_or_write", "active": active})
            env.cr.commit()

    def measure(self, operation, batch, count):
        """Do one operation on a batch of ``count`` records, and commit.

        :return: what :func:`timed` gives, and the number of ``events`` that it caused
        """
        with self._transaction() as env:
            partners = env[MODEL].browse(self._batches.get(batch))
            act = getattr(self, f"_{operation}")
            with timed(env.cr) as taken:
                made = act(partners, batch, count)
                env.cr.commit()
            if made:
                self._batches[batch] = made.ids
        return {**taken, "events": self._clear()}

    def load(self, count, prefix):
        """Import ``count`` partners, and commit.

        :return: the same, and as ``peak`` the most memory that this process ever had, in MB
        """
        with self._transaction() as env:
            values = [self._values(prefix, number) for number in range(count)]
            rows = [[each[name] for name in FIELDS] for each in values]
            with timed(env.cr) as taken:
                result = env[MODEL].load(FIELDS, rows)
                env.cr.commit()
            assert len(result["ids"] or []) == count, result["messages"]
        return {**taken, "peak": peak(), "events": self._clear()}

    @staticmethod
    def _create(partners, batch, count):
        return partners.create([Driver._values(batch, number) for number in range(count)])

    @staticmethod
    def _write(partners, batch, _count):
        for partner in partners:
            partner.write({"ref": f"one by one {batch}"})

    @staticmethod
    def _bulk(partners, batch, _count):
        partners.write({"ref": f"in bulk {batch}"})

    @staticmethod
    def _unlink(partners, _batch, _count):
        partners.unlink()

    @staticmethod
    def _values(batch, number):
        return {
            "name": f"Partner {number:03}",
            "phone": f"+32 2 555 {number:05}",
            "email": f"partner{number}@example.com",
            "city": "Ramillies",
            "ref": f"{batch}/{number}",
        }

    def _clear(self):
        """Remove the events, so that each round finds the same, and count them."""
        if "webhook.job" not in self._registry:
            return 0
        with self._registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM webhook_attempt")
            assert cr.fetchone() == (0,), "something was sent"
            cr.execute("SELECT count(*) FROM webhook_job")
            (events,) = cr.fetchone()
            cr.execute("TRUNCATE webhook_job CASCADE")
            if "ir.cron.trigger" in self._registry:
                cr.execute("DELETE FROM ir_cron_trigger")
        return events

    @contextlib.contextmanager
    def _transaction(self):
        """An environment of the administrator, new as that of each request."""
        # Before 15.0 the cache of the ORM is the thread's, for the length of a block.
        manage = getattr(api.Environment, "manage", contextlib.nullcontext)
        with manage(), self._registry.cursor() as cr:
            admin = api.Environment(cr, SUPERUSER_ID, {}).ref("base.user_admin")
            yield api.Environment(cr, admin.id, {"lang": "en_US", "tz": "UTC"})


@contextlib.contextmanager
def timed(cr):
    """Time the block.

    :return: dict, at the end with ``seconds`` by the clock, and the ``work``: seconds of the processor that this process and
        its one of PostgreSQL took, which others who use the machine hardly change. If PostgreSQL is elsewhere, both are alike.
    """
    taken, server = {}, Path(f"/proc/{cr._cnx.get_backend_pid()}")

    def work():
        return time.process_time() + int((server / "schedstat").read_text().split()[0]) / 1e9

    is_here = (server / "schedstat").exists() and (server / "comm").read_text().startswith("postgres")
    clocks = {"seconds": time.perf_counter, "work": work if is_here else time.perf_counter}
    gc.collect()
    began = {name: clock() for name, clock in clocks.items()}
    yield taken
    taken.update((name, clock() - began[name]) for name, clock in clocks.items())


def peak():
    """The most memory that this process ever had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(kilobytes) / 1024


def main(path):
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever Odoo prints is no answer
    config.parse_config(["-c", path])
    name = config["db_name"]
    driver = Driver(Registry(name if isinstance(name, str) else name[0]))
    for line in sys.stdin:
        arguments = json.loads(line)
        answers.write(json.dumps(getattr(driver, arguments.pop("call"))(**arguments)) + "\n")


main(sys.argv[1])
