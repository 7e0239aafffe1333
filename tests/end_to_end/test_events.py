"""Changes made from outside reach a receiver, once each, and what never was does not."""

import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest

from .support import NEVER, finished, jobs


def test_a_creation_arrives_with_headers_and_payload(odoo, receiver):
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), field_names="name, ref, country_id")
    partner = odoo.create("res.partner", name="Oak", ref="O-1", country_id=odoo.id("base.be"))
    (request,) = receiver.wait_for(1)
    assert (request.method, request.path) == ("POST", "/hook")
    event = request.json()
    assert event["type"] == "res.partner.on_create"
    assert event["webhook"] == {"id": webhook, "name": "res.partner on_create"}
    assert event["user"]["id"] == odoo.uid
    assert event["source"]["database"] == "webhook_served"
    assert len(event["source"]["uuid"]) == 36
    assert abs(datetime.fromisoformat(event["timestamp"]) - datetime.now(timezone.utc)) < timedelta(minutes=1)
    assert event["data"] == {
        "model": "res.partner",
        "kind": "on_create",
        "id": partner,
        "record": {
            "id": partner,
            "display_name": "Oak",
            "name": "Oak",
            "ref": "O-1",
            "country_id": {"id": odoo.id("base.be"), "display_name": "Belgium"},
        },
    }
    assert request.header("Content-Type") == "application/json; charset=utf-8"
    assert request.header("User-Agent").startswith(f"Odoo-Webhook/{odoo.series.name}.")
    assert request.header("webhook-id") == event["id"]
    assert abs(int(request.header("webhook-timestamp")) - time.time()) < 60
    assert request.header("X-Odoo-Event") == "res.partner.on_create"
    assert request.header("X-Odoo-Model") == "res.partner"
    assert request.header("X-Odoo-Database") == "webhook_served"
    assert request.header("X-Odoo-Attempt") == "1"
    (job,) = finished(odoo, webhook)
    assert (job["state"], job["event"], job["attempt_count"]) == ("delivered", event["id"], 1)


def test_a_change_arrives_with_old_and_new(odoo, receiver):
    partner = odoo.create("res.partner", name="Oak", ref="O-1")
    odoo.subscribe("res.partner", "on_write", receiver.url("/hook"), field_names="name, ref")
    odoo.call("res.partner", "write", [partner], {"name": "Elm"})
    (request,) = receiver.wait_for(1)
    assert request.json()["data"]["changes"] == {"name": {"old": "Oak", "new": "Elm"}}


def test_a_deletion_arrives_with_the_last_values(odoo, receiver):
    partner = odoo.create("res.partner", name="Oak", ref="O-1")
    odoo.subscribe("res.partner", "on_unlink", receiver.url("/hook"), field_names="name, ref")
    odoo.call("res.partner", "unlink", [partner])
    (request,) = receiver.wait_for(1)
    record = request.json()["data"]["record"]
    assert record == {"id": partner, "display_name": "Oak", "name": "Oak", "ref": "O-1"}


def test_xml_arrives_as_xml(odoo, receiver):
    odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), field_names="name", format="xml")
    odoo.create("res.partner", name="Oak & <Elm> \U0001f333")
    (request,) = receiver.wait_for(1)
    assert request.header("Content-Type") == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(request.body.encode())
    assert root.tag == "webhook"
    assert root.findtext("data/record/name") == "Oak & <Elm> \U0001f333"
    assert root.findtext("id") == request.header("webhook-id")


def test_two_writes_in_one_transaction_are_one_event(odoo, receiver):
    partner = odoo.create("res.partner", name="Oak")
    odoo.subscribe("res.partner", "on_write", receiver.url("/hook"), field_names="name, ref")
    action = odoo.create(
        "ir.actions.server",
        name="write twice",
        model_id=odoo.model_id("res.partner"),
        state="code",
        code=f"record.write({{'name': 'Elm'}})\n{odoo.series.flush_code}\nrecord.write({{'name': 'Ash', 'ref': '2'}})",
    )
    context = {"active_model": "res.partner", "active_id": partner, "active_ids": [partner]}
    odoo.call("ir.actions.server", "run", [action], context=context)
    (request,) = receiver.wait_for(1)
    time.sleep(NEVER)
    assert len(receiver.got()) == 1
    assert request.json()["data"]["changes"] == {
        "name": {"old": "Oak", "new": "Ash"},
        "ref": {"old": None, "new": "2"},
    }


def test_a_transaction_that_is_rolled_back_sends_nothing(odoo, receiver):
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), field_names="name")
    with pytest.raises(xmlrpc.client.Fault):
        odoo.call("res.partner", "create", [{"name": "Ghost"}, {"name": "Bad", "country_id": 999999}])
    odoo.create("res.partner", name="Real")
    finished(odoo, webhook)
    time.sleep(NEVER)
    assert [request.json()["data"]["record"]["name"] for request in receiver.got()] == ["Real"]


def test_an_import_whose_savepoint_is_rolled_back_sends_nothing(odoo, receiver):
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), field_names="name")
    # The transaction itself commits: load() answers with messages.
    result = odoo.call(
        "res.partner", "load", ["name", "country_id"], [["Ghost", "Belgium"], ["Bad", "no such country"]]
    )
    assert result["ids"] is False or not result["ids"]
    odoo.create("res.partner", name="Real")
    finished(odoo, webhook)
    time.sleep(NEVER)
    assert [request.json()["data"]["record"]["name"] for request in receiver.got()] == ["Real"]


def test_condition_and_fields_choose_what_is_sent(odoo, receiver):
    webhook = odoo.subscribe(
        "res.partner",
        "on_write",
        receiver.url("/hook"),
        field_names="ref, country_id.code",
        condition="[('country_id.code', '=', 'BE')]",
    )
    belgian = odoo.create("res.partner", name="Oak", country_id=odoo.id("base.be"))
    french = odoo.create("res.partner", name="Elm", country_id=odoo.id("base.fr"))
    odoo.call("res.partner", "write", [belgian, french], {"comment": "not watched"})
    odoo.call("res.partner", "write", [belgian, french], {"ref": "new"})
    finished(odoo, webhook)
    time.sleep(NEVER)
    (request,) = receiver.got()
    record = request.json()["data"]["record"]
    country = {"id": odoo.id("base.be"), "display_name": "Belgium", "code": "BE"}
    assert record == {"id": belgian, "display_name": "Oak", "ref": "new", "country_id": country}


def test_a_retried_transaction_sends_once(odoo, server, receiver):
    """Two calls write one record at once: PostgreSQL refuses one of them, and Odoo runs it again."""
    partner = odoo.create("res.partner", name="Oak", ref="0")
    webhook = odoo.subscribe("res.partner", "on_write", receiver.url("/hook"), field_names="ref")
    action = odoo.create(
        "ir.actions.server",
        name="slow write",
        model_id=odoo.model_id("res.partner"),
        state="code",
        # Reading first starts the snapshot; the wait makes the others commit in between.
        code="record.read(['ref'])\nenv.cr.execute('SELECT pg_sleep(0.3)')\n"
        "record.write({'ref': env.context['value']})",
    )

    def write(value):
        context = {"active_model": "res.partner", "active_id": partner, "active_ids": [partner], "value": value}
        server.client().call("ir.actions.server", "run", [action], context=context)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "1234"))
    found = finished(odoo, webhook, 4)
    assert len(found) == 4
    requests = receiver.wait_for(4)
    changes = [request.json()["data"]["changes"]["ref"] for request in requests]
    assert sorted(change["new"] for change in changes) == list("1234")
    # In the order of the commits: each begins where the one before ended.
    assert [change["old"] for change in changes] == ["0", *(change["new"] for change in changes[:-1])]
    assert "serialize access" in server.log.read_text(), "no transaction was retried, so the test shows nothing"
    assert len(jobs(odoo, webhook)) == 4


def test_a_webhook_made_while_a_long_transaction_runs_is_heard_of(odoo, server, receiver):
    """The long one sees the database as it was before: it must not teach the whole process that there is no webhook."""
    partner = odoo.create("res.partner", name="Oak")
    odoo.subscribe("res.partner", "on_create", receiver.url("/other"))
    action = odoo.create(
        "ir.actions.server",
        name="long",
        model_id=odoo.model_id("res.partner"),
        state="code",
        code="record.read(['ref'])\nenv.cr.execute('SELECT pg_sleep(2)')\nrecord.write({'comment': 'late'})",
    )
    context = {"active_model": "res.partner", "active_id": partner, "active_ids": [partner]}
    with ThreadPoolExecutor() as pool:
        long = pool.submit(server.client().call, "ir.actions.server", "run", [action], context=context)
        time.sleep(1)  # the long transaction has begun
        odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
        long.result()
    odoo.create("res.partner.category", name="Tree")
    receiver.wait_for(1, "/hook")
