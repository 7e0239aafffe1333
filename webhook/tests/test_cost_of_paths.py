from . import test_cost
from .common import WebhookCase


class TestCostOfPaths(WebhookCase):
    """What a change costs that a webhook may see through another record (contract, 2.9)."""

    queries = test_cost.TestCost.queries

    def setUp(self):
        super().setUp()
        self.industry = self.env["res.partner.industry"].sudo().create({"name": "Forestry"})
        self.commit()

    def assert_nothing_of_ours(self, seen):
        self.assertTrue([query for query in seen if "UPDATE" in query])
        self.assertFalse([query for query in seen if "webhook" in query or "ir_cron" in query or "SAVEPOINT" in query])

    def test_a_field_that_no_webhook_depends_on_causes_no_sql_of_ours(self):
        self.subscribe("res.partner", "on_write", "industry_id.name")
        self.assert_nothing_of_ours(self.queries(lambda: self.industry.write({"full_name": "Forestry and logging"})))

    def test_a_model_on_no_path_causes_no_sql_of_ours(self):
        self.subscribe("res.partner", "on_write", "country_id.code")
        self.assert_nothing_of_ours(self.queries(lambda: self.industry.write({"name": "Hunting"})))

    def test_the_queries_do_not_grow_with_the_records_that_a_change_is_seen_through(self):
        webhook = self.subscribe("res.partner", "on_write", "industry_id.name")
        counts = {}
        for number in (1, 10, 200):  # the first fills Odoo's caches
            self.industry = self.industry.create({"name": "Forestry"})
            self.env["res.partner"].create([{"name": "Oak", "industry_id": self.industry.id}] * number)
            self.commit()
            before = len(self.jobs(webhook))
            counts[number] = len(self.queries(lambda: self.industry.write({"name": "Hunting"})))
            self.assertEqual(len(self.jobs(webhook)), before + number)
        self.assertLessEqual(counts[200], counts[10] + 6)

    def test_the_queries_do_not_grow_with_the_records_that_go_by_a_cascade(self):
        webhook = self.subscribe("res.partner.category", "on_unlink", "name")
        tags = self.env["res.partner.category"].sudo()
        counts = {}
        for number in (1, 10, 200):
            parent = tags.create({"name": "Tree"})
            tags.create([{"name": "Leaf", "parent_id": parent.id}] * number)
            self.commit()
            before = len(self.jobs(webhook))
            counts[number] = len(self.queries(parent.unlink))
            self.assertEqual(len(self.jobs(webhook)), before + number + 1)
        self.assertLessEqual(counts[200], counts[10] + 6)
