"""Signatures, byte for byte. The numbers are those of the cases of webhook senders that this project keeps to."""

import base64
import threading

import pytest
from odoo.addons.webhook.delivery import signature

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ID, TIME = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
# Case 1; the numbers of the vectors. The first two are those of the libraries of Standard Webhooks.
VECTORS = {
    1: (SECRET, ID, TIME, BODY, SIGNED),
    2: (
        OTHER,
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        b'{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
    4: (SECRET, ID, TIME, b"", "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A="),
    5: (SECRET, ID, TIME, '{"name":"Société Générale – 日本"}'.encode(), "v1,uK0L1nOEjb6ej4QUxv3I6PyksL/XUxqGuUE5/WU7sHM="),
    6: (
        SECRET,
        ID,
        TIME,
        b'<?xml version="1.0" encoding="UTF-8"?><event type="res.partner.write"/>',
        "v1,jHb2CASCwKG3gXt6ORmD0CF3J4dqUsHSrYkKjzuy1eI=",
    ),
}  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_standard_webhooks(vector):  # 1
    secret, event, timestamp, body, signed = VECTORS[vector]
    assert signature.Signer([secret]).sign(event, timestamp, body) == signed


def test_the_same_body_is_signed_anew_for_each_attempt():  # 2
    signer = signature.Signer([SECRET])
    assert signer.sign(ID, TIME + 1, BODY) != SIGNED
    assert signer.sign(ID, TIME, BODY) == SIGNED, "what was signed in between leaves no trace"


def test_while_secrets_are_exchanged_there_is_a_signature_of_each_the_newest_first():  # 3
    new, old = signature.Signer([OTHER, SECRET]).sign(ID, TIME, BODY).split(" ")
    assert old == SIGNED
    assert new == signature.Signer([OTHER]).sign(ID, TIME, BODY)


def test_a_body_that_is_no_text_is_signed():  # 8
    for body in (b"\xff\x00", "\u2028".encode()):
        assert signature.Signer([SECRET]).sign(ID, TIME, body).startswith("v1,")


def test_a_secret_may_lack_its_prefix_and_its_padding():  # 6
    bare = SECRET[len("whsec_") :]
    assert signature.key(SECRET) == signature.key(bare) == signature.key(f" {SECRET}\n")
    padded = base64.b64encode(bytes(range(25))).decode()
    assert padded.endswith("==")
    for written in (padded, padded.rstrip("="), f"whsec_{padded}", f"whsec_{padded.rstrip('=')}"):
        assert signature.key(written) == bytes(range(25))
        assert signature.normal(written) == f"whsec_{padded}"


@pytest.mark.parametrize(
    ("secret", "word"),
    [
        ("", "has 0"),
        (None, "has 0"),
        ("whsec_", "has 0"),
        (base64.b64encode(b"x" * 23).decode(), "has 23"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "has 65"),
        ("whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "not written in base64"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw!", "not written in base64"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA", "not written in base64"),
        ("MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw", "not written in base64"),
        ("é" * 40, "not written in base64"),
    ],
)
def test_a_secret_that_is_no_good_is_refused_and_not_quoted(secret, word):  # 6
    with pytest.raises(signature.RefusedSecret, match=word) as refused:
        signature.key(secret)
    assert not secret or len(secret) < 9 or secret not in str(refused.value)


@pytest.mark.parametrize("length", [24, 64])
def test_the_shortest_and_the_longest_secret_are_fine(length):  # 6
    assert len(signature.key(base64.b64encode(b"x" * length).decode())) == length


def test_new_secrets_have_32_bytes_and_differ():
    made = {signature.new_secret() for _each in range(100)}
    assert len(made) == 100
    assert {len(signature.key(secret)) for secret in made} == {32}
    assert all(secret.startswith("whsec_") for secret in made)


def test_threads_may_share_a_signer():
    signer, wrong = signature.Signer([SECRET]), []

    def work(number):
        body = b"%d" % number * 500
        expected = signature.Signer([SECRET]).sign(ID, TIME, body)
        wrong.extend(number for _round in range(300) if signer.sign(ID, TIME, body) != expected)

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
