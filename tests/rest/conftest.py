"""A served Odoo with the REST API, and callers of it; nothing is imported from the addon."""

import pytest

from tools.server import OdooServer, free_port

from .support import Api, new_token


@pytest.fixture(scope="session")
def server(workspace):
    """An Odoo that serves the REST API from a database of its own."""
    database = workspace.create_database("restapi_served", "webhook_installed")
    server = OdooServer(workspace, database)
    with pytest.MonkeyPatch.context() as patch:
        # Odoo's own limit: more at once, and its threads take more connections to PostgreSQL than its pool has.
        patch.setenv("ODOO_MAX_HTTP_THREADS", "16")
        server.start()
    # The ids of the manual's examples stay free.
    server.workspace.server.sql("SELECT setval('webhook_webhook_id_seq', 1000)", server.database)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def administrator(server):
    """Odoo's own RPC, as its administrator."""
    return server.client()


@pytest.fixture(scope="session")
def token(server, administrator):
    """A token of the administrator's, for everything."""
    return new_token(server, administrator.uid)


@pytest.fixture
def api(server, token, administrator):
    """A caller with that token; there are no webhooks before the test."""
    webhooks = administrator.call("webhook.webhook", "search", [["active", "in", [True, False]]])
    administrator.call("webhook.webhook", "unlink", webhooks)
    return Api(server, token)


@pytest.fixture(scope="session")
def manager(server, administrator):
    """The id of a user who is a member of *Webhooks / Manager* and of nothing else."""
    groups = [administrator.id("webhook.webhook_group_manager"), administrator.id("base.group_user")]
    return administrator.create(
        "res.users",
        name="Manager",
        login="restapi_manager",
        password="restapi_manager",
        **{server.series.groups_field: [(6, 0, groups)]},
    )


@pytest.fixture
def manager_api(api, server, manager):
    """A caller with a token of that user's."""
    return Api(server, new_token(server, manager))


@pytest.fixture
def unused_address():
    """An address where nobody listens."""
    return f"http://127.0.0.1:{free_port()}/hook"
