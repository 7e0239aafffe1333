"""Addresses with spaces in them, as the manual has them: ``GET /restapi/1.0/webhooks?fields=['name', 'model'] HTTP/1.1``.

Python's HTTP server refuses such a line before any route is looked for. Only in the query of our own addresses, spaces are
taken for what an encoded one means.
"""

import re

from odoo.service import server

SPACED = re.compile(rb"([A-Z]+ /restapi/1\.0/webhooks[^ ?]*\?)(.+)( HTTP/1\.[01]\r?\n)")


def accept_spaces():
    """Teach it to the request handler of Odoo's servers."""
    original = server.RequestHandler.parse_request

    def parse_request(self):
        match = SPACED.fullmatch(self.raw_requestline)
        if match:
            start, query, end = match.groups()
            self.raw_requestline = start + query.replace(b" ", b"%20") + end
        return original(self)

    server.RequestHandler.parse_request = parse_request
