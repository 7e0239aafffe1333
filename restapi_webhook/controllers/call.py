"""One way for all calls: who calls, what is asked for, the work, the answer; and what becomes of every failure."""

import logging
import re
from contextlib import nullcontext

import psycopg2
from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..api import answer, parameters
from ..oauth.authenticate import authenticate
from ..oauth.scopes import READ, WRITE
from ..problem import Problem
from ..series import act_as, is_tried_again, superuser

_logger = logging.getLogger(__name__)

ROOT = "/restapi/1.0"
COMMON = f"{ROOT}/common"
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept"}


def route(*paths, public=False):
    """Make a controller's method answer the calls at ``paths`` below :data:`ROOT`.

    The method returns what answers each HTTP method: ``{"GET": function, …}``. Such a function takes the environment of
    the calling user, the numbers that the path holds and the parameters as keywords, and returns the tree of the answer.

    :param paths: as in ``odoo.http.route``
    :param public: whether everybody may call, without a token
    """
    held = re.findall(r"<int:(\w+)>", paths[0])

    def decorate(method):
        @http.route(
            [ROOT + path for path in paths], type="http", auth="none", csrf=False, save_session=False, readonly=False
        )
        def call(self, **given):
            return _answer(method(self), [given[name] for name in held], public)

        call.__name__ = method.__name__  # Odoo 14.0 looks for it under this name
        return call

    return decorate


def _answer(actions, held, public):
    httprequest = request.httprequest
    xml = answer.wants_xml(httprequest) and not public
    try:
        if httprequest.method == "OPTIONS" and actions:
            return _response("", None, 204, {"Allow": _allowed(actions)})
        action = _action(actions, httprequest.method)
        body, content_type = _work(action, held, public, xml)
        return _response(body, content_type, 200)
    except Problem as problem:
        body, content_type = answer.failure(problem.tree(), xml)
        return _response(body, content_type, problem.status, problem.headers)


def _action(actions, method):
    if not actions:
        raise Problem(404, "There is nothing at this address. See /restapi/1.0/openapi.json for what there is.")
    action = actions.get("GET" if method == "HEAD" else method)
    if action is None:
        allowed = _allowed(actions)
        raise Problem(405, f"This address takes {allowed}, not {method}.", {"Allow": allowed})
    return action


def _allowed(actions):
    return ", ".join([*actions, *(["HEAD"] if "GET" in actions else []), "OPTIONS"])


def _work(action, held, public, xml):
    """The body and the content type of a good answer; what was done for one that fails is undone.

    :raises Problem: for whatever goes wrong, except what Odoo tries again when it is raised
    """
    env, reads = superuser(), request.httprequest.method in ("GET", "HEAD")
    try:
        if not public:
            # Outside the savepoint: what authenticate() notes about failures stays.
            identity = authenticate(env, request.httprequest)
            identity.require(READ if reads else WRITE)
            env = act_as(identity.uid, {"lang": identity.lang, "tz": identity.tz})
        given = parameters.read(request.httprequest, action)
        # A reading call leaves nothing to undo.
        with nullcontext() if reads else env.cr.savepoint():
            return answer.success(action(env, *held, **given), xml)
    except Problem:
        raise
    except MissingError as error:
        raise Problem(404, "The record is gone: it was deleted meanwhile.") from error
    except AccessError as error:
        raise Problem(403, "You may not do this with your rights in Odoo. Ask an administrator for them.") from error
    except UserError as error:
        raise Problem(403, str(error.args[0])) from error
    except psycopg2.IntegrityError as error:
        raise Problem(403, "This contradicts other data in Odoo. Check the values, and call again.") from error
    except Exception as error:
        if is_tried_again(error):
            raise
        _logger.exception("A call of the REST API failed")
        raise Problem(500, "Odoo could not answer. Its log says why; tell its administrator when this was.") from error


def _response(body, content_type, status, headers=None):
    given = {**HEADERS, **(headers or {})}
    if content_type:
        given["Content-Type"] = content_type
    return http.Response(body, status=status, headers=list(given.items()))
