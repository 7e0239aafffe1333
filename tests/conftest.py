"""What all tests from outside share: the workspace of `make test`, with its PostgreSQL and its databases."""

import pytest

from tests.end_to_end.support import settings
from tools.environment import handed_on
from tools.receiver import Receiver
from tools.server import OdooServer


@pytest.fixture(scope="session")
def workspace():
    """The running command's own PostgreSQL, with the database ``webhook_installed`` to copy from."""
    return handed_on()


@pytest.fixture
def receiver():
    """A receiver that has got nothing yet."""
    with Receiver() as receiver:
        yield receiver


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
def own_server(workspace):
    """A function that starts an Odoo of the test's own, to be killed; ``own_server("--max-cron-threads=0")``.

    ``variables`` is for the process, as :class:`OdooServer` takes it.
    """
    database = workspace.create_database("webhook_killed", "webhook_installed")
    servers = []

    def start(*options, variables=None):
        server = OdooServer(workspace, database, *options, variables=variables)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
    workspace.server.drop(database)
