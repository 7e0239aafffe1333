from unittest import mock

from odoo import sql_db
from odoo.tests import warmup

from .common import WebhookCase


class TestCost(WebhookCase):
    """What nobody subscribed to pays nothing (contract, 2.9)."""

    def queries(self, action):
        """The SQL that ``action`` causes until its transaction would commit."""
        self.commit()
        self.env["webhook.webhook"]._watch()  # read once, and then cached
        seen = []
        execute = sql_db.Cursor.execute

        def watched(cursor, query, *arguments, **options):
            seen.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *arguments, **options)

        with mock.patch.object(sql_db.Cursor, "execute", watched):
            action()
            self.before_commit()
        return seen

    def test_an_unwatched_model_causes_no_sql_of_ours(self):
        self.subscribe("res.partner", "on_write", "name, ref")
        Category = self.env["res.partner.category"].sudo()

        def change():
            tag = Category.create({"name": "Tree"})
            self.flush()
            tag.write({"name": "Shrub"})
            self.flush()
            tag.unlink()

        seen = self.queries(change)
        self.assertTrue([query for query in seen if "INSERT INTO" in query and "res_partner_category" in query])
        self.assertTrue([query for query in seen if "UPDATE" in query and "res_partner_category" in query])
        self.assertFalse([query for query in seen if "webhook" in query or "ir_cron" in query])
        self.assertFalse([query for query in seen if "SAVEPOINT" in query])

    def test_what_is_watched_is_read_over_one_connection(self):
        registry, opened = self.env.registry, []
        cursor = registry.cursor
        self.replace(registry, "cursor", lambda *args, **options: opened.append(1) or cursor(*args, **options))
        self.env.cr.postcommit.clear()
        (registry.clear_all_caches if hasattr(registry, "clear_all_caches") else registry.clear_caches)()
        self.env["res.partner"].create({"name": "Oak"})
        self.env["res.partner"].create({"name": "Elm"})
        self.assertEqual(len(opened), 1)

    def test_the_same_change_on_a_watched_model_does_cause_sql_of_ours(self):
        self.subscribe("res.partner.category", "on_create")
        seen = self.queries(lambda: self.env["res.partner.category"].sudo().create({"name": "Tree"}))
        self.assertTrue([query for query in seen if "INSERT INTO webhook_job" in query])

    @warmup
    def test_the_queries_of_a_webhook_do_not_grow_with_the_records(self):
        def create(count):
            values = [{"name": f"T{count}-{number}"} for number in range(count)]
            return len(self.queries(lambda: self.env["res.partner.category"].sudo().create(values)))

        counts = (1, 10, 200)  # the first fills Odoo's caches
        _, few, many = [create(count) for count in counts]  # series differ in how many Odoo needs itself
        self.subscribe("res.partner.category", "on_create", "name, parent_id")
        _, few_watched, many_watched = [create(count) for count in counts]
        self.assertGreater(few_watched, few)
        self.assertLessEqual(many_watched - many, few_watched - few + 6)
