import contextlib

from odoo.tests import Form

from .. import series
from ..capture import routes
from .common import WebhookCase


class TestCapture(WebhookCase):
    """Which changes are events (contract, section 2), as far as one model's own records go."""

    def test_create_is_one_event_with_the_new_values(self):
        webhook = self.subscribe("res.partner", "on_create", "name, ref")
        partner = self.env["res.partner"].create({"name": "Oak", "ref": "O-1"})
        event = self.event(webhook)
        self.assertEqual(event["type"], "res.partner.on_create")
        self.assertEqual(
            event["data"],
            {
                "model": "res.partner",
                "kind": "on_create",
                "id": partner.id,
                "record": {"id": partner.id, "display_name": "Oak", "name": "Oak", "ref": "O-1"},
            },
        )
        self.assertEqual(event["webhook"], {"id": webhook.id, "name": webhook.name})
        self.assertEqual(event["user"], {"id": self.env.uid, "name": self.env.user.name})
        self.assertEqual(event["source"]["database"], self.env.cr.dbname)

    def test_each_of_many_new_records_is_an_event_of_its_own(self):
        webhook = self.subscribe("res.partner", "on_create", "name")
        partners = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(50)])
        events = self.events(webhook)
        self.assertEqual([event["data"]["id"] for event in events], partners.ids)
        self.assertEqual(len({event["id"] for event in events}), 50)
        sequences = [event["sequence"] for event in events]
        self.assertEqual(sequences, sorted(set(sequences)))

    def test_write_is_an_event_with_old_and_new_values(self):
        partner = self.env["res.partner"].create({"name": "Oak", "ref": "O-1"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "name, ref")
        partner.write({"name": "Elm"})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"name": {"old": "Oak", "new": "Elm"}})
        self.assertEqual(data["record"]["name"], "Elm")
        self.assertEqual(data["record"]["ref"], "O-1")

    def test_assigning_a_field_is_a_write_too(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "name")
        partner.name = "Elm"
        self.assertEqual(self.event(webhook)["data"]["changes"]["name"]["new"], "Elm")

    def test_a_form_saved_by_a_person_is_an_event(self):
        webhook = self.subscribe("res.partner.industry", "on_create", "name")
        with Form(self.env["res.partner.industry"]) as form:
            form.name = "Forestry"
        self.assertEqual(self.event(webhook)["data"]["record"]["name"], "Forestry")

    def test_a_write_that_changes_nothing_is_no_event(self):
        partner = self.env["res.partner"].create({"name": "Oak", "ref": "O-1"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "name, ref")
        everything = self.subscribe("res.partner", "on_write")
        partner.write({"name": "Oak", "ref": "O-1"})
        self.assertFalse(self.jobs(webhook))
        self.assertFalse(self.jobs(everything))

    def test_a_change_of_another_field_is_no_event(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "name, ref")
        partner.write({"comment": "not watched"})
        self.assertFalse(self.jobs(webhook))

    def test_without_fields_any_change_is_an_event(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write")
        partner.write({"function": "Tree"})
        data = self.event(webhook)["data"]
        self.assertEqual(data["changes"], {"function": {"old": None, "new": "Tree"}})
        self.assertIn("write_date", data["record"])
        self.assertNotIn("image_1920", data["record"])
        self.assertNotIn("message_ids", data["record"])

    def test_a_computed_field_that_is_stored_counts_as_changed(self):
        parent = self.env["res.partner"].create({"name": "Forest", "is_company": True})
        child = self.env["res.partner"].create({"name": "Oak", "parent_id": parent.id})
        self.commit()
        condition = f"[('id', '=', {child.id})]"
        webhook = self.subscribe("res.partner", "on_write", "commercial_company_name", condition=condition)
        parent.write({"name": "Wood"})
        self.assertEqual(
            self.event(webhook)["data"]["changes"], {"commercial_company_name": {"old": "Forest", "new": "Wood"}}
        )

    def test_unlink_is_an_event_with_the_values_from_before(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_unlink", "name, ref")
        partner.write({"ref": "last"})
        partner_id = partner.id
        partner.unlink()
        data = self.event(webhook)["data"]
        self.assertEqual(data["id"], partner_id)
        self.assertEqual(data["record"], {"id": partner_id, "display_name": "Oak", "name": "Oak", "ref": "last"})
        self.assertNotIn("changes", data)

    def test_archiving_is_a_write_and_archived_records_match_conditions(self):
        partner = self.env["res.partner"].create({"name": "Oak", "ref": "O-1"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "active", condition="[('ref', '=', 'O-1')]")
        partner.action_archive()
        self.assertEqual(self.event(webhook)["data"]["changes"], {"active": {"old": True, "new": False}})

    def test_a_many2many_edit_is_a_write(self):
        tag = self.env["res.partner.category"].sudo().create({"name": "Tree"})
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "category_id")
        partner.write({"category_id": [(4, tag.id)]})
        self.assertEqual(self.event(webhook)["data"]["changes"], {"category_id": {"old": [], "new": [tag.id]}})

    def test_the_order_of_related_records_is_no_change(self):
        tags = self.env["res.partner.category"].sudo().create([{"name": "Tree"}, {"name": "Shrub"}])
        partner = self.env["res.partner"].create({"name": "Oak", "category_id": [(6, 0, tags.ids)]})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "category_id")
        partner.write({"category_id": [(6, 0, tags.ids[::-1])]})
        self.assertFalse(self.jobs(webhook))

    def test_an_empty_text_is_no_change_from_none(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "ref")
        partner.write({"ref": ""})
        self.assertFalse(self.jobs(webhook))

    def test_a_record_whose_computation_would_fail_can_be_deleted(self):
        code = "for record in self:\n    record['x_ratio'] = 1 / (len(record.x_name) - 3)"
        self.new_model("x_brittle", x_ratio={"ttype": "float", "depends": "x_name", "compute": code})
        record = self.env["x_brittle"].create({"x_name": "fine"})
        self.commit()
        webhook = self.subscribe("x_brittle", "on_unlink", "x_name")
        record.x_name = "bad"
        record.unlink()
        self.assertEqual(self.event(webhook)["data"]["record"]["x_name"], "bad")

    def test_a_computation_with_a_savepoint_loses_nothing(self):
        code = "for record in self:\n    record['x_upper'] = record.x_name"
        self.new_model("x_calc", x_upper={"ttype": "char", "store": False, "depends": "x_name", "compute": code})
        one, other = self.env["x_calc"].create([{"x_name": "one"}, {"x_name": "other"}])
        self.commit()
        webhook = self.subscribe("x_calc", "on_write", "x_name, x_upper")

        def compute(records):
            with contextlib.suppress(ZeroDivisionError), records.env.cr.savepoint():
                raise ZeroDivisionError
            for record in records:
                record.x_upper = record.x_name.upper()

        self.replace(self.env["x_calc"]._fields["x_upper"], "compute", compute)
        ran = []
        one.write({"x_name": "first"})
        self.env.cr.precommit.add(lambda: ran.append(True))
        other.write({"x_name": "second"})
        changes = [event["data"]["changes"]["x_upper"] for event in self.events(webhook)]
        self.assertEqual(changes, [{"old": "ONE", "new": "FIRST"}, {"old": "OTHER", "new": "SECOND"}])
        self.assertEqual(ran, [True])

    def test_a_many2one_shows_the_names_of_old_and_new(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        partner = self.env["res.partner"].create({"name": "Oak", "country_id": belgium.id})
        self.commit()
        webhook = self.subscribe("res.partner", "on_write", "country_id")
        partner.country_id = france
        self.assertEqual(
            self.event(webhook)["data"]["changes"]["country_id"],
            {
                "old": {"id": belgium.id, "display_name": "Belgium"},
                "new": {"id": france.id, "display_name": "France"},
            },
        )

    def test_the_condition_is_checked_after_a_change_and_before_a_deletion(self):
        partner = self.env["res.partner"].create({"name": "Oak", "ref": "no"})
        self.commit()
        condition = "[('ref', '=', 'yes')]"
        write = self.subscribe("res.partner", "on_write", "name, ref", condition)
        unlink = self.subscribe("res.partner", "on_unlink", "ref", condition)
        partner.write({"name": "Elm"})
        self.assertFalse(self.jobs(write))
        partner.write({"ref": "yes"})
        self.assertEqual(self.event(write)["data"]["changes"]["ref"], {"old": "no", "new": "yes"})
        partner.unlink()
        self.assertEqual(self.event(unlink)["data"]["record"]["ref"], "yes")

    def test_a_condition_may_follow_relations_and_use_operators(self):
        condition = "['|', ('country_id.code', '=', 'BE'), ('name', '=like', 'El%')]"
        webhook = self.subscribe("res.partner", "on_create", "name", condition)
        self.env["res.partner"].create(
            [{"name": "Oak", "country_id": self.env.ref("base.be").id}, {"name": "Elm"}, {"name": "Ash"}]
        )
        self.assertEqual([event["data"]["record"]["name"] for event in self.events(webhook)], ["Oak", "Elm"])

    def test_an_archived_webhook_sees_nothing(self):
        webhook = self.subscribe("res.partner", "on_create", "name")
        webhook.active = False
        self.env["res.partner"].create({"name": "Oak"})
        self.assertFalse(self.jobs(webhook))

    def test_a_changed_webhook_works_as_changed_at_once(self):
        webhook = self.subscribe("res.partner", "on_create", "name")
        self.env["res.partner"].create({"name": "Oak"})
        self.commit()
        webhook.field_names = "name, ref"
        self.env["res.partner"].create({"name": "Elm"})
        self.assertEqual([sorted(event["data"]["record"]) for event in self.events(webhook)][1],
                         ["display_name", "id", "name", "ref"])  # fmt: skip

    def test_a_record_that_cannot_be_rendered_becomes_a_job_in_error_and_the_save_succeeds(self):
        code = "for record in self:\n    record['x_ratio'] = 1 / (len(record.x_name) - 3)"
        self.new_model("x_brittle", x_ratio={"ttype": "float", "store": False, "depends": "x_name", "compute": code})
        webhook = self.subscribe("x_brittle", "on_create", "x_name, x_ratio")
        good, bad = self.env["x_brittle"].create([{"x_name": "fine"}, {"x_name": "bad"}])
        series.forget(good)
        jobs = self.jobs(webhook)
        self.assertEqual(jobs.mapped("res_id"), [good.id, bad.id])
        self.assertEqual(jobs.mapped("state"), ["pending", "failed"])
        self.assertIn("division by zero", jobs[1].error)
        self.assertFalse(jobs[1].body)
        self.assertTrue(bad.exists())

    def test_a_failure_of_the_capture_itself_breaks_no_save(self):
        self.subscribe("res.partner", "on_write", "name")
        partner = self.env["res.partner"].create({"name": "Oak"})
        self.commit()

        def follow(*args, **options):
            raise LookupError("no such way")

        self.replace(routes, "follow", follow)
        with self.assertLogs("odoo.addons.webhook.capture", "ERROR") as logged:
            partner.write({"name": "Elm"})
            partner.unlink()
            self.before_commit()
        self.assertIn("no such way", logged.output[0])
        self.assertFalse(partner.exists())

    def test_a_webhook_that_cannot_be_read_breaks_no_save_and_no_other_webhook(self):
        bad = self.subscribe("res.partner", "on_create", "name")
        good = self.subscribe("res.partner", "on_create", "name")
        self.flush()
        self.env.cr.execute("UPDATE webhook_webhook SET condition = 'no list' WHERE id = %s", [bad.id])
        series.forget(bad)
        with self.assertLogs("odoo.addons.webhook.capture.subscription", "ERROR"):
            self.env["res.partner"].create({"name": "Oak"})
        self.assertFalse(self.jobs(bad))
        self.assertEqual(len(self.jobs(good)), 1)
