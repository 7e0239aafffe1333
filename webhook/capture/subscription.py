"""A webhook as the capture sees it: plain data, read once and cached in the registry."""

import ast
import collections
import json
import logging

from ..payload import paths

_logger = logging.getLogger(__name__)

# How the names of the product's own models begin, which nobody can watch.
CONDITION_LIMIT = 32 * 1024  # characters
OWN_MODELS = ("webhook.", "restapi.")
KINDS = [("on_create", "Creation"), ("on_write", "Change"), ("on_unlink", "Deletion")]

# Names the tuple's fields as the contract's section 1 does; ``owner`` is a user's id, ``language`` a code. ``watched``
# and ``sent`` are selections (see payload/paths.py); ``entering`` is whether a record counts only if it did not match
# the condition before.
Subscription = collections.namedtuple(
    "Subscription", "id name model kind owner language format watched sent condition entering"
)


def load(env):
    """Read all active webhooks.

    :return: ``{model name: (Subscription, …)}``
    """
    by_model, selections = {}, {}
    for webhook in (
        env["webhook.webhook"].sudo().search([("active", "=", True), ("paused_at", "=", False)], order="id")
    ):  # for every user's changes
        if webhook.model in env and webhook.owner_active:
            try:
                by_model.setdefault(webhook.model, []).append(of(webhook, selections))
            except Exception:  # every save of every user asks for this: one bad webhook must not break them
                _logger.exception("Webhook %s (%s) is not watched", webhook.id, webhook.name)
    return {model: tuple(subscriptions) for model, subscriptions in by_model.items()}


def of(webhook, known=None):
    """The :class:`Subscription` of one webhook.

    :param known: dict that keeps, from one webhook to the next, what webhooks with the same eyes select alike
    """
    known = {} if known is None else known
    watched = _selected(webhook, webhook.field_names, known)
    sent = _selected(webhook, webhook.payload_field_names, known) if webhook.payload_field_names else watched
    if not webhook.field_names:
        watched = {name: inner for name, inner in watched.items() if name not in paths.LOG_FIELDS}
    return Subscription(
        webhook.id,
        webhook.name,
        webhook.model,
        webhook.kind,
        webhook.user_id.id,
        webhook.language,
        webhook.format,
        watched,
        sent,
        tuple(parse_condition(webhook.condition)),
        webhook.only_on_entering,
    )


def _selected(webhook, names, known):
    key = webhook.model, webhook.user_id.id, webhook.language, names
    if key not in known:
        model, chosen = webhook.view(), paths.split(names)
        known[key] = paths.readable_selection(model, paths.select(chosen)) if chosen else paths.default_selection(model)
    return known[key]


def parse_condition(text):
    """Read a condition as it is stored: a list as Python or JSON write it, never evaluated.

    :return: list, a domain
    :raises ValueError: when it is no list of plain values
    """
    text = (text or "").strip() or "[]"
    if len(text) > CONDITION_LIMIT:  # a larger one can crash Python's parser
        raise ValueError("too long")
    try:
        condition = json.loads(text)
    except ValueError:
        condition = ast.literal_eval(text)
    if not isinstance(condition, (list, tuple)):
        raise ValueError("not a list")
    return list(condition)


def view(env, subscription):
    """The watched model as the owner sees it: with his rights, his companies and the webhook's language.

    :param subscription: a :class:`Subscription`
    :return: empty recordset
    """
    return owner_view(env, subscription.model, subscription.owner, subscription.language)


def owner_view(env, model, owner, language):
    """An empty recordset of ``model`` for the user with the id ``owner``, in ``language``; archived records count."""
    user = env["res.users"].sudo().browse(owner)  # the companies of a user who is not the one at work
    companies = [user.company_id.id, *(company for company in user.company_ids.ids if company != user.company_id.id)]
    context = {"lang": language, "allowed_company_ids": companies, "active_test": False, "tz": "UTC"}
    return env(user=owner, su=False, context=context)[model]
