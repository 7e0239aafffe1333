"""What all tests from outside share: the workspace of `make test`, with its PostgreSQL and its databases."""

import pytest

from tools.environment import handed_on
from tools.receiver import Receiver


@pytest.fixture(scope="session")
def workspace():
    """The running command's own PostgreSQL, with the database ``webhook_installed`` to copy from."""
    return handed_on()


@pytest.fixture
def receiver():
    """A receiver that has got nothing yet."""
    with Receiver() as receiver:
        yield receiver
