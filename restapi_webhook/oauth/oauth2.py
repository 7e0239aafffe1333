"""OAuth 2.0 (RFC 6749, 7009, 7636, 7662): oauthlib's endpoints, with the grants that are safe, and our tokens behind them."""

import base64
import logging
import re
from datetime import timedelta
from urllib.parse import unquote_plus

from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    IntrospectEndpoint,
    RefreshTokenGrant,
    RequestValidator,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749 import errors
from odoo import fields

from ..models.restapi_token import LIFETIMES
from . import secrets
from .scopes import READ, SCOPES, WRITE

# It logs requests, tokens and secrets included, at the level DEBUG.
logging.getLogger("oauthlib").setLevel(logging.WARNING)

ACCESS_SECONDS = LIFETIMES["access"]
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
GRANTS = ("authorization_code", "refresh_token", "client_credentials")


class Endpoints(AuthorizationEndpoint, TokenEndpoint, RevocationEndpoint, IntrospectEndpoint):
    """The endpoints of the protocol: authorization code, refresh token and client credentials, no other grant.

    :param env: environment of the superuser
    """

    def __init__(self, env):
        validator = Validator(env)
        code = AuthorizationCodeGrant(validator)
        bearer = BearerToken(validator, lambda request: secrets.new(), ACCESS_SECONDS)
        grants = (code, RefreshTokenGrant(validator), ClientCredentialsGrant(validator))
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", default_token_type=bearer, response_types={"code": code}
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            default_token_type=bearer,
            grant_types=dict(zip(GRANTS, grants)),
        )
        RevocationEndpoint.__init__(self, validator)
        IntrospectEndpoint.__init__(self, validator)

    # Of all but the authorization, whose routes say it themselves.
    valid_request_methods = ("POST",)


class Client:
    """An application as oauthlib wants it."""

    def __init__(self, application):
        self.application = application
        self.client_id = application.key


class Validator(RequestValidator):
    """What oauthlib asks about applications, codes and tokens.

    :param env: environment of the superuser
    """

    def __init__(self, env):
        super().__init__()
        self.env = env

    # Applications

    def _application(self, key):
        if not isinstance(key, str) or not key or "\0" in key:
            return self.env["restapi.application"]
        return self.env["restapi.application"].search([("key", "=", key)], limit=1)

    def validate_client_id(self, client_id, request, *args, **kwargs):
        application = self._application(client_id)
        if application:
            request.client = Client(application)
        return bool(application)

    def client_authentication_required(self, request, *args, **kwargs):
        application = self._application(_basic(request)[0] or request.client_id)
        return not application or application.confidential

    def authenticate_client(self, request, *args, **kwargs):
        key, secret = _basic(request)
        if key is None:
            key, secret = request.client_id, request.client_secret
        elif request.client_secret or request.client_id not in (None, "", key):
            return False  # two ways at once, or two clients
        application = self._application(key)
        # The same work for a key that nobody has.
        right = secrets.matches(secret, application.secret_digest)
        if not right or not application or not application.confidential:
            return False
        request.client = Client(application)
        request.client_id = key
        return True

    def authenticate_client_id(self, client_id, request, *args, **kwargs):
        application = self._application(client_id)
        if not application or application.confidential or request.client_secret or _basic(request)[0]:
            return False
        request.client = Client(application)
        return True

    # Asking for access

    def validate_redirect_uri(self, client_id, redirect_uri, request, *args, **kwargs):
        return request.client.application.allows_redirect(redirect_uri)

    def get_default_redirect_uri(self, client_id, request, *args, **kwargs):
        uris = request.client.application.uris()
        return uris[0] if len(uris) == 1 else None

    def validate_response_type(self, client_id, response_type, client, request, *args, **kwargs):
        return response_type == "code"

    def validate_scopes(self, client_id, scopes, client, request, *args, **kwargs):
        return set(scopes) <= set(SCOPES)

    def get_default_scopes(self, client_id, request, *args, **kwargs):
        return [WRITE]  # many programs cannot be told a scope

    def is_pkce_required(self, client_id, request):
        # Nothing but S256 of a well-formed verifier; an absent method would mean "plain".
        challenge = request.code_challenge
        used = challenge is not None or request.code_challenge_method is not None
        if used and (request.code_challenge_method != "S256" or not CHALLENGE.fullmatch(challenge or "")):
            raise errors.InvalidRequestError(
                "PKCE needs code_challenge_method=S256 and a code_challenge of 43 characters.", request=request
            )
        return not request.client.application.confidential

    def save_authorization_code(self, client_id, code, request, *args, **kwargs):
        self.env["restapi.token"]._issue(
            "code",
            request.client.application,
            request.user,
            " ".join(request.scopes),
            token=code["code"],
            redirect_uri=request.redirect_uri if not request.using_default_redirect_uri else False,
            challenge=request.code_challenge or False,
        )

    # Tokens

    def validate_grant_type(self, client_id, grant_type, client, request, *args, **kwargs):
        if grant_type not in GRANTS:
            return False  # oauthlib takes "openid" for a code, too
        if grant_type == "client_credentials":
            request.user = client.application.user_id
            return request.user._may_use_restapi()
        return True

    def validate_code(self, client_id, code, client, request, *args, **kwargs):
        request.used = found = self.env["restapi.token"]._find(code, "code")
        if not found or found.application_id != client.application:
            return False
        if found.used_at:
            found._revoke_family()  # somebody else has it too
            return False
        if not found._is_valid():
            return False
        request.user, request.scopes = found.user_id, found.scopes.split()
        return True

    def get_code_challenge(self, code, request):
        challenge, verifier = request.used.challenge or None, request.code_verifier
        # A verifier for a code that was got without a challenge: somebody took the challenge away (RFC 9700, 2.1.1).
        if bool(challenge) != bool(verifier) or (verifier and not VERIFIER.fullmatch(verifier)):
            raise errors.InvalidGrantError("The code_verifier does not fit the code_challenge.", request=request)
        return challenge

    def get_code_challenge_method(self, code, request):
        return "S256"

    def confirm_redirect_uri(self, client_id, code, redirect_uri, client, request, *args, **kwargs):
        sent = request.used.redirect_uri
        if not sent:  # the only registered one was meant
            return redirect_uri == self.get_default_redirect_uri(client_id, request)
        return redirect_uri == sent and not request.using_default_redirect_uri

    def invalidate_authorization_code(self, client_id, code, request, *args, **kwargs):
        """Nothing is left to do: :meth:`save_bearer_token` has marked it as used."""

    def validate_refresh_token(self, refresh_token, client, request, *args, **kwargs):
        request.used = found = self.env["restapi.token"]._find(refresh_token, "refresh")
        if not found or found.application_id != client.application or not found._is_valid():
            return False
        if found.used_at and found.used_at < fields.Datetime.now() - timedelta(seconds=found.LEEWAY):
            found._revoke_family()  # somebody else has it too
            return False
        request.user = found.user_id
        return True

    def get_original_scopes(self, refresh_token, request, *args, **kwargs):
        return request.used.scopes

    def is_within_original_scope(self, request_scopes, refresh_token, request, *args, **kwargs):
        return set(request_scopes) <= {READ} and WRITE in request.used.scopes.split()

    def save_bearer_token(self, token, request, *args, **kwargs):
        tokens, family = self.env["restapi.token"], None
        if request.grant_type != "client_credentials":
            family = request.used.family
            request.used._lock()
            first = request.used._use_once()
            if not first and request.grant_type == "authorization_code":
                raise errors.InvalidGrantError(request=request)
        issued = {"application": request.client.application, "user": request.user, "family": family}
        scopes = " ".join(request.scopes)
        _access, record = tokens._issue("access", scopes=scopes, token=token["access_token"], **issued)
        if "refresh_token" in token:
            # Of the whole grant: a narrower access token does not narrow what may be asked for next.
            whole = request.used.scopes if request.grant_type == "refresh_token" else scopes
            issued["family"] = record.family
            tokens._issue("refresh", scopes=whole, token=token["refresh_token"], **issued)

    def revoke_token(self, token, token_type_hint, request, *args, **kwargs):
        found = self.env["restapi.token"]._find(token, "access", "refresh")
        if found.application_id == request.client.application:
            # A refresh token takes along what was got with it (RFC 7009, 2.1).
            found._revoke_family() if found.kind == "refresh" else found._revoke()

    def introspect_token(self, token, token_type_hint, request, *args, **kwargs):
        found = self.env["restapi.token"]._find(token, "access", "refresh")
        if not found or found.application_id != request.client.application or not found._is_valid():
            return None
        claims = {
            "scope": found.scopes,
            "client_id": found.application_id.key,
            "username": found.user_id.login,
            "sub": str(found.user_id.id),
            "exp": int(fields.Datetime.to_datetime(found.expires_at).timestamp()),
            "iat": int(found.create_date.timestamp()),
        }
        return dict(claims, token_type="Bearer") if found.kind == "access" else claims


def _basic(request):
    """The key and the secret of the header ``Authorization: Basic``, or (None, None)."""
    scheme, _space, value = (request.headers.get("Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        key, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError:  # no base64, no UTF-8
        return "", ""
    # Both are form-encoded in there (RFC 6749, 2.3.1).
    return (unquote_plus(key), unquote_plus(secret)) if colon else ("", "")


def named_client(httprequest):
    """The key of the application that a request claims to come from; an empty text if it names none."""
    key, _secret = _basic(httprequest)
    return key or httprequest.form.get("client_id", "")
