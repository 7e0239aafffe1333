import json
from urllib.parse import parse_qsl, urlencode

from oauthlib.common import add_params_to_uri
from odoo import _, http
from odoo.http import request

from .. import series
from ..oauth import limits, oauth1, secrets, url
from ..oauth.scopes import WRITE
from ..problem import Problem
from . import consent
from .call import COMMON

AUTHORIZE = f"{COMMON}/oauth1/authorize"


class OAuth1(http.Controller):
    """OAuth 1.0a: ``/restapi/1.0/common/oauth1/…``."""

    @http.route(
        f"{COMMON}/oauth1/request_token",
        type="http", auth="none", methods=["GET", "POST"], csrf=False, save_session=False, readonly=False,
    )  # fmt: skip
    def request_token(self, **_parameters):
        """Give an application a token that a person can approve."""
        env = series.superuser()
        endpoint = oauth1.request_token_endpoint(env, request.httprequest)
        return self._endpoint(env, endpoint.create_request_token_response)

    @http.route(
        f"{COMMON}/oauth1/access_token",
        type="http", auth="none", methods=["GET", "POST"], csrf=False, save_session=False, readonly=False,
    )  # fmt: skip
    def access_token(self, **_parameters):
        """Exchange a request token that was approved."""
        env = series.superuser()
        endpoint = oauth1.access_token_endpoint(env, request.httprequest)
        return self._endpoint(env, endpoint.create_access_token_response)

    @http.route(AUTHORIZE, type="http", auth="public", methods=["GET"], csrf=False, readonly=False, sitemap=False)
    def authorize(self, oauth_token="", **_parameters):
        """Ask the person who is logged in whether the application may have access."""
        env = series.superuser()
        try:
            url.require_https(env, request.httprequest)
            found = self._open_request(env, oauth_token)
        except Problem as problem:
            return consent.refused(problem)
        asked, hidden = f"oauth1:{found.id}", {"oauth_token": oauth_token}
        return consent.ask(found.application_id, [WRITE], asked, AUTHORIZE, hidden)

    @http.route(AUTHORIZE, type="http", auth="user", methods=["POST"], readonly=False, sitemap=False)
    def answer(self, oauth_token="", decision=None, **parameters):
        """The person has decided: back to the application with a verifier, or without."""
        env = series.superuser()
        try:
            question = consent.answered(env, parameters.get("consent"))
            found = self._open_request(env, oauth_token)
            if question.request != f"oauth1:{found.id}":
                raise Problem(400, consent.too_late())
        except Problem as problem:
            return consent.refused(problem)
        result = {"oauth_token": oauth_token}
        if decision == "allow":
            verifier = secrets.new(oauth1.VERIFIER_LENGTH)
            found.write({"user_id": question.user_id.id, "verifier_digest": secrets.digest(verifier)})
            result["oauth_verifier"] = verifier
        else:
            found._revoke()
            result["oauth_problem"] = "permission_denied"
        if found.redirect_uri != oauth1.OOB:
            return consent.back(add_params_to_uri(found.redirect_uri, list(result.items())))
        if decision == "allow":
            return consent.code(verifier, found.application_id)
        return consent.refused(Problem(403, _("You have refused access. The application gets none.")))

    @staticmethod
    def _open_request(env, token):
        """The request token that is waiting for a person's answer.

        :raises Problem: 400
        """
        found = env["restapi.token"]._find(token, "oauth1_request")
        if not found or not found._is_valid() or found.user_id:
            raise Problem(400, consent.too_late())
        return found

    @staticmethod
    def _endpoint(env, call):
        """Run one of oauthlib's endpoints on the current request; the answer is form-encoded, or JSON for who accepts it."""
        httprequest = request.httprequest
        client = oauth1.claimed_key(httprequest)
        try:
            url.require_https(env, httprequest)
            limits.check(env, httprequest, client)
            headers, text, status = call(*oauth1.arguments(httprequest))
        except Problem as problem:
            headers, status = problem.headers, problem.status
            text = urlencode({"error": "refused", "error_description": problem.detail})
        except ValueError:
            headers, text, status = {}, "error=invalid_request", 400
        if status == 401:
            limits.count(env, httprequest, client)
            headers, text = {"WWW-Authenticate": 'OAuth realm="restapi"'}, "error=unauthorized"
        content_type = oauth1.FORM
        if httprequest.accept_mimetypes.best_match([oauth1.FORM, "application/json"], oauth1.FORM) != oauth1.FORM:
            content_type = "application/json"
            text = json.dumps(dict(parse_qsl(text or "", keep_blank_values=True)))
        kept = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        merged = {**kept, "Cache-Control": "no-store", "Content-Type": content_type}
        response = request.make_response(text or "", headers=list(merged.items()))
        response.status_code = status
        return response
