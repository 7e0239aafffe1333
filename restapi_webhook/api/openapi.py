"""The OpenAPI 3.1 document of the API (https://spec.openapis.org/oas/v3.1.1)."""

from odoo.addons.webhook.delivery import states
from odoo.addons.webhook.models.webhook_signing_secret import HOURS, LONGEST

from . import deliveries, fields, parameters, system, values, webhooks


def document(env):
    """The document, for the address that this Odoo is reached at."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Odoo Webhooks",
            "version": system.VERSION,
            "summary": "Manage webhooks and their deliveries.",
            "description": DESCRIPTION,
            "license": {"name": "LGPL-3.0", "identifier": "LGPL-3.0-only"},
        },
        "servers": [{"url": "/restapi/1.0"}],
        "security": [{"oauth2": [scope]} for scope in SCOPES],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "responses": {str(status): _problem(text) for status, text in PROBLEMS.items()},
            "securitySchemes": {
                "oauth2": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {"tokenUrl": f"{OAUTH2}/access_token", "scopes": SCOPES},
                        "authorizationCode": {
                            "authorizationUrl": f"{OAUTH2}/authorize",
                            "tokenUrl": f"{OAUTH2}/access_token",
                            "refreshUrl": f"{OAUTH2}/access_token",
                            "scopes": SCOPES,
                        },
                    },
                },
            },
        },
    }


DESCRIPTION = (
    "Parameters may be in the query string (percent-encoded; Python literals are taken like JSON), in a form, or in a JSON "
    f"object as the body; the same one in two places is refused. A value has at most {values.SIZE_LIMIT // 1024} KiB and "
    f"{values.DEPTH_LIMIT} levels. The header Accept picks JSON or XML. Calls can be signed with OAuth 1.0a instead of "
    "carrying a token."
)
OAUTH2 = "/restapi/1.0/common/oauth2"
SCOPES = {"webhooks": "Read and change webhooks", "webhooks.read": "Read webhooks and their deliveries"}
PROBLEMS = {
    401: "No valid token or signature",
    403: "The call is not right, or not allowed: the detail says what is wrong and what to do",
    404: "There is no such thing, or it is not yours to see; nothing was done",
    405: "The address does not take this method; the header Allow says which it takes",
    413: "A value or the body is too large",
    429: "Too many failures; try again later",
    500: "Odoo could not answer",
}


def _problem(text):
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": schema}, "application/problem+xml": {"schema": schema}},
    }


def _ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required=None, **properties):
    required = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _array(items, **limits):
    return {"type": "array", "items": items, **limits}


def _or_null(kind, **more):
    return {"type": [kind, "null"], **more}


TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", "description": "UTC"}
TIME_OR_NULL = {**TIME, "type": ["string", "null"]}
ID = {"type": "integer", "minimum": 1, "maximum": parameters.NUMBER_LIMIT}
TEXT = {"type": "string", "pattern": r"\S"}
COUNT = {"type": "integer", "minimum": 0}
PATH = {"type": "string", "pattern": r"^\w+(\.\w+)*$"}
# What can be written of a webhook.
VALUES = {
    "name": {**TEXT, "description": "Your own name for it"},
    "model": {
        **TEXT,
        "description": "Technical name of an Odoo model; cannot be changed later",
        "examples": ["res.partner"],
    },
    "kind": {"enum": webhooks.CHOICES["kind"], "description": "The event"},
    "address": {
        "type": "string",
        "pattern": "^https?://",
        "description": "Where the notifications are sent",
        "examples": ["https://example.com/hook"],
    },
    "format": {"enum": webhooks.CHOICES["format"], "default": "json"},
    "language": {
        **TEXT,
        "description": "Code of an installed language; the creator's unless given",
        "examples": ["en_US"],
    },
    "fields": _array(PATH, description="Fields or dotted paths to watch and send"),
    "payload_fields": _array(PATH, description="What to send, if it is not what is watched"),
    "condition": _array({}, description="Odoo domain on the watched model"),
    "only_on_entering": {
        "type": "boolean",
        "default": False,
        "description": "Only records that did not match the condition before; for on_write with a condition",
    },
    "active": {"type": "boolean", "default": True},
}
# What can be written and is never answered.
SECRETS = {
    "secret": {
        "type": "string",
        "description": "A secret of your own to sign with: 24 to 64 bytes in base64, with or without whsec_ in front",
    },
    "headers": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Headers to send along, instead of those that there are",
        "examples": [{"X-Api-Key": "…"}],
    },
    "auth_type": {"enum": webhooks.CHOICES["auth_type"], "description": "How it authenticates to the receiver"},
    "auth_user": {**TEXT, "description": "For basic"},
    "auth_secret": {**TEXT, "description": "The password for basic, the token for bearer"},
}
SECRETS = {name: {**schema, "writeOnly": True} for name, schema in SECRETS.items()}
EXAMPLE = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": "https://example.com/hook"}
DELIVERY = {
    "id": ID,
    "webhook": ID,
    "event": {"type": "string", "description": "The same on every attempt and redelivery"},
    "model": {"type": "string"},
    "kind": VALUES["kind"],
    "record": {"type": "integer", "description": "The id of the record that the event is about"},
    "record_name": _or_null("string"),
    "format": {"enum": webhooks.CHOICES["format"]},
    "state": {
        "enum": [state for state, _label in states.LABELS],
        "description": "pending: it waits for its turn or its next attempt; cancelled: by somebody in Odoo",
    },
    "error": _or_null("string", description="Why it is not delivered"),
    "attempt_count": COUNT,
    "next_attempt_at": TIME_OR_NULL,
    "finished_at": TIME_OR_NULL,
    "create_date": TIME,
}
WEBHOOK = {
    "id": ID,
    **{name: {"type": "string"} if name in ("model", "language", "address") else VALUES[name] for name in VALUES},
    "paused_at": {**TIME_OR_NULL, "description": "Since when nothing is watched, UTC; null: it is"},
    "pause_reason": _or_null("string", description="Why it is paused and what to do"),
    "create_date": TIME,
    "write_date": TIME,
}
SECRET = {"type": "string", "description": "What its requests are signed with; told this once"}
SCHEMAS = {
    "Webhook": _object(required=["id"], **WEBHOOK),
    "CreatedWebhook": _object(required=["id"], **WEBHOOK, secret=SECRET),
    "NewWebhook": {**_object(required=list(webhooks.REQUIRED), **VALUES, **SECRETS), "examples": [EXAMPLE]},
    "WebhookChanges": {**_object(required=[], **VALUES, **SECRETS), "minProperties": 1},
    "Delivery": _object(**DELIVERY),
    "DeliveryWithAttempts": _object(
        **DELIVERY,
        body=_or_null("string", description="What is sent"),
        attempts=_array(_ref("Attempt")),
    ),
    "Attempt": _object(
        number={"type": "integer", "minimum": 1},
        started_at=TIME,
        duration={"type": "number", "description": "Seconds"},
        status=_or_null("integer", description="HTTP status of the answer"),
        error=_or_null("string", description="Why there was no answer"),
        answer={"type": "string", "description": "The beginning of its body"},
    ),
    "Test": _object(
        webhook=ID,
        address={"type": "string"},
        delivered={"type": "boolean"},
        verdict={"type": "string"},
        status=_or_null("integer"),
        duration={"type": "number", "description": "Seconds"},
        answer_headers={"type": "string"},
        answer={"type": "string"},
        body={"type": "string", "description": "What was sent"},
    ),
    "Version": _object(
        server_version={"type": "string"},
        server_serie={"type": "string"},
        protocol_version={"type": "integer"},
        api_version={"const": system.VERSION},
    ),
    "Count": _object(count=COUNT),
    "Nothing": _object(),
    "Problem": _object(
        type={"type": "string"},
        title={"type": "string"},
        status={"enum": list(PROBLEMS)},
        detail={"type": "string", "description": "What is wrong and what to do"},
    ),
    # Names and operators are in the documentation; the values depend on both.
    "Domain": _array(
        {"anyOf": [{"enum": ["&", "|", "!"]}, _array({}, minItems=3, maxItems=3)]}, maxItems=fields.TERMS_LIMIT
    ),
}


def _text(schema):
    """A parameter that is a literal in the query string."""
    return {"content": {"application/json": {"schema": schema}}}


PARAMETERS = {
    "fields": {
        "description": "The properties to answer with; id is always there. All, unless given",
        **_text(_array({"enum": list(fields.FIELDS)})),
    },
    "domain": {
        "description": f"A search domain on {', '.join(fields.FIELDS)}. Archived webhooks are found if it names active",
        **_text(_ref("Domain")),
    },
    "ids": {
        "description": "The webhooks with these ids, archived ones too, in this order",
        "schema": _array(ID, minItems=1, maxItems=parameters.IDS_LIMIT),
        "style": "form",
        "explode": False,
    },
    "offset": {"schema": {"type": "integer", "minimum": 0, "maximum": parameters.NUMBER_LIMIT, "default": 0}},
    "limit": {"schema": {"type": "integer", "minimum": 1, "maximum": parameters.LIMIT_LIMIT}},
    "order": {
        "description": "Properties separated by commas, each with asc or desc behind it",
        "schema": {"type": "string"},
        "example": "name desc, id",
    },
    "hours": {
        "description": "How long the old secret is signed with, too; 0: not at all, nor any older one",
        "schema": {"type": "integer", "minimum": 0, "maximum": LONGEST, "default": HOURS},
    },
    "count": {"description": "Answer with the number only", "schema": {"type": "boolean", "default": False}},
}


def _parameters(*names, **defaults):
    found = [{"name": name, "in": "query", **PARAMETERS[name]} for name in names]
    for parameter in found:
        if parameter["name"] in defaults:
            parameter["schema"] = {**parameter["schema"], "default": defaults[parameter["name"]]}
    return found


def _operation(name, summary, answer, parameters=(), vals=None, ids=False, missing=True, scope="webhooks", links=None):
    """One operation.

    :param answer: the schema of the answer
    :param vals: the schema of ``vals``, which can be in the query string or in the body
    :param missing: whether the call can be about something that is not there
    """
    statuses = [status for status in PROBLEMS if status != 405 and (status != 404 or missing)]
    operation = {
        "operationId": name,
        "summary": summary,
        "security": [{"oauth2": [granted]} for granted in SCOPES if granted in (scope, "webhooks")],
        "parameters": list(parameters),
        "responses": {
            "200": {
                "description": "Done",
                "content": {"application/json": {"schema": answer}, "application/xml": {"schema": answer}},
                **({"links": links} if links else {}),
            },
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses},
        },
    }
    body = {}
    if ids:
        operation["parameters"] += _parameters("ids")
        body["ids"] = {"anyOf": [PARAMETERS["ids"]["schema"], ID]}
    if vals:
        operation["parameters"].append(
            {"name": "vals", "in": "query", "description": "The values, by name", **_text(vals)}
        )
        body["vals"] = vals
    if body:
        schema = _object(required=[], **body)
        operation["requestBody"] = {"required": False, "content": {"application/json": {"schema": schema}}}
    return operation


def _read(*arguments, **options):
    return _operation(*arguments, scope="webhooks.read", **options)


def _path(name, **operations):
    held = [{"name": name, "in": "path", "required": True, "schema": ID}] if name else []
    return {**({"parameters": held} if held else {}), **operations}


def _links(parameter, place, *operations):
    """Where the id in an answer leads."""
    return {name: {"operationId": name, "parameters": {parameter: f"$response.body#/{place}"}} for name in operations}


ONE, MANY = _object(webhook=_ref("Webhook")), _object(webhook=_array(_ref("Webhook")))
LIST = ("fields", "domain", "ids", "offset", "limit", "order", "count")
PATHS = {
    "/webhooks": _path(
        None,
        get=_read(
            "listWebhooks",
            "The webhooks that you may see, or their number",
            {"oneOf": [MANY, _ref("Count")]},
            parameters=_parameters(*LIST, limit=parameters.LIMIT_LIMIT),
        ),
        post=_operation(
            "createWebhook",
            "Create a webhook",
            _object(webhook=_ref("CreatedWebhook")),
            vals=_ref("NewWebhook"),
            missing=False,
            links=_links(
                "webhook_id",
                "webhook/id",
                "readWebhook",
                "updateWebhook",
                "testWebhook",
                "listDeliveries",
                "deleteWebhook",
            ),
        ),
        put=_operation(
            "updateWebhooks", "Change several webhooks alike: all or none", MANY, vals=_ref("WebhookChanges"), ids=True
        ),
        delete=_operation("deleteWebhooks", "Delete several webhooks: all or none", _ref("Nothing"), ids=True),
    ),
    "/webhooks/count": _path(
        None,
        get=_read(
            "countWebhooks",
            "The number of webhooks",
            _ref("Count"),
            parameters=_parameters("domain"),
            missing=False,
        ),
    ),
    "/webhooks/{webhook_id}": _path(
        "webhook_id",
        get=_read("readWebhook", "One webhook", ONE, parameters=_parameters("fields")),
        put=_operation("updateWebhook", "Change a webhook", ONE, vals=_ref("WebhookChanges")),
        delete=_operation("deleteWebhook", "Delete a webhook and its deliveries", _ref("Nothing")),
    ),
    "/webhooks/{webhook_id}/test": _path(
        "webhook_id",
        post=_operation("testWebhook", "Send a test notification at once", _object(test=_ref("Test"))),
    ),
    "/webhooks/{webhook_id}/secret": _path(
        "webhook_id",
        post=_operation(
            "rotateSecret",
            "Sign with a new secret from now on",
            _object(secret=SECRET),
            parameters=_parameters("hours"),
        ),
    ),
    "/webhooks/{webhook_id}/deliveries": _path(
        "webhook_id",
        get=_read(
            "listDeliveries",
            "A page of the deliveries of a webhook, the newest first, or their number",
            {"oneOf": [_object(delivery=_array(_ref("Delivery"))), _ref("Count")]},
            parameters=_parameters("offset", "limit", "count", limit=deliveries.PAGE),
            links=_links("delivery_id", "delivery/0/id", "readDelivery", "redeliver"),
        ),
    ),
    "/deliveries/{delivery_id}": _path(
        "delivery_id",
        get=_read("readDelivery", "One delivery with its attempts", _object(delivery=_ref("DeliveryWithAttempts"))),
    ),
    "/deliveries/{delivery_id}/redeliver": _path(
        "delivery_id",
        post=_operation(
            "redeliver",
            "Send a finished delivery once more, with a fresh set of retries",
            _object(delivery=_ref("DeliveryWithAttempts")),
        ),
    ),
    "/common/version": _path(
        None,
        get=_read("version", "The versions of Odoo and of this API", _ref("Version"), missing=False),
    ),
    "/openapi.json": _path(
        None,
        get={
            "operationId": "openapi",
            "summary": "This document",
            "security": [],
            "responses": {
                "200": {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}},
                "403": {"$ref": "#/components/responses/403"},
                "413": {"$ref": "#/components/responses/413"},
                "500": {"$ref": "#/components/responses/500"},
            },
        },
    ),
}
