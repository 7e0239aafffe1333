"""The whole way from a commit to the last of many arrivals, beside OCA's ``queue_job`` doing the same requests."""

import statistics
import sys
from contextlib import ExitStack

from benchmarks import Row
from benchmarks.sides import new_database
from tools.environment import EnvironmentProblem, cache, process, python
from tools.server import OdooServer

from . import BODY, MACHINE, database
from .nginx import Nginx
from .served import Change

WEBHOOKS, JOBS, WARM_UP, ROUNDS = 16, 640, 64, 3
# Before 17.0 the addons of the OCA are named after the series.
PACKAGES = {"14.0": "odoo14-addon-queue-job"}
OPTIONS = "workers = 2\nlog_level = warn\nserver_wide_modules = base,web,queue_job\n[queue_job]\nchannels = root:4\n"
# The addon with the job.
ADDON = "bench_queue_job"
MANIFEST = '{"name": "A job", "version": "1.0", "license": "LGPL-3", "depends": ["queue_job", "contacts"]}\n'
MODEL = """
import requests

from benchmarks.delivery.loop import headers
from odoo import models

session = requests.Session()
session.trust_env = False


class Partner(models.Model):
    _inherit = "res.partner"

    def bench_post(self, address, body):
        body = body.encode()
        answer = session.post(address, data=body, headers=headers(body), timeout=5, allow_redirects=False)
        answer.raise_for_status()
"""
ENQUEUE = """
addresses, changed = env.context["bench"]
for number in range(changed):
    env["res.partner"].with_delay().bench_post(addresses[number % len(addresses)], "x" * {size})
"""
# About as many bytes, with what surrounds the record in a payload.
CREATE = """
addresses, changed = env.context["bench"]
partners = changed // len(addresses)
env["res.partner"].create([{{"name": "Bench", "comment": "x" * {size}}} for number in range(partners)])
"""


def measure(workspace):
    """Measure ``delivery.vs_queue_job``.

    :return: list of Row
    """
    with Nginx(workspace, WEBHOOKS) as nginx, ExitStack() as servers:
        rivals, version = _rivals_server(workspace)
        rivals = servers.enter_context(rivals)
        enqueue = Change(rivals.client(), ENQUEUE.format(size=BODY))
        ours = servers.enter_context(
            OdooServer(workspace, database(workspace, "queue"), "--workers=2", "--log-level=warn")
        )
        create = Change(ours.client(), CREATE.format(size=BODY // 2))
        for address in nginx.noted_addresses:
            ours.client().subscribe("res.partner", "on_create", address, field_names="name, comment")
        rounds = [
            [_rate(nginx, change, count) for change in (create, enqueue)] for count in (WARM_UP, *[JOBS] * ROUNDS)
        ]
    del rounds[0]
    one, two = (statistics.median(side) for side in zip(*rounds, strict=True))
    return [
        Row(
            "delivery.vs_queue_job",
            round(statistics.median(our / their for our, their in rounds), 1),
            "times",
            "at least 20",
            f"{one:.0f} against {two:.0f} a second; {JOBS} requests, by the clock from the commit to the last arrival at one "
            f"nginx on loopback that answers 200; ours: {JOBS // WEBHOOKS} partners created with {WEBHOOKS} webhooks on as many hosts, "
            f"theirs: {version}, channels = root:4, a job posts the same {BODY} bytes, signed, with a requests.Session that is "
            f"kept; workers=2 both; median of {ROUNDS} rounds in turns; {MACHINE}",
        )
    ]


def _rate(nginx, change, count):
    """Arrivals a second after the commit of a change that causes ``count`` requests."""
    _changed, committed = change([nginx.noted_addresses, count])
    return count / (nginx.arrivals(count)[-1] - committed)


def _rivals_server(workspace):
    """An Odoo with ``queue_job`` and a job, not yet started; and the version of ``queue_job``."""
    packages = _packages(workspace)
    folder = workspace.folder / "rival"
    _write_addon(folder / ADDON)
    inner = _Workspace(workspace, (packages / "odoo/addons", folder), packages / "libraries")
    name = new_database(inner, "webhook_bench_queue_job", ADDON)
    configuration = folder / "odoo.conf"
    configuration.write_text(f"[options]\n{OPTIONS}")
    (version,) = (path.name.rpartition(".")[0] for path in packages.glob("*queue_job*.dist-info"))
    return OdooServer(inner, name, f"--config={configuration}"), version.replace("-", " ")


class _Workspace:
    """A workspace whose Odoo finds further addons and packages."""

    def __init__(self, workspace, addons, libraries):
        self._workspace, self._addons, self._libraries = workspace, addons, libraries

    def __getattr__(self, name):
        return getattr(self._workspace, name)

    def command(self, *arguments):
        """The command line of ``odoo``."""
        more = ",".join(map(str, self._addons))
        return [
            f"{option},{more}" if option.startswith("--addons-path=") else option
            for option in self._workspace.command(*arguments)
        ]

    def variables(self):
        """The environment variables for Odoo."""
        variables = self._workspace.variables()
        return variables | {"PYTHONPATH": f"{variables['PYTHONPATH']}:{self._libraries}"}


def _write_addon(folder):
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for name, text in {
        "__manifest__.py": MANIFEST,
        "__init__.py": "from . import models\n",
        "models/__init__.py": "from . import res_partner\n",
        "models/res_partner.py": MODEL,
    }.items():
        (folder / name).write_text(text)


def _packages(workspace):
    """The folder with ``queue_job`` and what it needs, from PyPI, which no other command's Odoo sees."""
    series = workspace.series.name
    package = PACKAGES.get(series, f"odoo-addon-queue-job=={series}.*")

    def build(folder):
        pip = [
            sys.executable,
            python._pip(cache.downloads(), log),
            "install",
            "--no-input",
            "--disable-pip-version-check",
        ]
        # Without what they depend on: that is Odoo itself.
        for target, name in ((folder, package), (folder / "libraries", "openupgradelib")):
            command = [*pip, "--no-deps", "--target", target, name]
            if process.run(command, log=log):
                raise EnvironmentProblem(f"pip could not install {name}; {log} says why.")

    log = workspace.folder / "queue_job.log"
    folder = workspace.environment.folder / "queue_job"
    with cache.locked(folder.parent):
        cache.once(folder, build)
    return folder
