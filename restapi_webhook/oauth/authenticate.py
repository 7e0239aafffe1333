"""Who calls the API: a bearer token (OAuth 2.0) or a signature (OAuth 1.0a), in the header ``Authorization`` alone."""

from typing import NamedTuple, Optional

from ..problem import Problem
from . import limits, oauth1, url
from .scopes import WRITE


class Identity(NamedTuple):
    """Who calls, and what he was granted.

    :param uid: id of the user in whose name the call is made
    :param lang: code of his language, or None
    :param tz: name of his time zone, or None
    :param scopes: frozenset of ``webhooks`` and ``webhooks.read``
    :param application_id: id of the calling application
    """

    uid: int
    lang: Optional[str]
    tz: Optional[str]
    scopes: frozenset
    application_id: int

    def require(self, scope):
        """Check that the call is within what was granted; ``webhooks`` includes ``webhooks.read``.

        :raises Problem: 403
        """
        if scope not in self.scopes and WRITE not in self.scopes:
            raise Problem(
                403,
                f"The token does not cover this call: it needs the scope {scope}. Ask for that scope when you get a token.",
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )


def authenticate(env, httprequest):
    """Find out who calls.

    :param env: environment of the superuser
    :param httprequest: werkzeug's request
    :return: :class:`Identity`
    :raises Problem: 401; 429 after too many failures; 403 for a call in the clear
    """
    url.require_https(env, httprequest)
    scheme, _space, credentials = httprequest.headers.get("Authorization", "").partition(" ")
    client, granted = "bearer", None
    if scheme.lower() == "bearer":
        granted = env["restapi.token"]._grant(credentials.strip())
    elif scheme.lower() == "oauth":
        client = oauth1.claimed_key(httprequest)
        token = oauth1.signed_by(env, httprequest)
        if token:
            user, application = token.user_id, token.application_id
            granted = user.id, user.lang, user.tz, token.scopes, application.id, application.last_used_at
    if granted:
        uid, lang, tz, scopes, application_id, noted_at = granted
        env["restapi.application"].browse(application_id)._note_use(noted_at)
        return Identity(uid, lang, tz, frozenset(scopes.split()), application_id)
    if credentials:
        limits.check(env, httprequest, client)
        limits.count(env, httprequest, client)
    raise Problem(
        401,
        "This call needs a valid token: send it as “Authorization: Bearer <token>”, or sign the call with OAuth 1.0a.",
        {"WWW-Authenticate": 'Bearer realm="restapi", OAuth realm="restapi"'},
    )
