"""The pages of the authorization: the question, and why there is none."""

from urllib.parse import quote

from odoo import _
from odoo.http import request

from .. import series
from ..oauth.scopes import READ, WRITE
from ..problem import Problem

# Nobody may put the page in a frame, keep it, or learn its address.
HEADERS = [
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]


def ask(application, scopes, asked, action, hidden=None):
    """The page that asks whether ``application`` may have access; first a login, for whoever is not logged in.

    :param asked: what the application asked for, kept for the answer
    :param action: the path that the form is sent to
    :param hidden: dict of what the form sends along
    """
    user = request.env.user
    if not request.session.uid:
        path = request.httprequest.environ["PATH_INFO"]
        query = request.httprequest.environ.get("QUERY_STRING", "")
        return back("/web/login?redirect=" + quote(f"{path}?{query}", safe=""))
    if not user._may_use_restapi():
        return refused(
            Problem(
                403,
                _("You may not use webhooks, so no application can in your name. Ask an administrator for the group "
                  "“Webhooks / Manager”."),
            )
        )  # fmt: skip
    token = series.superuser()["restapi.consent"]._ask(application, user, request.session.sid, asked)
    labels = {
        WRITE: _("Create, change and delete your webhooks, and send their deliveries again"),
        READ: _("See your webhooks and their deliveries"),
    }
    values = {
        "application": application,
        "user": user,
        "action": action,
        "hidden": {**(hidden or {}), "consent": token},
        "scopes": [labels[scope] for scope in scopes],
    }
    return _page("restapi_webhook.consent_page", values, 200)


def answered(env, token):
    """The question that the form of :func:`ask` answers.

    :raises Problem: when this person was not asked that here, or has answered already
    """
    found = env["restapi.consent"]._answered(token, request.env.user, request.session.sid)
    if not found:
        raise Problem(400, too_late())
    return found


def too_late():
    """Why a form or a request token is no longer of use."""
    return _("This was answered before, or is too old. Go back to the application, and begin again.")


def refused(problem):
    """The page that says why there is nothing to ask."""
    return _page("restapi_webhook.refused_page", {"detail": problem.detail}, problem.status)


def code(verifier, application):
    """The page with a verifier that a person types into the application himself (OAuth 1.0a, ``oob``)."""
    return _page("restapi_webhook.verifier_page", {"verifier": verifier, "application": application}, 200)


def back(address):
    """Send the browser on, with GET whatever it was sent here with."""
    response = request.make_response("", headers=[*HEADERS, ("Location", address)])
    response.status_code = 303
    return response


def reason(error):
    """What is wrong with a request for access, in a sentence for the person who sees the page."""
    described = error.description or error.error
    return _("The application asked in a way that cannot be answered: %(reason)s", reason=described)


def _page(template, values, status):
    response = request.render(template, values)
    response.headers.extend(HEADERS)
    response.status_code = status
    return response
