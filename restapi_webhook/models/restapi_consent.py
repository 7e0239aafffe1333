from datetime import timedelta

from odoo import api, fields, models

from .. import series
from ..oauth import secrets

LIFETIME = 600  # seconds


class Consent(models.Model):
    """A question put to a person on a page: may this application have access? Answered once, by that person, there."""

    _name = "restapi.consent"
    _description = "REST API Consent"
    _order = "id desc"

    digest = fields.Char(required=True, index=True, groups=".")
    application_id = fields.Many2one("restapi.application", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    session_digest = fields.Char(required=True, groups=".")
    request = fields.Text(required=True, groups=".", help="What the application asked for, as it asked.")
    expires_at = fields.Datetime(required=True)
    used_at = fields.Datetime()

    @api.model
    def _ask(self, application, user, session_id, request):
        """Keep a question until it is answered.

        :param request: str, what the application asked for, for :meth:`_answered`
        :return: the token that the page's form sends back
        """
        token = secrets.new()
        self.create(
            {
                "digest": secrets.digest(token),
                "application_id": application.id,
                "user_id": user.id,
                "session_digest": secrets.digest(series.lasting(session_id)),
                "request": request,
                "expires_at": fields.Datetime.now() + timedelta(seconds=LIFETIME),
            }
        )
        return token

    @api.model
    def _answered(self, token, user, session_id):
        """The question that a form answers, if it was put to this user in this session, lately, and for the first time.

        :return: a record, empty if there is no such question
        """
        consent = self.search(
            [
                ("digest", "=", secrets.digest(token or "")),
                ("user_id", "=", user.id),
                ("session_digest", "=", secrets.digest(series.lasting(session_id))),
                ("expires_at", ">", fields.Datetime.now()),
                ("application_id.active", "=", True),
            ],
            limit=1,
        )
        self.env.cr.execute(
            "UPDATE restapi_consent SET used_at = now() AT TIME ZONE 'UTC' WHERE id = %s AND used_at IS NULL RETURNING id",
            [consent.id or 0],
        )
        return consent if self.env.cr.fetchone() else self.browse()

    @api.autovacuum
    def _gc_consents(self):
        """Remove questions that can no longer be answered."""
        self.sudo().search([("expires_at", "<", fields.Datetime.now())]).unlink()
