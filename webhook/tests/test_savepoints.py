from contextlib import contextmanager, suppress

from .. import series
from .common import WebhookCase


class TestSavepoints(WebhookCase):
    """Events follow the database through savepoints, whichever of them are kept or rolled back (contract, 2.5)."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Oak", "ref": "0"})
        self.commit()
        self.on_create = self.subscribe("res.partner", "on_create", "name, ref")
        self.on_write = self.subscribe("res.partner", "on_write", "name, ref")
        self.on_unlink = self.subscribe("res.partner", "on_unlink", "name, ref")

    @contextmanager
    def rolled_back(self):
        """A savepoint that is rolled back at the end of the block."""
        with suppress(ZeroDivisionError), self.env.cr.savepoint():
            yield
            raise ZeroDivisionError

    @contextmanager
    def rolled_back_without_flush(self):
        """The same with ``flush=False``: Odoo then neither writes nor forgets anything, the caller has to."""
        # No assertRaises(), in which Odoo has a savepoint of its own.
        with suppress(ZeroDivisionError), self.env.cr.savepoint(flush=False):
            yield
            raise ZeroDivisionError
        series.forget(self.partner)

    def counts(self):
        return [len(self.jobs(webhook)) for webhook in (self.on_create, self.on_write, self.on_unlink)]

    def assert_changes(self, **changes):
        """Assert that there is one event, with these changes as (old, new)."""
        expected = {name: {"old": old, "new": new} for name, (old, new) in changes.items()}
        self.assertEqual(self.changes(self.on_write), {self.partner.id: expected})

    def test_nested_and_both_kept(self):
        with self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
            with self.env.cr.savepoint():
                self.partner.write({"ref": "1"})
        self.assert_changes(name=("Oak", "Elm"), ref=("0", "1"))

    def test_nested_and_the_inner_rolled_back(self):
        with self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
            with self.rolled_back():
                self.partner.write({"ref": "1"})
        self.assert_changes(name=("Oak", "Elm"))

    def test_nested_and_the_outer_rolled_back(self):
        self.partner.write({"name": "Elm"})
        with self.rolled_back():
            self.partner.write({"name": "Ash"})
            with self.env.cr.savepoint():
                self.partner.write({"ref": "1"})
                self.env["res.partner"].create({"name": "new"})
        self.assertEqual(self.counts(), [0, 1, 0])
        self.assert_changes(name=("Oak", "Elm"))

    def test_nested_and_both_rolled_back(self):
        with self.rolled_back():
            self.partner.write({"name": "Elm"})
            with self.rolled_back():
                self.partner.unlink()
                self.before_commit()
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_one_after_the_other(self):
        with self.rolled_back():
            self.partner.write({"name": "Elm"})
        with self.env.cr.savepoint():
            self.partner.write({"ref": "1"})
        with self.rolled_back():
            self.partner.write({"name": "Ash"})
            self.before_commit()
        self.assert_changes(ref=("0", "1"))

    def test_a_change_taken_back_in_a_savepoint_that_is_rolled_back_stands(self):
        self.partner.write({"name": "Elm"})
        with self.rolled_back():
            self.partner.write({"name": "Oak"})
            self.before_commit()  # for now there is no event
        self.assert_changes(name=("Oak", "Elm"))

    def test_a_creation_whose_deletion_is_rolled_back_is_a_creation(self):
        partner = self.env["res.partner"].create({"name": "new"})
        with self.rolled_back():
            partner.unlink()
            self.before_commit()  # for now it never was
        self.assertEqual(self.counts(), [1, 0, 0])
        self.assertEqual(self.event(self.on_create)["data"]["id"], partner.id)

    def test_a_change_whose_deletion_is_rolled_back_is_a_change(self):
        self.partner.write({"name": "Elm"})
        with self.rolled_back():
            self.partner.unlink()
            self.before_commit()  # for now it is a deletion
        self.assertEqual(self.counts(), [0, 1, 0])
        self.assert_changes(name=("Oak", "Elm"))

    def test_without_flush_a_rolled_back_change_is_no_event(self):
        with self.rolled_back_without_flush():
            self.partner.write({"name": "Elm"})
            self.env["res.partner"].create({"name": "new"})
            with self.env.cr.savepoint():  # writes all that was held back
                self.partner.write({"ref": "1"})
        self.assertEqual(self.counts(), [0, 0, 0])

    def test_without_flush_an_event_of_a_change_before_the_savepoint_is_not_lost(self):
        self.partner.write({"name": "Elm"})
        self.flush()
        with self.rolled_back_without_flush(), self.env.cr.savepoint():
            pass  # the event was written here, and is rolled back with the outer savepoint
        self.assert_changes(name=("Oak", "Elm"))

    def test_without_flush_a_creation_before_the_savepoint_is_not_lost(self):
        partner = self.env["res.partner"].create({"name": "new"})
        self.flush()
        with self.rolled_back_without_flush(), self.env.cr.savepoint():
            partner.write({"ref": "1"})
        series.forget(partner)
        self.assertEqual(self.counts(), [1, 0, 0])
        self.assertIsNone(self.event(self.on_create)["data"]["record"]["ref"])

    def test_without_flush_a_deletion_before_the_savepoint_is_not_lost(self):
        self.partner.unlink()
        with self.rolled_back_without_flush(), self.env.cr.savepoint():
            pass
        self.assertEqual(self.counts(), [0, 0, 1])
        self.assertEqual(self.event(self.on_unlink)["data"]["record"]["name"], "Oak")

    def test_without_flush_an_event_that_was_removed_comes_back(self):
        with self.env.cr.savepoint():
            self.partner.write({"name": "Elm"})
        self.before_commit()
        with self.rolled_back_without_flush():
            self.partner.write({"name": "Oak"})
            self.before_commit()
        self.assert_changes(name=("Oak", "Elm"))

    def test_without_flush_a_rolled_back_deletion_and_then_a_write_is_a_write(self):
        with self.rolled_back_without_flush():
            self.partner.unlink()
            self.before_commit()
        self.partner.write({"name": "Elm"})
        self.assertEqual(self.counts(), [0, 1, 0])
        self.assert_changes(name=("Oak", "Elm"))

    def test_without_flush_a_value_read_inside_is_not_told_of(self):
        with self.rolled_back_without_flush():
            self.partner.write({"name": "Ash", "ref": "1"})
            self.before_commit()
        self.partner.write({"name": "Elm"})
        self.assert_changes(name=("Oak", "Elm"))
