"""What one database transaction has changed so far, on the models that webhooks watch.

It lives in ``cr.postcommit.data``, which Odoo empties at commit and at rollback, but keeps when a savepoint is rolled
back. That is why all it holds is either true whatever becomes of a savepoint (values from before the transaction, the
ids of rows) or checked against the database before it is used (which records exist).
"""

import collections

KEY = "webhook.capture"


class Touched:
    """The records of one model that the transaction touched.

    :ivar users: ``{record id: id of the user who touched it first}``
    :ivar created: ids of records made by this transaction
    :ivar before: ``{(owner, language): {record id: {field: raw value}}}``, from before its first write
    :ivar deleted: ``{subscription id: {record id: data of the payload}}``, from just before the deletion
    :ivar pending: ids not yet turned into events
    """

    def __init__(self):
        self.users = {}
        self.created = set()
        self.before = collections.defaultdict(dict)
        self.deleted = collections.defaultdict(dict)
        self.pending = {}  # a dict for its order

    def touch(self, ids, uid):
        """Note that the user ``uid`` touched the records ``ids``."""
        for record_id in ids:
            self.users.setdefault(record_id, uid)
            self.pending[record_id] = True


class Transaction:
    """See the module's docstring.

    :ivar models: ``{model name: Touched}``
    :ivar jobs: ``{(subscription id, record id): (job id, event id)}``, the rows written so far
    :ivar stored: the ORM's cache of values from before the changes; see :func:`..series.stored_values`
    """

    def __init__(self):
        self.models = collections.defaultdict(Touched)
        self.jobs = {}
        self.stored = []


def current(cr):
    """The :class:`Transaction` of this cursor's present transaction."""
    data = cr.postcommit.data
    if KEY not in data:
        data[KEY] = Transaction()
    return data[KEY]


def at_flush(cr, function):
    """Call ``function`` before the next commit or savepoint, once however often this is asked for."""
    data = cr.precommit.data

    def run():
        del data[KEY]  # now, not when Odoo empties the data: what runs after us may touch records too
        function()

    if KEY not in data:
        data[KEY] = True
        cr.precommit.add(run)
