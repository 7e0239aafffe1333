"""OAuth 1.0a from the request token to a signed call, and what does not pass (numbers: the list of attacks)."""

import base64
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT, Client
from requests_oauthlib import OAuth1

from tools.server import OdooServer

from ..rest.test_manual import REQUESTS
from .support import CALLBACK, WEBHOOKS, Application, raw, returned


@pytest.fixture
def consumer(odoo):
    """An application that may use OAuth 1.0a."""
    return Application(odoo, name="Old connector", oauth1=True)


@pytest.fixture
def steps(provider, admin):
    """The three steps, each on its own."""
    return Steps(provider, admin)


class Steps:
    """What a program and a person do, one after the other."""

    def __init__(self, provider, person):
        self.provider, self.person = provider, person

    def request_token(self, consumer, callback=CALLBACK, method="POST", **options):
        auth = OAuth1(consumer.key, consumer.secret, callback_uri=callback, **options)
        address = self.provider.address("oauth1/request_token")
        return requests.request(method, address, auth=auth, timeout=30)

    def approve(self, token, decision="allow", person=None):
        person = person or self.person
        page = person.authorize(self.provider.address("oauth1/authorize"), oauth_token=token)
        return person.answer(page, decision)

    def access_token(self, consumer, token, secret, verifier, **options):
        auth = OAuth1(consumer.key, consumer.secret, token, secret, verifier=verifier, **options)
        return requests.post(self.provider.address("oauth1/access_token"), auth=auth, timeout=30)

    def all(self, consumer):
        """An access token and its secret."""
        temporary = answered(self.request_token(consumer))
        sent = returned(self.approve(temporary["oauth_token"]))[1]
        secret = temporary["oauth_token_secret"]
        return answered(self.access_token(consumer, sent["oauth_token"], secret, sent["oauth_verifier"]))


def answered(response):
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    return dict(parse_qsl(response.text))


@pytest.fixture
def access(steps, consumer):
    """A token with which calls can be signed: ``OAuth1`` for requests."""
    token = steps.all(consumer)
    return {"client": consumer, "token": token["oauth_token"], "secret": token["oauth_token_secret"]}


def signing(access, **options):
    consumer = access["client"]
    return OAuth1(consumer.key, consumer.secret, access["token"], access["secret"], **options)


def prepared(provider, access, method="GET", path=WEBHOOKS, data=None, headers=None, **options):
    """A signed request, to be sent as it is or changed."""
    request = requests.Request(method, provider.url + path, data=data, headers=headers, auth=signing(access, **options))
    return request.prepare()


def send(request):
    with requests.Session() as session:
        session.trust_env = False
        return session.send(request, timeout=30).status_code


@pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256])
def test_a_signed_call_is_answered(provider, access, method):
    answer = requests.get(f"{provider.url}{WEBHOOKS}", auth=signing(access, signature_method=method), timeout=30)
    assert answer.status_code == 200
    assert "webhook" in answer.json()


def test_it_may_write(provider, access):
    vals = {"name": "x", "model": "res.partner", "kind": "on_create", "address": "https://example.com/hook"}
    url = f"{provider.url}{WEBHOOKS}"
    made = requests.post(url, params={"vals": repr(vals)}, auth=signing(access), timeout=30)
    assert made.status_code == 200, made.text
    again = requests.post(url, data={"vals": repr(vals)}, auth=signing(access), timeout=30)
    assert again.status_code == 200, "in a form, which is signed too"
    for answer in (made, again):
        gone = requests.delete(f"{url}/{answer.json()['webhook']['id']}", auth=signing(access), timeout=30)
        assert gone.status_code == 200


@pytest.fixture
def manual(odoo, sql):
    """The manual's webhooks 3, 7 and 12."""
    webhooks = odoo.call("webhook.webhook", "search", [])
    odoo.call("webhook.webhook", "unlink", webhooks)
    for number, kind in ((3, "on_create"), (7, "on_write"), (12, "on_unlink")):
        sql(f"SELECT setval('webhook_webhook_id_seq', {number}, false)")
        odoo.subscribe("product.product", kind, "https://example.com/")
    sql("SELECT setval('webhook_webhook_id_seq', 1000)")


@pytest.mark.parametrize("line", [line for line, _ids, _names in REQUESTS])
def test_the_requests_of_the_manual_are_signed_as_printed(manual, provider, access, line):  # C1
    method, target = line[: -len(" HTTP/1.1")].split(" ", 1)
    encoded = prepared(provider, access, method, target)  # what the client signs
    headers = {"Authorization": encoded.headers["Authorization"].decode()}
    status, _headers, body = raw(provider.url, method, target, headers)
    assert status == 200, body
    again = prepared(provider, access, method, target)
    assert send(again) == 200, "percent-encoded"


def test_the_request_token_may_be_got_by_get_and_as_json(steps, consumer, provider):  # C13, C14
    assert answered(steps.request_token(consumer, method="GET"))["oauth_callback_confirmed"] == "true"
    auth = OAuth1(consumer.key, consumer.secret, callback_uri=CALLBACK)
    url = provider.address("oauth1/request_token")
    answer = requests.post(url, auth=auth, headers={"Accept": "application/json"}, timeout=30)
    assert set(answer.json()) == {"oauth_token", "oauth_token_secret", "oauth_callback_confirmed"}
    missing = steps.request_token(consumer, callback=None)
    assert missing.status_code == 400


def test_without_a_callback_the_person_types_the_verifier(steps, consumer):  # A37
    temporary = answered(steps.request_token(consumer, callback="oob"))
    page = steps.approve(temporary["oauth_token"])
    assert page.status_code == 200
    assert "Location" not in page.headers
    verifier = page.text.partition('id="verifier">')[2].partition("<")[0]
    token = steps.access_token(consumer, temporary["oauth_token"], temporary["oauth_token_secret"], verifier)
    assert answered(token)["oauth_token"]


def test_another_callback_is_refused(steps, consumer):  # A37
    for uri in (CALLBACK + "2", "https://attacker.example.com/", "http://127.0.0.1/"):
        assert steps.request_token(consumer, callback=uri).status_code == 401


def test_refused_it_goes_back_without_a_verifier(steps, consumer):
    temporary = answered(steps.request_token(consumer))
    where, sent = returned(steps.approve(temporary["oauth_token"], "deny"))
    assert where == CALLBACK
    assert "oauth_verifier" not in sent
    token = steps.access_token(consumer, temporary["oauth_token"], temporary["oauth_token_secret"], "x" * 16)
    assert token.status_code == 401


def test_the_switch_is_off_unless_turned_on(steps, application):
    client = application()
    assert steps.request_token(client).status_code == 401
    client.write(oauth1=True)
    assert steps.request_token(client).status_code == 401, "the secret was kept as a hash alone"
    client.secret = client.new_secret()
    assert steps.request_token(client).status_code == 200


def test_a_wrong_secret_verifier_or_token_is_refused(steps, consumer, odoo):  # A35
    temporary = answered(steps.request_token(consumer))
    token, secret = temporary["oauth_token"], temporary["oauth_token_secret"]
    assert steps.access_token(consumer, token, secret, "x" * 16).status_code == 401, "not approved yet"
    verifier = returned(steps.approve(token))[1]["oauth_verifier"]
    assert steps.access_token(consumer, token, secret, "x" * 16).status_code == 401
    assert steps.access_token(consumer, token, secret, None).status_code == 400
    assert steps.access_token(consumer, token, secret + "x", verifier).status_code == 401
    other = Application(odoo, name="Other", oauth1=True)
    assert steps.access_token(other, token, secret, verifier).status_code == 401
    right, consumer.secret = consumer.secret, "wrong"
    assert steps.access_token(consumer, token, secret, verifier).status_code == 401
    consumer.secret = right
    assert steps.access_token(consumer, token, secret, verifier).status_code == 200
    assert steps.access_token(consumer, token, secret, verifier).status_code == 401, "used"
    page = steps.person.authorize(steps.provider.address("oauth1/authorize"), oauth_token=token)
    assert page.status_code == 400, "and not to be approved again"


def test_an_approved_request_token_is_worth_nothing_without_the_verifier(steps, consumer):  # A44
    temporary = answered(steps.request_token(consumer))
    returned(steps.approve(temporary["oauth_token"]))
    for guess in ("", "a" * 16, temporary["oauth_token"]):
        answer = steps.access_token(consumer, temporary["oauth_token"], temporary["oauth_token_secret"], guess)
        assert answer.status_code in (400, 401)


def test_the_token_of_another_application_is_refused(provider, access, odoo):  # A36
    other = Application(odoo, name="Other", oauth1=True)
    assert send(prepared(provider, {**access, "client": other})) == 401


def test_a_nonce_works_once(provider, access):  # A33
    request = prepared(provider, access)
    assert [send(request), send(request)] == [200, 401]


def test_of_the_same_call_many_times_at_once_one_is_answered(provider, access):  # A33
    request = prepared(provider, access)
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(lambda _n: send(request.copy()), range(6)))
    assert statuses == [200, 401, 401, 401, 401, 401]


def test_of_the_same_call_to_two_servers_one_is_answered(provider, access, server, workspace):  # A33
    with OdooServer(workspace, server.database) as other:
        host = urlsplit(provider.url).netloc
        for _round in range(3):
            request = prepared(provider, access)
            headers = {"Authorization": request.headers["Authorization"].decode(), "Host": host}
            with ThreadPoolExecutor(2) as pool:
                answers = pool.map(lambda url, sent=headers: raw(url, "GET", WEBHOOKS, sent), (provider.url, other.url))
                assert sorted(status for status, _headers, _body in answers) == [200, 401]


def test_the_host_may_be_an_ipv6_address(provider, access):  # A43
    consumer = access["client"]
    client = Client(consumer.key, consumer.secret, access["token"], access["secret"])
    _url, signed, _body = client.sign(f"http://[::1]:8069{WEBHOOKS}")
    status, _headers, body = raw(provider.url, "GET", WEBHOOKS, {**signed, "Host": "[::1]:8069"})
    assert status == 200, body


def test_a_failed_signature_does_not_use_the_nonce_up(provider, access):  # A42
    options = {"nonce": "chosen-nonce-1", "timestamp": str(int(time.time()))}
    assert send(prepared(provider, {**access, "secret": "wrong"}, **options)) == 401
    assert send(prepared(provider, access, **options)) == 200


@pytest.mark.parametrize("moved", [-700, 700])
def test_a_timestamp_far_from_now_is_refused(provider, access, moved):  # A34
    assert send(prepared(provider, access, timestamp=str(int(time.time()) + moved))) == 401


@pytest.mark.parametrize("timestamp", ["123456789", "1234567890", "abcdefghij", "-123456789", "", "17955777420"])
def test_a_timestamp_that_is_none_is_refused(provider, access, timestamp):  # A34
    assert send(prepared(provider, access, timestamp=timestamp or " ")) == 401


def test_what_was_signed_cannot_be_changed(provider, access):  # A39
    vals = "{'name': 'x', 'model': 'res.partner', 'kind': 'on_create', 'address': 'https://example.com/'}"

    def changed(change, **arguments):
        request = prepared(provider, access, **arguments)
        change(request)
        return send(request)

    assert changed(lambda r: setattr(r, "method", "DELETE")) == 401
    assert changed(lambda r: setattr(r, "url", r.url + "/1")) == 401
    assert changed(lambda r: setattr(r, "url", r.url + "?limit=1")) == 401
    assert changed(lambda r: setattr(r, "url", r.url.replace("=5", "=6")), path=f"{WEBHOOKS}?limit=5") == 401
    assert changed(lambda r: r.headers.update(Host="other.example.com")) == 401
    body = {"method": "POST", "data": {"vals": vals}}
    assert changed(lambda r: setattr(r, "body", r.body.replace(b"partner", b"company")), **body) == 401


def test_a_body_with_a_hash_must_have_it(provider, access):  # A40
    body = b'{"vals": {"name": "x"}}'
    right = base64.b64encode(hashlib.sha1(body).digest()).decode()
    for digest, expected in ((right, 403), ("AAAA" + right[4:], 401)):
        consumer = access["client"]
        client = Client(
            consumer.key, consumer.secret, access["token"], access["secret"],
            signature_method=SIGNATURE_HMAC_SHA1,
        )  # fmt: skip
        client.get_oauth_params = lambda request, digest=digest, made=client.get_oauth_params: [
            *made(request),
            ("oauth_body_hash", digest),
        ]
        headers = {"Content-Type": "application/json"}
        url, signed, _body = client.sign(f"{provider.url}{WEBHOOKS}", "POST", None, headers)
        answer = requests.post(url, data=body, headers={**signed, **headers}, timeout=30)
        assert answer.status_code == expected, answer.text


def test_other_signature_methods_are_refused(provider, access, steps, consumer):  # A38
    assert send(prepared(provider, access, signature_method=SIGNATURE_PLAINTEXT)) == 401
    assert steps.request_token(consumer, signature_method=SIGNATURE_PLAINTEXT).status_code in (400, 401)
    request = prepared(provider, access)
    for name in ("HMAC-MD5", "RSA-SHA1", ""):
        header = request.headers["Authorization"].decode().replace("HMAC-SHA1", name)
        answer = requests.get(request.url, headers={"Authorization": header}, timeout=30)
        assert answer.status_code == 401


def test_an_unknown_key_token_and_a_wrong_signature_look_alike(provider, access, odoo):  # A41
    stranger = type("Stranger", (), {"key": "x" * 32, "secret": "x"})
    answers = []
    for wrong in (
        {**access, "client": stranger},
        {**access, "token": "x" * 43},
        {**access, "secret": "x"},
    ):
        with requests.Session() as session:
            answer = session.send(prepared(provider, wrong), timeout=30)
        answers.append((answer.status_code, answer.text, answer.headers["WWW-Authenticate"]))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401


def test_the_parameters_belong_in_the_header(provider, access):  # A45
    request = requests.Request("GET", f"{provider.url}{WEBHOOKS}", auth=signing(access, signature_type="QUERY"))
    assert send(request.prepare()) == 401
    both = prepared(provider, access)
    both.url += "?oauth_token=" + access["token"]
    assert send(both) == 401


def test_a_stray_percent_sign_is_refused_with_a_sentence(provider, access):
    signed = prepared(provider, access)
    headers = {"Authorization": signed.headers["Authorization"].decode()}
    status, _headers, body = raw(provider.url, "GET", f"{WEBHOOKS}?limit=%", headers)
    assert status in (401, 403)
    assert "%25" in body


def test_it_ends_with_the_application_and_the_switch(provider, access):
    assert send(prepared(provider, access)) == 200
    access["client"].write(active=False)
    assert send(prepared(provider, access)) == 401
    access["client"].write(active=True, oauth1=False)
    assert send(prepared(provider, access)) == 401


def test_guessing_is_slowed_down(steps, consumer):
    consumer.secret = "wrong"
    assert [steps.request_token(consumer).status_code for _n in range(25)][-1] == 429


def test_a_secret_that_is_not_there_signs_nothing(steps, application, odoo, sql):
    """Whatever the server signs with instead, to take as long: it must open nothing."""
    before = application()  # its secret is older than the switch
    before.write(oauth1=True)
    again = Application(odoo, name="Off and on", oauth1=True)
    again.write(oauth1=False)
    again.write(oauth1=True)
    unreadable = Application(odoo, name="Key lost", oauth1=True)
    sql(f"UPDATE restapi_application SET hidden_oauth1_secret = 'fernet:lost' WHERE id = {unreadable.id}")
    for consumer in (before, again, unreadable):
        for guess in ("dummy", "", "None", "False"):
            consumer.secret = guess
            assert steps.request_token(consumer, callback="oob").status_code == 401


def test_a_token_whose_secret_cannot_be_read_opens_nothing(provider, access, sql):
    assert send(prepared(provider, access)) == 200
    sql("UPDATE restapi_token SET hidden_secret = 'fernet:lost' WHERE kind = 'oauth1_access'")
    for guess in ("dummy", ""):
        assert send(prepared(provider, {**access, "secret": guess})) == 401


def test_a_call_that_odoo_makes_again_is_not_taken_for_a_replay(provider, access, odoo):
    webhook = odoo.subscribe("res.partner", "on_create", "https://example.com/")
    url = f"{provider.url}{WEBHOOKS}/{webhook}"

    def write(number):
        vals = {"name": f"Written {number}", "address": f"https://example.com/{number}"}
        return requests.put(url, data={"vals": repr(vals)}, auth=signing(access), timeout=60).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(16))) == [200] * 16


def test_odd_headers_are_answered(provider, access):
    key = access["client"].key
    for header in (
        "OAuth x",
        'OAuth oauth_consumer_key="\xe9"',
        f'OAuth realm="x", oauth_consumer_key="{key}", oauth_body_hash="%C3%A9"',
        f'OAuth oauth_consumer_key="{key}", oauth_signature="\xe9"',
    ):
        status, _headers, _body = raw(
            provider.url, "GET", f"{WEBHOOKS}?oauth_consumer_key=%00", {"Authorization": header}
        )
        assert status in (401, 403, 429)
