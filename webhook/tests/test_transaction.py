from .common import WebhookCase


class TestTransaction(WebhookCase):
    """One event per webhook, record and transaction, and none for what never was (contract, 2.4 and 2.5)."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Oak", "ref": "0"})
        self.commit()
        self.on_create = self.subscribe("res.partner", "on_create", "name, ref")
        self.on_write = self.subscribe("res.partner", "on_write", "name, ref")
        self.on_unlink = self.subscribe("res.partner", "on_unlink", "name, ref")

    def counts(self):
        return [len(self.jobs(webhook)) for webhook in (self.on_create, self.on_write, self.on_unlink)]

    def test_two_writes_are_one_event_from_first_old_to_last_new(self):
        self.partner.write({"name": "Elm"})
        self.partner.write({"name": "Ash", "ref": "1"})
        self.assertEqual(
            self.event(self.on_write)["data"]["changes"],
            {"name": {"old": "Oak", "new": "Ash"}, "ref": {"old": "0", "new": "1"}},
        )

    def test_a_change_taken_back_is_no_event(self):
        self.partner.write({"name": "Elm"})
        self.partner.write({"name": "Oak"})
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_a_change_taken_back_after_a_savepoint_is_no_event(self):
        with self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
        self.assertEqual(self.counts(), [0, 1, 0])
        self.partner.write({"name": "Oak"})
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_created_then_written_is_one_creation_with_the_final_values(self):
        partner = self.env["res.partner"].create({"name": "Elm"})
        self.flush()
        partner.write({"ref": "final"})
        self.assertEqual(self.counts(), [1, 0, 0])
        self.assertEqual(self.event(self.on_create)["data"]["record"]["ref"], "final")

    def test_created_then_written_after_a_savepoint_keeps_its_id_and_has_the_final_values(self):
        with self.env.cr.savepoint():
            partner = self.env["res.partner"].create({"name": "Elm"})
        before = self.event(self.on_create)
        partner.write({"ref": "final"})
        after = self.event(self.on_create)
        self.assertEqual((after["id"], after["sequence"]), (before["id"], before["sequence"]))
        self.assertEqual(after["data"]["record"]["ref"], "final")

    def test_created_then_deleted_is_nothing(self):
        self.env["res.partner"].create({"name": "Elm"}).unlink()
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_created_before_a_savepoint_and_then_deleted_is_nothing(self):
        with self.env.cr.savepoint():
            partner = self.env["res.partner"].create({"name": "Elm"})
        self.assertEqual(self.counts(), [1, 0, 0])
        partner.unlink()
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_written_then_deleted_is_one_deletion(self):
        with self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
        self.partner.unlink()
        self.assertEqual(self.counts(), [0, 0, 1])
        self.assertEqual(self.event(self.on_unlink)["data"]["record"]["name"], "Elm")

    def test_a_savepoint_that_is_rolled_back_leaves_nothing(self):
        for change in (
            lambda: self.partner.write({"name": "Elm"}),
            lambda: self.env["res.partner"].create({"name": "Elm"}),
            self.partner.unlink,
        ):
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                change()
                raise ZeroDivisionError
            self.assertEqual(self.counts(), [0, 0, 0])

    def test_a_savepoint_rolled_back_after_its_events_were_written_leaves_nothing(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
            self.env["res.partner"].create({"name": "Ash"})
            self.assertEqual(self.counts(), [1, 1, 0])
            raise ZeroDivisionError
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_nested_savepoints_keep_what_was_kept(self):
        self.partner.write({"name": "outer before"})
        with self.env.cr.savepoint():
            self.partner.write({"ref": "outer"})
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                self.partner.write({"name": "inner"})
                self.before_commit()
                raise ZeroDivisionError
        self.assertEqual(
            self.event(self.on_write)["data"]["changes"],
            {"name": {"old": "Oak", "new": "outer before"}, "ref": {"old": "0", "new": "outer"}},
        )

    def test_a_deletion_taken_back_and_then_a_write_is_a_write(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.partner.unlink()
            self.before_commit()
            raise ZeroDivisionError
        self.partner.write({"name": "Elm"})
        self.assertEqual(self.counts(), [0, 1, 0])

    def test_a_deletion_taken_back_leaves_nothing_for_a_later_one(self):
        webhook = self.subscribe("res.partner", "on_unlink", "ref", "[('ref', '=', '0')]")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.partner.unlink()
            raise ZeroDivisionError
        self.partner.ref = "no longer matches"
        self.partner.unlink()
        self.assertFalse(self.jobs(webhook))

    def test_records_touched_by_what_else_runs_before_a_commit_count(self):
        late = self.subscribe("res.country", "on_create", "name")
        self.partner.write({"name": "Elm"})
        values = {"name": "Late", "code": "XL"}
        self.env.cr.precommit.add(lambda: self.env["res.country"].create(values))
        self.assertEqual(self.counts(), [0, 1, 0])
        self.assertEqual(len(self.jobs(late)), 1)

    def test_a_webhook_deleted_meanwhile_takes_no_event_of_another_with_it(self):
        gone = self.subscribe("res.partner", "on_write", "name")
        self.flush()
        self.env["webhook.webhook"]._watch()  # as this process still has it in its cache
        self.env.cr.execute("DELETE FROM webhook_webhook WHERE id = %s", [gone.id])
        self.partner.write({"name": "Elm"})
        self.assertEqual(self.counts(), [0, 1, 0])

    def test_a_dry_run_import_sends_nothing(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            result = self.env["res.partner"].load(["name"], [["Elm"], ["Ash"]])
            self.assertEqual(len(result["ids"]), 2)
            raise ZeroDivisionError
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_a_real_import_sends_one_event_a_record(self):
        self.env["res.partner"].load(["name"], [["Elm"], ["Ash"]])
        self.assertEqual(self.counts(), [2, 0, 0])

    def test_what_a_transaction_saw_is_forgotten_at_its_end(self):
        self.partner.write({"name": "Elm"})
        self.commit()
        self.partner.write({"name": "Ash"})
        self.assertEqual(
            [event["data"]["changes"]["name"] for event in self.events(self.on_write)],
            [{"old": "Oak", "new": "Elm"}, {"old": "Elm", "new": "Ash"}],
        )
