"""Many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

NEW = {"name": "Oak", "model": "res.partner", "kind": "on_write", "address": "https://example.com/hook"}


def test_200_creations_by_100_callers_at_once(api):
    # a server's queue of connections holds 128: beyond it, the kernel forgets some of them, and their callers wait
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda number: api.call("POST", vals={**NEW, "name": f"n{number}"}), range(200)))
    assert Counter(answer.body for answer in answers if answer.status != 200) == {}
    names = {webhook["name"] for webhook in api.call("GET").webhook}
    assert names == {f"n{number}" for number in range(200)}
    assert len({answer.webhook["id"] for answer in answers}) == 200


def test_changes_of_the_same_webhook_at_once(api):
    path = f"/{api.create()['id']}"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: api.call("PUT", path, vals={"name": f"n{number}"}), range(12)))
    assert Counter(answer.status for answer in answers) == {200: 12}
