"""Installing, upgrading and uninstalling modules: no events, no errors, nothing left behind."""

import time

from tools.environment import process

from .support import NEVER, finished, jobs


def odoo_command(workspace, database, *options):
    """Run ``odoo`` on a database until it has done what the options say; return its log."""
    log = workspace.folder / f"odoo-{database}-modules.log"
    command = workspace.command("-d", database, "--stop-after-init", "--no-http", "--log-level=warn", *options)
    assert process.run(command, log=log, env=workspace.variables()) == 0, log.read_text()
    return log.read_text()


def test_an_upgrade_and_an_installation_send_nothing(own_server, workspace, receiver):
    server = own_server()
    odoo = server.client()
    webhooks = [
        odoo.subscribe(model, kind, receiver.url("/hook"))
        for model in ("res.partner", "ir.ui.view", "ir.ui.menu", "res.groups", "product.template")
        for kind in ("on_create", "on_write")
    ]
    server.stop()
    # contacts brings menus and actions of its own; the upgrade of product writes its data again
    assert "ERROR" not in odoo_command(workspace, server.database, "-u", "product", "-i", "base_address_extended")
    odoo = own_server().client()
    assert not [job for webhook in webhooks for job in jobs(odoo, webhook)]
    odoo.create("res.partner", name="after")
    finished(odoo, webhooks[0])
    time.sleep(NEVER)
    assert {request.header("X-Odoo-Event") for request in receiver.got()} == {"res.partner.on_create"}


def test_an_installation_or_removal_by_a_person_sends_nothing(own_server, receiver):
    odoo = own_server("--max-cron-threads=0").client()  # no scheduled action stands in the way
    webhooks = [
        odoo.subscribe(model, kind, receiver.url("/hook"))
        for model in ("ir.ui.view", "ir.model.data")
        for kind in ("on_create", "on_write", "on_unlink")
    ]
    module = odoo.call("ir.module.module", "search", [["name", "=", "base_address_extended"]])
    for button, state in (("button_immediate_install", "installed"), ("button_immediate_uninstall", "uninstalled")):
        odoo.call("ir.module.module", button, module)
        assert odoo.call("ir.module.module", "read", module, ["state"])[0]["state"] == state
    assert not [job for webhook in webhooks for job in jobs(odoo, webhook)]
    view = odoo.call("ir.ui.view", "search", [["type", "=", odoo.series.list_view]], limit=1)
    odoo.call("ir.ui.view", "write", view, {"priority": 99})
    assert len(jobs(odoo, webhooks[1])) == 1


def test_the_addon_can_be_uninstalled_with_jobs_waiting_and_installed_again(own_server, workspace, receiver):
    server = own_server("--max-cron-threads=0")  # jobs wait, and no scheduled action stands in the way
    odoo = server.client()
    odoo.subscribe("res.partner", "on_create", receiver.url("/hook"))
    for kind in ("on_create", "on_write", "on_unlink"):
        odoo.subscribe("ir.model.data", kind, receiver.url("/hook"))
    odoo.create("res.partner", name="waits")
    assert odoo.call("webhook.job", "search_count", []) == 1
    module = odoo.call("ir.module.module", "search", [["name", "=", "webhook"]])
    odoo.call("ir.module.module", "button_immediate_uninstall", module)
    assert odoo.call("ir.module.module", "read", module, ["state"])[0]["state"] == "uninstalled"
    odoo.create("res.partner", name="nobody watches")
    left = "SELECT relname FROM pg_class WHERE relname LIKE 'webhook_%'"
    assert workspace.server.sql(left, server.database) == []
    odoo.call("ir.module.module", "button_immediate_install", module)
    assert "Traceback" not in server.log.read_text()
    server.stop()
    odoo = own_server().client()
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/again"))
    odoo.create("res.partner", name="Oak")
    finished(odoo, webhook)
    assert [request.path for request in receiver.got()] == ["/again"]
