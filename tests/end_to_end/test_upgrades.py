"""An upgrade writes a module's data again: no events, whatever it changes or deletes."""

from .support import finished, jobs
from .test_modules import odoo_command


def test_an_upgrade_that_changes_and_deletes_records_sends_nothing(own_server, workspace, receiver):
    """What people changed of a module's data is written back; what it no longer brings is deleted, children too."""
    server = own_server()
    odoo = server.client()
    view = odoo.id("product.product_template_form_view")
    (original,) = odoo.call("ir.ui.view", "read", [view], ["name"])
    odoo.call("ir.ui.view", "write", [view], {"name": "changed by a person"})
    obsolete = odoo.create("res.partner.category", name="obsolete")
    child = odoo.create("res.partner.category", name="its child", parent_id=obsolete)
    xmlid = {"module": "product", "name": "obsolete", "model": "res.partner.category", "res_id": obsolete}
    odoo.call("ir.model.data", "create", xmlid)
    webhooks = [
        odoo.subscribe(model, kind, receiver.url("/hook"))
        for model in ("ir.ui.view", "res.partner.category", "ir.model.data")
        for kind in ("on_create", "on_write", "on_unlink")
    ]
    server.stop()
    assert "ERROR" not in odoo_command(workspace, server.database, "-u", "product")
    odoo = own_server().client()
    assert odoo.call("ir.ui.view", "read", [view], ["name"]) == [original]
    assert odoo.call("res.partner.category", "search_count", [["id", "in", [obsolete, child]]]) == 0
    assert not [job for webhook in webhooks for job in jobs(odoo, webhook)]
    # Afterwards, the same is an event again.
    odoo.call("ir.ui.view", "write", [view], {"name": "changed by a person"})
    (job,) = finished(odoo, webhooks[1])
    assert job["res_id"] == view
    assert len(receiver.got()) == 1
