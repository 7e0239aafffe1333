"""The delivery engine beside others, and by itself.

Each part is a module with ``measure(workspace)``, measured alone by ``make bench ONLY=delivery.claim``. What sends is an Odoo
process of its own (:mod:`.driver`), or a served Odoo where the wake-up counts. Receivers are on loopback, which the database of
the benchmark allows.
"""

import importlib

from tools.environment import say

PARTS = ("throughput", "tls", "waiting", "latency", "isolation", "claim", "queue_job")
BODY = 900  # bytes, of each request
# What every row of this group has in common.
MACHINE = "PostgreSQL on the same machine, synchronous_commit and fsync off"


def measure(workspace, parts=()):
    """Measure all parts, or those that are named.

    :return: iterator of Row
    """
    for part in parts or PARTS:
        say(f"measuring delivery.{part}")
        yield from importlib.import_module(f".{part}", __package__).measure(workspace)


def database(workspace, name):
    """A database with the addons that allows receivers on this machine, and in which Odoo does nothing else.

    :return: its name
    """
    target = workspace.create_database(f"webhook_bench_{name}", "webhook_installed")
    workspace.server.sql(
        """
        INSERT INTO ir_config_parameter (key, value) VALUES ('webhook.allowed_networks', '127.0.0.0/8')
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;
        UPDATE ir_cron SET active = false
         WHERE id NOT IN (SELECT res_id FROM ir_model_data WHERE module = 'webhook' AND model = 'ir.cron')
        """,
        target,
    )
    return target
