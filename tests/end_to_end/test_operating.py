"""What docs/operating.md and docs/getting-started.md tell to type works as it stands."""

import re
import subprocess
import sys

import pytest

from tools.environment import CHECKOUT, process
from tools.server import free_port

from .support import attempts, finished, until


def blocks(page, language):
    """The code blocks of a language on a page of the documents."""
    text = (CHECKOUT / "docs" / page).read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found


@pytest.fixture
def ask(server):
    """``ask(words)``: the rows that the query gives whose comment holds these words."""

    def ask(words):
        (query,) = [block for block in blocks("operating.md", "sql") if words in block]
        return server.workspace.server.sql(query, server.database)

    return ask


def test_the_queries_find_what_is_wrong(odoo, receiver, server, ask):
    addresses = {
        "Works": receiver.url("/works"),
        "Refused": "http://192.168.0.1/hook",
        "Gone": receiver.url("/gone?status=410"),
        "Down": receiver.url("/down?status=503"),
    }
    webhooks = [
        odoo.subscribe("res.partner.category", "on_write", address, name=name) for name, address in addresses.items()
    ]
    tree = odoo.create("res.partner.category", name="Tree")
    odoo.call("res.partner.category", "write", [tree], {"name": "Beech"})
    until(lambda: all(attempts(odoo, webhook) for webhook in webhooks))

    ((name, _since, reason),) = until(lambda: ask("webhooks are paused"))
    assert name == "Gone"
    assert "410" in reason
    ((name, count, error),) = ask("failed for good in the last hour")
    assert (name, count) == ("Refused", 1)
    assert "private or special network" in error
    assert {(name, count) for name, count, _oldest in ask("oldest event of each webhook wait")} == {
        ("Gone", 1),
        ("Down", 1),
    }
    assert sorted(ask("attempts failed in this hour")) == [["Down", 1, 0], ["Gone", 1, 0], ["Refused", 1, 0]]
    failing = {name: count for name, count, _since, _until in ask("receivers fail now")}
    assert failing == {"Refused": 1, "Gone": 1, "Down": 1}
    assert dict(ask("in each state")) == {"delivered": 1, "failed": 1, "pending": 2}
    assert {row[0] for row in ask("How large are the tables")} == {"webhook_job", "webhook_attempt"}
    assert ask("open for more than ten minutes") == []


def test_the_query_for_the_oldest_job_tells_a_held_one_from_one_that_nobody_sends(own_server, receiver):
    server = own_server("--max-cron-threads=0")  # which sends nothing

    def sql(statement):
        return server.workspace.server.sql(statement, server.database)

    (query,) = [block for block in blocks("operating.md", "sql") if "been due that nothing holds back" in block]
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"))
    assert sql(query) == [[0]], "there is none"
    odoo.create("res.partner.category", name="Tree")
    due = "UPDATE webhook_job SET next_attempt_at = (now() AT TIME ZONE 'UTC') {} interval '10 minutes'"
    sql(due.format("+"))
    assert sql(query) == [[0]], "it waits for its next attempt"
    sql(due.format("-"))
    assert 600 <= sql(query)[0][0] <= 630
    sql(
        "INSERT INTO webhook_health (webhook_id, failures, outages, trips, blocked_until) "
        f"VALUES ({webhook}, 5, 5, 1, (now() AT TIME ZONE 'UTC') + interval '5 minutes')"
    )
    assert sql(query) == [[0]], "its receiver is left alone"
    sql("UPDATE webhook_health SET blocked_until = blocked_until - interval '10 minutes'")
    assert 300 <= sql(query)[0][0] <= 330, "since its receiver is left alone no more"
    sql("UPDATE webhook_webhook SET active = false")
    assert sql(query) == [[0]], "its webhook is archived"


def test_what_silences_a_copy_is_what_neutralizing_does():
    (statement,) = [block for block in blocks("operating.md", "sql") if block.startswith("UPDATE")]
    assert statement.strip() in (CHECKOUT / "webhook/data/neutralize.sql").read_text()


def test_the_receiver_for_a_first_look(odoo):
    (program,) = blocks("getting-started.md", "python")
    assert "9000" in program
    port = free_port()
    program = program.replace("9000", str(port))
    receiver = process.spawn(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        webhook = odoo.subscribe(
            "product.product", "on_write", f"http://127.0.0.1:{port}/hook", field_names="name, default_code, list_price"
        )
        product = odoo.create("product.product", name="Oak Desk", list_price=450.0)
        odoo.call("product.product", "write", [product], {"list_price": 399.0})
        said = receiver.stdout.readline()
        (job,) = finished(odoo, webhook)
    finally:
        process.stop(receiver)
    assert job["state"] == "delivered"
    assert said.startswith('product.product.on_write {"id":"evt_')
    assert said.endswith('"changes":{"list_price":{"old":450.0,"new":399.0}}}}\n')
