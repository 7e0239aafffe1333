"""Imports of files, with the test run that the import dialog offers."""

import pytest

from .support import changes, jobs

OPTIONS = {
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


@pytest.fixture
def import_tags(odoo):
    """Import names of tags, by their external identifiers, as the dialog does."""

    def import_tags(rows, dryrun):
        text = "id,name\n" + "".join(f"{xmlid},{name}\n" for xmlid, name in rows)
        wizard = odoo.create(
            "base_import.import",
            res_model="res.partner.category",
            file=text,
            file_type="text/csv",
            file_name="tags.csv",
        )
        columns = ["id", "name"]
        result = odoo.call(
            "base_import.import", odoo.series.import_method, [wizard], columns, columns, OPTIONS, dryrun=dryrun
        )
        assert not result["messages"]
        assert len(result["ids"]) == len(rows)

    return import_tags


def test_a_test_run_sends_nothing_and_the_import_one_event_for_each_record(odoo, receiver, import_tags):
    import_tags([("webhook_oak", "Oak")], dryrun=False)
    on_create, on_write = (
        odoo.subscribe("res.partner.category", kind, receiver.url(f"/{kind}"), field_names="name")
        for kind in ("on_create", "on_write")
    )
    rows = [("webhook_oak", "Elm"), ("webhook_ash", "Ash")]
    import_tags(rows, dryrun=True)
    assert not jobs(odoo, on_create)
    assert not jobs(odoo, on_write)
    assert odoo.call("res.partner.category", "search_count", [["name", "in", ["Elm", "Ash"]]]) == 0
    import_tags(rows, dryrun=False)
    assert changes(odoo, on_write) == [{"name": {"old": "Oak", "new": "Elm"}}]
    (request,) = receiver.wait_for(1, "/on_create")
    assert request.json()["data"]["record"]["name"] == "Ash"
    assert len(jobs(odoo, on_create)) == 1
