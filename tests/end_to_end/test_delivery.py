"""What becomes of a delivery when the receiver fails, and when the server dies."""

import time

import pytest

from tools.server import free_port

from .support import NEVER, attempts, finished, jobs, settings, until


@pytest.fixture
def subscribe(odoo):
    """Subscribe to new tags at an address; then ``subscribe.change()`` makes one."""

    def subscribe(address):
        return odoo.subscribe("res.partner.category", "on_create", address, field_names="name")

    subscribe.change = lambda name="Tree": odoo.create("res.partner.category", name=name)
    return subscribe


def test_a_failed_attempt_is_repeated_with_the_same_event(odoo, receiver, subscribe):
    webhook = subscribe(receiver.url("/hook?fail=1"))
    subscribe.change()
    first, second = receiver.wait_for(2, timeout=30)
    assert (first.status, second.status) == (500, 200)
    assert first.header("webhook-id") == second.header("webhook-id")
    assert first.body == second.body
    assert (first.header("X-Odoo-Attempt"), second.header("X-Odoo-Attempt")) == ("1", "2")
    assert 4 <= second.monotonic - first.monotonic <= 20
    (job,) = finished(odoo, webhook)
    assert (job["state"], job["attempt_count"], job["error"]) == ("delivered", 2, False)
    log = attempts(odoo, webhook)
    assert [(entry["number"], entry["status"]) for entry in log] == [(1, 500), (2, 200)]
    assert log[0]["answer"] == '{"received": false}'


def test_when_the_retries_are_used_up_it_is_failed(odoo, receiver, subscribe):
    settings(odoo, timeout=5, retries=1)
    webhook = subscribe(receiver.url("/hook?fail=always"))
    subscribe.change()
    (job,) = finished(odoo, webhook)
    assert (job["state"], job["attempt_count"]) == ("failed", 2)
    assert job["error"] == "The receiver answered with status 500."
    time.sleep(NEVER)
    assert len(receiver.got()) == 2


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_status_of_the_200s_is_success(odoo, receiver, subscribe, status):
    webhook = subscribe(receiver.url(f"/hook?status={status}"))
    subscribe.change()
    assert finished(odoo, webhook)[0]["state"] == "delivered"


@pytest.mark.parametrize("status", [304, 400, 401, 404, 500, 503])
def test_every_other_status_is_a_failed_attempt(odoo, receiver, subscribe, status):
    settings(odoo, timeout=5, retries=0)
    webhook = subscribe(receiver.url(f"/hook?status={status}"))
    subscribe.change()
    (job,) = finished(odoo, webhook)
    assert (job["state"], job["error"]) == ("failed", f"The receiver answered with status {status}.")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(odoo, receiver, subscribe, status):
    settings(odoo, timeout=5, retries=0)
    webhook = subscribe(receiver.url(f"/hook?status={status}&location=/elsewhere"))
    subscribe.change()
    assert finished(odoo, webhook)[0]["state"] == "failed"
    assert [request.path.partition("?")[0] for request in receiver.got()] == ["/hook"]


def test_a_receiver_that_does_not_answer_in_time_fails(odoo, receiver, subscribe):
    settings(odoo, timeout=1, retries=0)
    webhook = subscribe(receiver.url("/hook?delay=8"))
    began = time.monotonic()
    subscribe.change()
    (job,) = finished(odoo, webhook)
    assert time.monotonic() - began < 7
    assert (job["state"], job["error"]) == ("failed", "No answer within 1 seconds.")
    (attempt,) = attempts(odoo, webhook)
    assert attempt["status"] == 0
    assert 0.9 < attempt["duration"] < 5


def test_a_receiver_that_refuses_the_connection_fails(odoo, subscribe):
    settings(odoo, timeout=5, retries=0)
    webhook = subscribe(f"http://127.0.0.1:{free_port()}/hook")
    subscribe.change()
    (job,) = finished(odoo, webhook)
    assert job["state"] == "failed"
    assert "connection was refused" in job["error"]


def test_a_name_that_does_not_resolve_fails(odoo, subscribe):
    settings(odoo, timeout=5, retries=0)
    webhook = subscribe("http://receiver.invalid/hook")
    subscribe.change()
    (job,) = finished(odoo, webhook)
    assert job["state"] == "failed"
    assert "receiver.invalid" in job["error"]


def test_saving_does_not_wait_for_the_receiver(odoo, receiver, subscribe):
    subscribe(receiver.url("/hook?delay=4"))
    began = time.monotonic()
    subscribe.change()
    assert time.monotonic() - began < 3
    receiver.wait_for(1)


def test_a_slow_receiver_does_not_hold_up_another(odoo, receiver):
    for path in ("/slow?delay=4", "/fast"):
        odoo.subscribe("res.partner.category", "on_create", receiver.url(path), field_names="name")
    for name in ("one", "two", "three"):
        odoo.create("res.partner.category", name=name)
    began = time.monotonic()
    receiver.wait_for(3, "/fast")
    assert time.monotonic() - began < 3


def test_events_of_one_record_arrive_in_their_order(odoo, receiver):
    partner = odoo.create("res.partner", name="0")
    odoo.subscribe("res.partner", "on_write", receiver.url("/hook?fail=1"), field_names="name")
    for number in range(1, 4):
        odoo.call("res.partner", "write", [partner], {"name": str(number)})
    until(lambda: len([request for request in receiver.got() if request.status == 200]) == 3, 60)
    arrived = [request.json()["data"]["record"]["name"] for request in receiver.got() if request.status == 200]
    assert arrived == ["1", "2", "3"]
    sequences = [request.json()["sequence"] for request in receiver.got() if request.status == 200]
    assert sequences == sorted(sequences)


def test_a_large_answer_is_kept_in_part_only(odoo, server, subscribe):
    """The receiver's whole page must not land in our database: Odoo's own login page answers here."""
    settings(odoo, timeout=5, retries=0)
    webhook = subscribe(f"{server.url}/web/login")
    subscribe.change()
    finished(odoo, webhook)
    (attempt,) = attempts(odoo, webhook)
    assert len(attempt["answer"]) <= 4096


def test_nothing_is_lost_when_the_server_is_killed_between_commit_and_delivery(own_server, receiver):
    server = own_server("--max-cron-threads=0")  # nothing is sent by this one
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
    names = [f"Tree {number}" for number in range(20)]
    for name in names:
        odoo.create("res.partner.category", name=name)
    assert [job["state"] for job in jobs(odoo, webhook)] == ["pending"] * 20
    server.kill()
    assert not receiver.got()
    odoo = own_server().client()
    finished(odoo, webhook, 20)
    assert sorted(request.json()["data"]["record"]["name"] for request in receiver.got()) == sorted(names)


def test_workers_send_what_waited_when_they_are_started(own_server, receiver):
    server = own_server("--max-cron-threads=0")
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
    odoo.create("res.partner.category", name="Tree")
    server.stop()
    server = own_server("--workers=2")
    receiver.wait_for(1)
    assert finished(server.client(), webhook)[0]["state"] == "delivered"


def test_a_job_that_was_being_sent_when_the_server_was_killed_is_sent_again(own_server, workspace, receiver):
    server = own_server()
    odoo = server.client()
    settings(odoo, timeout=20, retries=5)
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook?delay=15"), field_names="name")
    odoo.create("res.partner.category", name="Tree")
    (first,) = receiver.wait_for(1)
    server.kill()
    # The lease ends: what would take a minute is said to the database.
    database = server.database
    assert workspace.server.sql("SELECT state FROM webhook_job", database) == [["sending"]]
    workspace.server.sql("UPDATE webhook_job SET lease_until = now() AT TIME ZONE 'UTC'", database)
    odoo = own_server().client()
    _first, second = receiver.wait_for(2, timeout=90)
    assert second.header("webhook-id") == first.header("webhook-id")
    assert second.body == first.body
    assert finished(odoo, webhook)[0]["state"] == "delivered"


def test_two_servers_share_the_work_without_a_double_delivery(own_server, receiver):
    one, other = own_server(), own_server("--workers=2")
    webhook = one.client().subscribe("res.partner.category", "on_create", receiver.url("/hook"), field_names="name")
    clients = [one.client(), other.client()]
    for number in range(60):
        clients[number % 2].create("res.partner.category", name=f"Tree {number}")
    # The second server reads the new subscription when its next request begins.
    finished(clients[0], webhook, 60)
    time.sleep(NEVER)
    events = [request.header("webhook-id") for request in receiver.got()]
    assert len(events) == len(set(events)) == 60
