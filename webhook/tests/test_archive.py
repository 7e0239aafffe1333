from .common import WebhookCase


class TestArchive(WebhookCase):
    """Archiving is a write, and a condition works on archived records too (contract, 2.7)."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Oak", "ref": "O-1"})
        self.commit()

    def test_a_condition_on_archived_records_holds_once_the_record_is_archived(self):
        webhook = self.subscribe("res.partner", "on_write", "active, ref", "[('active', '=', False)]")
        self.partner.action_archive()
        self.commit()
        self.partner.write({"ref": "O-2"})
        self.commit()
        self.partner.action_unarchive()
        self.assertEqual(
            [event["data"]["changes"] for event in self.events(webhook)],
            [{"active": {"old": True, "new": False}}, {"ref": {"old": "O-1", "new": "O-2"}}],
        )

    def test_a_condition_on_active_records_holds_once_the_record_is_unarchived(self):
        webhook = self.subscribe("res.partner", "on_write", "active", "[('active', '=', True)]")
        self.partner.action_archive()
        self.commit()
        self.partner.action_unarchive()
        self.assertEqual(self.changes(webhook), {self.partner.id: {"active": {"old": False, "new": True}}})

    def test_a_condition_on_another_field_holds_for_both(self):
        webhook = self.subscribe("res.partner", "on_write", "active", "[('ref', '=like', 'O-%')]")
        self.partner.action_archive()
        self.commit()
        self.partner.action_unarchive()
        self.assertEqual(
            [event["data"]["changes"]["active"]["new"] for event in self.events(webhook)],
            [False, True],
        )

    def test_an_archived_record_that_is_deleted_is_a_deletion(self):
        webhook = self.subscribe("res.partner", "on_unlink", "ref, active", "[('active', '=', False)]")
        self.partner.action_archive()
        self.commit()
        self.partner.unlink()
        record = self.event(webhook)["data"]["record"]
        self.assertEqual((record["ref"], record["active"]), ("O-1", False))
