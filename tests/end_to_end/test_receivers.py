"""What receivers ask for, and what administrators allow."""

import time

import pytest

from .support import NEVER, attempts, finished, jobs, settings, until


@pytest.fixture
def tags(odoo):
    """A function that subscribes to new tags at an address; ``tags.create()`` makes one."""

    def subscribe(address, **values):
        return odoo.subscribe("res.partner.category", "on_create", address, field_names="name", **values)

    subscribe.create = lambda name="Tree": odoo.create("res.partner.category", name=name)
    return subscribe


def paused(odoo, webhook):
    """The cause and the reason of a webhook's pause, or None."""
    (found,) = odoo.call("webhook.webhook", "read", [webhook], ["pause_cause", "pause_reason"])
    return (found["pause_cause"], found["pause_reason"]) if found["pause_cause"] else None


def test_a_receiver_that_wants_no_more_is_not_asked_again_until_somebody_resumes(odoo, receiver, tags):
    webhook = tags(receiver.url("/hook?fail=1&failure=410"))
    tags.create()
    cause, reason = until(lambda: paused(odoo, webhook))
    assert cause == "delivery"
    assert "410" in reason
    assert jobs(odoo, webhook)[0]["state"] == "pending"
    time.sleep(NEVER)
    assert len(receiver.got()) == 1
    odoo.call("webhook.webhook", "action_resume", [webhook])
    first, second = receiver.wait_for(2)
    assert first.header("webhook-id") == second.header("webhook-id")
    assert finished(odoo, webhook)[0]["state"] == "delivered"


def test_a_receiver_that_asks_for_time_gets_it_for_all_its_events(odoo, receiver, tags):
    webhook = tags(receiver.url("/hook?fail=1&failure=503&retry_after=8"))
    tags.create("one")
    receiver.wait_for(1)
    until(lambda: attempts(odoo, webhook))
    tags.create("two")
    second = receiver.wait_for(2, timeout=40)[1]
    assert second.monotonic - receiver.got()[0].monotonic >= 7.5, "the second event had to wait too"


def test_what_failed_is_deleted_at_once_where_nothing_is_kept(odoo, receiver, tags):
    settings(odoo, retries=0, keep_failed=0)
    try:
        webhook = tags(receiver.url("/hook?fail=always"))
        tags.create()
        receiver.wait_for(1)
        until(lambda: not jobs(odoo, webhook))
    finally:
        settings(odoo, keep_failed=30)


def test_what_failed_is_delivered_when_somebody_sends_it_again(odoo, receiver, tags):
    settings(odoo, retries=0)
    webhook = tags(receiver.url("/hook?fail=1"))
    tags.create()
    (job,) = finished(odoo, webhook)
    assert job["state"] == "failed"
    odoo.call("webhook.job", "action_redeliver", [job["id"]])
    first, second = receiver.wait_for(2)
    assert (first.header("webhook-id"), first.body) == (second.header("webhook-id"), second.body)
    until(lambda: jobs(odoo, webhook)[0]["state"] == "delivered")
    assert [attempt["status"] for attempt in attempts(odoo, webhook)] == [500, 200]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_an_address_that_is_not_public_is_refused_unless_it_is_allowed(odoo, receiver, tags, host):
    settings(odoo, allowed_networks=False)
    try:
        webhook = tags(f"http://{host}:{receiver.port}/hook")
        tags.create()
        (job,) = finished(odoo, webhook)
        assert (job["state"], job["attempt_count"]) == ("failed", 1), "trying again does not help"
        assert "Allowed networks" in job["error"]
    finally:
        settings(odoo, allowed_networks="127.0.0.0/8")
    assert not receiver.got()
    odoo.call("webhook.webhook", "write", [webhook], {"address": receiver.url("/hook")})
    odoo.call("webhook.job", "action_redeliver", [job["id"]])
    receiver.wait_for(1)


def test_a_copied_database_sends_nothing_until_an_administrator_allows_it(own_server, workspace, receiver):
    server = own_server("--max-cron-threads=0")
    odoo = server.client()
    odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
    odoo.create("res.partner.category", name="Tree")
    server.stop()
    # What Odoo does with a copy.
    workspace.server.sql("UPDATE ir_config_parameter SET value = 'a copy' WHERE key = 'database.uuid'", server.database)
    server = own_server()
    until(lambda: "is a copy" in server.log.read_text())
    assert not receiver.got()
    odoo = server.client()
    form = odoo.create("res.config.settings")
    assert odoo.call("res.config.settings", "read", [form], ["webhook_copied"])[0]["webhook_copied"]
    odoo.call("res.config.settings", "action_webhook_adopt", [form])
    receiver.wait_for(1)
