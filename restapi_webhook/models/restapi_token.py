import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.webhook.models import hidden
from odoo.addons.webhook.series import forget

from ..oauth import secrets

KINDS = [
    ("code", "Authorization Code"),
    ("access", "Access Token"),
    ("refresh", "Refresh Token"),
    ("oauth1_request", "OAuth 1.0a Request Token"),
    ("oauth1_access", "OAuth 1.0a Access Token"),
]
# How long each kind is good for, in seconds; OAuth 1.0a access tokens last until they are revoked.
LIFETIMES = {"code": 300, "access": 3600, "refresh": 90 * 24 * 3600, "oauth1_request": 600, "oauth1_access": None}
# How long rows are kept after their end, so that a second use of a code or token is noticed.
KEPT_DAYS = 7


class Token(models.Model):
    """Something that an application was given to show again: only its digest is kept.

    But what OAuth 1.0a signs with is needed as it is: it is, sealed, in the hidden column ``secret``.
    """

    _name = "restapi.token"
    _description = "REST API Token"
    _order = "id desc"
    _rec_name = "kind"

    # A refresh token still works so many seconds after its first use: the answer may have been lost on its way.
    LEEWAY = 60

    application_id = fields.Many2one(
        "restapi.application", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="cascade", index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    # Fields of the group "." are for code in sudo mode alone: nobody reads or exports them.
    digest = fields.Char(required=True, readonly=True, groups=".")
    family = fields.Char(required=True, readonly=True, index=True, groups=".")
    scopes = fields.Char(readonly=True)
    expires_at = fields.Datetime("Valid Until", readonly=True)
    used_at = fields.Datetime("Used", readonly=True)
    revoked_at = fields.Datetime("Revoked", readonly=True)
    redirect_uri = fields.Char(readonly=True, groups=".")
    challenge = fields.Char(readonly=True, groups=".", help="The PKCE challenge of a code (S256).")
    verifier_digest = fields.Char(readonly=True, groups=".", help="Of an OAuth 1.0a request token.")

    def init(self):
        """Each token exists once; and add the hidden column."""
        hidden.take_over(self.env.cr, self._table, "secret")
        self.env.cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS restapi_token_digest ON restapi_token (digest)")

    @api.model
    def _issue(self, kind, application, user=None, scopes="", family=None, token=None, sealed=None, **values):
        """Make a token of ``kind``.

        :param family: that of the token which this one comes from; a new one unless given
        :param token: the token itself, if it was made elsewhere
        :param sealed: the secret that goes with it, sealed; for OAuth 1.0a
        :return: (the token itself, its record)
        """
        token = token or secrets.new()
        lifetime = LIFETIMES[kind]
        now = fields.Datetime.now()
        record = self.create(
            {
                "application_id": application.id,
                "user_id": user.id if user else False,
                "kind": kind,
                "digest": secrets.digest(token),
                "family": family or uuid.uuid4().hex,
                "scopes": scopes,
                "expires_at": now + timedelta(seconds=lifetime) if lifetime else False,
                **values,
            }
        )
        if sealed:
            hidden.write(record, "secret", sealed)
        return token, record

    def _secret(self):
        """The secret that goes with this token (str), or None: it has none, or it can no longer be read."""
        return secrets.opened(hidden.read(self, "secret").get(self.id))

    @api.model
    def _find(self, token, *kinds):
        """The record of a token of one of ``kinds``, whatever its state; empty if there is none."""
        return self.search([("digest", "=", secrets.digest(token or "")), ("kind", "in", kinds)], limit=1)

    @api.model
    def _valid(self):
        """The domain of tokens that still work, as far as their own row says."""
        now = fields.Datetime.now()
        return [("revoked_at", "=", False), "|", ("expires_at", "=", False), ("expires_at", ">", now)]

    def _is_valid(self):
        """Whether this token works: not ended, and the application and its user are there and may use the API."""
        self.ensure_one()
        if self.revoked_at or (self.expires_at and self.expires_at <= fields.Datetime.now()):
            return False
        return self.application_id.active and (not self.user_id or self.user_id._may_use_restapi())

    @api.model
    def _grant(self, token):
        """What an access token is good for now, in one query: each call of the API asks.

        :return: None, or a tuple: id of the user, his language, his time zone, scopes, id of the application, when its use
            was noted last
        """
        self.env.cr.execute(
            """
            SELECT token.user_id, partner.lang, partner.tz, token.scopes, application.id, application.last_used_at
              FROM restapi_token token
              JOIN restapi_application application ON application.id = token.application_id AND application.active
              JOIN res_users users ON users.id = token.user_id AND users.active
              JOIN res_partner partner ON partner.id = users.partner_id
             WHERE token.digest = %s AND token.kind = 'access' AND token.revoked_at IS NULL
               AND token.expires_at > now() AT TIME ZONE 'UTC'
            """,
            [secrets.digest(token)],
        )
        found = self.env.cr.fetchone()
        return found if found and self.env["res.users"].browse(found[0])._is_restapi_member() else None

    def _lock(self):
        """Keep others from revoking or using this token until the transaction ends: they then see what came of it."""
        self.env.cr.execute("SELECT id FROM restapi_token WHERE id = %s FOR UPDATE", [self.id])

    def _use_once(self):
        """Mark a code or request token as used.

        :return: bool, whether this was its first use: of several at once, one alone is told so
        """
        self.env.cr.execute(
            "UPDATE restapi_token SET used_at = now() AT TIME ZONE 'UTC' WHERE id = %s AND used_at IS NULL RETURNING id",
            [self.id],
        )
        first = bool(self.env.cr.fetchone())
        forget(self)
        return first

    def _revoke(self):
        """Make the tokens worthless from now on."""
        self.filtered(lambda token: not token.revoked_at).write({"revoked_at": fields.Datetime.now()})

    def _revoke_family(self):
        """Make all tokens worthless that came from the same consent."""
        self.env.cr.execute(
            "SELECT id FROM restapi_token WHERE family IN %s FOR UPDATE", [tuple(self.mapped("family"))]
        )
        self.search([("family", "in", self.mapped("family"))])._revoke()

    @api.autovacuum
    def _gc_tokens(self):
        """Remove tokens that ended long enough ago."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.sudo().search(["|", ("expires_at", "<", before), ("revoked_at", "<", before)]).unlink()
