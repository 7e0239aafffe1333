"""What the call on the version answers."""

from odoo.service import common

VERSION = "1.0"


def version(env):
    """Which Odoo this is, as Odoo's own RPC tells it, and which version of this API."""
    known = common.exp_version()
    return {
        "server_version": known["server_version"],
        "server_serie": known["server_serie"],
        "protocol_version": known["protocol_version"],
        "api_version": VERSION,
    }
