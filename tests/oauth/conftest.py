"""A served Odoo with the REST API, its administrator, and programs and people who use it from outside."""

import pytest

from tools.server import OdooServer

from .support import CALLBACK, Application, Person, Provider, returned

# The group that may use the API, and an ordinary employee's.
MANAGER, EMPLOYEE = "webhook.webhook_group_manager", "base.group_user"


@pytest.fixture(scope="session")
def server(workspace):
    """An Odoo of these tests' own."""
    database = workspace.create_database("webhook_oauth", "webhook_installed")
    with OdooServer(workspace, database, "--log-level=debug") as server:
        yield server


@pytest.fixture(scope="session")
def odoo(server):
    """The administrator, through Odoo's external API."""
    return server.client()


@pytest.fixture
def provider(server, workspace):
    """The OAuth routes; failures that earlier tests have caused are forgotten."""
    workspace.server.sql("DELETE FROM restapi_failure", server.database)
    return Provider(server.url)


@pytest.fixture
def application(odoo):
    """``application(**values)`` registers one."""
    return lambda **values: Application(odoo, **values)


@pytest.fixture
def client(application):
    """A confidential application."""
    return application()


@pytest.fixture
def public(application):
    """A public application, on a phone say."""
    return application(name="Phone", confidential=False, secret=False)


@pytest.fixture
def admin(server):
    """The administrator with a browser."""
    return Person(server.url)


@pytest.fixture
def user(odoo):
    """``user(login, *groups)`` makes an employee, whose password is his login; returns the id."""

    def make(login, *groups):
        field = odoo.series.groups_field
        ids = [odoo.id(group) for group in (EMPLOYEE, *groups)]
        return odoo.create("res.users", name=login.title(), login=login, password=login, **{field: [(6, 0, ids)]})

    return make


@pytest.fixture
def sql(server, workspace):
    """Run a statement in the database of the server."""
    return lambda statement: workspace.server.sql(statement, server.database)


@pytest.fixture
def grant(provider, admin):
    """``grant(application, **parameters)``: the administrator allows access; returns what comes back to the application."""

    def allow(application, person=None, **parameters):
        person = person or admin
        asked = {"response_type": "code", "client_id": application.key, "redirect_uri": CALLBACK, "scope": "webhooks"}
        asked.update(parameters)
        page = person.authorize(
            provider.address("oauth2/authorize"), **{k: v for k, v in asked.items() if v is not None}
        )
        return returned(person.answer(page))[1]

    return allow
