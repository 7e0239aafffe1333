import ipaddress
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import _, api, fields, models
from odoo.addons.webhook import series
from odoo.addons.webhook.models import hidden
from odoo.exceptions import AccessError, UserError, ValidationError

from ..oauth import secrets

KEY_LENGTH = 32
SECRET_LENGTH = 48
URI_LIMIT = 2048
NOTED_EVERY = timedelta(minutes=10)


class Application(models.Model):
    """A program that may ask for access, in OAuth's words a client.

    Its secret of OAuth 1.0a, sealed, is in the hidden column ``oauth1_secret``.
    """

    _name = "restapi.application"
    _description = "REST API Application"
    _order = "name, id"

    name = fields.Char(required=True, help="People see it when they are asked whether the application may have access.")
    active = fields.Boolean(default=True, help="An archived application gets no tokens, and those it has do not work.")
    key = fields.Char(
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.new(KEY_LENGTH),
        help="Names the application: client_id in OAuth 2.0, consumer key in OAuth 1.0a. No secret.",
    )
    confidential = fields.Boolean(
        default=True,
        help="A program on a server, which can keep a secret. One in a browser or on a phone cannot: it has none, and "
        "must use PKCE.",
    )
    # Fields of the group "." are for code in sudo mode alone: nobody reads or exports them.
    secret_digest = fields.Char(readonly=True, copy=False, groups=".")
    has_secret = fields.Boolean(
        "Secret", compute="_compute_has_secret", compute_sudo=True, help="Whether there is one; it was shown once."
    )
    redirect_uris = fields.Text(
        "Redirect URIs",
        help="Where people are sent back to after they have allowed access, one a line: exactly as the application sends "
        "it. In OAuth 1.0a, its callback.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Acts as",
        default=lambda self: self.env.user,
        required=True,
        help="Whom the application stands for when nobody has logged in (grant client_credentials). Other grants stand for "
        "the person who allowed access.",
    )
    oauth1 = fields.Boolean(
        "OAuth 1.0a",
        help="OAuth 1.0a signs with secrets that the server must know as they are. Leave it off for whoever can use 2.0.",
    )
    unsealed = fields.Boolean(compute="_compute_unsealed", compute_sudo=True)
    last_used_at = fields.Datetime(
        "Last Used", readonly=True, copy=False, help="When it last called the API, to ten minutes."
    )
    token_count = fields.Integer(
        "Valid Tokens",
        compute="_compute_token_count",
        compute_sudo=True,
        help="Tokens with which it can call the API now.",
    )

    def init(self):
        """Make keys unique, in a way that all series know; and add the hidden column."""
        hidden.take_over(self.env.cr, self._table, "oauth1_secret")
        self.env.cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS restapi_application_key ON restapi_application (key)")

    @api.depends("secret_digest")
    def _compute_has_secret(self):
        for application in self:
            application.has_secret = bool(application.secret_digest)

    @api.depends("oauth1", "secret_digest")
    def _compute_unsealed(self):
        kept = hidden.read(self._origin, "oauth1_secret")
        for application in self:
            sealed = kept.get(application._origin.id) or ""
            application.unsealed = application.oauth1 and sealed.startswith(secrets.PLAIN)

    def _compute_token_count(self):
        for application in self:
            domain = [*self.env["restapi.token"]._valid(), ("application_id", "=", application.id)]
            application.token_count = self.env["restapi.token"].search_count(domain)

    @api.constrains("redirect_uris")
    def _check_redirect_uris(self):
        for application in self:
            for uri in application.uris():
                application._check_redirect_uri(uri)

    @staticmethod
    def _check_redirect_uri(uri):
        """Refuse a URI that must never get a code.

        :raises ValidationError:
        """
        try:
            parts = urlsplit(uri)
        except ValueError:
            parts = None
        example = "https://example.com/callback"
        if parts is None or not parts.scheme or len(uri) > URI_LIMIT or "*" in uri or "\\" in uri or not uri.isascii():
            raise ValidationError(
                _("“%(uri)s” is no complete redirect URI. Write it like %(example)s.", uri=uri, example=example)
            )
        if "#" in uri or "@" in parts.netloc:
            raise ValidationError(_("The redirect URI “%(uri)s” must hold neither a “#” nor a user name.", uri=uri))
        if parts.scheme in ("javascript", "data", "vbscript", "file", "about", "blob"):
            raise ValidationError(
                _("“%(uri)s” cannot be redirected to. Write it like %(example)s.", uri=uri, example=example)
            )
        if parts.scheme in ("http", "https") and not parts.hostname:
            raise ValidationError(
                _("“%(uri)s” is no complete redirect URI. Write it like %(example)s.", uri=uri, example=example)
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValidationError(
                _("The redirect URI “%(uri)s” must begin with https://: a code must not travel in the clear.", uri=uri)
            )

    def uris(self):
        """The redirect URIs, a list of str."""
        self.ensure_one()
        return (self.redirect_uris or "").split()

    def allows_redirect(self, uri):
        """Whether ``uri`` is one of the redirect URIs: exactly, but for the port of a loopback address (RFC 8252, 7.3)."""
        return any(uri == registered or _same_but_port(uri, registered) for registered in self.uris())

    def _note_use(self, noted_at):
        """Note that the application called, unless that was done lately; in a transaction which runs into nobody else's.

        :param noted_at: when it was noted last, or a false value
        """
        before = fields.Datetime.now() - NOTED_EVERY
        if noted_at and noted_at >= before:
            return
        with series.transaction(self.env.registry) as env:
            env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            env.cr.execute(
                """
                UPDATE restapi_application SET last_used_at = now() AT TIME ZONE 'UTC'
                 WHERE id = %s AND (last_used_at IS NULL OR last_used_at < %s)
                """,
                [self.id, before],
            )

    def action_new_secret(self):
        """Make a new secret, and open a dialog that shows it this once. The old one no longer works."""
        self.ensure_one()
        if not self.confidential:
            raise UserError(
                _("A public application cannot keep a secret, so it gets none. Make it confidential first.")
            )
        if not self.env.is_system():
            raise AccessError(_("Only an administrator may make a secret."))
        secret = secrets.new(SECRET_LENGTH)
        self.sudo().write({"secret_digest": secrets.digest(secret)})
        hidden.write(self, "oauth1_secret", secrets.sealed(secret) if self.oauth1 else None)
        title = _("The secret of %(application)s", application=self.name)
        return self.env["restapi.secret"]._dialog(title, key=self.key, secret=secret)

    def action_revoke_tokens(self):
        """Make all tokens of the application worthless."""
        if not self.env.is_system():
            raise AccessError(_("Only an administrator may revoke tokens."))
        self.env["restapi.token"].sudo().search([("application_id", "in", self.ids)])._revoke()
        return True

    def write(self, vals):
        result = super().write(vals)
        if not vals.get("oauth1", True):
            hidden.write(self, "oauth1_secret", None)
        return result


def is_loopback(host):
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _same_but_port(uri, registered):
    try:
        asked, known = urlsplit(uri), urlsplit(registered)
        port = asked.port
    except ValueError:
        return False
    if known.scheme != "http" or not is_loopback(known.hostname) or known.hostname == "localhost":
        return False
    without_port = known.hostname if ":" not in known.hostname else f"[{known.hostname}]"
    expected = without_port if port is None else f"{without_port}:{port}"
    return uri == f"http://{expected}" + registered.split(known.netloc, 1)[1]
