from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from .. import series
from .common import WebhookCase


class TestAccess(WebhookCase):
    """Who may configure, and what an owner's events may tell (contract, section 1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "webhook_employee", "base.group_user")
        manager = "base.group_user,webhook.webhook_group_manager"
        cls.manager = new_test_user(cls.env, "webhook_manager", manager)
        cls.colleague = new_test_user(cls.env, "webhook_colleague", manager)

    def subscribe_as(self, user, model, kind, fields=None, **values):
        env = self.env
        self.env = env(user=user)
        try:
            return self.subscribe(model, kind, fields, **values)
        finally:
            self.env = env

    def test_an_employee_may_not_even_list_webhooks(self):
        webhook = self.subscribe("res.partner", "on_create")
        for model in ("webhook.webhook", "webhook.job", "webhook.attempt"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).search([])
        with self.assertRaises(AccessError):
            webhook.with_user(self.employee).action_send_test()
        with self.assertRaises(AccessError):
            self.subscribe_as(self.employee, "res.partner", "on_create")

    def test_an_employees_changes_are_events_all_the_same(self):
        webhook = self.subscribe("res.partner.category", "on_create", "name")
        self.env["res.partner.category"].with_user(self.employee).sudo().create({"name": "Tree"})
        self.assertEqual(self.event(webhook)["user"], {"id": self.employee.id, "name": self.employee.name})

    def test_a_manager_sees_his_own_webhooks_and_deliveries_only(self):
        mine = self.subscribe_as(self.manager, "res.partner", "on_create", "name")
        self.env["res.partner"].create({"name": "Oak"})
        job = self.jobs(mine)
        self.assertEqual(mine.user_id, self.manager)
        self.assertIn(mine, self.env["webhook.webhook"].with_user(self.manager).search([]))
        self.assertIn(job, self.env["webhook.job"].with_user(self.manager).search([]))
        self.assertNotIn(mine, self.env["webhook.webhook"].with_user(self.colleague).search([]))
        self.assertNotIn(job, self.env["webhook.job"].with_user(self.colleague).search([]))
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague).write({"address": "https://elsewhere.example.com"})
        self.assertIn(mine, self.env["webhook.webhook"].search([]))  # an administrator sees all

    def test_nobody_can_make_himself_another_owner(self):
        webhook = self.subscribe_as(self.manager, "res.partner", "on_create")
        with self.assertRaises(AccessError):
            webhook.with_user(self.manager).write({"user_id": self.env.ref("base.user_admin").id})
        with self.assertRaises(AccessError):
            self.subscribe_as(self.manager, "res.partner", "on_create", user_id=self.env.ref("base.user_admin").id)

    def test_nobody_can_forge_or_change_a_delivery(self):
        webhook = self.subscribe_as(self.manager, "res.partner", "on_create", "name")
        self.env["res.partner"].create({"name": "Oak"})
        job = self.jobs(webhook).with_user(self.manager)
        for forbidden in (
            lambda: job.write({"state": "delivered"}),
            job.unlink,
            lambda: job.copy(),
        ):
            with self.assertRaises(AccessError):
                forbidden()

    def test_a_model_that_one_may_not_read_cannot_be_watched(self):
        with self.assertRaisesRegex(ValidationError, "You may not read"):
            self.subscribe_as(self.manager, "ir.config_parameter", "on_write")

    def test_a_field_that_one_may_not_read_cannot_be_named_and_is_not_sent(self):
        self.new_model("x_guarded", x_secret={"ttype": "char"})
        self.replace(self.env["x_guarded"]._fields["x_secret"], "groups", "base.group_system")
        with self.assertRaisesRegex(ValidationError, "no field “x_secret” that you can read"):
            self.subscribe_as(self.manager, "x_guarded", "on_create", "x_secret")
        webhook = self.subscribe_as(self.manager, "x_guarded", "on_create")
        everything = self.subscribe("x_guarded", "on_create")
        self.env["x_guarded"].create({"x_name": "Oak", "x_secret": "acorn"})
        self.assertNotIn("acorn", str(self.event(webhook)))
        self.assertIn("acorn", str(self.event(everything)))

    def test_a_record_that_the_owner_may_not_read_is_no_event(self):
        self.env["ir.rule"].create(
            {
                "name": "no secrets",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "groups": [(4, self.env.ref("webhook.webhook_group_manager").id)],
                "domain_force": "[('name', 'not like', 'secret')]",
            }
        )
        webhook = self.subscribe_as(self.manager, "res.partner.category", "on_create", "name")
        self.env["res.partner.category"].sudo().create([{"name": "secret"}, {"name": "open"}])
        self.assertEqual([event["data"]["record"]["name"] for event in self.events(webhook)], ["open"])

    def test_a_record_of_a_company_that_is_not_the_owners_is_no_event(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        webhook = self.subscribe_as(self.manager, "res.partner", "on_create", "name")
        self.env["res.partner"].create(
            [{"name": "theirs", "company_id": other.id}, {"name": "ours", "company_id": self.env.company.id}]
        )
        self.assertEqual([event["data"]["record"]["name"] for event in self.events(webhook)], ["ours"])

    def test_an_owner_who_lost_the_right_to_read_gets_no_more_events(self):
        self.new_model("x_lost")
        webhook = self.subscribe_as(self.manager, "x_lost", "on_create", "x_name")
        self.env["ir.model.access"].sudo().search([("model_id.model", "=", "x_lost")]).unlink()
        self.env["x_lost"].sudo().create([{"x_name": "one"}, {"x_name": "two"}])
        self.assertFalse(self.jobs(webhook))

    def test_rights_changed_in_the_same_transaction_are_not_forgotten(self):
        self.new_model("x_rights")
        record = self.env["x_rights"].create({"x_name": "one"})
        self.commit()
        self.subscribe_as(self.manager, "x_rights", "on_write", "x_name")
        access = self.env["ir.model.access"].sudo().search([("model_id.model", "=", "x_rights")])
        access.write({"perm_read": False})
        record.sudo().write({"x_name": "two"})  # old values are read while the change of rights is held back
        self.flush()
        with self.assertRaises(AccessError):
            self.env["x_rights"].with_user(self.manager).search([])

    def test_a_test_notification_is_shown_to_who_sent_it_alone(self):
        mine = self.subscribe_as(self.manager, "res.partner", "on_create", "name", address="http://127.0.0.1:1/secret")
        shown = mine.with_user(self.manager).action_send_test()
        test = self.env["webhook.test"].browse(shown["res_id"])
        self.assertIn("connection was refused", test.with_user(self.manager).verdict)
        self.assertEqual(test.with_user(self.manager).address, "http://127.0.0.1:1/secret")
        colleagues = self.env["webhook.test"].with_user(self.colleague)
        for forbidden in (
            lambda: colleagues.browse(test.id).read(["answer"]),
            lambda: colleagues.create({"webhook_id": mine.id}),
            lambda: mine.with_user(self.colleague).action_send_test(),
        ):
            series.forget(test)
            with self.assertRaises(AccessError):
                forbidden()

    def test_the_name_of_a_referenced_record_that_one_may_not_read_is_not_sent(self):
        parameter = self.env["ir.config_parameter"].sudo().search([("key", "=", "database.uuid")])
        selection = "[('ir.config_parameter', 'Parameter'), ('res.partner', 'Partner')]"
        self.new_model("x_refs", x_ref={"ttype": "reference", "selection": selection})
        webhook = self.subscribe_as(self.manager, "x_refs", "on_create", "x_ref")
        self.env["x_refs"].sudo().create({"x_name": "one", "x_ref": f"ir.config_parameter,{parameter.id}"})
        self.assertEqual(
            self.event(webhook)["data"]["record"]["x_ref"],
            {"model": "ir.config_parameter", "id": parameter.id, "display_name": None},
        )

    def test_an_owner_who_is_archived_gets_no_more_events(self):
        webhook = self.subscribe_as(self.manager, "res.partner.category", "on_create", "name")
        self.manager.active = False
        self.commit()
        self.env["res.partner.category"].sudo().create({"name": "Tree"})
        self.assertFalse(self.jobs(webhook))
