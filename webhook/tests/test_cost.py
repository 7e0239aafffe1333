from odoo.tests import warmup

from .common import WebhookCase


class TestCost(WebhookCase):
    """What nobody subscribed to pays nothing (contract, 2.9)."""

    def queries(self, action):
        """The SQL that ``action`` causes until its transaction would commit."""
        self.commit()
        self.env["webhook.webhook"]._subscriptions()  # read once, and then cached
        seen = []
        with self._watched(seen):
            action()  # and what precedes the commit
        return seen

    def _watched(self, seen):
        from contextlib import contextmanager

        return contextmanager(self._patchExecute)(seen)

    def test_an_unwatched_model_causes_no_sql_of_ours(self):
        self.subscribe("res.partner", "on_write")
        Category = self.env["res.partner.category"].sudo()

        def change():
            tag = Category.create({"name": "Tree"})
            self.env.flush_all()
            tag.write({"name": "Shrub"})
            self.env.flush_all()
            tag.unlink()

        seen = self.queries(change)
        self.assertTrue([query for query in seen if "INSERT INTO" in query and "res_partner_category" in query])
        self.assertTrue([query for query in seen if "UPDATE" in query and "res_partner_category" in query])
        self.assertFalse([query for query in seen if "webhook" in query or "ir_cron" in query])
        self.assertFalse([query for query in seen if "SAVEPOINT" in query])

    def test_the_same_change_on_a_watched_model_does_cause_sql_of_ours(self):
        self.subscribe("res.partner.category", "on_create")
        seen = self.queries(lambda: self.env["res.partner.category"].sudo().create({"name": "Tree"}))
        self.assertTrue([query for query in seen if "INSERT INTO webhook_job" in query])

    @warmup
    def test_many_records_cost_no_more_queries_than_few(self):
        self.subscribe("res.partner.category", "on_create", "name, parent_id")

        def create(count):
            return lambda: (
                self.env["res.partner.category"].sudo().create([{"name": f"T{count}-{n}"} for n in range(count)])
            )

        self.queries(create(1))
        few, many = len(self.queries(create(10))), len(self.queries(create(200)))
        self.assertLessEqual(many, few + 6)
