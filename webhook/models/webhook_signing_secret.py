from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .. import series
from ..delivery import signature
from . import hidden

OLD_LIMIT = 10
HOURS, LONGEST = 24, 7 * 24


class SigningSecret(models.Model):
    """What the requests of a webhook are signed with; the secret itself is in the hidden column ``secret``.

    The one without an end is the present one. Nobody has access to these records but the code of webhooks.
    """

    _name = "webhook.signing.secret"
    _description = "Webhook Signing Secret"
    _order = "id desc"
    _rec_name = "webhook_id"

    webhook_id = fields.Many2one("webhook.webhook", required=True, ondelete="cascade", index=True)
    valid_until = fields.Datetime(help="When it ends, now that there is a newer one.")
    shown = fields.Boolean(help="Whether somebody has seen it, or has brought it along.")

    def init(self):
        """Add the hidden column; and give webhooks of a version that did not sign their secret."""
        cr = self.env.cr
        hidden.add(cr, self._table, "secret")
        cr.execute("SELECT to_regclass('webhook_webhook')")
        if cr.fetchone()[0]:
            cr.execute("SELECT id FROM webhook_webhook WHERE id NOT IN (SELECT webhook_id FROM webhook_signing_secret)")
            for (webhook_id,) in cr.fetchall():
                self._add(webhook_id, signature.new_secret(), False)

    def _add(self, webhook_id, secret, shown):
        self.env.cr.execute(
            """
            INSERT INTO webhook_signing_secret (webhook_id, hidden_secret, shown, create_date)
            VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC')
            """,
            [webhook_id, secret, shown],
            log_exceptions=False,  # a statement that fails is logged with what is in it
        )

    @api.model
    def _replace(self, webhook, hours=0, secret=None, shown=False):
        """Sign with another secret from now on.

        :param webhook: one webhook, which the caller has checked that he may write
        :param hours: how long its present secret is still signed with, too; 0: no old one is any longer, as after a leak
        :param secret: str, one that somebody has brought along; unless given, a new one is made
        :return: str, the new one as it is kept; it may be the present one, which then stays
        :raises UserError: when it cannot be used, or when too many old ones are still valid
        """
        if not 0 <= hours <= LONGEST:
            raise UserError(
                _("The old secret can stay valid for 0 to %(hours)s hours, that is a week at most.", hours=LONGEST)
            )
        try:
            new = signature.normal(secret) if secret else signature.new_secret()
        except signature.RefusedSecret as error:
            raise UserError(error.translated(self.env)) from error
        series.flush(self.env)
        cr = self.env.cr
        cr.execute("SELECT FROM webhook_webhook WHERE id = %s FOR NO KEY UPDATE", [webhook.id])  # one change at a time
        present = bool(secret) and self._is_present(webhook, new)
        cr.execute(
            """
            UPDATE webhook_signing_secret
               SET valid_until = now() AT TIME ZONE 'UTC' + %(hours)s * interval '1 hour'
             WHERE webhook_id = %(webhook)s AND CASE WHEN valid_until IS NULL THEN NOT %(present)s ELSE %(hours)s = 0 END
            """,
            {"webhook": webhook.id, "hours": hours, "present": present},
        )
        self._remove_ended(webhook.id)
        if self._count_old(webhook) > OLD_LIMIT:
            raise UserError(
                _(
                    "%(limit)s old secrets of this webhook are still valid. Wait until one of them ends, or let the old ones "
                    "end at once (0 hours).",
                    limit=OLD_LIMIT,
                )
            )
        if not present:
            self._add(webhook.id, new, shown)
        series.forget(self)
        series.forget(webhook)
        return new

    def _is_present(self, webhook, secret):
        """Whether the webhook signs with ``secret`` already; one that it had before is forgotten, to be the new one."""
        self.env.cr.execute(
            """
            DELETE FROM webhook_signing_secret
             WHERE webhook_id = %(webhook)s AND hidden_secret = %(secret)s AND valid_until IS NOT NULL;
            SELECT FROM webhook_signing_secret
             WHERE webhook_id = %(webhook)s AND hidden_secret = %(secret)s
            """,
            {"webhook": webhook.id, "secret": secret},
            log_exceptions=False,  # a statement that fails is logged with what is in it
        )
        return bool(self.env.cr.rowcount)

    def _count_old(self, webhook):
        self.env.cr.execute(
            "SELECT count(*) FROM webhook_signing_secret WHERE webhook_id = %s AND valid_until IS NOT NULL",
            [webhook.id],
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _take(self, webhook):
        """The present secret of a webhook, the first time that somebody asks for it: str, or None."""
        self.env.cr.execute(
            """
            UPDATE webhook_signing_secret SET shown = true
             WHERE webhook_id = %s AND valid_until IS NULL AND shown IS NOT TRUE
            RETURNING hidden_secret
            """,
            [webhook.id],
        )
        found = self.env.cr.fetchone()
        series.forget(webhook)
        return found and found[0]

    @api.model
    def _state(self, webhooks):
        """Of each of ``webhooks`` (ids): when it got its present secret, whether nobody has seen it, how many are valid.

        :return: dict of id → (datetime, bool, number of old ones)
        """
        self.env.cr.execute(
            """
            SELECT webhook_id, max(create_date) FILTER (WHERE valid_until IS NULL),
                   bool_or(valid_until IS NULL AND shown IS NOT TRUE),
                   count(*) FILTER (WHERE valid_until > now() AT TIME ZONE 'UTC')
              FROM webhook_signing_secret
             WHERE webhook_id = ANY(%s)
             GROUP BY webhook_id
            """,
            [webhooks],
        )
        return {webhook_id: state for webhook_id, *state in self.env.cr.fetchall()}

    @api.autovacuum
    def _gc_ended(self):
        """Remove secrets that nothing is signed with any more."""
        self._remove_ended()

    def _remove_ended(self, webhook_id=None):
        self.env.cr.execute(
            """
            DELETE FROM webhook_signing_secret
             WHERE valid_until <= now() AT TIME ZONE 'UTC' AND webhook_id = coalesce(%s, webhook_id)
            """,
            [webhook_id],
        )
