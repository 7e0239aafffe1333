"""What `make` runs, beside the demo; and the `odoo` wrapper."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

from . import testing
from .addons import NEWEST, build
from .addons import addons as all_addons
from .addons import dist as pack
from .environment import CHECKOUT, Environment, EnvironmentProblem, cache, hand_on, process, say
from .environment.toolbox import Toolbox
from .receiver import Receiver
from .server import OdooServer, require_free

DATABASE = "webhook"

# Typed into an Odoo shell. The dates are left out: they would make each export another. What is translated already stays so.
EXPORT = """
import base64, pathlib, polib, re
wizard = env["base.language.export"].create({{"lang": "__new__", "format": "po",
    "modules": [(6, 0, env["ir.module.module"].search([("name", "=", "{addon}")]).ids)]}})
wizard.act_getfile()
text = re.sub(r'(?m)^"(POT-Creation|PO-Revision)-Date:.*\\n', "", base64.b64decode(wizard.data).decode())
template = pathlib.Path("{path}")
template.write_text(text)
for path in template.parent.glob("*.po"):
    translated = {{entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}}
    merged = polib.pofile(text)
    merged.metadata = polib.pofile(str(path)).metadata
    for entry in merged:
        entry.msgstr = translated.get(entry.msgid, "")
    merged.save(str(path))
    print(f"{{path.name}}: {{len(merged.untranslated_entries())}} texts are to be translated")

"""


def run():
    """Serve Odoo with the addons, and a receiver, until Ctrl-C. The data stays for the next time."""
    port, receiver_port = (
        int(os.environ.get(name) or default) for name, default in (("PORT", 8069), ("RECEIVER_PORT", 8090))
    )
    require_free(port, "PORT", "Odoo")
    require_free(receiver_port, "RECEIVER_PORT", "the receiver")
    environment = Environment.ready()
    with environment.workspace("run", keep=True) as workspace:
        _prepare(workspace)
        server = OdooServer(workspace, DATABASE, "--log-level=info", port=port)
        with Receiver(receiver_port) as receiver:
            say("starting Odoo")
            names = ",".join(addon.name for addon in all_addons())
            server.start("-i", names, "-u", names)
            try:
                server.client().allow_receivers_here()
                say(f"Odoo:     http://localhost:{port}  (admin / admin; log: {server.log})")
                say(
                    f"Receiver: http://localhost:{receiver.port}  (send webhooks to http://localhost:{receiver.port}/hook)"
                )
                say("Ctrl-C stops both")
                while server.process.poll() is None:
                    threading.Event().wait(0.5)
                raise EnvironmentProblem(f"Odoo has ended; {server.log} says why:\n{server.tail()}")
            finally:
                say("stopping")
                server.stop()


def odoo(*arguments):
    """Run any ``odoo`` command on the database of `make run`: ``tools/odoo shell -d webhook``."""
    environment = Environment.ready()
    with environment.workspace("run", keep=True) as workspace:
        _prepare(workspace)
        return subprocess.run(workspace.command(*arguments), env=workspace.variables(), check=False).returncode


def test(*paths):
    """Run the tests: all, or those in ``paths``, for each series of ``SERIES``."""
    return testing.main(*paths)


def soak():
    """Run the fault tests, or those of ``TESTS``, in their long form; they print a table for ``docs/delivery.md``."""
    os.environ["SOAK"] = "1"
    return testing.main(*(os.environ.get("TESTS", "").split() or ["tests/faults"]))


def bench():
    """Measure, with the toolbox's Python: all groups, or those of ``ONLY``."""
    with Environment.ready().workspace("bench") as workspace:
        testing.install(workspace)
        variables = os.environ | {"PYTHONPATH": str(CHECKOUT)} | hand_on(workspace)
        child = process.spawn([Toolbox.ready().python, "-m", "benchmarks"], env=variables, cwd=CHECKOUT)
        try:
            return child.wait()
        finally:
            process.stop(child)


def screenshots():
    """Take the manual's pictures, in the toolbox's Python, which has Playwright."""
    child = process.spawn([Toolbox.ready().python, "-m", "tools.screenshots"], cwd=CHECKOUT)
    try:
        return child.wait()
    finally:
        process.stop(child)


def pot():
    """Write the addons' texts, as Odoo exports them, to their i18n folders, and have the translations follow."""
    environment = Environment.ready()
    with environment.workspace("pot") as workspace:
        database = workspace.create_database(DATABASE)
        for addon in (folder.name for folder in all_addons()):
            script = EXPORT.format(addon=addon, path=str(CHECKOUT / addon / "i18n" / f"{addon}.pot"))
            log = workspace.folder / "pot.log"
            install = workspace.command("-d", database, "-i", addon, "--stop-after-init", "--no-http")
            export = workspace.command("shell", "-d", database, "--no-http")
            with open(log, "ab") as output:
                for command, text in ((install, ""), (export, script)):
                    options = {"env": workspace.variables(), "stdout": output, "stderr": output, "text": True}
                    if subprocess.run(command, input=text, check=False, **options).returncode:
                        raise EnvironmentProblem(f"The texts of {addon} cannot be exported:\n{log.read_text()}")
            say(f"wrote {addon}/i18n/{addon}.pot")


def lint():
    """ruff, pylint-odoo, and a check that every XML file is well-formed."""
    toolbox = Toolbox.ready()
    binaries = toolbox.linters()
    addons = [addon.name for addon in all_addons()]
    checks = [
        [binaries / "ruff", "check", "."],
        [binaries / "ruff", "format", "--check", "."],
        # Texts are translated with odoo._, the one way that all supported series know; a model may have a file for each topic.
        [binaries / "pylint", "--disable=prefer-env-translation,consider-merging-classes-inherited", *addons],
        [toolbox.python, Path(__file__).with_name("check_xml.py"), *addons],
    ]
    failed = [check for check in checks if subprocess.run(check, cwd=CHECKOUT, check=False).returncode]
    for check in failed:
        say(f"failed: {Path(check[0]).name} {' '.join(map(str, check[1:]))}")
    return 1 if failed else 0


def addons():
    """Write the addons of ``SERIES`` to ``build/SERIES``."""
    series = os.environ.get("SERIES") or NEWEST
    try:
        folder = build(series, CHECKOUT / "build" / series)
    except ValueError as problem:
        raise EnvironmentProblem(str(problem)) from problem
    say(f"wrote the addons for Odoo {series} to {folder}")


def dist():
    """Write a zip of the addons for each series to ``dist/``."""
    for path in pack():
        say(f"wrote {path}")


def clean():
    """Remove the cache folder with all environments, unless a command is using one."""
    folder = cache.root()
    marks = {".held": folder.glob("*/work/*"), ".lock": folder.glob("*")}
    for used in (path for mark, paths in marks.items() for path in paths if cache.is_held(path, mark)):
        raise EnvironmentProblem(f"{used} is in use by a running command: end it first.")
    shutil.rmtree(folder, ignore_errors=True)
    say(f"removed {folder}")


def _prepare(workspace):
    """Make the database of `make run` if there is none yet."""
    with cache.locked(workspace.folder):
        if not workspace.server.exists(DATABASE):
            say("copying the database with Sales and Inventory")
            workspace.create_database(DATABASE)
        elif not (workspace.data_dir / "filestore" / DATABASE).exists():
            raise EnvironmentProblem(
                f"Your PostgreSQL server has a database {DATABASE} that this environment did not make, and leaves alone. "
                f"Rename it, or drop it if nobody needs it: dropdb {DATABASE}"
            )
