from odoo.tests import new_test_user

from .common import WebhookCase
from .sales import SalesCase


class TestCompanies(WebhookCase):
    """A webhook sees what its owner may read, under the owner's company (contract, section 1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls.env.company
        cls.theirs = cls.env["res.company"].sudo().create({"name": "Their Company"})
        cls.env.user.sudo().company_ids = cls.ours | cls.theirs  # who makes the changes may do so in both
        cls.owner = new_test_user(cls.env, "owner", "base.group_user,webhook.webhook_group_manager")

    def subscribe_as_owner(self, kind, fields, **values):
        """A webhook on partners whose owner knows our company alone."""
        env = self.env
        self.env = env(user=self.owner)
        try:
            return self.subscribe("res.partner", kind, fields, **values)
        finally:
            self.env = env

    def new_partner(self, company=None, **values):
        partner = self.env["res.partner"].create(
            {"name": "Oak", "company_id": company.id if company else False, **values}
        )
        self.commit()
        return partner

    def test_a_value_of_another_company_is_no_change(self):
        partner = self.new_partner()
        partner.with_company(self.ours).write({"barcode": "ours 1"})
        self.commit()
        webhook = self.subscribe_as_owner("on_write", "barcode")
        partner.with_company(self.theirs).write({"barcode": "theirs"})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        partner.with_company(self.ours).write({"barcode": "ours 2"})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"barcode": {"old": "ours 1", "new": "ours 2"}})
        self.assertNotIn("theirs", str(data))

    def test_the_company_of_the_owner_counts_not_that_of_who_makes_the_change(self):
        partner = self.new_partner()
        webhook = self.subscribe_as_owner("on_write", "barcode")
        self.env.user.company_id = self.theirs
        partner.with_company(self.ours).write({"barcode": "ours"})
        self.assertEqual(self.changes(webhook), {partner.id: {"barcode": {"old": None, "new": "ours"}}})

    def test_records_of_another_company_are_no_events(self):
        partner = self.new_partner(self.theirs)
        webhooks = [self.subscribe_as_owner(kind, "name") for kind in ("on_create", "on_write", "on_unlink")]
        partner.write({"name": "Elm"})
        self.new_partner(self.theirs)
        partner.unlink()
        for webhook in webhooks:
            self.assertFalse(self.jobs(webhook))

    def test_records_of_the_owners_company_and_of_none_are_events(self):
        partners = self.new_partner(self.ours) | self.new_partner()
        webhook = self.subscribe_as_owner("on_write", "name")
        partners.write({"name": "Elm"})
        renamed = {"name": {"old": "Oak", "new": "Elm"}}
        self.assertEqual(self.changes(webhook), dict.fromkeys(partners.ids, renamed))

    def test_a_record_that_moves_to_another_company_is_gone_without_an_event(self):
        partner = self.new_partner(self.ours)
        webhook = self.subscribe_as_owner("on_write", "name, company_id")
        partner.write({"name": "theirs now", "company_id": self.theirs.id})
        self.assertFalse(self.jobs(webhook))

    def test_what_a_record_was_in_another_company_is_not_told(self):
        partner = self.new_partner(self.theirs, name="their secret")
        webhook = self.subscribe_as_owner("on_write", "name")
        partner.write({"name": "Elm", "company_id": self.ours.id})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"name": {"new": "Elm"}})
        self.assertNotIn("their secret", str(data))

    def test_a_child_that_the_owner_may_not_read_is_no_change_of_its_parent(self):
        parent = self.new_partner(is_company=True)
        webhook = self.subscribe_as_owner("on_write", "child_ids.name")
        child = self.env["res.partner"].create(
            {"name": "their secret", "parent_id": parent.id, "company_id": self.theirs.id}
        )
        self.commit()
        child.write({"name": "their other secret"})
        self.commit()
        child.unlink()
        self.assertFalse(self.jobs(webhook))


class TestRecordRules(WebhookCase):
    """A record that a rule hides from the owner."""

    def setUp(self):
        super().setUp()
        owner = new_test_user(self.env, "owner", "base.group_user,webhook.webhook_group_manager")
        self.env["ir.rule"].sudo().create(
            {
                "name": "no secrets",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "groups": [(4, self.env.ref("webhook.webhook_group_manager").id)],
                "domain_force": "[('name', 'not like', 'secret')]",
            }
        )
        tags = self.env["res.partner.category"].sudo()
        self.secret = tags.create({"name": "secret", "color": 1})
        self.child = tags.create({"name": "secret child", "parent_id": self.secret.id})
        self.commit()
        env, self.env = self.env, self.env(user=owner)
        kinds = ("on_create", "on_write", "on_unlink")
        self.webhooks = [self.subscribe("res.partner.category", kind) for kind in kinds]
        self.env = env

    def test_it_is_no_event_of_any_kind(self):
        self.secret.write({"color": 2})
        self.secret.copy({"name": "secret copy"})
        self.secret.unlink()  # and its child, by a cascade
        self.assertFalse(self.child.exists())
        for webhook in self.webhooks:
            self.assertFalse(self.jobs(webhook))

    def test_what_it_was_while_hidden_is_not_told_once_it_is_open(self):
        self.secret.write({"name": "open"})
        _on_create, on_write, _on_unlink = self.webhooks
        data = self.event(on_write)["data"]
        self.assertEqual(data["changes"]["name"], {"new": "open"})
        self.assertNotIn("secret", str(data["changes"]))

    def test_once_hidden_it_is_no_event(self):
        self.secret.write({"name": "open"})
        self.commit()
        _on_create, on_write, _on_unlink = self.webhooks
        before = len(self.jobs(on_write))
        self.secret.write({"name": "secret again"})
        self.assertEqual(len(self.jobs(on_write)), before)


class TestCostInCompanies(SalesCase):
    """The cost of a product, which each company has of its own."""

    def test_the_cost_in_another_company_is_no_change(self):
        theirs = self.env["res.company"].sudo().create({"name": "Their Company"})
        self.env.user.sudo().company_ids |= theirs
        product = self.env["product.product"].create({"name": "Advice", "type": "service", "standard_price": 5.0})
        self.commit()
        webhook = self.subscribe("product.product", "on_write", "standard_price", f"[('id', '=', {product.id})]")
        product.sudo().with_company(theirs).write({"standard_price": 7.0})
        self.commit()
        self.assertFalse(self.jobs(webhook))
        product.write({"standard_price": 6.0})
        self.assertEqual(self.changes(webhook), {product.id: {"standard_price": {"old": 5.0, "new": 6.0}}})
