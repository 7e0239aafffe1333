from odoo import http

from ..api import deliveries, openapi, system, webhooks
from .call import route


class Restapi(http.Controller):
    """The addresses of the REST API, and which function answers each method."""

    @route("/webhooks")
    def all_webhooks(self):
        return {
            "GET": webhooks.search,
            "POST": webhooks.create,
            "PUT": webhooks.update_many,
            "DELETE": webhooks.delete_many,
        }

    @route("/webhooks/count")
    def count_of_webhooks(self):
        return {"GET": webhooks.count_all}

    @route("/webhooks/<int:webhook_id>")
    def one_webhook(self):
        return {"GET": webhooks.read, "PUT": webhooks.update, "DELETE": webhooks.delete}

    @route("/webhooks/<int:webhook_id>/test")
    def test_of_webhook(self):
        return {"POST": webhooks.send_test}

    @route("/webhooks/<int:webhook_id>/secret")
    def secret_of_webhook(self):
        return {"POST": webhooks.rotate_secret}

    @route("/webhooks/<int:webhook_id>/deliveries")
    def deliveries_of_webhook(self):
        return {"GET": deliveries.search}

    @route("/deliveries/<int:delivery_id>")
    def one_delivery(self):
        return {"GET": deliveries.read}

    @route("/deliveries/<int:delivery_id>/redeliver")
    def redelivery(self):
        return {"POST": deliveries.redeliver}

    @route("/common/version")
    def version(self):
        return {"GET": system.version}

    @route("/openapi.json", public=True)
    def openapi(self):
        return {"GET": openapi.document}

    @route("/", "/<path:path>")
    def nothing(self):
        return {}
