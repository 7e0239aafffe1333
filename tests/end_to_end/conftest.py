"""A served Odoo, a receiver over HTTP, and Odoo's RPC from outside; nothing is imported from the addon."""

import pytest

from tools.server import OdooServer
from tools.shop import Shop

from .support import settings


@pytest.fixture(scope="session")
def server(workspace):
    """An Odoo that serves its own database, for all tests that leave it alive."""
    with OdooServer(workspace, workspace.create_database("webhook_served", "webhook_installed")) as server:
        yield server


@pytest.fixture
def odoo(server):
    """A client of the served Odoo, without webhooks and with the default settings, before and after the test."""
    client = server.client()
    yield client
    webhooks = client.call("webhook.webhook", "search", [["active", "in", [True, False]]])
    client.call("webhook.webhook", "unlink", webhooks)
    settings(client, timeout=5, retries=5)


@pytest.fixture
def shop(odoo):
    """Products, orders and transfers of the served Odoo, as people make and process them."""
    return Shop(odoo)


@pytest.fixture
def own_server(workspace):
    """A function that starts an Odoo of the test's own, to be killed; ``own_server("--max-cron-threads=0")``."""
    database = workspace.create_database("webhook_killed", "webhook_installed")
    servers = []

    def start(*options):
        server = OdooServer(workspace, database, *options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
    workspace.server.drop(database)
