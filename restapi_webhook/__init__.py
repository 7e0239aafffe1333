from . import controllers, models, wizard
from .controllers.request_line import accept_raw_addresses
from .series import accept_json_bodies


def prepare_server():
    """What Odoo's HTTP server must learn for the API; run once in each process."""
    accept_json_bodies()
    accept_raw_addresses()
