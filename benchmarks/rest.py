"""The REST API beside Odoo's own RPC: the same record, read with a token and read with a session.

And whether a stranger can tell by the time which of the keys that he tries are known.
"""

import statistics
import time

import requests
from requests_oauthlib import OAuth1

from tools.server import OdooServer, RestClient

from . import Row

ROUNDS = 400
WARM_UP = 50
FIELDS = ["name", "model", "kind", "address", "format", "language", "field_names", "condition", "active"]


def measure(workspace):
    """Measure both; see :func:`_read_ratio` and :func:`_unknown_key_ratio`.

    :return: list of Row
    """
    database = workspace.create_database("webhook_bench", "webhook_installed")
    with OdooServer(workspace, database, "--log-level=warn", "--max-cron-threads=0") as server:
        return [_read_ratio(server), _unknown_key_ratio(server)]


def _in_turns(*calls, between=None):
    """The median times of calls, in ms, each made in turns with the others, so that all meet the same noise.

    :param between: called now and then, outside of what is timed
    """
    taken = {call: [] for call in calls}
    for number in range(WARM_UP + ROUNDS):
        if between and number % 5 == 0:
            between()
        for call, times in taken.items():
            began = time.perf_counter()
            call()
            if number >= WARM_UP:
                times.append(time.perf_counter() - began)
    return [statistics.median(times) * 1000 for times in taken.values()]


def _read_ratio(server):
    """Token check and ``GET /webhooks/<id>``, against ``call_kw`` with a session."""
    client = server.client()
    api = RestClient(server.url, *client.register_application("Benchmark"))
    vals = {"name": "Bench", "model": "res.partner", "kind": "on_create", "address": "https://example.com/hook"}
    webhook = api.call("POST", "/webhooks", vals=vals)["webhook"]["id"]
    with_token, with_session = requests.Session(), requests.Session()
    for session in (with_token, with_session):
        session.trust_env = False
    with_token.headers["Authorization"] = api.authorization
    login = {"db": server.database, "login": "admin", "password": "admin"}
    with_session.post(f"{server.url}/web/session/authenticate", json={"params": login}, timeout=60)
    call = {
        "model": "webhook.webhook",
        "method": "read",
        "args": [[webhook], [*FIELDS, "create_date", "write_date"]],
        "kwargs": {},
    }

    def rest():
        answer = with_token.get(f"{server.url}/restapi/1.0/webhooks/{webhook}", timeout=60)
        assert answer.json()["webhook"]["name"] == "Bench"

    def rpc():
        answer = with_session.post(f"{server.url}/web/dataset/call_kw", json={"params": call}, timeout=60)
        assert answer.json()["result"][0]["name"] == "Bench"

    rest_ms, rpc_ms = _in_turns(rest, rpc)
    conditions = f"{rest_ms:.1f} against {rpc_ms:.1f} ms; threaded server, one caller, {ROUNDS} reads of each in turns"
    return Row("rest.read_ratio", round(rest_ms / rpc_ms, 2), "ratio", "at most 1.3", conditions)


def _unknown_key_ratio(server):
    """A call signed with a key that nobody has, against one with a known key and a wrong secret (OAuth 1.0a)."""
    client = server.client()
    application = client.create("restapi.application", name="Known", oauth1=True)
    client.call("restapi.application", "action_new_secret", [application])
    known = client.call("restapi.application", "read", [application], ["key"])[0]["key"]
    session = requests.Session()
    session.trust_env = False

    def attempt(key):
        auth = OAuth1(key, "wrong", "x" * 43, "wrong")
        status = session.get(f"{server.url}/restapi/1.0/webhooks", auth=auth, timeout=60).status_code
        assert status == 401

    def forget():  # else the limit on failures would answer soon
        server.workspace.server.sql("DELETE FROM restapi_failure", server.database)

    unknown_ms, known_ms = _in_turns(lambda: attempt("u" * 32), lambda: attempt(known), between=forget)
    conditions = f"{unknown_ms:.2f} against {known_ms:.2f} ms; {ROUNDS} attempts of each in turns"
    return Row("rest.unknown_key_ratio", round(unknown_ms / known_ms, 2), "ratio", "0.95 to 1.05", conditions)
