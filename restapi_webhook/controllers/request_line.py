"""Addresses as the manual writes them: ``GET /restapi/1.0/webhooks?fields=['name', 'model'] HTTP/1.1``, spaces and all.

Python's HTTP server refuses a request line with such spaces before any route is looked for, and garbles letters that are
not percent-encoded. In the query of our own addresses both are taken as if they had been encoded; nowhere else.
"""

import re

from odoo.service import server

LINE = re.compile(rb"([A-Z]+ /restapi/1\.0/webhooks[^ ?]*\?)(.+)( HTTP/1\.[01]\r?\n)")
NOT_IN_URL = re.compile(rb"[^!-~]")


def accept_raw_addresses():
    """Teach it to the request handler of Odoo's servers."""
    original = server.RequestHandler.parse_request

    def parse_request(self):
        line = LINE.fullmatch(self.raw_requestline)
        if line:
            start, query, end = line.groups()
            self.raw_requestline = start + NOT_IN_URL.sub(lambda found: b"%%%02X" % ord(found.group()), query) + end
        return original(self)

    server.RequestHandler.parse_request = parse_request
