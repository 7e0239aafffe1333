"""Changes in a served Odoo, with the moment at which each was committed."""

import time

from tools.environment import EnvironmentProblem

# Typed into a server action. The moment is noted by the first of what runs after the commit, before anything wakes a sender.
COMMITTED = """
moments = []
env.cr.postcommit.add(lambda: moments.append(time.time()))
{change}
env.cr.commit()
action = {{"changed": changed, "committed": moments[0]}}
"""


class Change:
    """A server action that does something, commits and says when.

    :param client: of the served Odoo
    :param code: Python for the action, which sets ``changed``; ``env.context["bench"]`` is what :meth:`__call__` is given
    """

    def __init__(self, client, code):
        self._client = client
        values = {"name": "Bench", "model_id": client.model_id("res.partner"), "state": "code"}
        self._action = client.create("ir.actions.server", **values, code=COMMITTED.format(change=code))

    def __call__(self, argument=None):
        """Do it.

        :return: (what was ``changed``, seconds since the epoch of the commit)
        """
        found = self._client.call("ir.actions.server", "run", [self._action], context={"bench": argument})
        return found["changed"], found["committed"]


def delays(workspace, database, committed, arrivals):
    """How long after its commit each event of a partner arrived at first.

    :param committed: ``{record id: seconds since the epoch}``
    :param arrivals: those of a :class:`.receiver.Receiver`
    :return: ``{(record id, path): ms}``
    """
    statement = "SELECT event, res_id FROM webhook_job WHERE model = 'res.partner'"
    records = {event: int(record) for event, record in workspace.server.sql(statement, database)}
    found = {}
    for moment, path, event in arrivals:
        if (record := records.get(event)) in committed:
            found.setdefault((record, path), (moment - committed[record]) * 1000)
    return found


def percentile(values, share):
    """The smallest of ``values`` that at least ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def drained(workspace, database, patience=90):
    """Wait until no job waits or is under way."""
    deadline = time.monotonic() + patience
    statement = "SELECT count(*) FROM webhook_job WHERE state IN ('pending', 'sending')"
    while left := workspace.server.sql(statement, database)[0][0]:
        if time.monotonic() > deadline:
            raise EnvironmentProblem(f"{left} jobs are left after {patience} s.")
        time.sleep(0.5)
