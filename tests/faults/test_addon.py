"""The addon is upgraded, or uninstalled, with jobs on their way (case 72 of a sender's tests)."""

import time
import xmlrpc.client

from tests.end_to_end.support import NEVER, finished, until
from tests.end_to_end.test_modules import module, odoo_command

from .support import all_sent, sql

TABLES = "SELECT relname FROM pg_class WHERE relname LIKE 'webhook%%'"


def make(odoo, count):
    """Make events."""
    for number in range(count):
        odoo.create("res.partner.category", name=f"Tree {number}")


def test_what_waits_while_the_addon_is_upgraded_is_sent_afterwards(own_server, workspace, receiver):
    server = own_server("--max-cron-threads=0")  # nothing is sent by this one
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
    make(odoo, 10)
    server.stop()
    assert "ERROR" not in odoo_command(workspace, server.database, "-u", "webhook")
    assert not receiver.got(), "sent by a process that only upgrades"
    server = own_server()
    all_sent(server, 60)
    assert len(finished(server.client(), webhook, 10)) == len(receiver.got()) == 10


def test_the_addon_can_be_uninstalled_while_it_sends(own_server, receiver):
    server = own_server()
    odoo = server.client()
    odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?delay=3"), field_names="name")
    make(odoo, 20)
    receiver.wait_for(1)
    until(lambda: uninstalled(odoo), 60)
    assert sql(server, TABLES) == []
    before = len(receiver.got())
    make(odoo, 1)
    time.sleep(NEVER)
    assert len(receiver.got()) == before


def uninstalled(odoo):
    """Uninstall the addon; False when Odoo asks to try again, as a scheduled action was at work."""
    try:
        module(odoo, "webhook", "uninstall")
    except xmlrpc.client.Fault as refused:
        if "scheduled action" not in refused.faultString:
            raise
        return False
    return True
