"""A request as people read it, without what it is authorized and signed with."""

from . import request

HIDDEN = "•••"
# Made anew for each attempt.
OF_ATTEMPT = ("webhook-timestamp", "webhook-signature")


def text(job, address, header_names, authenticated, attempt, database, version):
    """The method, the address and the headers of an attempt's request; a line for each.

    :param job: something with ``event``, ``model``, ``kind``, ``format`` and ``body``
    :param header_names: list of str, the custom headers of its webhook
    :param authenticated: whether the webhook sends an ``Authorization``
    :return: str, without any secret: none is read
    :raises ValueError: if no such request can be made
    """
    built = request.build(job, _Endpoint(address, header_names, authenticated), attempt, database, version)
    headers = {**built.headers, **dict.fromkeys(OF_ATTEMPT, HIDDEN)}
    return "\n".join([f"POST {built.url}", *(f"{name}: {value}" for name, value in headers.items())])


class _Endpoint:
    """What :mod:`.request` needs of an :class:`.endpoint.Endpoint`, with dots for all that is secret."""

    problem = None

    def __init__(self, address, header_names, authenticated):
        self.address = address
        self.headers = tuple((name, HIDDEN) for name in header_names)
        self.authorization = HIDDEN if authenticated else None
        self.signer = self

    def sign(self, _event, _timestamp, _body):
        return HIDDEN
