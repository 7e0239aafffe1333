"""What was sent for a webhook, sending it again, and the test notification."""

import pytest

from tests.end_to_end.support import until

from .support import Api, new_token

DELIVERIES = "/restapi/1.0/deliveries"


@pytest.fixture
def settings(administrator):
    """A function that sets General Settings; they are as before after the test."""

    def settings(**values):
        form = administrator.create("res.config.settings", **{f"webhook_{name}": each for name, each in values.items()})
        administrator.call("res.config.settings", "execute", [form])

    yield settings
    settings(timeout=5, retries=5)


def deliveries(api, webhook, **parameters):
    """A page of the deliveries of a webhook."""
    answer = api.call("GET", f"/{webhook['id']}/deliveries", **parameters)
    assert answer.status == 200, answer
    return answer.json()["delivery"]


def finished(api, webhook, state):
    """Wait until the newest delivery of a webhook is in ``state``, and return it with its attempts."""
    until(lambda: [each["state"] for each in deliveries(api, webhook, limit=1)] == [state])
    number = deliveries(api, webhook, limit=1)[0]["id"]
    return api.send("GET", f"{DELIVERIES}/{number}").json()["delivery"]


def test_a_delivery_tells_what_was_sent_and_what_came_of_it(api, administrator, receiver):
    webhook = api.create(address=receiver.url("/hook"), kind="on_create", fields=["name"])
    partner = administrator.create("res.partner", name="Oak")
    (request,) = receiver.wait_for(1)
    delivery = finished(api, webhook, "delivered")
    (attempt,) = delivery.pop("attempts")
    body = delivery.pop("body")
    assert body == request.body
    assert deliveries(api, webhook) == [delivery]
    assert delivery.pop("create_date") <= delivery.pop("finished_at")
    assert delivery == {
        "id": delivery["id"],
        "webhook": webhook["id"],
        "event": request.header("webhook-id"),
        "model": "res.partner",
        "kind": "on_create",
        "record": partner,
        "record_name": "Oak",
        "format": "json",
        "state": "delivered",
        "error": None,
        "attempt_count": 1,
        "next_attempt_at": None,
    }
    assert attempt.pop("started_at")
    assert 0 <= attempt.pop("duration") < 5
    assert attempt == {"number": 1, "status": 200, "error": None, "answer": attempt["answer"]}


def test_deliveries_come_in_pages_the_newest_first(api, administrator, receiver):
    webhook = api.create(address=receiver.url("/hook"), kind="on_create", fields=["name"])
    partners = [administrator.create("res.partner", name=name) for name in "abc"]
    receiver.wait_for(3)
    until(lambda: {each["state"] for each in deliveries(api, webhook)} == {"delivered"})
    assert [each["record"] for each in deliveries(api, webhook)] == partners[::-1]
    assert [each["record"] for each in deliveries(api, webhook, offset=1, limit=1)] == [partners[1]]
    assert api.call("GET", f"/{webhook['id']}/deliveries", count="True").json() == {"count": 3}
    xml = api.call("GET", f"/{webhook['id']}/deliveries", {"Accept": "application/xml"}).xml()
    assert [item.findtext("record_name") for item in xml.find("delivery")] == ["c", "b", "a"]


def test_a_delivered_one_is_sent_again(api, administrator, receiver):
    webhook = api.create(address=receiver.url("/hook"), kind="on_create", fields=["name"])
    administrator.create("res.partner", name="Oak")
    receiver.wait_for(1)
    delivery = finished(api, webhook, "delivered")
    answer = api.send("POST", f"{DELIVERIES}/{delivery['id']}/redeliver")
    assert answer.status == 200, answer
    assert answer.json()["delivery"]["state"] == "pending"
    assert answer.json()["delivery"]["attempt_count"] == 0
    first, second = receiver.wait_for(2)
    assert first.body == second.body
    assert first.header("webhook-id") == second.header("webhook-id")
    again = finished(api, webhook, "delivered")
    assert [attempt["status"] for attempt in again["attempts"]] == [200, 200]


def test_a_failed_one_is_sent_again_with_its_retries(api, administrator, settings, unused_address):
    settings(retries=0)
    webhook = api.create(address=unused_address, kind="on_create", fields=["name"])
    administrator.create("res.partner", name="Oak")
    delivery = finished(api, webhook, "failed")
    assert delivery["error"]
    assert delivery["attempts"][0]["status"] is None
    assert delivery["attempts"][0]["error"]
    settings(retries=5)
    path = f"{DELIVERIES}/{delivery['id']}/redeliver"
    assert api.send("POST", path).status == 200
    until(lambda: deliveries(api, webhook)[0]["attempt_count"] == 1)
    assert deliveries(api, webhook)[0]["state"] == "pending"  # it waits for its first retry
    api.send("POST", path).refused(403, "on its way")


def test_one_cancelled_in_odoo_says_so_and_can_be_sent_after_all(api, administrator, unused_address):
    webhook = api.create(address=unused_address, kind="on_create", fields=["name"])
    administrator.create("res.partner", name="Oak")
    until(lambda: [(each["state"], each["attempt_count"]) for each in deliveries(api, webhook)] == [("pending", 1)])
    (waiting,) = deliveries(api, webhook)
    administrator.call("webhook.job", "action_cancel", [waiting["id"]])
    delivery = finished(api, webhook, "cancelled")
    assert delivery["error"] == "Cancelled by Mitchell Admin."
    assert delivery["next_attempt_at"] is None
    assert delivery["finished_at"]
    assert len(delivery["attempts"]) == 1
    answer = api.send("POST", f"{DELIVERIES}/{delivery['id']}/redeliver")
    assert answer.status == 200, answer
    until(lambda: [(each["state"], each["attempt_count"]) for each in deliveries(api, webhook)] == [("pending", 1)])


def test_nobody_elses(api, manager_api, administrator, server, receiver):
    webhook = api.create(address=receiver.url("/hook"), kind="on_create", fields=["name"])
    administrator.create("res.partner", name="Oak")
    receiver.wait_for(1)
    delivery = finished(api, webhook, "delivered")
    manager_api.send("GET", f"{DELIVERIES}/{delivery['id']}").refused(404)
    manager_api.send("POST", f"{DELIVERIES}/{delivery['id']}/redeliver").refused(404)
    reader = Api(server, new_token(server, administrator.uid, "webhooks.read"))
    assert reader.send("GET", f"{DELIVERIES}/{delivery['id']}").status == 200
    reader.send("POST", f"{DELIVERIES}/{delivery['id']}/redeliver").refused(403, "scope")
    assert finished(api, webhook, "delivered")["attempts"] == delivery["attempts"]


def test_a_test_notification_is_answered_at_once(api, receiver, unused_address):
    webhook = api.create(address=receiver.url("/hook"), fields=["name"])
    answer = api.call("POST", f"/{webhook['id']}/test")
    (request,) = receiver.wait_for(1)
    test = answer.json()["test"]
    assert (test["delivered"], test["status"], test["webhook"]) == (True, 200, webhook["id"])
    assert test["address"] == receiver.url("/hook")
    assert request.json()["type"] == "res.partner.on_write"
    api.call("PUT", f"/{webhook['id']}", vals={"address": unused_address})
    test = api.call("POST", f"/{webhook['id']}/test").json()["test"]
    assert (test["delivered"], test["status"]) == (False, None)
    assert test["verdict"]
