"""What a new TLS connection costs, beside stock ``requests``, which loads its certificates for each."""

import statistics
import subprocess
from pathlib import Path

from benchmarks import Row
from benchmarks.sides import OdooSide, Side

from . import BODY, MACHINE, database
from .nginx import Nginx
from .throughput import DRIVER, LOOP

CONNECTIONS, ROUNDS, HOSTS = 96, 5, 16
# Takes the place of the package of that name: whoever asks it for the world's certificates gets the receiver's too.
CERTIFI = """
def where():
    return {bundle!r}


def contents():
    with open({bundle!r}) as file:
        return file.read()
"""


def measure(workspace):
    """Measure ``tls.new_connection_ratio``.

    :return: list of Row
    """
    name = database(workspace, "tls")
    with Nginx(workspace, HOSTS) as nginx:
        trusting = _trust(workspace, nginx)
        with (
            OdooSide(workspace, DRIVER, name, variables=trusting) as engine,
            Side(workspace, LOOP, name="tls", variables=trusting) as loop,
        ):
            versions = loop.call("versions")
            work = {scheme: _work(engine, loop, addresses) for scheme, addresses in _addresses(nginx).items()}
    (ours, theirs), (ours_plain, theirs_plain) = work["https"], work["http"]
    return [
        Row(
            "tls.new_connection_ratio",
            round((ours - ours_plain) / (theirs - theirs_plain), 3),
            "ratio",
            "at most 0.1",
            f"what a new TLS connection adds to a request: {ours - ours_plain:.2f} against {theirs - theirs_plain:.2f} ms of the "
            f"sending process's processor time (a delivery over TLS {ours:.2f} ms, over a kept plain connection "
            f"{ours_plain:.2f}; a post {theirs:.2f} and {theirs_plain:.2f}); against requests.Session as it comes, which loads "
            f"the CA bundle of certifi; {versions}; nginx on loopback that closes each connection after its answer, RSA-2048, "
            f"no session is resumed; median of {ROUNDS} rounds of {CONNECTIONS} in turns, {HOSTS} hosts; {MACHINE}",
        )
    ]


def _addresses(nginx):
    return {"https": nginx.tls_addresses, "http": nginx.addresses}


def _work(engine, loop, addresses):
    """The processor's time of a delivery and of a post, in ms."""
    engine.call("subscribe", addresses=addresses)
    found = []
    for number in range(1 + ROUNDS):
        engine.call("fill", jobs=CONNECTIONS)
        answers = engine.call("drain"), loop.call("post", addresses=addresses, count=CONNECTIONS, size=BODY)
        if number:
            found.append([answer["work"] / CONNECTIONS * 1000 for answer in answers])
    return [statistics.median(side) for side in zip(*found, strict=True)]


def _trust(workspace, nginx):
    """The environment variables with which a process trusts the receiver beside all others."""
    folder = workspace.folder / "trusting"
    (folder / "certifi").mkdir(parents=True, exist_ok=True)
    ask = [workspace.environment.python.path, "-c", "import certifi; print(certifi.where())"]
    where = subprocess.run(ask, env=workspace.variables(), capture_output=True, text=True, check=True).stdout.strip()
    bundle = folder / "bundle.pem"
    bundle.write_text(Path(where).read_text() + nginx.certificate.read_text())
    (folder / "certifi/__init__.py").write_text(CERTIFI.format(bundle=str(bundle)))
    known = workspace.variables()["PYTHONPATH"]
    return {"PYTHONPATH": f"{folder}:{known}", "SSL_CERT_FILE": str(bundle)}
