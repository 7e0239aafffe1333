"""The request of one attempt."""

import collections
import re
import time

from ..payload import encoding
from .headers import safe

# :param url: str  :param headers: dict of str  :param body: bytes
Request = collections.namedtuple("Request", "url headers body")

# Without a dot, which parts it from the timestamp in what is signed.
EVENT = re.compile(r"[A-Za-z0-9_-]+")


def build(job, endpoint, attempt, database, version):
    """Build the request of an attempt (contract, section 4), signed for now.

    :param job: something with ``event``, ``model``, ``kind``, ``format`` and ``body``
    :param endpoint: the :class:`.endpoint.Endpoint` of its webhook
    :param attempt: number of the attempt, from 1; 0 for a test
    :param version: the addon's version
    :return: Request
    :raises ValueError: with a sentence, if no attempt can ever succeed as things are
    """
    if endpoint.problem:
        raise ValueError(endpoint.problem)
    if not EVENT.fullmatch(job.event):
        raise ValueError("The event's id cannot be sent in a header: somebody has changed it.")
    body = job.body.encode()
    timestamp = int(time.time())
    headers = {
        **dict(endpoint.headers),
        "Content-Type": encoding.CONTENT_TYPES[job.format],
        "User-Agent": f"Odoo-Webhook/{version}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "webhook-id": job.event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": endpoint.signer.sign(job.event, timestamp, body),
        "X-Odoo-Event": safe(f"{job.model}.{job.kind}"),
        "X-Odoo-Model": safe(job.model),
        "X-Odoo-Database": safe(database),
        "X-Odoo-Attempt": str(attempt),
    }
    if endpoint.authorization:
        headers["Authorization"] = endpoint.authorization
    return Request(endpoint.address, headers, body)
