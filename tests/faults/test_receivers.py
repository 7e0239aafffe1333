"""Receivers that misbehave, each at a webhook of its own, with a healthy one beside them."""

import statistics
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.end_to_end.support import attempts, jobs, settings, until
from tools.receiver.scripted import HANG, Scripted

from .support import sql

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
HUGE = 100 * 1024 * 1024
PIECE = b"x" * 65536
TIMEOUT = 2


def answer(status, **headers):
    """An answer without a body."""
    lines = [f"HTTP/1.1 {status} Status", "Content-Length: 0"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode()]


# path: what the receiver does, a word of the job's reason (None: it is delivered), the status of its attempts (0: none came)
FAULTS = {
    "/hang": ([HANG], "answer", 0),
    "/dripping-head": ([part for byte in OK for part in (bytes([byte]), 0.3)], "answer", 0),
    "/dripping-body": ([OK + b"Content-Length: 99\r\n\r\n", *[b"x", 0.3] * 99], None, 200),
    "/huge": ([OK + b"Content-Length: %d\r\n\r\n" % HUGE, *[PIECE] * (HUGE // len(PIECE))], None, 200),
    "/closed-in-body": ([OK + b"Content-Length: 99\r\n\r\nhalf of"], None, 200),
    "/closed-in-head": ([OK[:10]], "HTTP", 0),
    "/closed-at-once": ([], "connection", 0),
    "/not-http": ([b"220 mail.example.com ESMTP\r\n\r\n"], "HTTP", 0),
    "/error": (answer(500), "500", 500),
}
MOVED = (301, 302, 307)
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


# How many jobs will be tried soon: none that was told to wait, nor of a webhook that is paused.
STILL_TRYING = """
    SELECT count(*)
      FROM webhook_job job
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id AND webhook.paused_at IS NULL
     WHERE job.state = 'sending'
        OR job.state = 'pending' AND job.next_attempt_at < now() AT TIME ZONE 'UTC' + interval '25 seconds'
"""
# Of each attempt: the webhook, the seconds it took, whether there was no answer, and what is said about that.
LOG = """
    SELECT webhook.name, attempt.duration, coalesce(attempt.status, 0) = 0, coalesce(attempt.error, '')
      FROM webhook_attempt attempt
      JOIN webhook_job job ON job.id = attempt.job_id
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
     WHERE webhook.name = ANY(%(paths)s)
"""
# Seconds from the first attempt of a webhook's job to the second, whether that was made or not yet.
WAITS = """
    SELECT webhook.name, extract(epoch FROM coalesce(second.started_at, job.next_attempt_at) - first.started_at)::float
      FROM webhook_job job
      JOIN webhook_webhook webhook ON webhook.id = job.webhook_id
      JOIN webhook_attempt first ON first.job_id = job.id AND first.number = 1
      LEFT JOIN webhook_attempt second ON second.job_id = job.id AND second.number = 2
     WHERE webhook.name = ANY(%(paths)s)
"""


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
    elsewhere = receiver.url("/elsewhere")
    faults = FAULTS | {
        f"/moved-{status}": (answer(status, Location=elsewhere), str(status), status) for status in MOVED
    }
    in_two_minutes = format_datetime(datetime.now(timezone.utc) + timedelta(minutes=2), usegmt=True)
    scripts = {path: script for path, (script, _word, _status) in faults.items()} | {
        path: answer(429, Retry_After=value or in_two_minutes) for path, (value, _least, _most) in RETRY_AFTER.items()
    }
    scripts |= {"/gone": answer(410), "/moved-to-itself": []}
    with Scripted(scripts) as misbehaving, Scripted({"/": answer(200)}, certificate) as unknown:
        addresses = {path: misbehaving.url(path) for path in scripts}
        scripts["/moved-to-itself"] += answer(302, Location=addresses["/moved-to-itself"])
        addresses |= {"self-signed": unknown.url("/"), "no such name": "http://nothing.invalid/hook"}
        faults |= {
            "/moved-to-itself": (None, "302", 302),
            "self-signed": (None, "TLS", 0),
            "no such name": (None, "nothing.invalid", 0),
        }
        webhooks = {
            path: odoo.subscribe("res.partner.category", "on_create", address, field_names="name", name=path)
            for path, address in addresses.items()
        }
        odoo.subscribe("res.partner", "on_create", receiver.url("/healthy"), field_names="name")
        odoo.create("res.partner.category", name="Tree")
        healthy = latencies(odoo, receiver, "/healthy", 10)
        until(lambda: sql(server, STILL_TRYING) == [(0,)], 60)

        found, expected = {}, {}
        for path, (_script, word, status) in faults.items():
            (job,), log = jobs(odoo, webhooks[path]), attempts(odoo, webhooks[path])
            tries = 1 if word is None else 2
            expected[path] = ("delivered" if word is None else "failed", [status] * tries, word)
            reason = job["error"] or None
            found[path] = (
                job["state"],
                [entry["status"] for entry in log],
                word if word and word in (reason or "") else reason,
            )
        assert found == expected
        # The log has each attempt with its time and, where no status came, the reason; and there were no others.
        log = sql(server, LOG, paths=list(faults))
        assert not [entry for entry in log if entry[1] > TIMEOUT + 1 or bool(entry[2]) != bool(entry[3])]
        counts = Counter(path for path, *_ in log if path in scripts)
        assert counts == Counter(path for path in misbehaving.paths if path in counts)
        assert statistics.median(healthy) < 1
        assert len(attempts(odoo, webhooks["/huge"])[0]["answer"]) <= 4096
        assert misbehaving.sent["/huge"] < HUGE / 5, "the answer was read to its end"
        assert not receiver.got("/elsewhere"), "a redirect was followed"

        waits = dict(sql(server, WAITS, paths=list(RETRY_AFTER)))
        limits = {path: (least, most) for path, (_value, least, most) in RETRY_AFTER.items()}
        assert not {path: wait for path, wait in waits.items() if not limits[path][0] <= wait <= limits[path][1]}
        assert waits.keys() == limits.keys()
        assert misbehaving.paths.count("/after-seconds") == misbehaving.paths.count("/after-date") == 1

        (gone,) = odoo.call("webhook.webhook", "read", [webhooks["/gone"]], ["paused_at", "pause_reason"])
        assert gone["paused_at"]
        assert "410" in gone["pause_reason"]
        assert misbehaving.paths.count("/gone") == 1


def latencies(odoo, receiver, path, count):
    """Make partners one by one; the seconds from each commit to the arrival of its event at ``path``."""
    seconds = []
    for number in range(count):
        before = len(receiver.got(path))
        odoo.create("res.partner", name=f"Tree {number}")
        saved = time.monotonic()
        seconds.append(max(receiver.wait_for(before + 1, path)[-1].monotonic - saved, 0))
    return seconds


def test_a_dead_receiver_with_many_waiting_jobs_changes_nothing_for_a_live_one(odoo, server, receiver, size, found):
    waiting, events = size(20_000, 100_000), 50
    settings(odoo, timeout=5, retries=5)
    odoo.subscribe("res.partner", "on_create", receiver.url("/live"), field_names="name")

    alone = latencies(odoo, receiver, "/live", events)
    with Scripted({"/dead": [HANG]}) as dead:
        webhook = odoo.subscribe("res.partner.category", "on_create", dead.url("/dead"), field_names="name")
        category = odoo.create("res.partner.category", name="Tree")
        until(lambda: dead.paths)
        multiply(server, webhook, waiting)
        odoo.create("res.partner.category", name="Tree")  # its commit has the others looked at
        until(lambda: len(dead.paths) > 2)
        beside = latencies(odoo, receiver, "/live", events)
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
