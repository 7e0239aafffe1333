"""A served Odoo: its process, its address, and a client that speaks Odoo's own RPC to it from outside."""

import base64
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import xmlrpc.client

from .environment import EnvironmentProblem, process

# Odoo 19 warns on each call that XML-RPC goes with Odoo 20; it is what all supported series speak.
QUIET_RPC = "--log-handler=odoo.addons.rpc.controllers.xmlrpc:ERROR"
FORM = "application/x-www-form-urlencoded"


def free_port():
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_free(port, variable, service):
    """Refuse a port that somebody else listens on, with a sentence that says what to do."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise EnvironmentProblem(
                f"Port {port}, for {service}, is in use by another program. End that program, or choose another port: "
                f"make run {variable}={port + 1}"
            ) from None


class OdooServer:
    """One ``odoo`` process that serves a database on 127.0.0.1; a context manager.

    :param workspace: the environment's workspace that it runs in
    :param database: its name; several, with commas between, are served together
    :param options: further options of ``odoo``, such as ``--workers=2``
    :param variables: dict, further environment variables of the process
    """

    def __init__(self, workspace, database, *options, port=None, log=None, variables=None):
        self.workspace = workspace
        self.series = workspace.series
        self.database = database
        self.options = options
        self.variables = variables or {}
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log or workspace.folder / f"odoo-{database}-{self.port}.log"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self, *once):
        """Start the server and wait until it answers.

        :param once: options for this start alone, such as ``-i webhook``
        """
        command = self.workspace.command(
            "-d", self.database, "--http-interface=127.0.0.1",
            f"--http-port={self.port}", f"--{self.series.gevent_port}={free_port()}", QUIET_RPC, *self.options, *once,
        )  # fmt: skip
        with open(self.log, "ab") as output:
            # A session of its own: Ctrl-C at the terminal is for the command, which then stops this in order.
            self.process = process.spawn(
                command,
                env=self.workspace.variables() | self.variables,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + 180
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise EnvironmentProblem(f"Odoo did not start; {self.log} says why:\n{self.tail()}")
            time.sleep(0.1)

    def _answers(self):
        # With the database loaded, so that the registry is there: /web/health would answer before.
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as response:
                return response.status == 200
        except urllib.error.HTTPError as error:
            raise EnvironmentProblem(f"Odoo answers {error.code}; {self.log} says why:\n{self.tail()}") from error
        except OSError:
            return False

    def stop(self):
        """End the server in order."""
        if self.process:
            process.stop(self.process, signal.SIGTERM)
            self.process = None

    def kill(self):
        """End the server and its workers at once, as a crash would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def tail(self, lines=30):
        """The end of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def client(self, login="admin", password="admin", database=None):
        """A client, logged in; ``database`` says to which, where several are served."""
        return Client(self.url, database or self.database, login, password, self.series)


class Client:
    """Odoo's external API (XML-RPC), as an integrator uses it.

    :param series: the :class:`Series` of that Odoo
    """

    def __init__(self, url, database, login, password, series):
        self.series = series
        self._database, self._password = database, password
        self._models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)
        self.uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(database, login, password, {})
        if not self.uid:
            raise PermissionError(f"{login} cannot log in")

    def call(self, model, method, *arguments, **keywords):
        """Call a public method of a model; a refused call raises ``xmlrpc.client.Fault``."""
        return self._models.execute_kw(self._database, self.uid, self._password, model, method, arguments, keywords)

    def create(self, model, **values):
        """Create one record and return its id."""
        return self.call(model, "create", values)

    def id(self, xmlid):
        """The id of a record by its external identifier."""
        module, name = xmlid.split(".")
        (found,) = self.call("ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"])
        return found["res_id"]

    def model_id(self, model):
        """The id of a model's ``ir.model`` record."""
        return self.call("ir.model", "search", [["model", "=", model]])[0]

    def register_application(self, name):
        """Register an application for the REST API; return its key and its secret."""
        application = self.create("restapi.application", name=name)
        shown = self.call("restapi.application", "action_new_secret", [application])["context"]
        return shown["default_key"], shown["default_secret"]

    def allow_receivers_here(self):
        """Let webhooks be sent to this machine, as an administrator would in General Settings."""
        form = self.create("res.config.settings", webhook_allowed_networks="127.0.0.0/8, ::1")
        self.call("res.config.settings", "execute", [form])

    def subscribe(self, model, kind, address, **values):
        """Create a webhook and return its id."""
        name = values.pop("name", f"{model} {kind}")
        return self.create(
            "webhook.webhook", name=name, model_id=self.model_id(model), kind=kind, address=address, **values
        )


class RestClient:
    """The REST API of ``restapi_webhook``, as a program with an application's credentials uses it."""

    def __init__(self, url, key, secret):
        self._url = f"{url}/restapi/1.0"
        basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
        body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "webhooks"})
        answer = self._send("POST", "/common/oauth2/access_token", body, f"Basic {basic}", FORM)
        self.authorization = f"Bearer {answer['access_token']}"

    def call(self, method, path, **parameters):
        """Call the API; return the tree of the answer.

        :raises urllib.error.HTTPError: for a status other than 200
        """
        return self._send(method, path, json.dumps(parameters), self.authorization, "application/json")

    def _send(self, method, path, body, authorization, content_type):
        headers = {"Authorization": authorization, "Content-Type": content_type}
        request = urllib.request.Request(self._url + path, body.encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
