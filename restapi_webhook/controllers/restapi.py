from odoo import http

from ..api import deliveries, system, webhooks
from .call import route


class Restapi(http.Controller):
    """The addresses of the REST API, and what answers each method."""

    many = route(
        "/webhooks",
        GET=webhooks.search,
        POST=webhooks.create,
        PUT=webhooks.update_many,
        DELETE=webhooks.delete_many,
    )
    count = route("/webhooks/count", GET=webhooks.count_all)
    one = route(
        "/webhooks/<int:webhook_id>",
        GET=webhooks.read,
        PUT=webhooks.update,
        DELETE=webhooks.delete,
    )
    test = route("/webhooks/<int:webhook_id>/test", POST=webhooks.send_test)
    deliveries_of_one = route("/webhooks/<int:webhook_id>/deliveries", GET=deliveries.search)
    delivery = route("/deliveries/<int:delivery_id>", GET=deliveries.read)
    redeliver = route("/deliveries/<int:delivery_id>/redeliver", POST=deliveries.redeliver)
    version = route("/common/version", GET=system.version)
    root = route("/")
    unknown = route("/<path:path>")
