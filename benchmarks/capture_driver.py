"""One side of the benchmark ``capture``: an Odoo process that does what it is told, and says how long that took.

It runs no scheduled actions, so nothing is delivered. Run by Odoo's Python with the path of an Odoo configuration file.
"""

import contextlib
import sys

from odoo import api

from .driver import registry, resident, serve, timed, transaction

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
        return {**taken, "peak": resident("VmHWM"), "events": self._clear()}

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
        """An environment of the administrator."""
        with transaction(self._registry) as env:
            admin = env.ref("base.user_admin")
            yield api.Environment(env.cr, admin.id, {"lang": "en_US", "tz": "UTC"})


serve(lambda: Driver(registry(sys.argv[1])))
