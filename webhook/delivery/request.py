"""The request of one attempt."""

import collections
import time

from ..payload import encoding

# :param url: str  :param headers: dict of str  :param body: bytes
Request = collections.namedtuple("Request", "url headers body")


def build(job, attempt, database, version):
    """Build the request of an attempt (contract, section 4).

    :param job: something with ``event``, ``model``, ``kind``, ``format``, ``address`` and ``body``
    :param attempt: number of the attempt, from 1; 0 for a test
    :param version: the addon's version
    :return: Request
    """
    headers = {
        "Content-Type": encoding.CONTENT_TYPES[job.format],
        "User-Agent": f"Odoo-Webhook/{version}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "webhook-id": job.event,
        "webhook-timestamp": str(int(time.time())),
        "X-Odoo-Event": f"{job.model}.{job.kind}",
        "X-Odoo-Model": job.model,
        "X-Odoo-Database": database,
        "X-Odoo-Attempt": str(attempt),
    }
    return Request(job.address, headers, job.body.encode())
