from .common import WebhookCase


class TestMany2many(WebhookCase):
    """Tags of a partner, edited from both sides."""

    def setUp(self):
        super().setUp()
        self.oak, self.elm = self.env["res.partner"].create([{"name": "Oak"}, {"name": "Elm"}])
        self.tree, self.shrub = self.env["res.partner.category"].sudo().create([{"name": "Tree"}, {"name": "Shrub"}])
        self.oak.category_id = self.shrub
        self.commit()
        self.webhook = self.subscribe("res.partner", "on_write", "category_id")

    def tagged(self, old, new):
        return {"category_id": {"old": old.ids, "new": new.ids}}

    def test_edited_from_this_side(self):
        nothing = self.tree.browse()
        self.oak.write({"category_id": [(6, 0, self.tree.ids)]})
        self.elm.write({"category_id": [(4, self.tree.id)]})
        self.assertEqual(
            self.changes(self.webhook),
            {self.oak.id: self.tagged(self.shrub, self.tree), self.elm.id: self.tagged(nothing, self.tree)},
        )

    def test_added_from_the_other_side(self):
        self.tree.write({"partner_ids": [(4, self.elm.id)]})
        self.assertEqual(self.changes(self.webhook), {self.elm.id: self.tagged(self.tree.browse(), self.tree)})
        self.assertEqual(self.event(self.webhook)["data"]["record"]["category_id"], self.tree.ids)

    def test_removed_from_the_other_side(self):
        self.shrub.write({"partner_ids": [(3, self.oak.id)]})
        self.assertEqual(self.changes(self.webhook), {self.oak.id: self.tagged(self.shrub, self.tree.browse())})

    def test_replaced_from_the_other_side_changes_both_partners(self):
        nothing = self.tree.browse()
        self.shrub.write({"partner_ids": [(6, 0, self.elm.ids)]})
        self.assertEqual(
            self.changes(self.webhook),
            {self.oak.id: self.tagged(self.shrub, nothing), self.elm.id: self.tagged(nothing, self.shrub)},
        )

    def test_a_tag_created_with_its_partners_changes_them(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Wood", "partner_ids": [(4, self.elm.id)]})
        self.assertEqual(self.changes(self.webhook), {self.elm.id: self.tagged(tag.browse(), tag)})

    def test_added_from_one_side_and_removed_from_the_other_is_no_event(self):
        self.elm.write({"category_id": [(4, self.tree.id)]})
        self.flush()
        self.tree.write({"partner_ids": [(3, self.elm.id)]})
        self.assertFalse(self.jobs(self.webhook))

    def test_what_is_there_already_is_no_event(self):
        self.shrub.write({"partner_ids": [(4, self.oak.id)]})
        self.oak.write({"category_id": [(4, self.shrub.id)]})
        self.assertFalse(self.jobs(self.webhook))

    def test_another_name_of_a_tag_is_no_change_of_its_partners(self):
        self.shrub.write({"name": "Bush"})
        self.assertFalse(self.jobs(self.webhook))

    def test_an_archived_tag_is_no_change_of_its_partners(self):
        self.shrub.write({"active": False})
        self.assertFalse(self.jobs(self.webhook))


class TestOne2many(WebhookCase):
    """Contacts of a company, edited through the company and by themselves."""

    def setUp(self):
        super().setUp()
        partners = self.env["res.partner"].create([{"name": name, "is_company": True} for name in ("Oak", "Elm")])
        self.oak, self.elm = partners
        self.child = self.env["res.partner"].create({"name": "child", "parent_id": self.oak.id})
        self.commit()
        self.webhook = self.subscribe("res.partner", "on_write", "child_ids")

    def children(self, old, new):
        return {"child_ids": {"old": old, "new": new}}

    def assert_changes(self, expected):
        """Assert the events, each with the children in the order of their ids."""
        found = self.changes(self.webhook)
        for change in found.values():
            change["child_ids"] = {key: sorted(ids) for key, ids in change["child_ids"].items()}
        self.assertEqual(found, expected)

    def test_a_child_added_through_its_parent(self):
        self.oak.write({"child_ids": [(0, 0, {"name": "new"})]})
        new = self.oak.child_ids - self.child
        self.assert_changes({self.oak.id: self.children(self.child.ids, [self.child.id, new.id])})

    def test_a_child_removed_through_its_parent(self):
        child = self.child.id
        self.oak.write({"child_ids": [(2, child)]})
        self.assert_changes({self.oak.id: self.children([child], [])})

    def test_a_child_created_with_its_parent(self):
        new = self.env["res.partner"].create({"name": "new", "parent_id": self.elm.id})
        self.assert_changes({self.elm.id: self.children([], new.ids)})

    def test_a_child_deleted_by_itself(self):
        child = self.child.id
        self.child.unlink()
        self.assert_changes({self.oak.id: self.children([child], [])})

    def test_a_child_moved_to_another_parent_changes_both(self):
        self.child.write({"parent_id": self.elm.id})
        self.assert_changes(
            {self.oak.id: self.children(self.child.ids, []), self.elm.id: self.children([], self.child.ids)}
        )

    def test_a_child_taken_by_another_parent_changes_both(self):
        self.elm.write({"child_ids": [(4, self.child.id)]})
        self.assert_changes(
            {self.oak.id: self.children(self.child.ids, []), self.elm.id: self.children([], self.child.ids)}
        )

    def test_a_child_that_is_archived_leaves_its_parent(self):
        self.child.action_archive()
        self.assert_changes({self.oak.id: self.children(self.child.ids, [])})

    def test_a_child_that_comes_and_goes_is_no_event(self):
        self.env["res.partner"].create({"name": "new", "parent_id": self.elm.id}).unlink()
        self.assertFalse(self.jobs(self.webhook))

    def test_another_name_of_a_child_is_no_change_of_its_parent(self):
        self.child.write({"name": "another"})
        self.assertFalse(self.jobs(self.webhook))


class TestOtherTypes(WebhookCase):
    """References and binary fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        selection = "[('res.country', 'Country'), ('res.partner', 'Partner')]"
        cls.new_model(
            "x_paper",
            x_about={"ttype": "reference", "selection": selection},
            x_file={"ttype": "binary"},
        )

    def setUp(self):
        super().setUp()
        self.belgium = self.env.ref("base.be")
        about = f"res.country,{self.belgium.id}"
        self.paper = self.env["x_paper"].create({"x_name": "paper", "x_about": about, "x_file": "b2xk"})
        self.commit()

    def test_a_reference_to_a_record_of_another_model_is_a_change(self):
        webhook = self.subscribe("x_paper", "on_write", "x_about")
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.paper.write({"x_about": f"res.partner,{partner.id}"})
        self.assertEqual(
            self.changes(webhook)[self.paper.id]["x_about"],
            {
                "old": {"model": "res.country", "id": self.belgium.id, "display_name": "Belgium"},
                "new": {"model": "res.partner", "id": partner.id, "display_name": "Oak"},
            },
        )

    def test_a_reference_that_is_emptied_is_a_change(self):
        webhook = self.subscribe("x_paper", "on_write", "x_about")
        self.paper.write({"x_about": False})
        change = self.changes(webhook)[self.paper.id]["x_about"]
        self.assertEqual((change["old"]["id"], change["new"]), (self.belgium.id, None))

    def test_a_file_that_is_named_is_a_change_and_sent(self):
        webhook = self.subscribe("x_paper", "on_write", "x_file")
        self.paper.write({"x_file": "bmV3"})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"x_file": {"old": "b2xk", "new": "bmV3"}})
        self.assertEqual(data["record"]["x_file"], "bmV3")

    def test_a_file_that_is_not_named_is_no_change(self):
        webhooks = [self.subscribe("x_paper", "on_write", names) for names in (None, "x_name")]
        self.paper.write({"x_file": "bmV3"})
        for webhook in webhooks:
            self.assertFalse(self.jobs(webhook))

    def test_the_same_file_again_is_no_change(self):
        webhook = self.subscribe("x_paper", "on_write", "x_file")
        self.paper.write({"x_file": "b2xk"})
        self.assertFalse(self.jobs(webhook))
