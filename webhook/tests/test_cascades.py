from odoo.tests import new_test_user

from .common import WebhookCase
from .sales import SalesCase


class TestCascade(WebhookCase):
    """Records that the database deletes with their parent, without an ``unlink()`` of their own (contract, 2.6).

    A tag's parent is such a relation, over as many levels as one likes.
    """

    def setUp(self):
        super().setUp()
        self.root = self.new_tags("root")
        self.branch, self.other_branch = self.new_tags("branch", "other branch", parent=self.root)
        self.leaf = self.new_tags("leaf", parent=self.branch)
        self.commit()
        self.webhook = self.subscribe("res.partner.category", "on_unlink", "name, parent_id")

    def new_tags(self, *names, parent=None):
        return (
            self.env["res.partner.category"]
            .sudo()
            .create([{"name": name, "parent_id": parent.id if parent else False} for name in names])
        )

    def deleted(self, webhook=None):
        """The names of the deleted tags, by id."""
        events = self.events(webhook or self.webhook)
        found = {event["data"]["id"]: event["data"]["record"]["name"] for event in events}
        self.assertEqual(len(found), len(events), "more than one event for a record")
        return found

    def test_nothing_is_deleted(self):
        """Code of modules often deletes what a search has found, which may be nothing."""
        nothing = self.env["res.partner.category"]
        nothing.unlink()
        nothing.write({"name": "Oak"})
        self.assertEqual(self.events(self.webhook), [])

    def test_children_are_deleted_with_their_parent_two_levels_deep(self):
        everything = self.root | self.branch | self.other_branch | self.leaf
        expected = {tag.id: tag.name for tag in everything}
        self.root.unlink()
        self.assertFalse(everything.exists())
        self.assertEqual(self.deleted(), expected)

    def test_a_child_is_told_of_as_it_was_before(self):
        leaf, branch = self.leaf.id, self.branch.id
        names = {"display_name": self.leaf.display_name, "parent": self.branch.display_name}
        self.branch.unlink()
        records = {event["data"]["id"]: event["data"]["record"] for event in self.events(self.webhook)}
        self.assertEqual(
            records[leaf],
            {
                "id": leaf,
                "display_name": names["display_name"],
                "name": "leaf",
                "parent_id": {"id": branch, "display_name": names["parent"]},
            },
        )

    def test_a_child_written_before_in_the_transaction_is_told_of_with_that_value(self):
        leaf = self.leaf.id
        self.leaf.write({"name": "withered"})
        self.branch.unlink()
        self.assertEqual(self.deleted()[leaf], "withered")

    def test_the_condition_is_checked_on_the_children(self):
        webhook = self.subscribe(
            "res.partner.category", "on_unlink", "name", "[('parent_id.name', 'in', ['root', 'branch'])]"
        )
        expected = {tag.id: tag.name for tag in self.branch | self.other_branch | self.leaf}
        self.root.unlink()
        self.assertEqual(self.deleted(webhook), expected)

    def test_ten_children_are_ten_events_of_their_own(self):
        children = self.new_tags(*(f"twig {number}" for number in range(10)), parent=self.leaf)
        self.commit()
        webhook = self.subscribe("res.partner.category", "on_unlink", "name", "[('name', '=like', 'twig%')]")
        expected = {tag.id: tag.name for tag in children}
        self.leaf.unlink()
        self.assertEqual(self.deleted(webhook), expected)

    def test_the_event_of_a_child_names_who_deleted_its_parent(self):
        editor = new_test_user(self.env, "editor", "base.group_user,base.group_partner_manager")
        self.commit()
        self.root.with_user(editor).sudo().unlink()
        events = self.events(self.webhook)
        self.assertEqual(len(events), 4)
        self.assertEqual({event["user"]["id"] for event in events}, {editor.id})

    def test_a_deleted_record_is_not_changed_too(self):
        on_write = self.subscribe("res.partner.category", "on_write")
        self.leaf.write({"name": "withered"})
        self.root.unlink()
        self.assertFalse(self.jobs(on_write))

    def test_a_child_made_in_the_same_transaction_never_was(self):
        on_create = self.subscribe("res.partner.category", "on_create", "name")
        new = self.new_tags("new leaf", parent=self.other_branch).id
        self.other_branch.unlink()
        self.assertNotIn(new, self.deleted())
        self.assertFalse(self.jobs(on_create))

    def test_a_child_that_moved_away_before_stays(self):
        leaf = self.leaf.id
        self.leaf.write({"parent_id": self.other_branch.id})
        self.branch.unlink()
        self.assertTrue(self.leaf.exists())
        self.assertNotIn(leaf, self.deleted())

    def test_a_deletion_that_is_rolled_back_leaves_nothing(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.root.unlink()
            self.flush()
            raise ZeroDivisionError
        self.assertTrue(self.leaf.exists())
        self.assertFalse(self.jobs(self.webhook))

    def test_a_deletion_that_is_rolled_back_and_then_a_write_is_a_write(self):
        on_write = self.subscribe("res.partner.category", "on_write", "name")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.root.unlink()
            raise ZeroDivisionError
        self.leaf.write({"name": "green"})
        self.assertFalse(self.jobs(self.webhook))
        self.assertEqual(self.changes(on_write), {self.leaf.id: {"name": {"old": "leaf", "new": "green"}}})


class TestCascadeBetweenModels(WebhookCase):
    """Grandchildren of another model than the children, and only they are watched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_model("x_forest")
        for parent, child in (("x_forest", "x_tree"), ("x_tree", "x_nut")):
            to_parent = {"ttype": "many2one", "relation": parent, "on_delete": "cascade"}
            cls.new_model(child, x_parent_id=to_parent)
        cls.new_fields("x_nut", x_found_id={"ttype": "many2one", "relation": "x_forest", "on_delete": "set null"})

    def setUp(self):
        super().setUp()
        self.forest, self.elsewhere = self.env["x_forest"].create([{"x_name": "forest"}, {"x_name": "elsewhere"}])
        self.tree = self.env["x_tree"].create({"x_name": "tree", "x_parent_id": self.forest.id})
        self.nut = self.env["x_nut"].create(
            {"x_name": "nut", "x_parent_id": self.tree.id, "x_found_id": self.elsewhere.id}
        )
        self.commit()

    def test_a_grandchild_goes_with_its_grandparent(self):
        webhook = self.subscribe("x_nut", "on_unlink", "x_name, x_parent_id.x_parent_id.x_name")
        nut, tree, forest = self.nut.id, self.tree.id, self.forest.id
        self.forest.unlink()
        self.assertFalse(self.nut.exists())
        data = self.event(webhook)["data"]
        self.assertEqual((data["model"], data["kind"], data["id"]), ("x_nut", "on_unlink", nut))
        self.assertEqual(data["record"]["x_name"], "nut")
        forest = {"id": forest, "display_name": "forest", "x_name": "forest"}
        self.assertEqual(data["record"]["x_parent_id"], {"id": tree, "display_name": "tree", "x_parent_id": forest})

    def test_a_reference_that_the_database_empties_is_a_change(self):
        on_write = self.subscribe("x_nut", "on_write", "x_found_id")
        on_unlink = self.subscribe("x_nut", "on_unlink", "x_name")
        old = {"id": self.elsewhere.id, "display_name": "elsewhere"}
        self.elsewhere.unlink()
        self.assertFalse(self.nut.x_found_id)
        self.assertEqual(self.changes(on_write), {self.nut.id: {"x_found_id": {"old": old, "new": None}}})
        self.assertFalse(self.jobs(on_unlink))

    def test_a_reference_emptied_by_a_deletion_that_is_rolled_back_is_no_change(self):
        on_write = self.subscribe("x_nut", "on_write", "x_found_id")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.elsewhere.unlink()
            self.flush()
            raise ZeroDivisionError
        self.assertFalse(self.jobs(on_write))

    def test_a_record_whose_reference_would_be_emptied_is_deleted_alone(self):
        on_write = self.subscribe("x_nut", "on_write", "x_found_id")
        on_unlink = self.subscribe("x_nut", "on_unlink", "x_name")
        (self.elsewhere | self.forest).unlink()
        self.assertFalse(self.jobs(on_write))
        self.assertEqual(self.event(on_unlink)["data"]["record"]["x_name"], "nut")


class TestReferenceEmptied(WebhookCase):
    """The same, on the models of Odoo."""

    def test_deleting_an_industry_changes_its_partners(self):
        industry = self.env["res.partner.industry"].sudo().create({"name": "Forestry"})
        partners = self.env["res.partner"].create([{"name": name, "industry_id": industry.id} for name in "ab"])
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "industry_id")
        old = {"id": industry.id, "display_name": "Forestry"}
        emptied = {"industry_id": {"old": old, "new": None}}
        industry.unlink()
        self.assertEqual(self.changes(webhook), dict.fromkeys(partners.ids, emptied))

    def test_deleting_a_tag_changes_its_partners(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Tree"})
        partner = self.env["res.partner"].create({"name": "Oak", "category_id": [(4, tag.id)]})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "category_id")
        old = [tag.id]
        tag.unlink()
        self.assertEqual(self.changes(webhook), {partner.id: {"category_id": {"old": old, "new": []}}})


class TestOrderCascade(SalesCase):
    """The lines of an order go with it."""

    def test_the_lines_of_a_deleted_order_are_deletions(self):
        order = self.new_order(*(self.line(quantity) for quantity in range(1, 11)))
        self.commit()
        webhook = self.subscribe("sale.order.line", "on_unlink", "product_uom_qty, order_id.name")
        ids, name, customer = order.order_line.ids, order.name, self.customer.id
        conditions = (f"[('order_id.partner_id', '=', {customer}), ('product_uom_qty', '>', 8)]", "[('id', '=', 0)]")
        few, none = (self.subscribe("sale.order.line", "on_unlink", "name", each) for each in conditions)
        order.unlink()
        records = [event["data"]["record"] for event in self.events(webhook)]
        self.assertEqual(len(records), 10)
        quantities = {record["id"]: record["product_uom_qty"] for record in records}
        self.assertEqual(quantities, dict(zip(ids, map(float, range(1, 11)))))
        self.assertEqual({record["order_id"]["name"] for record in records}, {name})
        self.assertEqual(len(self.jobs(few)), 2)
        self.assertFalse(self.jobs(none))
