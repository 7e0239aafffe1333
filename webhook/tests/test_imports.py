from unittest import SkipTest

from .. import series
from .common import WebhookCase


class TestImports(WebhookCase):
    """The import of a file, by the model behind its dialog; a test run (``dryrun``) is rolled back to a savepoint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "base_import.import" not in cls.env:
            raise SkipTest("Imports of files are not installed")

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Oak", "ref": "0"})
        self.env["ir.model.data"].sudo().create(
            {"module": "__import__", "name": "webhook_oak", "model": "res.partner", "res_id": self.partner.id}
        )
        self.commit()
        self.on_create = self.subscribe("res.partner", "on_create", "name, ref")
        self.on_write = self.subscribe("res.partner", "on_write", "name, ref")

    def import_file(self, *rows, dryrun):
        """Import rows of (external identifier, name, ref)."""
        text = "\n".join(["id,name,ref", *(",".join(row) for row in rows)])
        wizard = self.env["base_import.import"].create(
            {"res_model": "res.partner", "file": text.encode(), "file_type": "text/csv", "file_name": "partners.csv"}
        )
        options = {
            "quoting": '"',
            "separator": ",",
            "encoding": "utf-8",
            "headers": True,
            "has_headers": True,
            "date_format": "",
            "datetime_format": "",
            "float_thousand_separator": ",",
            "float_decimal_separator": ".",
        }
        run = wizard.execute_import if series.SERIES >= 15 else wizard.do
        result = run(["id", "name", "ref"], ["id", "name", "ref"], options, dryrun=dryrun)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), len(rows))

    def import_both(self, dryrun):
        """Import a change of a partner, and a new one."""
        self.import_file(("webhook_oak", "Elm", "1"), ("webhook_ash", "Ash", "2"), dryrun=dryrun)

    def assert_imported(self):
        """Assert the events of :meth:`import_both`."""
        changes = {"name": {"old": "Oak", "new": "Elm"}, "ref": {"old": "0", "new": "1"}}
        self.assertEqual(self.changes(self.on_write), {self.partner.id: changes})
        record = self.event(self.on_create)["data"]["record"]
        self.assertEqual((record["name"], record["ref"]), ("Ash", "2"))

    def test_an_import_is_one_event_for_each_record(self):
        self.import_both(dryrun=False)
        self.assert_imported()

    def test_a_test_run_is_no_event(self):
        self.import_both(dryrun=True)
        self.assertFalse(self.jobs(self.on_write))
        self.assertFalse(self.jobs(self.on_create))

    def test_an_import_after_a_test_run_is_one_event_for_each_record(self):
        self.import_both(dryrun=True)
        self.commit()
        series.forget(self.partner)  # each click is a transaction of its own, with an empty cache
        self.import_both(dryrun=False)
        self.assert_imported()

    def test_a_change_before_a_test_run_is_told_of_as_it_was(self):
        self.partner.write({"ref": "before"})
        self.flush()  # or the roll back would take the change itself with it
        self.import_both(dryrun=True)
        series.forget(self.partner)
        self.assertEqual(self.changes(self.on_write), {self.partner.id: {"ref": {"old": "0", "new": "before"}}})

    def test_rows_that_say_what_is_there_already_are_no_events(self):
        self.import_file(("webhook_oak", "Oak", "0"), dryrun=False)
        self.assertFalse(self.jobs(self.on_write))
