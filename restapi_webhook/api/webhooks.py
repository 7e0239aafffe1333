"""What the calls on webhooks do. Each takes the environment of the calling user, and gives back the tree of the answer."""

import re

from odoo import fields as odoo_fields
from odoo.addons.webhook.capture import subscription
from odoo.addons.webhook.delivery import credentials
from odoo.addons.webhook.models.webhook_signing_secret import HOURS
from odoo.addons.webhook.payload import encoding, paths
from odoo.exceptions import AccessError, MissingError

from ..problem import Problem
from . import fields as public_fields
from .fields import FIELDS, FLAGS, PATHS, TIMES
from .parameters import LIMIT_LIMIT, NUMBER_LIMIT

REQUIRED = ("name", "model", "kind", "address")
READ_ONLY = ("id", "paused_at", "pause_reason", "create_date", "write_date")
# Never in an answer, nor in a domain; but for the secret that a new one signs with, once.
WRITE_ONLY = ("secret", "headers", "auth_type", "auth_user", "auth_secret")
WRITABLE = (*(name for name in FIELDS if name not in READ_ONLY), *WRITE_ONLY)
CHOICES = {
    "kind": [key for key, _label in subscription.KINDS],
    "format": [key for key, _label in encoding.FORMATS],
    "auth_type": [key for key, _label in credentials.LABELS],
}


def search(env, *, fields=None, domain=(), ids=None, offset=0, limit=LIMIT_LIMIT, order="name, id", count=False):
    """Webhooks by their ids, in that order; or those that match ``domain``, the archived only if it names ``active``."""
    if ids is not None:
        return _search_ids(env, ids, domain, fields, offset, limit, count)
    if count:
        return count_all(env, domain=domain)
    asked = public_fields.names(fields)
    model, wanted = _matching(env, domain)
    found = model.search(wanted, offset=offset, limit=limit, order=public_fields.order(order))
    return {"webhook": [public(webhook, asked) for webhook in found]}


def _search_ids(env, ids, domain, fields, offset, limit, count):
    asked = public_fields.names(fields)
    known = {number for number in ids if 0 < number <= NUMBER_LIMIT}
    matching = _everything(env).search([("id", "in", list(known)), *public_fields.domain(domain)])
    if not matching:
        raise Problem(404, f"There is no webhook {_listed(ids)} that you may see. Ask for others.")
    if count:
        return {"count": len(matching)}
    kept = [number for number in ids if number in matching.ids][offset : offset + limit]
    return {"webhook": [public(matching.browse(number), asked) for number in kept]}


def count_all(env, *, domain=()):
    """How many webhooks match ``domain``."""
    model, wanted = _matching(env, domain)
    return {"count": model.search_count(wanted)}


def read(env, webhook_id, *, fields=None):
    """One webhook, archived or not."""
    asked = public_fields.names(fields)
    webhook = env["webhook.webhook"].browse(webhook_id if 0 < webhook_id <= NUMBER_LIMIT else ())
    try:
        known = webhook.read([FIELDS[name] for name in asked])  # one query, which looks at rights and rules too
    except (AccessError, MissingError):
        known = []
    if not known:
        raise Problem(404, f"There is no webhook {webhook_id} that you may see. Ask for another.")
    return {"webhook": public(webhook, asked)}


def create(env, *, vals=None):
    """A new webhook of the calling user's; with the secret that it signs with, this once, unless the caller has chosen it."""
    vals = _required(vals)
    missing = [name for name in REQUIRED if name not in vals]
    if missing:
        raise Problem(403, f"A new webhook needs {', '.join(missing)} in vals, too.")
    webhook = env["webhook.webhook"].create(values_on_model(env, vals))
    _set_secret(webhook, vals, hours=0)
    secret = webhook._take_secret()
    return {"webhook": {**public(webhook), **({"secret": secret} if secret else {})}}


def update(env, webhook_id, *, vals=None):
    """Change one webhook."""
    webhook = find(env, [webhook_id])
    webhook.write(values_on_model(env, _required(vals)))
    _set_secret(webhook, vals)
    return {"webhook": public(webhook)}


def update_many(env, *, ids=None, vals=None):
    """Change several webhooks alike: all of them, or none."""
    webhooks = find(env, _required_ids(ids))
    webhooks.write(values_on_model(env, _required(vals)))
    _set_secret(webhooks, vals)
    return {"webhook": [public(webhook) for webhook in webhooks]}


def rotate_secret(env, webhook_id, *, hours=HOURS):
    """Have a webhook sign with a new secret, and tell it, this once; the old one is signed with, too, for some hours."""
    return {"secret": find(env, [webhook_id])._rotate_secret(hours, shown=True)}


def _set_secret(webhooks, vals, hours=HOURS):
    if "secret" in vals:
        for webhook in webhooks:
            webhook._rotate_secret(hours, _text("secret", vals["secret"]), shown=True)


def delete(env, webhook_id):
    """Delete one webhook, its deliveries with it."""
    find(env, [webhook_id]).unlink()
    return {}


def delete_many(env, *, ids=None):
    """Delete several webhooks: all of them, or none."""
    find(env, _required_ids(ids)).unlink()
    return {}


def send_test(env, webhook_id):
    """Send a test notification at once, and tell what was answered."""
    test = env["webhook.test"].send(find(env, [webhook_id]))
    return {
        "test": {
            "webhook": webhook_id,
            "address": test.address,
            "delivered": test.delivered,
            "verdict": test.verdict,
            "status": test.status or None,
            "duration": round(test.duration, 3),
            "answer_headers": test.answer_headers or "",
            "answer": test.answer or "",
            "body": test.body,
        }
    }


def find(env, ids):
    """The webhooks with these ids, archived or not, in that order.

    :raises Problem: 404, if one is not there or not for this user to see
    """
    known = [number for number in ids if 0 < number <= NUMBER_LIMIT]
    found = set(_everything(env).search([("id", "in", known)]).ids)
    unknown = [number for number in ids if number not in found]
    if unknown:
        raise Problem(404, f"There is no webhook {_listed(unknown)} that you may see. Nothing was done.")
    return env["webhook.webhook"].browse(ids)


def public(webhook, asked=tuple(FIELDS)):
    """A webhook under its public names.

    :param asked: the names
    :return: dict
    """
    return {name: _public_value(name, webhook[FIELDS[name]]) for name in asked}


def _public_value(name, value):
    if name in PATHS:
        return paths.split(value)
    if name == "condition":
        return _lists(subscription.parse_condition(value or "[]"))
    if name in TIMES:
        return odoo_fields.Datetime.to_string(value) or None
    if name == "pause_reason":
        return value or None
    return value


def _lists(value):
    """Tuples and sets, which JSON lacks, as lists."""
    return [_lists(inner) for inner in value] if isinstance(value, (list, tuple, set)) else value


def values_on_model(env, vals):
    """Values under public names as values of the model's fields.

    :raises Problem: 403
    """
    written = {}
    for name, value in vals.items():
        if name not in WRITABLE:
            reason = "cannot be written" if name in READ_ONLY else "is no property of a webhook"
            raise Problem(403, f"“{name}” {reason}. vals may hold: {', '.join(WRITABLE)}.")
        if name == "model":
            written["model_id"] = _model_id(env, _text(name, value))
        elif name in PATHS:
            written[FIELDS[name]] = _paths(name, value)
        elif name == "headers":
            written["header_ids"] = _headers(value)
        elif name == "secret":
            continue  # of another table: see _set_secret()
        elif name == "condition":
            written["condition"] = _condition(value)
        elif name in FLAGS:
            if not isinstance(value, bool):
                raise Problem(403, f"“{name}” must be True or False.")
            written[name] = value
        else:
            written[name] = _text(name, value)
            _check_choice(env, name, value)
    return written


def _text(name, value):
    if not isinstance(value, str) or not value.strip():
        raise Problem(403, f"“{name}” must be a text that is not empty.")
    return value


def _check_choice(env, name, value):
    choices = CHOICES.get(name)
    if name == "language":
        choices = [code for code, _label in env["res.lang"].get_installed()]
    if choices and value not in choices:
        raise Problem(403, f"“{value}” is no {name} here. Use one of: {', '.join(choices)}.")


def _model_id(env, model):
    found = env["ir.model"].search([("model", "=", model)], limit=1)
    if not found:
        raise Problem(403, f"There is no model “{model}”. Use a technical name such as product.product.")
    return found.id


def _paths(name, value):
    if value is None or value == []:
        return False
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(path, str) and re.fullmatch(r"\w+(\.\w+)*", path) for path in value
    ):
        raise Problem(403, f"“{name}” must be a list of field names or paths, as in ['name', 'categ_id.name'].")
    return public_fields.paths_text(value)


def _headers(value):
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Problem(403, "“headers” must be names with their values, as in {'X-Api-Key': '…'}; {} removes them.")
    return [(5, 0, 0), *((0, 0, {"name": name, "value": text}) for name, text in value.items())]


def _condition(value):
    if value is None:
        return "[]"
    if not isinstance(value, (list, tuple)):
        raise Problem(403, "“condition” must be a domain, as in [('state', '=', 'done')].")
    return public_fields.condition_text(value)


def _required(vals):
    if not vals:
        raise Problem(403, "This call needs vals, as in vals={'address': 'https://example.com/hook'}")
    return vals


def _required_ids(ids):
    if ids is None:
        raise Problem(403, "This call needs ids, as in ids=7,12: it is not made on all webhooks at once.")
    return ids


def _matching(env, domain):
    """The model and what to search it for; archived webhooks count if ``domain`` says which it means by ``active``."""
    translated = public_fields.domain(domain)
    names_active = any(term[0] == "active" for term in translated if isinstance(term, tuple))
    return (_everything(env) if names_active else env["webhook.webhook"]), translated


def _everything(env):
    """The model, archived webhooks included."""
    return env["webhook.webhook"].with_context(active_test=False)


def _listed(ids):
    shown = ", ".join(map(str, ids[:10]))
    return f"{shown} …" if len(ids) > 10 else shown
