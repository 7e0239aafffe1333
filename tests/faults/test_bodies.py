"""Large bodies arrive; those over the limit without what makes them large (case 77 of a sender's tests)."""

import pytest

from tests.end_to_end.support import finished

MEGABYTE = 1024 * 1024


@pytest.fixture
def subscribe(odoo, receiver):
    """Subscribe to new partners by a field that takes any text, with a limit for the body in KiB."""

    def subscribe(limit=None):
        odoo.call("ir.config_parameter", "set_param", "webhook.body_limit", limit and str(limit))
        return odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), field_names="function")

    yield subscribe
    odoo.call("ir.config_parameter", "set_param", "webhook.body_limit", False)


@pytest.mark.core
def test_a_body_of_five_megabytes_arrives_where_it_is_allowed(odoo, receiver, subscribe):
    webhook = subscribe(limit=8 * 1024)
    text = "Förster\u2028" * (5 * MEGABYTE // 11)
    odoo.create("res.partner", name="Oak", function=text)
    (request,) = receiver.wait_for(1)
    assert len(request.body.encode()) >= 5 * MEGABYTE
    assert request.json()["data"]["record"]["function"] == text
    assert "truncated" not in request.json()
    assert finished(odoo, webhook)[0]["state"] == "delivered"


@pytest.mark.core
def test_a_body_over_the_limit_arrives_without_the_record_and_says_so(odoo, receiver, subscribe):
    webhook = subscribe()
    partner = odoo.create("res.partner", name="Oak", function="x" * 2 * MEGABYTE)
    small = odoo.create("res.partner", name="Oak", function="x" * (MEGABYTE // 2))
    requests = {request.json()["data"]["id"]: request for request in receiver.wait_for(2)}
    event = requests[partner].json()
    assert event["truncated"] is True
    assert event["data"] == {"model": "res.partner", "kind": "on_create", "id": partner}
    assert event["id"] == requests[partner].header("webhook-id")
    assert len(requests[partner].body) < 2048
    assert len(requests[small].json()["data"]["record"]["function"]) == MEGABYTE // 2
    assert {job["state"] for job in finished(odoo, webhook, 2)} == {"delivered"}
