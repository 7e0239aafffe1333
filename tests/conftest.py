"""What all tests from outside share: the workspace of `make test`, with its PostgreSQL and its databases."""

import os
from pathlib import Path

import pytest

from tools.environment import Environment, postgres
from tools.environment.environment import Workspace
from tools.receiver import Receiver


@pytest.fixture(scope="session")
def workspace():
    """The running command's own PostgreSQL, with the database ``webhook_installed`` to copy from."""
    environment = Environment.ready()
    folder = Path(os.environ["WEBHOOK_TEST_WORKSPACE"])
    variables = {name: os.environ[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD") if name in os.environ}
    server = postgres.Server(variables, environment.python)
    workspace = Workspace(environment, folder, server, throwaway=True)
    yield workspace
    workspace.drop_databases()


@pytest.fixture
def receiver():
    """A receiver that has got nothing yet."""
    with Receiver() as receiver:
        yield receiver
