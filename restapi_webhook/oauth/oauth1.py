"""OAuth 1.0a (RFC 5849): oauthlib's endpoints, with HMAC signatures alone, and our tokens behind them."""

import base64
import hashlib
import hmac
import re

from oauthlib.oauth1 import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_HMAC_SHA256,
    AccessTokenEndpoint,
    RequestTokenEndpoint,
    RequestValidator,
    ResourceEndpoint,
)
from oauthlib.oauth1.rfc5849.errors import OAuth1Error

from . import secrets, url
from .scopes import WRITE

FORM = "application/x-www-form-urlencoded"
OOB = "oob"  # no callback: the person types the verifier into the application
VERIFIER_LENGTH = 16
TOKEN = re.compile(r"[A-Za-z0-9]{20,64}")
NONCE = re.compile(r"[\x21-\x7e]{6,128}")
# Signed with, for keys and tokens that nobody has; so that they take as long as others.
DUMMY = "dummy"
USED_NONCE = "restapi.used_nonce"


class Replayed(OAuth1Error):
    """The nonce was used before."""

    error = "nonce_used"
    status_code = 401


class Validator(RequestValidator):
    """What oauthlib asks about applications, tokens and nonces.

    :param env: environment of the superuser
    :param environ: the WSGI environment of the call
    """

    allowed_signature_methods = (SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256)
    enforce_ssl = False  # url.require_https does, for all routes alike
    dummy_client = dummy_request_token = dummy_access_token = DUMMY

    def __init__(self, env, environ):
        super().__init__()
        self.env = env
        self._environ = environ

    # Forms

    def check_client_key(self, client_key):
        return bool(TOKEN.fullmatch(client_key))

    def check_request_token(self, request_token):
        return bool(TOKEN.fullmatch(request_token))

    def check_access_token(self, request_token):
        return bool(TOKEN.fullmatch(request_token))

    def check_nonce(self, nonce):
        return bool(NONCE.fullmatch(nonce))

    def check_verifier(self, verifier):
        return bool(TOKEN.fullmatch(verifier) or len(verifier) == VERIFIER_LENGTH)

    def check_realms(self, realms):
        return True  # a realm is a name of the server, no scope

    # Applications

    def _application(self, key):
        """The application with that key, and its secret: one query, whether there is one or not.

        :return: (record, str or None); an empty record if it may not use OAuth 1.0a
        """
        self.env.cr.execute(
            """
            SELECT id, hidden_oauth1_secret FROM restapi_application
             WHERE key = %s AND oauth1 AND confidential AND active
            """,
            [key],
        )
        application_id, sealed = self.env.cr.fetchone() or ((), None)
        return self.env["restapi.application"].browse(application_id), secrets.opened(sealed)

    def validate_client_key(self, client_key, request):
        request.application, secret = self._application(client_key)
        return bool(secret)  # one that was not made, or can no longer be read, cannot have signed

    def get_client_secret(self, client_key, request):
        return self._application(client_key)[1] or DUMMY

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        application, _secret = self._application(client_key)
        return bool(application) and (redirect_uri == OOB or application.allows_redirect(redirect_uri))

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    # Tokens

    def _token(self, kind, token, client_key):
        found = self.env["restapi.token"]._find(token, kind)
        usable = found and found.application_id.key == client_key and found._is_valid()
        return found if usable and found._secret() else found.browse()

    def validate_request_token(self, client_key, token, request):
        request.found = self._token("oauth1_request", token, client_key)
        return bool(request.found) and bool(request.found.user_id) and not request.found.used_at

    def get_request_token_secret(self, client_key, token, request):
        return self._token("oauth1_request", token, client_key)._secret() or DUMMY

    def validate_verifier(self, client_key, token, verifier, request):
        return secrets.matches(verifier, request.found.verifier_digest)

    def validate_access_token(self, client_key, token, request):
        request.found = self._token("oauth1_access", token, client_key)
        return bool(request.found)

    def get_access_token_secret(self, client_key, token, request):
        return self._token("oauth1_access", token, client_key)._secret() or DUMMY

    def save_request_token(self, token, request):
        self.use_nonce(request)
        self._issue("oauth1_request", token, request, redirect_uri=request.redirect_uri)

    def save_access_token(self, token, request):
        self.use_nonce(request)
        if not request.found._use_once():
            raise Replayed(description="This request token was used before.")
        self._issue(
            "oauth1_access", token, request, user=request.found.user_id, scopes=WRITE, family=request.found.family
        )

    def _issue(self, kind, token, request, **values):
        sealed = secrets.sealed(token["oauth_token_secret"])
        tokens = self.env["restapi.token"]
        tokens._issue(kind, request.application, token=token["oauth_token"], sealed=sealed, **values)

    def invalidate_request_token(self, client_key, request_token, request):
        """Nothing is left to do: :meth:`save_access_token` has marked it as used."""

    # Replays

    @property
    def used(self):
        """The nonce that this very call has used, kept where it outlasts a retry."""
        return self._environ.get(USED_NONCE)

    @used.setter
    def used(self, parts):
        self._environ[USED_NONCE] = parts

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        """Whether it was used is asked once the signature is known to be right: else anybody could use nonces up."""
        return True

    def use_nonce(self, request):
        """Use the nonce of a request whose signature is right.

        :raises Replayed: when it was used before
        """
        parts = (request.client_key, request.resource_owner_key, request.timestamp, request.nonce)
        if self.used == parts:
            return  # Odoo makes the same call again, after transactions got in each other's way
        if not self.env["restapi.nonce"]._use(*parts):
            raise Replayed(description="This nonce was used before.")
        self.used = parts


def request_token_endpoint(env, httprequest):
    """Where an application gets the token that a person then approves."""
    return RequestTokenEndpoint(Validator(env, httprequest.environ), token_generator=secrets.new)


def access_token_endpoint(env, httprequest):
    """Where an application exchanges an approved request token."""
    return AccessTokenEndpoint(Validator(env, httprequest.environ), token_generator=secrets.new)


def arguments(httprequest):
    """A request as oauthlib's endpoints take it: address, method, parameters of a form, headers."""
    form = list(httprequest.form.items(multi=True)) if httprequest.mimetype == FORM else ""
    return url.whole(httprequest), httprequest.method, form, dict(httprequest.headers)


def signed_by(env, httprequest):
    """The access token (a record) that a call is signed with, or None."""
    endpoint = ResourceEndpoint(Validator(env, httprequest.environ))
    try:
        valid, request = endpoint.validate_protected_resource_request(*arguments(httprequest))
        if not valid or not _has_signed_body(request, httprequest):
            return None
        endpoint.request_validator.use_nonce(request)
    except (OAuth1Error, ValueError):
        return None
    return request.found


def _has_signed_body(request, httprequest):
    """Whether the body is the one that was signed, where its hash is part of the signature (``oauth_body_hash``)."""
    claimed = request.oauth_params.get("oauth_body_hash")
    if claimed is None:
        return True
    algorithm = hashlib.sha1 if request.signature_method == SIGNATURE_HMAC_SHA1 else hashlib.sha256
    actual = base64.b64encode(algorithm(httprequest.get_data()).digest()).decode()
    return hmac.compare_digest(actual.encode(), claimed.encode())


def claimed_key(httprequest):
    """The consumer key that a request claims to come from; an empty text if it names none."""
    found = re.search(
        r'(?:^OAuth\s+|,\s*)oauth_consumer_key="?([A-Za-z0-9]{1,64})', httprequest.headers.get("Authorization", "")
    )
    return found.group(1) if found else httprequest.values.get("oauth_consumer_key", "")
