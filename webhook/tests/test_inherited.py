import json

from odoo.tests import new_test_user

from .common import WebhookCase


class TestInherited(WebhookCase):
    """A user has the fields of his partner (``_inherits``)."""

    def setUp(self):
        super().setUp()
        self.user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create({"name": "Oak", "login": "oak", "email": "oak@example.com"})
        )
        self.commit()
        self.webhook = self.subscribe("res.users", "on_write", "name, email, login")

    def test_a_name_edited_on_the_partner_is_a_change_of_the_user(self):
        self.user.partner_id.write({"name": "Elm", "email": "elm@example.com"})
        data = self.event(self.webhook)["data"]
        self.assertEqual((data["model"], data["id"]), ("res.users", self.user.id))
        self.assertEqual(
            data["changes"],
            {"name": {"old": "Oak", "new": "Elm"}, "email": {"old": "oak@example.com", "new": "elm@example.com"}},
        )
        self.assertEqual((data["record"]["name"], data["record"]["login"]), ("Elm", "oak"))

    def test_a_name_edited_on_the_user_is_one_event_for_each_model(self):
        on_partner = self.subscribe("res.partner", "on_write", "name")
        self.user.write({"name": "Elm"})
        renamed = {"name": {"old": "Oak", "new": "Elm"}}
        self.assertEqual(self.changes(self.webhook), {self.user.id: renamed})
        self.assertEqual(self.changes(on_partner), {self.user.partner_id.id: renamed})

    def test_edited_on_both_it_is_one_event(self):
        self.user.write({"login": "elm"})
        self.flush()
        self.user.partner_id.write({"name": "Elm"})
        changes = {"name": {"old": "Oak", "new": "Elm"}, "login": {"old": "oak", "new": "elm"}}
        self.assertEqual(self.changes(self.webhook), {self.user.id: changes})

    def test_the_event_names_who_edited_the_partner(self):
        editor = new_test_user(self.env, "editor", "base.group_user,base.group_partner_manager")
        self.commit()
        self.user.partner_id.with_user(editor).sudo().write({"name": "Elm"})
        self.assertEqual(self.event(self.webhook)["user"], {"id": editor.id, "name": editor.name})

    def test_a_partner_without_a_user_and_another_field_are_no_event(self):
        self.env["res.partner"].create({"name": "Ash"}).write({"name": "Birch"})
        self.user.partner_id.write({"ref": "not watched"})
        self.user.partner_id.write({"name": "Oak"})
        self.assertFalse(self.jobs(self.webhook))

    def test_a_user_made_in_the_transaction_is_a_creation_with_the_final_name(self):
        on_create = self.subscribe("res.users", "on_create", "name")
        user = self.env["res.users"].with_context(no_reset_password=True).create({"name": "Ash", "login": "ash"})
        user.partner_id.write({"name": "Birch"})
        self.assertEqual(self.event(on_create)["data"]["record"]["name"], "Birch")
        self.assertFalse(self.jobs(self.webhook))


class TestDerived(WebhookCase):
    """Fields that are not stored, whose values come from other records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_model("x_wood", x_code={"ttype": "char"})
        cls.new_model("x_plank", x_amount={"ttype": "integer"})
        cls.new_fields(
            "x_plank",
            x_wood_id={"ttype": "many2one", "relation": "x_wood"},
            x_wood_code={"ttype": "char", "related": "x_wood_id.x_code", "store": False, "readonly": True},
        )
        total = "for record in self:\n    record['x_total'] = sum(record.x_plank_ids.mapped('x_amount'))"
        double = "for record in self:\n    record['x_double'] = 2 * record.x_total"
        cls.new_fields(
            "x_wood",
            x_plank_ids={"ttype": "one2many", "relation": "x_plank", "relation_field": "x_wood_id"},
            x_total={"ttype": "integer", "store": False, "depends": "x_plank_ids.x_amount", "compute": total},
            x_double={"ttype": "integer", "store": False, "depends": "x_total", "compute": double},
        )

    def setUp(self):
        super().setUp()
        self.oak, self.elm = self.env["x_wood"].create([{"x_name": name, "x_code": name} for name in ("Oak", "Elm")])
        self.planks = self.env["x_plank"].create(
            [{"x_name": f"plank {amount}", "x_amount": amount, "x_wood_id": self.oak.id} for amount in (1, 2)]
        )
        self.commit()
        self.on_wood = self.subscribe("x_wood", "on_write", "x_total")
        self.on_plank = self.subscribe("x_plank", "on_write", "x_wood_code")

    def test_a_related_field_changes_through_a_many2one(self):
        self.oak.write({"x_code": "O"})
        changes = {"x_wood_code": {"old": "Oak", "new": "O"}}
        self.assertEqual(self.changes(self.on_plank), dict.fromkeys(self.planks.ids, changes))
        self.assertFalse(self.jobs(self.on_wood))

    def test_a_related_field_changes_with_the_relation(self):
        self.planks[0].write({"x_wood_id": self.elm.id})
        self.assertEqual(
            self.changes(self.on_plank), {self.planks[0].id: {"x_wood_code": {"old": "Oak", "new": "Elm"}}}
        )

    def test_a_computed_field_changes_through_a_one2many(self):
        self.planks[0].write({"x_amount": 5})
        self.assertEqual(self.changes(self.on_wood), {self.oak.id: {"x_total": {"old": 3, "new": 7}}})
        self.assertEqual(self.event(self.on_wood)["data"]["record"]["x_total"], 7)

    def test_a_computed_field_changes_with_a_new_record(self):
        self.env["x_plank"].create({"x_amount": 5, "x_wood_id": self.oak.id})
        self.assertEqual(self.changes(self.on_wood), {self.oak.id: {"x_total": {"old": 3, "new": 8}}})

    def test_a_computed_field_changes_with_a_deletion(self):
        self.planks[1].unlink()
        self.assertEqual(self.changes(self.on_wood), {self.oak.id: {"x_total": {"old": 3, "new": 1}}})

    def test_a_record_that_moves_changes_both_sides(self):
        self.planks[1].write({"x_wood_id": self.elm.id})
        self.assertEqual(
            self.changes(self.on_wood),
            {self.oak.id: {"x_total": {"old": 3, "new": 1}}, self.elm.id: {"x_total": {"old": 0, "new": 2}}},
        )

    def test_a_field_computed_from_a_computed_one_changes_too(self):
        webhook = self.subscribe("x_wood", "on_write", "x_double")
        self.planks[0].write({"x_amount": 5})
        self.assertEqual(self.changes(webhook), {self.oak.id: {"x_double": {"old": 6, "new": 14}}})

    def test_changes_that_cancel_out_are_no_event(self):
        self.planks[0].write({"x_amount": 2})
        self.planks[1].write({"x_amount": 1})
        self.assertFalse(self.jobs(self.on_wood))

    def test_a_computed_value_that_had_been_read_before_has_the_right_old_value(self):
        self.assertEqual(self.oak.x_total, 3)
        self.planks[0].write({"x_amount": 5})
        self.assertEqual(self.oak.x_total, 7)
        self.planks[0].write({"x_amount": 6})
        self.assertEqual(self.changes(self.on_wood), {self.oak.id: {"x_total": {"old": 3, "new": 8}}})

    def test_a_change_that_is_rolled_back_to_a_savepoint_is_no_event(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.planks[0].write({"x_amount": 5})
            self.oak.write({"x_code": "O"})
            self.before_commit()
            raise ZeroDivisionError
        self.assertFalse(self.jobs(self.on_wood))
        self.assertFalse(self.jobs(self.on_plank))

    def test_a_computation_that_raises_breaks_no_save_and_becomes_a_job_in_error(self):
        code = "for record in self:\n    record['x_share'] = 6 / sum(record.x_plank_ids.mapped('x_amount'))"
        self.new_fields(
            "x_wood",
            x_share={"ttype": "integer", "store": False, "depends": "x_plank_ids.x_amount", "compute": code},
        )
        self.env["x_plank"].create({"x_amount": 1, "x_wood_id": self.elm.id})
        self.commit()
        webhook = self.subscribe("x_wood", "on_write", "x_share")
        planks = self.env["x_plank"].search([])
        planks.write({"x_amount": 0})
        planks.filtered(lambda plank: plank.x_wood_id == self.elm).write({"x_amount": 2})
        jobs = {job.res_id: job for job in self.jobs(webhook)}
        self.assertEqual(set(jobs), {self.oak.id, self.elm.id})
        self.assertEqual((jobs[self.oak.id].state, jobs[self.oak.id].body), ("failed", False))
        self.assertIn("division by zero", jobs[self.oak.id].error)
        self.assertEqual(json.loads(jobs[self.elm.id].body)["data"]["changes"], {"x_share": {"old": 6, "new": 3}})
        self.assertEqual(set(planks.mapped("x_amount")), {0, 2})

        self.commit()
        planks.filtered(lambda plank: plank.x_wood_id == self.oak).write({"x_amount": 3})
        job = self.jobs(webhook)[-1]
        self.assertEqual((job.res_id, job.state), (self.oak.id, "pending"))
        changes = json.loads(job.body)["data"]["changes"]
        self.assertEqual(changes, {"x_share": {"new": 1}})  # what it was cannot be known
        changes = self.events(self.on_wood)[-1]["data"]["changes"]
        self.assertEqual(changes, {"x_total": {"old": 0, "new": 6}})  # but this can
