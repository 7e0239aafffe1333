"""The REST API beside Odoo's own RPC: the same record, read with a token and read with a session."""

import statistics
import time

import requests

from tools.server import OdooServer, RestClient

from . import Row

ROUNDS = 400
WARM_UP = 50
FIELDS = ["name", "model", "kind", "address", "format", "language", "field_names", "condition", "active"]


def measure(workspace):
    """``rest.read_ratio``: token check and ``GET /webhooks/<id>``, against ``call_kw`` with a session.

    :return: list of Row
    """
    database = workspace.create_database("webhook_bench", "webhook_installed")
    with OdooServer(workspace, database, "--log-level=warn", "--max-cron-threads=0") as server:
        client = server.client()
        api = RestClient(server.url, *client.register_application("Benchmark"))
        vals = {"name": "Bench", "model": "res.partner", "kind": "on_create", "address": "https://example.com/hook"}
        webhook = api.call("POST", "/webhooks", vals=vals)["webhook"]["id"]
        with_token, with_session = requests.Session(), requests.Session()
        for session in (with_token, with_session):
            session.trust_env = False
        with_token.headers["Authorization"] = api.authorization
        login = {"db": database, "login": "admin", "password": "admin"}
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

        taken = {rest: [], rpc: []}
        for number in range(WARM_UP + ROUNDS):
            for read, times in taken.items():  # one after the other, so that both meet the same noise
                began = time.perf_counter()
                read()
                if number >= WARM_UP:
                    times.append(time.perf_counter() - began)
    rest_ms, rpc_ms = (statistics.median(times) * 1000 for times in taken.values())
    conditions = f"{rest_ms:.1f} against {rpc_ms:.1f} ms; threaded server, one caller, {ROUNDS} reads of each in turns"
    return [Row("rest.read_ratio", round(rest_ms / rpc_ms, 2), "ratio", "at most 1.3", conditions)]
