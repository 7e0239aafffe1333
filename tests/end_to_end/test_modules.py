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


def module(odoo, name, action):
    """``install`` or ``uninstall`` a module as a person does, in the served process."""
    found = odoo.call("ir.module.module", "search", [["name", "=", name]])
    odoo.call("ir.module.module", f"button_immediate_{action}", found)
    assert odoo.call("ir.module.module", "read", found, ["state"])[0]["state"] == f"{action}ed"


def paused(odoo, webhook):
    """Why a webhook is paused; False if it is not."""
    (found,) = odoo.call("webhook.webhook", "read", [webhook], ["paused_at", "pause_reason"])
    assert bool(found["paused_at"]) == bool(found["pause_reason"])
    return found["pause_reason"]


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
    for action in ("install", "uninstall"):
        module(odoo, "base_address_extended", action)
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
    module(odoo, "webhook", "uninstall")
    odoo.create("res.partner", name="nobody watches")
    left = "SELECT relname FROM pg_class WHERE relname LIKE 'webhook_%'"
    assert workspace.server.sql(left, server.database) == []
    module(odoo, "webhook", "install")
    assert "Traceback" not in server.log.read_text()
    server.stop()
    odoo = own_server().client()
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/again"))
    odoo.create("res.partner", name="Oak")
    finished(odoo, webhook)
    assert [request.path for request in receiver.got()] == ["/again"]


def test_a_field_that_goes_with_its_module_pauses_the_webhooks_that_name_it(own_server, receiver):
    servers = [own_server("--max-cron-threads=0") for _ in range(2)]  # two processes on one database
    odoo, elsewhere = (server.client() for server in servers)
    module(odoo, "base_geolocalize", "install")
    address, condition = receiver.url("/hook"), "[('date_localization', '=', False)]"
    broken = odoo.subscribe("res.partner", "on_create", address, condition=condition)
    watching = odoo.subscribe("res.partner", "on_write", address, field_names="name, date_localization")
    other = odoo.subscribe("res.partner", "on_create", address, condition="[('name', '!=', False)]")
    for client in (odoo, elsewhere):
        client.create("res.partner", name="before")
    assert [len(jobs(odoo, webhook)) for webhook in (broken, other)] == [2, 2]
    module(odoo, "base_geolocalize", "uninstall")
    for client in (odoo, elsewhere):
        partner = client.create("res.partner", name="after")
        client.call("res.partner", "write", [partner], {"name": "and again"})
    assert [len(jobs(odoo, webhook)) for webhook in (broken, watching, other)] == [2, 0, 4]
    for webhook in (broken, watching):
        assert "no field “date_localization” on res.partner any more" in paused(odoo, webhook)
    assert not paused(odoo, other)
    odoo.call("webhook.webhook", "write", [broken], {"condition": "[('name', '!=', False)]"})
    assert not paused(odoo, broken)
    elsewhere.create("res.partner", name="mended")
    assert len(jobs(odoo, broken)) == 3
    for server in servers:
        assert "ERROR" not in server.log.read_text()
        server.stop()
    finished(own_server().client(), broken, 3)


def install_geo_providers(odoo):
    """Install a module with a model of its own, and let everybody write that."""
    module(odoo, "base_geolocalize", "install")
    rights = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True)
    odoo.create("ir.model.access", name="all", model_id=odoo.model_id("base.geo_provider"), **rights)


def test_a_webhook_outlives_the_model_that_goes_with_its_module(own_server, receiver):
    server = own_server("--max-cron-threads=0")
    odoo = server.client()
    install_geo_providers(odoo)
    webhook = odoo.subscribe("base.geo_provider", "on_create", receiver.url("/hook"), field_names="name")
    other = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"))
    odoo.create("base.geo_provider", name="before")
    module(odoo, "base_geolocalize", "uninstall")
    assert "no model base.geo_provider any more" in paused(odoo, webhook)
    (found,) = odoo.call("webhook.webhook", "read", [webhook], ["model", "model_id", "field_names", "field_ids"])
    assert found == {
        "id": webhook,
        "model": "base.geo_provider",
        "model_id": False,
        "field_names": "name",
        "field_ids": [],
    }
    odoo.create("res.partner", name="after")
    assert "ERROR" not in server.log.read_text()
    server.stop()
    server = own_server()
    odoo = server.client()
    (sent,) = finished(odoo, webhook)  # what waited is sent
    assert sent["state"] == "delivered"
    finished(odoo, other)
    server.stop()
    odoo = own_server("--max-cron-threads=0").client()
    install_geo_providers(odoo)
    assert odoo.call("webhook.webhook", "read", [webhook], ["model_id"])[0]["model_id"]
    assert paused(odoo, webhook)
    odoo.call("webhook.webhook", "action_resume", [webhook])
    odoo.create("base.geo_provider", name="back")
    assert len(jobs(odoo, webhook)) == 2


def test_a_field_of_ones_own_that_is_deleted_pauses_the_webhook_that_names_it(own_server, receiver):
    server = own_server("--max-cron-threads=0")
    odoo = server.client()
    field = odoo.create("ir.model.fields", name="x_oak", model_id=odoo.model_id("res.partner"), ttype="char")
    webhook = odoo.subscribe("res.partner", "on_create", receiver.url("/hook"), payload_field_names="name, x_oak")
    odoo.call("ir.model.fields", "unlink", [field])
    assert "no field “x_oak” on res.partner any more" in paused(odoo, webhook)
    odoo.create("res.partner", name="after")
    assert not jobs(odoo, webhook)
    assert "ERROR" not in server.log.read_text()
