"""A bare loop of ``requests``, to compare with: the same signed requests, without a queue and without Odoo.

Run by Odoo's Python, for the same ``requests``.
"""

import base64
import gc
import hashlib
import hmac
import time
import uuid

import requests

from benchmarks.driver import serve

SECRET = b"a secret of the benchmark's own"


class Loop:
    """What can be called; the arguments and the answers are JSON."""

    def __init__(self):
        self._session = requests.Session()
        self._session.trust_env = False

    def post(self, addresses, count, size):
        """Post ``count`` bodies of ``size`` bytes to the addresses in turns, over one session.

        :return: dict with the ``seconds`` by the clock, those of the processor (``work``) and the number of ``jobs``
        """
        gc.collect()
        body = f'{{"padding": "{"x" * (size - 15)}"}}'.encode()
        began, work = time.perf_counter(), time.process_time()
        for number in range(count):
            url = addresses[number % len(addresses)]
            answer = self._session.post(url, data=body, headers=headers(body), timeout=5, allow_redirects=False)
            assert answer.status_code == 200, answer
        return {"seconds": time.perf_counter() - began, "work": time.process_time() - work, "jobs": count}

    @staticmethod
    def versions():
        """The versions of what is compared with."""
        import urllib3

        return f"requests {requests.__version__}, urllib3 {urllib3.__version__}"


def headers(body):
    """The headers that a delivery has, signed anew (Standard Webhooks)."""
    event, now = f"evt_{uuid.uuid4().hex}", str(int(time.time()))
    signature = hmac.new(SECRET, f"{event}.{now}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Odoo-Webhook/19.0.1.0.0",
        "webhook-id": event,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        "X-Odoo-Event": "res.partner.on_create",
        "X-Odoo-Model": "res.partner",
        "X-Odoo-Database": "bench",
        "X-Odoo-Attempt": "1",
    }


if __name__ == "__main__":
    serve(Loop)
