"""Receivers that misbehave, each at a webhook of its own, with a healthy one beside them."""

import statistics
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.end_to_end.support import attempts, finished, jobs, settings, until
from tools.receiver.scripted import HANG, Scripted

from .support import sql

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
HUGE = 100 * 1024 * 1024
PIECE = b"x" * 65536
TIMEOUT = 2
IN_TIME = rf"No answer within {TIMEOUT} second"


def answer(status, **headers):
    """An answer without a body."""
    lines = [f"HTTP/1.1 {status} Status", "Content-Length: 0"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode()]


# path: what the receiver does, the state of the job, a word of its reason, and the status of its attempts
FAULTS = {
    "/hang": ([HANG], "failed", "within", 0),
    "/dripping-head": ([part for byte in OK for part in (bytes([byte]), 0.3)], "failed", "within", 0),
    "/dripping-body": ([OK + b"Content-Length: 99\r\n\r\n", *[b"x", 0.3] * 99], "delivered", None, 200),
    "/huge": ([OK + b"Content-Length: %d\r\n\r\n" % HUGE, *[PIECE] * (HUGE // len(PIECE))], "delivered", None, 200),
    "/closed-in-body": ([OK + b"Content-Length: 99\r\n\r\nhalf of"], "delivered", None, 200),
    "/closed-in-head": ([OK[:-9]], "failed", "connection", 0),
    "/closed-at-once": ([], "failed", "connection", 0),
    "/not-http": ([b"220 mail.example.com ESMTP\r\n\r\n"], "failed", "", 0),
    **{f"/moved-{status}": (None, "failed", str(status), status) for status in (301, 302, 307)},
    "/moved-to-itself": (None, "failed", "302", 302),
    "/error": (answer(500), "failed", "500", 500),
}
# What Retry-After says, and the least and the most seconds that the second attempt may then wait.
NORMAL = (0, 30)
RETRY_AFTER = {
    "/after-seconds": ("120", 90, 150),
    "/after-date": (None, 90, 150),
    "/after-nonsense": ("soon", *NORMAL),
    "/after-negative": ("-120", *NORMAL),
    "/after-past": ("Wed, 21 Oct 2015 07:28:00 GMT", *NORMAL),
    "/after-ages": ("1000000000000", 30, 24 * 60 * 60),
}


@pytest.fixture
def certificate(tmp_path):
    """A PEM file with a key, and a certificate for it that nobody but itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    file = tmp_path / "self-signed.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    with file.open("ab") as end:
        end.write(signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.core
def test_receivers_that_misbehave_get_what_the_log_says_and_keep_nothing_from_a_healthy_one(
    odoo, server, receiver, certificate
):
    settings(odoo, timeout=TIMEOUT, retries=1)
    scripts = {path: fault[0] for path, fault in FAULTS.items()}
    for path in scripts:
        if path.startswith("/moved-3"):
            scripts[path] = answer(path[-3:], Location=receiver.url("/elsewhere"))
    in_two_minutes = format_datetime(datetime.now(timezone.utc) + timedelta(minutes=2), usegmt=True)
    for path, (value, *_) in RETRY_AFTER.items():
        scripts[path] = answer(429, Retry_After=value or in_two_minutes)
    scripts["/gone"] = answer(410)
    with Scripted(scripts) as misbehaving, Scripted({"/": answer(200)}, certificate) as unknown:
        scripts["/moved-to-itself"] = answer(302, Location=misbehaving.url("/moved-to-itself"))
        addresses = {path: misbehaving.url(path) for path in scripts}
        faults = FAULTS | {
            "self-signed": (None, "failed", "TLS", 0),
            "no such name": (None, "failed", "nothing.invalid", 0),
        }
        addresses |= {"self-signed": unknown.url("/"), "no such name": "http://nothing.invalid/hook"}
        webhooks = {
            path: odoo.subscribe("res.partner.category", "on_create", address, field_names="name", name=path)
            for path, address in addresses.items()
        }
        odoo.subscribe("res.partner", "on_create", receiver.url("/healthy"), field_names="name")
        odoo.create("res.partner.category", name="Tree")
        latencies = []
        for number in range(1, 11):
            odoo.create("res.partner", name=f"Tree {number}")
            saved = time.monotonic()
            latencies.append(receiver.wait_for(number, "/healthy", timeout=20)[-1].monotonic - saved)
        assert statistics.median(latencies) < 1

        for path, (_script, state, word, status) in faults.items():
            (job,) = finished(odoo, webhooks[path], timeout=60)
            log = attempts(odoo, webhooks[path])
            tries = 2 if state == "failed" else 1
            assert (path, job["state"], job["attempt_count"]) == (path, state, tries)
            assert (path, [entry["status"] for entry in log]) == (path, [status] * tries)
            assert all(entry["duration"] < TIMEOUT + 2 for entry in log), path
            assert (word or "").lower() in (job["error"] or "").lower(), (path, job["error"])
            assert bool(job["error"]) == (state == "failed"), path
            if state == "failed" and not status:
                assert all(entry["error"] for entry in log), path
            if path.startswith("/"):
                assert (path, misbehaving.paths.count(path)) == (path, tries)
        assert len(attempts(odoo, webhooks["/huge"])[0]["answer"]) <= 4096
        assert misbehaving.sent["/huge"] < HUGE / 5, "the answer was read to its end"
        assert not receiver.got("/elsewhere"), "a redirect was followed"

        for path, (_value, least, most) in RETRY_AFTER.items():
            (seconds,) = sql(
                server,
                "SELECT extract(epoch FROM coalesce(job.next_attempt_at, second.started_at) - first.started_at)::float"
                "  FROM webhook_job job JOIN webhook_attempt first ON first.job_id = job.id AND first.number = 1"
                "  LEFT JOIN webhook_attempt second ON second.job_id = job.id AND second.number = 2"
                " WHERE job.webhook_id = %(webhook)s",
                webhook=webhooks[path],
            )[0]
            assert least <= seconds <= most, (path, seconds)
            if least > NORMAL[0]:
                assert jobs(odoo, webhooks[path])[0]["state"] == "pending", path
                assert misbehaving.paths.count(path) == 1, path

        (gone,) = odoo.call("webhook.webhook", "read", [webhooks["/gone"]], ["paused_at", "pause_reason"])
        assert gone["paused_at"]
        assert "410" in gone["pause_reason"]
        assert misbehaving.paths.count("/gone") == 1


def test_a_dead_receiver_with_many_waiting_jobs_changes_nothing_for_a_live_one(odoo, server, receiver, size, found):
    waiting, events = size(20_000, 100_000), 50
    settings(odoo, timeout=5, retries=5)
    odoo.subscribe("res.partner", "on_create", receiver.url("/live"), field_names="name")

    def latencies():
        seconds = []
        for number in range(events):
            before = len(receiver.got("/live"))
            odoo.create("res.partner", name=f"Tree {number}")
            saved = time.monotonic()
            seconds.append(max(receiver.wait_for(before + 1, "/live")[-1].monotonic - saved, 0))
        return seconds

    alone = latencies()
    with Scripted({"/dead": [HANG]}) as dead:
        webhook = odoo.subscribe("res.partner.category", "on_create", dead.url("/dead"), field_names="name")
        category = odoo.create("res.partner.category", name="Tree")
        until(lambda: dead.paths)
        multiply(server, webhook, waiting)
        until(lambda: len(dead.paths) > 1)
        beside = latencies()
        assert sql(
            server,
            "SELECT count(*) > %(some)s FROM webhook_job WHERE webhook_id = %(webhook)s AND state = 'pending'"
            " AND res_id > %(category)s",
            some=waiting * 0.9, webhook=webhook, category=category,
        ) == [(True,)]  # fmt: skip
    calm, busy = statistics.median(alone), statistics.median(beside)
    found(
        "one dead receiver beside a live one",
        f"{waiting:,} jobs wait for the dead one, {events} events for the live one",
        f"latency of the live one, median: {busy * 1000:.0f} ms ({calm * 1000:.0f} ms without the dead one); "
        f"longest: {max(beside) * 1000:.0f} ms ({max(alone) * 1000:.0f} ms)",
    )
    assert busy < max(3 * calm, calm + 0.2)
    assert max(beside) < 5, "an event waited for an attempt at the dead receiver to end"


def multiply(server, webhook, count):
    """Copy the one job of a webhook so many times, each for another record, as if all were new."""
    columns = [
        name
        for (name,) in sql(
            server,
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'webhook_job' AND column_name <> 'id'",
        )
    ]
    fresh = {
        "event": "event || '-' || number",
        "res_id": "res_id + number",
        "state": "'pending'",
        "attempt_count": "0",
        "next_attempt_at": "clock_timestamp() AT TIME ZONE 'UTC'",
        "claim": "NULL",
        "lease_until": "NULL",
        "finished_at": "NULL",
        "error": "NULL",
    }
    values = ", ".join(fresh.get(name, name) for name in columns)
    sql(
        server,
        f"INSERT INTO webhook_job ({', '.join(columns)}) SELECT {values} FROM webhook_job, generate_series(1, {count}) number"
        " WHERE webhook_id = %(webhook)s",
        webhook=webhook,
    )
