"""An upgrade writes a module's data again: no events, whatever it changes or deletes."""

from standardwebhooks.webhooks import Webhook

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


def test_a_webhook_of_a_version_that_did_not_sign_is_given_a_secret(own_server, workspace, receiver):
    server = own_server()
    odoo = server.client()
    webhook = odoo.subscribe("res.partner.category", "on_create", receiver.url("/hook"))
    server.stop()
    workspace.server.sql("DELETE FROM webhook_signing_secret", server.database)
    assert "ERROR" not in odoo_command(workspace, server.database, "-u", "webhook")
    odoo = own_server().client()
    secret = odoo.call("webhook.webhook", "action_show_secret", [webhook])["context"]["default_secret"]
    odoo.create("res.partner.category", name="Tree")
    (request,) = receiver.wait_for(1)
    assert Webhook(secret).verify(request.body, request.headers)


def test_secrets_that_were_in_fields_are_kept(own_server, workspace):
    """A field that a module no longer has goes with its column, at the end of an upgrade."""
    server = own_server()
    odoo = server.client()
    application = odoo.create("restapi.application", name="Connector", oauth1=True)
    odoo.call("restapi.application", "action_new_secret", [application])
    (before,) = workspace.server.sql("SELECT hidden_oauth1_secret FROM restapi_application", server.database)
    server.stop()
    for statement in (
        "ALTER TABLE restapi_application RENAME COLUMN hidden_oauth1_secret TO oauth1_secret",
        """
        WITH field AS (
            INSERT INTO ir_model_fields (name, model, model_id, field_description, ttype, state, store)
            SELECT 'oauth1_secret', model, id, (SELECT field_description FROM ir_model_fields LIMIT 1), 'char', 'base', true
              FROM ir_model WHERE model = 'restapi.application'
            RETURNING id)
        INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
        SELECT 'restapi_webhook', 'field_restapi_application__oauth1_secret', 'ir.model.fields', id, false FROM field
        """,
    ):
        workspace.server.sql(statement, server.database)
    assert "ERROR" not in odoo_command(workspace, server.database, "-u", "restapi_webhook")
    kept = "SELECT hidden_oauth1_secret FROM restapi_application"
    assert workspace.server.sql(kept, server.database) == [before]
    assert before[0].startswith("plain:")
    left = "SELECT id FROM ir_model_fields WHERE model = 'restapi.application' AND name LIKE '%oauth1_secret'"
    assert workspace.server.sql(left, server.database) == []
