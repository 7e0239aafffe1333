from oauthlib.common import Request
from oauthlib.oauth1.rfc5849 import signature
from oauthlib.oauth2.rfc6749.grant_types import authorization_code
from odoo.addons.webhook.tests.common import WebhookCase


class TestVectors(WebhookCase):
    """The examples of the standards, with the library that this server has."""

    def signed(self, method, uri, secrets, pairs):
        """The HMAC-SHA1 signature of a request with these parameters beside those of its address."""
        request = Request(uri, method)
        collected = signature.collect_parameters(uri_query=request.uri_query, body=pairs, headers={})
        base = signature.signature_base_string(
            method, signature.base_string_uri(uri), signature.normalize_parameters(collected)
        )
        client, owner = secrets
        client = type("Client", (), {"client_secret": client, "resource_owner_secret": owner})
        return signature.sign_hmac_sha1_with_client(base, client)

    def test_rfc_5849(self):
        """Section 1.2: a request token, an access token, and a signed call."""
        key, secret = "dpf43f3p2l4k3l03", "kd94hf93k423kf44"

        def given(timestamp, nonce, **more):
            return [
                ("oauth_consumer_key", key),
                ("oauth_signature_method", "HMAC-SHA1"),
                ("oauth_timestamp", timestamp),
                ("oauth_nonce", nonce),
                *more.items(),
            ]

        for method, uri, owner, pairs, expected in (
            (
                "POST",
                "https://photos.example.net/initiate",
                "",
                given("137131200", "wIjqoS", oauth_callback="http://printer.example.com/ready"),
                "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
            ),
            (
                "POST",
                "https://photos.example.net/token",
                "hdhd0244k9j7ao03",
                given("137131201", "walatlh", oauth_token="hh5s93j4hdidpola", oauth_verifier="hfdp7dh39dks9884"),
                "gKgrFCywp7rO0OXSjdot/IHF7IU=",
            ),
            (
                "GET",
                "http://photos.example.net/photos?file=vacation.jpg&size=original",
                "pfkkdhi9sl3r4s00",
                given("137131202", "chapoH", oauth_token="nnch734d00sl2jdk"),
                "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
            ),
        ):
            self.assertEqual(self.signed(method, uri, (secret, owner), pairs), expected)

    def test_rfc_7636(self):
        """Appendix B: the challenge of a verifier."""
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        self.assertTrue(authorization_code.code_challenge_method_s256(verifier, challenge))
        self.assertFalse(authorization_code.code_challenge_method_s256(verifier[:-1] + "l", challenge))
