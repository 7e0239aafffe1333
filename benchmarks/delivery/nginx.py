"""nginx as a receiver that costs little: it answers 200 with two bytes, and notes when requests came where it is asked to."""

import datetime
import ipaddress
import shutil
import socket
import subprocess
import time
from pathlib import Path

from tools.environment import EnvironmentProblem, cache, debian, process
from tools.server import free_port

CONFIGURATION = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format arrivals "$msec";
    server {{
        {listen}
        location / {{ return 200 "ok"; }}
        location /noted/ {{ access_log {folder}/arrivals.log arrivals buffer=64k flush=100ms; return 200 "ok"; }}
    }}
    server {{
        {listen_tls}
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        ssl_session_cache off;
        ssl_session_tickets off;
        keepalive_timeout 0;
        location / {{ return 200 "ok"; }}
    }}
}}
"""


class Nginx:
    """A running nginx on 127.0.0.1 to 127.0.0.``hosts``; a context manager.

    :param workspace: the environment's workspace that it runs in
    """

    def __init__(self, workspace, hosts=16):
        self.folder = workspace.folder / "nginx"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._hosts = [f"127.0.0.{number + 1}" for number in range(hosts)]
        self._port, self._tls_port = free_port(), free_port()
        self._program = _program(self.folder)
        self._process = None
        self.certificate = self.folder / "certificate.pem"

    def __enter__(self):
        _write_certificate(self.folder, self._hosts)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                user=self.folder.owner(),
                listen=" ".join(f"listen {host}:{self._port};" for host in self._hosts),
                listen_tls=" ".join(f"listen {host}:{self._tls_port} ssl;" for host in self._hosts),
            )
        )
        log = self.folder / "error.log"
        command = [self._program, "-p", self.folder, "-e", log, "-c", configuration]
        self._process = process.spawn(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not _answers(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise EnvironmentProblem(f"nginx did not start; {log} says why:\n{log.read_text()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *exception):
        process.stop(self._process)

    @property
    def addresses(self):
        """One address on each host."""
        return [f"http://{host}:{self._port}/hook" for host in self._hosts]

    @property
    def noted_addresses(self):
        """The same, where arrivals are noted."""
        return [f"http://{host}:{self._port}/noted/hook" for host in self._hosts]

    @property
    def tls_addresses(self):
        """The same over TLS, where each connection is closed after one answer."""
        return [f"https://{host}:{self._tls_port}/hook" for host in self._hosts]

    def arrivals(self, count, patience=120):
        """Wait for ``count`` requests that are noted, and forget them.

        :return: list of seconds since the epoch, in order
        """
        log = self.folder / "arrivals.log"
        deadline = time.monotonic() + patience
        while len(lines := log.read_text().split()) < count:
            if time.monotonic() > deadline:
                raise EnvironmentProblem(f"Only {len(lines)} of {count} requests came within {patience} s.")
            time.sleep(0.2)
        with open(log, "r+") as file:
            file.truncate()
        return sorted(map(float, lines))


def _program(folder):
    """The path of an nginx: the machine's own, or that of Debian's package, unpacked."""
    if found := shutil.which("nginx"):
        return Path(found)
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    suite = release.get("VERSION_CODENAME", "stable").strip('"')
    downloads, log = cache.downloads() / f"nginx-{suite}", folder / "fetch.log"
    (deb,) = debian.fetch(["nginx"], suite, downloads, log)
    unpacked = downloads / "unpacked"
    with cache.locked(downloads):
        cache.once(unpacked, lambda part: debian.unpack([deb], part, log))
    return unpacked / "usr/sbin/nginx"


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_certificate(folder, hosts):
    """A certificate for the hosts, signed by itself, with an RSA key of 2048 bits."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Receiver of the benchmark")])
    now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
    names = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
