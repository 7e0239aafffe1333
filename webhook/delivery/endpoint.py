"""What the requests of one webhook need beside the job: where to, and what it is signed and authorized with."""

from . import credentials, headers, signature

# The secrets that still count by the clock of the database, the newest first; all columns that the ORM does not know
# (see models/hidden.py). Indexes: the primary key, webhook_id of the two other tables.
LOAD = """
    SELECT webhook.id, webhook.address, webhook.auth_type, webhook.auth_user, webhook.hidden_auth_secret,
           ARRAY(SELECT secret.hidden_secret FROM webhook_signing_secret secret
                  WHERE secret.webhook_id = webhook.id
                    AND (secret.valid_until IS NULL OR secret.valid_until > clock_timestamp() AT TIME ZONE 'UTC')
                  ORDER BY secret.id DESC),
           ARRAY(SELECT ARRAY[header.name, header.hidden_value] FROM webhook_header header
                  WHERE header.webhook_id = webhook.id
                  ORDER BY header.id)
      FROM webhook_webhook webhook
     WHERE webhook.id = ANY(%s)
"""


def load(cr, ids):
    """Read the endpoints of webhooks, in one statement.

    :param ids: webhook ids
    :return: dict of id → :class:`Endpoint`; without those that do not exist
    """
    cr.execute(LOAD, [list(ids)])
    return {webhook_id: Endpoint(*columns) for webhook_id, *columns in cr.fetchall()}


# Shorter values are not looked for in an answer, of which they would leave nothing.
MASKED_FROM = 6


class Endpoint:
    """The receiver of one webhook. Cannot be changed, so threads may share it; shows no secret.

    :ivar address: str, the callback URL
    :ivar signer: :class:`.signature.Signer`
    :ivar headers: tuple of (name, value), the custom headers
    :ivar authorization: str, the value of that header, or None
    :ivar problem: str, a sentence that says why nothing can be sent, or None
    """

    __slots__ = ("_told", "address", "authorization", "headers", "problem", "signer")

    def __init__(self, address, auth_type="none", auth_user=None, auth_secret=None, secrets=(), custom=()):
        """Check it all once more: whoever changes a row with SQL must not slip a line into a request.

        :param secrets: list of str, the newest first
        :param custom: list of (name, value)
        """
        signer = authorization = problem = None
        try:
            headers.check(custom)
            authorization = credentials.authorization(auth_type, auth_user, auth_secret)
            signer = signature.Signer(secrets)
            if not signer:
                problem = "The webhook has no secret to sign with. Click “Rotate secret” there, then redeliver."
        except ValueError as error:
            problem = str(error)
        told = {auth_secret, (authorization or "").partition(" ")[2], *(value for _name, value in custom)}
        for name, value in (
            ("_told", tuple(sorted((text for text in told if len(text or "") >= MASKED_FROM), key=len, reverse=True))),
            ("address", address),
            ("authorization", authorization),
            ("headers", tuple((name, value) for name, value in custom)),
            ("problem", problem),
            ("signer", signer),
        ):
            object.__setattr__(self, name, value)

    def masked(self, text):
        """``text``, from the receiver, without what our requests tell it in confidence: some send back what they get.

        :param text: str or None
        """
        for secret in self._told:
            text = text and text.replace(secret, "•••")
        return text

    def __setattr__(self, name, value):
        raise AttributeError("an endpoint cannot be changed")

    def __repr__(self):
        return f"<Endpoint {self.address}>"
