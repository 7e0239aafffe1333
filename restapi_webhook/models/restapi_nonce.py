from odoo import api, fields, models
from odoo.addons.webhook import series

from ..oauth import secrets

# A timestamp may be so many seconds away from our clock, in both directions; a nonce is remembered for as long.
CLOCK = 600


class Nonce(models.Model):
    """A nonce of OAuth 1.0a that was used; each is accepted once, by all processes together."""

    _name = "restapi.nonce"
    _description = "REST API Used Nonce"
    _log_access = False

    digest = fields.Char(required=True)
    used_at = fields.Datetime(required=True, index=True)

    def init(self):
        """A nonce is used once: the database sees to that."""
        self.env.cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS restapi_nonce_digest ON restapi_nonce (digest)")

    @api.model
    def _use(self, *parts):
        """Use a nonce, for good, whatever becomes of the transaction at work.

        :param parts: what makes it unique: key, token, timestamp, nonce
        :return: bool, whether it had not been used before
        """
        with series.transaction(self.env.registry) as env:
            env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            env.cr.execute(
                """
                INSERT INTO restapi_nonce (digest, used_at) VALUES (%s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (digest) DO NOTHING RETURNING id
                """,
                [secrets.digest("\0".join(part or "" for part in parts))],
            )
            return bool(env.cr.fetchone())

    @api.autovacuum
    def _gc_nonces(self):
        """Forget nonces whose timestamps are refused by now."""
        self.env.cr.execute(
            "DELETE FROM restapi_nonce WHERE used_at < now() AT TIME ZONE 'UTC' - %s * interval '1 second'", [3 * CLOCK]
        )
