"""What one database transaction has changed so far, on the models that webhooks watch.

It lives in ``cr.postcommit.data``, which Odoo empties at commit and at rollback, but keeps when a savepoint is rolled
back. That is why all it holds is either true whatever becomes of a savepoint (values from before the transaction, the
ids of rows) or checked against the database before it is used (which records exist, which rows were rolled back).
"""

import collections

KEY = "webhook.capture"
# A setting of the database's transaction, which a rolled back savepoint takes back: the number of the last evaluation.
MARK = "webhook.evaluation"


class Touched:
    """The records of one model that the transaction touched.

    :ivar users: ``{record id: id of the user who touched it first}``
    :ivar created: ids of records made by this transaction
    :ivar before: ``{(owner, language): {record id: {field: raw value}}}``, from before its first change
    :ivar matched: ``{subscription id: {record id: whether it matched the condition before}}``
    :ivar deleted: ``{subscription id: {record id: data of the payload}}``, from just before the deletion
    :ivar pending: ids not yet turned into events
    :ivar evaluated: ``{record id: number of the evaluation that last turned it into events, or not}``
    :ivar single: how often a record was touched alone
    """

    def __init__(self):
        self.users = {}
        self.created = set()
        self.before = collections.defaultdict(dict)
        self.matched = collections.defaultdict(dict)
        self.deleted = collections.defaultdict(dict)
        self.pending = {}  # a dict for its order
        self.evaluated = {}
        self.single = 0

    def touch(self, ids, uid):
        """Note that the user ``uid`` touched the records ``ids``."""
        for record_id in ids:
            self.users.setdefault(record_id, uid)
            self.pending[record_id] = True


class Transaction:
    """See the module's docstring.

    :ivar uid: id of the user who touched something first
    :ivar models: ``{model name: Touched}``
    :ivar jobs: ``{(subscription id, record id): (job id, event id)}``, the rows written so far
    :ivar stored: the ORM's cache of values from before the changes; see :func:`..series.stored_values`
    :ivar names: ``{(language, model name, record id): display name}`` of deleted records
    :ivar evaluations: number of the last evaluation
    :ivar taken_back: whether evaluations were rolled back since: the ORM's cache may hold what is there no more
    """

    def __init__(self, uid):
        self.uid = uid
        self.models = collections.defaultdict(Touched)
        self.jobs = {}
        self.stored = []
        self.names = {}
        self.evaluations = 0
        self.taken_back = False

    def has_pending(self):
        """Whether there are records to be turned into events."""
        return any(touched.pending for touched in self.models.values())

    def take_back(self, cr):
        """Have evaluations that were rolled back to a savepoint done again."""
        if self.evaluations:
            cr.execute("SELECT current_setting(%s, true)", [MARK])
            valid = int(cr.fetchone()[0] or 0)
            if valid < self.evaluations:
                for touched in self.models.values():
                    for record_id, number in touched.evaluated.items():
                        if number > valid:
                            touched.pending[record_id] = True
                self.evaluations = valid
                self.taken_back = True

    def begin_evaluation(self, cr):
        """Number what is evaluated from now on."""
        self.evaluations += 1
        cr.execute("SELECT set_config(%s, %s, true)", [MARK, str(self.evaluations)])


def begin(cr, uid):
    """Start to follow this cursor's present transaction; ``uid``: the user who touches something first.

    :return: :class:`Transaction`
    """
    cr.postcommit.data[KEY] = Transaction(uid)
    return cr.postcommit.data[KEY]


def known(cr):
    """The :class:`Transaction` of this cursor's present transaction, or None if nothing was touched yet."""
    return cr.postcommit.data.get(KEY)
