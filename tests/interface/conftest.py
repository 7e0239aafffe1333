"""The web client in a real browser, on a served Odoo with the addon."""

import pytest
from playwright.sync_api import expect

from tools.environment import browser
from tools.server import OdooServer
from tools.webclient import WebClient, browsing


@pytest.fixture(scope="session")
def server(workspace):
    database = workspace.create_database("webhook_interface", "webhook_installed")
    with OdooServer(workspace, database, "--log-level=warn") as server:
        without_bot(server.client())
        yield server


def without_bot(odoo):
    """Have no chat with OdooBot open by itself after the first login, in front of what a test clicks at."""
    if "odoobot_state" in odoo.call("res.users", "fields_get", ["odoobot_state"]):
        odoo.call("res.users", "write", odoo.call("res.users", "search", []), {"odoobot_state": "disabled"})


@pytest.fixture(scope="session")
def odoo(server):
    """Odoo's external API, as the administrator."""
    return server.client()


@pytest.fixture(scope="session")
def running_browser(request):
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        executable = browser.chromium()
    if not executable:
        pytest.skip("there is no Chromium: apt install chromium")
    with browsing(executable) as running:
        yield running


@pytest.fixture
def visit(running_browser, server):
    """``visit(login="admin", password="admin")`` opens a window and logs in; an error in its console fails the test."""
    windows = []

    def log_in(login="admin", password="admin"):
        window = WebClient(running_browser, server)
        windows.append(window)
        return window.log_in(login, password)

    yield log_in
    errors = []
    for window in windows:
        errors += window.errors
        window.close()
    assert not errors, f"the browser's console shows errors: {errors}"


@pytest.fixture
def web(visit):
    """The administrator's window."""
    return visit()


@pytest.fixture
def shown():
    """Playwright's ``expect``, which waits for what it asserts."""
    return expect
