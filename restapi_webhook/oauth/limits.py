"""A limit on failed attempts to authenticate, for each client from each network address."""

from ..problem import Problem


def check(env, httprequest, client):
    """Refuse a client that has failed too often lately.

    :raises Problem: 429
    """
    seconds = env["restapi.failure"]._blocked_for(client, httprequest.remote_addr or "")
    if seconds:
        raise Problem(
            429,
            f"Too many failed attempts. Wait {seconds} seconds, and check the credentials.",
            {"Retry-After": str(seconds)},
        )


def count(env, httprequest, client):
    """Count a failed attempt."""
    env["restapi.failure"]._count(client, httprequest.remote_addr or "")
