"""A served Odoo, a receiver over HTTP, and Odoo's RPC from outside; nothing is imported from the addon."""

import pytest

from tools.shop import Shop


@pytest.fixture
def shop(odoo):
    """Products, orders and transfers of the served Odoo, as people make and process them."""
    return Shop(odoo)
