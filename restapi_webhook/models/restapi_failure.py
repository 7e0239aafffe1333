from odoo import api, fields, models
from odoo.addons.webhook import series

from ..oauth import secrets

# So many failed attempts of one client from one address are answered as such, within so many seconds.
ALLOWED = 20
WINDOW = 300


def _bucket(client):
    """Which of 4,096 counters of its address a client has: as many rows as there are names would be too many."""
    return secrets.digest(client)[:3]


class Failure(models.Model):
    """How often somebody could not say who he is; counted by client and network address, for all processes together."""

    _name = "restapi.failure"
    _description = "REST API Failed Authentication"
    _log_access = False

    client = fields.Char(required=True)
    address = fields.Char(required=True)
    began_at = fields.Datetime(required=True)
    count = fields.Integer(required=True)

    def init(self):
        """One row for each client and address."""
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS restapi_failure_source ON restapi_failure (client, address)"
        )

    @api.model
    def _blocked_for(self, client, address):
        """How many seconds a client from an address has to wait before it may try again; 0 if it need not."""
        self.env.cr.execute(
            """
            SELECT ceil(extract(epoch FROM began_at - now() AT TIME ZONE 'UTC')) + %s FROM restapi_failure
             WHERE client = %s AND address = %s AND count >= %s
            """,
            [WINDOW, _bucket(client), address, ALLOWED],
        )
        row = self.env.cr.fetchone()
        return max(0, int(row[0])) if row else 0

    @api.model
    def _count(self, client, address):
        """Count a failure, whatever becomes of the transaction at work."""
        with series.transaction(self.env.registry) as env:
            env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            env.cr.execute(
                """
                INSERT INTO restapi_failure AS known (client, address, began_at, count)
                VALUES (%(client)s, %(address)s, now() AT TIME ZONE 'UTC', 1)
                ON CONFLICT (client, address) DO UPDATE SET
                    count = CASE WHEN known.began_at < excluded.began_at - %(window)s * interval '1 second'
                                 THEN 1 ELSE known.count + 1 END,
                    began_at = CASE WHEN known.began_at < excluded.began_at - %(window)s * interval '1 second'
                                    THEN excluded.began_at ELSE known.began_at END
                """,
                {"client": _bucket(client), "address": address, "window": WINDOW},
            )

    @api.autovacuum
    def _gc_failures(self):
        """Forget failures that no longer count."""
        self.env.cr.execute(
            "DELETE FROM restapi_failure WHERE began_at < now() AT TIME ZONE 'UTC' - %s * interval '1 second'", [WINDOW]
        )
