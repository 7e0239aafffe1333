import json

from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749.errors import FatalClientError, InvalidRequestError, OAuth2Error
from odoo import _, http
from odoo.http import request

from .. import series
from ..oauth import limits, oauth2, url
from ..oauth.scopes import SCOPES
from ..problem import Problem
from . import consent
from .call import COMMON

# What no cache and no frame may keep or show (RFC 6749, 5.1).
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuth2(http.Controller):
    """OAuth 2.0: ``/restapi/1.0/common/oauth2/…``."""

    @http.route(
        f"{COMMON}/oauth2/authorize",
        type="http", auth="public", methods=["GET"], csrf=False, readonly=False, sitemap=False,
    )  # fmt: skip
    def authorize(self, **_parameters):
        """Ask the person who is logged in whether the application may have access."""
        try:
            env = series.superuser()
            url.require_https(env, request.httprequest)
            asked = url.whole(request.httprequest)
            try:
                scopes, details = oauth2.Endpoints(env).validate_authorization_request(asked)
            except FatalClientError as error:
                raise Problem(400, consent.reason(error)) from error
            except OAuth2Error as error:
                return self._send_back(error.in_uri(error.redirect_uri))
            except ValueError as error:
                raise Problem(400, _("The address cannot be read: %(error)s", error=error)) from error
        except Problem as problem:
            return consent.refused(problem)
        application = details["request"].client.application
        return consent.ask(application, scopes, asked, f"{COMMON}/oauth2/authorize")

    @http.route(f"{COMMON}/oauth2/authorize", type="http", auth="user", methods=["POST"], readonly=False, sitemap=False)
    def answer(self, decision=None, **parameters):
        """The person has decided: back to the application with a code, or with ``access_denied``."""
        env = series.superuser()
        try:
            found = consent.answered(env, parameters.get("consent"))
        except Problem as problem:
            return consent.refused(problem)
        endpoints = oauth2.Endpoints(env)
        try:
            scopes, details = endpoints.validate_authorization_request(found.request)
            if decision != "allow":
                denied = [("error", "access_denied")]
                denied += [("state", details["state"])] if details["state"] else []
                return self._send_back(add_params_to_uri(details["redirect_uri"], denied))
            headers, _body, _status = endpoints.create_authorization_response(
                found.request, scopes=scopes, credentials={"user": found.user_id}
            )
        except FatalClientError as error:
            return consent.refused(Problem(400, consent.reason(error)))
        except OAuth2Error as error:
            return self._send_back(error.in_uri(error.redirect_uri))
        return self._send_back(headers["Location"])

    @http.route(
        [f"{COMMON}/oauth2/access_token", f"{COMMON}/oauth2/token"],
        type="http", auth="none", csrf=False, save_session=False, readonly=False,
    )  # fmt: skip
    def access_token(self, **_parameters):
        """Exchange a code, a refresh token or an application's own secret for an access token."""
        validity = {"access_token_validity": oauth2.ACCESS_SECONDS}
        return self._endpoint(lambda endpoints, *call: endpoints.create_token_response(*call, credentials=validity))

    @http.route(f"{COMMON}/oauth2/revoke", type="http", auth="none", csrf=False, save_session=False, readonly=False)
    def revoke(self, **_parameters):
        """Make a token worthless (RFC 7009)."""
        return self._endpoint(lambda endpoints, *call: endpoints.create_revocation_response(*call))

    @http.route(f"{COMMON}/oauth2/introspect", type="http", auth="none", csrf=False, save_session=False, readonly=False)
    def introspect(self, **_parameters):
        """Say what a token of the application's own is good for (RFC 7662)."""
        return self._endpoint(lambda endpoints, *call: endpoints.create_introspect_response(*call))

    @http.route(
        "/.well-known/oauth-authorization-server",
        type="http", auth="none", methods=["GET"], csrf=False, save_session=False, readonly=True, sitemap=False,
    )  # fmt: skip
    def metadata(self, **_parameters):
        """What this server can do (RFC 8414)."""
        base = url.base(request.httprequest)
        common = base + COMMON
        methods = ["client_secret_basic", "client_secret_post", "none"]
        return _json(
            {
                "issuer": base,
                "authorization_endpoint": f"{common}/oauth2/authorize",
                "token_endpoint": f"{common}/oauth2/access_token",
                "revocation_endpoint": f"{common}/oauth2/revoke",
                "introspection_endpoint": f"{common}/oauth2/introspect",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": list(oauth2.GRANTS),
                "token_endpoint_auth_methods_supported": methods,
                "revocation_endpoint_auth_methods_supported": methods,
                "introspection_endpoint_auth_methods_supported": methods,
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    @staticmethod
    def _send_back(address):
        return consent.back(add_params_to_uri(address, [("iss", url.base(request.httprequest))]))

    def _endpoint(self, call):
        """Run one of oauthlib's endpoints on the current request, and count what fails."""
        httprequest, env = request.httprequest, series.superuser()
        try:
            url.require_https(env, httprequest)
            client = oauth2.named_client(httprequest)
            limits.check(env, httprequest, client)
            if httprequest.method != "POST":
                error = InvalidRequestError("Use POST, with the parameters in the body.")
                return _json(dict(error.twotuples), 405, {"Allow": "POST"})
            if httprequest.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
                raise InvalidRequestError("Send the parameters as application/x-www-form-urlencoded.")
            body = list(httprequest.form.items(multi=True))
            headers, text, status = call(
                oauth2.Endpoints(env), url.whole(httprequest), "POST", body, dict(httprequest.headers)
            )
        except OAuth2Error as error:
            headers, text, status = dict(error.headers), error.json, error.status_code
        except Problem as problem:
            error = "invalid_request" if problem.status != 429 else "temporarily_unavailable"
            text = json.dumps({"error": error, "error_description": problem.detail})
            headers, status = problem.headers, problem.status
        if status in (400, 401) and json.loads(text)["error"] in ("invalid_client", "invalid_grant"):
            limits.count(env, httprequest, client)
        if status == 401:
            headers = dict(headers, **{"WWW-Authenticate": 'Basic realm="restapi"'})
        return _answer(text, status, headers)


def _json(tree, status=200, headers=None):
    return _answer(json.dumps(tree), status, headers or {})


def _answer(text, status, headers):
    kept = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    merged = {**kept, **NO_STORE, "Content-Type": "application/json"}
    response = request.make_response(text, headers=list(merged.items()))
    response.status_code = status
    return response
