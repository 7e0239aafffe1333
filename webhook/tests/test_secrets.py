import csv
import io
import logging
import re

import psycopg2
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .. import series
from ..delivery import endpoint, request, signature
from ..models import hidden
from .common import WebhookCase

_logger = logging.getLogger("odoo.sql_db")

OWN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HIDDEN = {"auth_secret": "hidden-password", "value": "hidden-value"}


class TestSecrets(WebhookCase):
    """Secrets: who gets to see them, and how they are replaced. Numbers are those of the cases of webhook senders."""

    def setUp(self):
        super().setUp()
        self.webhook = self.subscribe("res.partner", "on_create", "name")

    def secrets(self, webhook=None):
        """What the requests of a webhook are signed with, newest first."""
        self.env.cr.execute(
            """
            SELECT hidden_secret FROM webhook_signing_secret
             WHERE webhook_id = %s AND (valid_until IS NULL OR valid_until > now() AT TIME ZONE 'UTC') ORDER BY id DESC
            """,
            [(webhook or self.webhook).id],
        )
        return [secret for (secret,) in self.env.cr.fetchall()]

    def signatures(self, webhook=None):
        """Those of a request of the webhook, as it would be sent now; checked against what it is signed with."""
        self.flush()
        webhook = webhook or self.webhook
        target = endpoint.load(self.env.cr, [webhook.id])[webhook.id]
        job = self.env["webhook.job"].new({"event": "evt_1", "model": "a", "kind": "b", "format": "json", "body": "{}"})
        headers = request.build(job, target, 1, "prod", "1").headers
        found = headers["webhook-signature"].split(" ")
        stamp = int(headers["webhook-timestamp"])
        expected = [signature.Signer([secret]).sign("evt_1", stamp, b"{}") for secret in self.secrets(webhook)]
        self.assertEqual(found, expected)
        return found

    def rotate(self, webhook=None, **values):
        """Rotate the secret as a person does; return the new one from the dialog."""
        wizard = self.env["webhook.rotation"].create({"webhook_id": (webhook or self.webhook).id, **values})
        return wizard.action_rotate()["context"]["default_secret"]

    def age(self, hours):
        """Let so many hours pass for the secrets."""
        self.env.cr.execute(
            "UPDATE webhook_signing_secret SET valid_until = valid_until - %s * interval '1 hour'", [hours]
        )
        series.forget(self.webhook)

    def test_a_new_webhook_has_a_secret_of_its_own(self):
        other = self.subscribe("res.partner", "on_create")
        (one,), (another,) = self.secrets(), self.secrets(other)
        self.assertEqual(len(signature.key(one)), 32)
        self.assertNotEqual(one, another)
        self.assertEqual(len(self.signatures()), 1)
        self.assertTrue(self.webhook.signed_since)

    def test_several_webhooks_made_at_once_have_secrets(self):
        values = self.webhook.copy_data()[0]
        made = self.env["webhook.webhook"].create([values, values])
        self.assertEqual([len(self.secrets(webhook)) for webhook in made], [1, 1])

    def test_the_secret_is_shown_once(self):
        self.assertTrue(self.webhook.secret_unseen)
        shown = self.webhook.action_show_secret()
        self.assertEqual([shown["context"]["default_secret"]], self.secrets())
        self.assertFalse(self.webhook.secret_unseen)
        with self.assertRaisesRegex(UserError, "shown once"):
            self.webhook.action_show_secret()

    def test_what_the_dialog_shows_is_not_stored(self):
        with self.assertRaisesRegex(UserError, "stores nothing"):
            self.env["webhook.secret"].create({"secret": OWN})

    def test_a_rotation_signs_with_both_the_new_one_first(self):  # 3
        (old,) = self.secrets()
        new = self.rotate()
        self.assertEqual(self.secrets(), [new, old])
        self.assertEqual(len(self.signatures()), 2)
        self.assertEqual(self.webhook.old_secret_count, 1)
        self.assertFalse(self.webhook.secret_unseen, "the dialog has shown it")
        self.age(23)
        self.assertEqual(len(self.signatures()), 2)
        self.age(2)
        self.assertEqual(self.secrets(), [new])
        self.assertEqual(len(self.signatures()), 1)
        self.assertEqual(self.webhook.old_secret_count, 0)

    def test_the_old_one_can_stay_valid_for_a_week_or_end_at_once(self):
        self.rotate(hours=7 * 24)
        self.age(7 * 24 - 1)
        self.assertEqual(len(self.secrets()), 2)
        new = self.rotate(hours=0)
        self.assertEqual(self.secrets(), [new], "every old one ends, as after a leak")
        for hours in (-1, 7 * 24 + 1):
            with self.assertRaisesRegex(UserError, "0 to 168 hours"):
                self.rotate(hours=hours)

    def test_the_eleventh_old_secret_is_refused(self):  # 4
        for number in range(10):
            self.rotate(hours=number + 1)
        self.assertEqual(len(self.signatures()), 11)
        before = self.secrets()
        with self.assertRaisesRegex(
            UserError, "10 old secrets of this webhook are still valid"
        ), self.env.cr.savepoint():
            self.rotate()
        self.assertEqual(self.secrets(), before)
        self.age(1)
        self.rotate()
        self.assertEqual(len(self.secrets()), 11)

    def test_ones_own_secret(self):  # 6
        (old,) = self.secrets()
        self.assertEqual(self.rotate(own=True, secret=OWN[len("whsec_") :]), OWN)
        self.assertEqual(self.secrets(), [OWN, old])
        for secret, message in (("whsec_", "24 to 64 bytes"), ("c2hvcnQ=", "has 5"), ("no base64!", "base64")):
            with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                self.rotate(own=True, secret=secret)
        self.assertEqual(self.secrets(), [OWN, old])

    def test_the_same_secret_again_changes_nothing(self):
        (made,) = self.secrets()
        self.rotate(own=True, secret=OWN)
        self.assertEqual(self.rotate(own=True, secret=OWN), OWN)
        self.assertEqual(self.secrets(), [OWN, made])
        self.rotate(own=True, secret=made)
        self.assertEqual(self.secrets(), [made, OWN], "each signs once")
        self.rotate(own=True, secret=made, hours=0)
        self.assertEqual(self.secrets(), [made])

    def test_what_is_typed_into_the_wizard_is_not_kept(self):
        wizard = self.env["webhook.rotation"].create({"webhook_id": self.webhook.id, "own": True, "secret": OWN})
        self.assertNotIn(OWN, str(wizard.read()))
        wizard.action_rotate()
        self.assertEqual(hidden.read(wizard, "secret"), {wizard.id: None})

    def test_a_copy_has_another_secret_and_no_credentials(self):
        self.webhook.write({"auth_type": "bearer", "auth_secret": "hidden-password"})
        self.webhook.header_ids = [(0, 0, {"name": "X-A", "value": "hidden-value"})]
        copy = self.webhook.copy()
        self.assertNotEqual(self.secrets(copy), self.secrets())
        self.assertEqual((copy.auth_type, copy.auth_secret, len(copy.header_ids)), ("none", False, 0))
        self.assertTrue(copy.secret_unseen)

    def test_ended_secrets_are_removed(self):
        self.rotate()
        self.age(25)
        self.env["webhook.signing.secret"]._gc_ended()
        self.env.cr.execute("SELECT count(*) FROM webhook_signing_secret WHERE webhook_id = %s", [self.webhook.id])
        self.assertEqual(self.env.cr.fetchone(), (1,))

    def test_webhooks_of_a_version_that_did_not_sign_get_a_secret(self):
        self.env.cr.execute("DELETE FROM webhook_signing_secret WHERE webhook_id = %s", [self.webhook.id])
        other = self.subscribe("res.partner", "on_create")
        kept = self.secrets(other)
        self.env["webhook.signing.secret"].init()
        (made,) = self.secrets()
        self.assertEqual(len(signature.key(made)), 32)
        self.assertEqual(self.secrets(other), kept)

    def test_secrets_go_with_their_webhook(self):
        number = self.webhook.id
        self.webhook.unlink()
        self.env.cr.execute("SELECT count(*) FROM webhook_signing_secret WHERE webhook_id = %s", [number])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_only_those_who_may_change_a_webhook_handle_its_secret(self):
        manager = "base.group_user,webhook.webhook_group_manager"
        colleague = new_test_user(self.env, "webhook_secrets_colleague", manager)
        theirs = self.webhook.with_user(colleague)
        for forbidden in (
            theirs.action_show_secret,
            lambda: theirs.env["webhook.rotation"].create({"webhook_id": theirs.id}).action_rotate(),
            lambda: theirs.write({"auth_type": "none"}),
            lambda: theirs.env["webhook.header"].create({"webhook_id": theirs.id, "name": "X-A", "value": "x"}),
            lambda: theirs.env["webhook.signing.secret"].search([]),
        ):
            series.forget(self.webhook)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                forbidden()
        self.assertTrue(self.webhook.secret_unseen)

    # Nothing tells what is stored (7).

    def with_everything(self):
        """The webhook with all the secrets that it can have; return their texts."""
        self.webhook.write({"auth_type": "basic", "auth_user": "shop", "auth_secret": HIDDEN["auth_secret"]})
        self.webhook.header_ids = [(0, 0, {"name": "X-Key", "value": HIDDEN["value"]})]
        self.rotate()
        series.flush(self.env)
        return [*HIDDEN.values(), *self.secrets()]

    def assert_silent(self, texts, shown):
        for text in texts:
            self.assertNotIn(text, str(shown))

    def test_nothing_that_reads_records_tells_a_secret(self):
        texts = self.with_everything()
        for cached in (True, False):
            if not cached:
                series.forget_all(self.env)
            for record in (
                self.webhook,
                self.webhook.header_ids,
                *self.env["webhook.signing.secret"].sudo().search([]),
            ):
                self.assert_silent(texts, record.read())
                self.assert_silent(texts, record.copy_data())
                self.assert_silent(texts, record.export_data(list(record.fields_get())))
                self.assert_silent(texts, record.name_search("hidden"))
                self.assert_silent(texts, [record.default_get(list(record.fields_get()))])
            self.assertEqual(self.webhook.auth_secret, hidden.DOTS)
            self.assertEqual(self.webhook.header_ids.value, hidden.DOTS)

    def test_what_is_exported_can_be_imported_and_changes_nothing(self):
        self.with_everything()
        before = self.signatures()
        names = ["id", "name", "auth_secret", "header_ids/id", "header_ids/name", "header_ids/value"]
        rows = self.webhook.export_data(names)["datas"]
        file = io.StringIO()
        csv.writer(file).writerows(rows)
        loaded = self.env["webhook.webhook"].load(names, list(csv.reader(io.StringIO(file.getvalue()))))
        self.assertEqual(loaded["ids"], self.webhook.ids, loaded["messages"])
        self.assertEqual(hidden.read(self.webhook, "auth_secret"), {self.webhook.id: HIDDEN["auth_secret"]})
        self.assertEqual(hidden.read(self.webhook.header_ids, "value").popitem()[1], HIDDEN["value"])
        self.assertEqual(self.signatures(), before)

    def test_no_search_finds_out_a_secret(self):
        """A field would do: on 14.0 a domain reads one that its groups forbid to read."""
        self.with_everything()
        webhooks, headers = self.env["webhook.webhook"], self.env["webhook.header"]
        secrets = self.env["webhook.signing.secret"].sudo()
        self.env.cr.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE table_name LIKE 'webhook%%' AND column_name LIKE 'hidden%%'
            """
        )
        columns = self.env.cr.fetchall()
        self.assertEqual(len(columns), 4)
        for model in (webhooks, headers, secrets):
            for _table, column in columns:
                self.assertNotIn(column, model._fields)
                with self.assertRaises(ValueError):
                    model.search([(column, "like", "hidden%")])
                with self.assertRaises(ValueError):
                    model.search([], order=column)
        for model, field, value in ((webhooks, "auth_secret", "password"), (headers, "value", "value")):
            # A domain on what cannot be read is refused, or takes no account of it: right and wrong guesses find the same.
            found = []
            for guess in (f"hidden-{value[0]}%", "wrong%"):
                with mute_logger("odoo.osv.expression", "odoo.domains"):
                    try:
                        found.append(model.search([(field, "=like", guess)]))
                    except (ValueError, NotImplementedError, UserError):
                        found.append("refused")
            self.assertEqual(found[0], found[1])

    def test_no_log_tells_a_secret(self):
        with self.assertLogs("odoo", "WARNING") as logged:
            texts = self.with_everything()
            self.webhook.address = "http://127.0.0.1:1/"
            self.webhook.action_send_test()
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.webhook.header_ids.write({"value": "hidden-value\r\nEvil: 1"})
            _logger.warning("all of it was done")
        self.assertIn("all of it was done", logged.output[-1])
        self.assert_silent(texts, logged.output)

    def test_a_statement_that_fails_is_not_logged_with_the_secret(self):
        self.env.cr.execute("ALTER TABLE webhook_webhook ADD CONSTRAINT x CHECK (hidden_auth_secret IS NULL)")
        with self.assertLogs("odoo.sql_db", "WARNING") as logged:
            _logger.warning("the statement follows")
            with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                hidden.write(self.webhook, "auth_secret", "hidden-password")
        self.assert_silent(["hidden-password"], logged.output)

    def test_a_job_and_its_attempts_hold_no_secret(self):
        texts = self.with_everything()
        self.env["res.partner"].create({"name": "Oak"})
        job = self.jobs(self.webhook)
        self.env.cr.execute("SELECT webhook_job::text FROM webhook_job WHERE id = %s", [job.id])
        self.assert_silent(texts, self.env.cr.fetchone())

    # Authentication and headers

    def authorization(self):
        self.flush()
        return endpoint.load(self.env.cr, self.webhook.ids)[self.webhook.id].authorization

    def test_authentication(self):
        self.assertIsNone(self.authorization())
        self.webhook.write({"auth_type": "basic", "auth_user": "shop", "auth_secret": "opensesame"})
        self.assertEqual(self.authorization(), "Basic c2hvcDpvcGVuc2VzYW1l")
        self.webhook.write({"auth_user": "other"})
        self.assertEqual(self.authorization(), "Basic b3RoZXI6b3BlbnNlc2FtZQ==")
        self.webhook.write({"auth_type": "bearer", "auth_secret": "abc"})
        self.assertEqual(self.authorization(), "Bearer abc")
        self.assertFalse(self.webhook.auth_user)
        self.webhook.write({"auth_type": "none"})
        self.assertIsNone(self.authorization())
        self.assertEqual(hidden.read(self.webhook, "auth_secret"), {self.webhook.id: None})

    def test_a_password_never_becomes_a_token(self):
        self.webhook.write({"auth_type": "basic", "auth_user": "shop", "auth_secret": "opensesame"})
        with self.assertRaisesRegex(ValidationError, "needs a token"), self.env.cr.savepoint():
            self.webhook.write({"auth_type": "bearer"})

    def test_authentication_that_is_refused(self):
        for values, message in (
            ({"auth_type": "basic"}, "needs a user name"),
            ({"auth_type": "basic", "auth_user": "a:b", "auth_secret": "x"}, "without a colon"),
            ({"auth_type": "basic", "auth_user": "a"}, "needs the user's password"),
            ({"auth_type": "basic", "auth_user": "a", "auth_secret": "x\n"}, "control characters"),
            ({"auth_type": "bearer"}, "needs a token"),
            ({"auth_type": "bearer", "auth_secret": "a b"}, "one word"),
            ({"auth_type": "bearer", "auth_secret": "•••x"}, "Type “Password or Token” anew"),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                    self.webhook.write(values)
                with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                    self.subscribe("res.partner", "on_create", **values)

    def headers(self):
        self.flush()
        return endpoint.load(self.env.cr, self.webhook.ids)[self.webhook.id].headers

    def test_headers(self):
        self.webhook.header_ids = [(0, 0, {"name": "X-One", "value": "1"}), (0, 0, {"name": "x-two", "value": "Grüße"})]
        self.assertEqual(self.headers(), (("X-One", "1"), ("x-two", "Grüße")))
        first, second = self.webhook.header_ids
        self.webhook.header_ids = [
            (1, first.id, {"name": "X-First"}),
            (2, second.id),
            (0, 0, {"name": "x-two", "value": "2"}),
        ]
        self.assertEqual(self.headers(), (("X-First", "1"), ("x-two", "2")))

    def test_headers_that_are_refused(self):
        for values, message in (
            ({"name": "X A", "value": "1"}, "cannot be the name"),
            ({"name": "X-A", "value": "1\r\nEvil: 1"}, "one line"),
            ({"name": "X-A", "value": "日本"}, "latin-1"),
            ({"name": "X-A"}, "has no value"),
            ({"name": "Host", "value": "evil.example.com"}, "set by Odoo"),
            ({"name": "Authorization", "value": "x"}, "set by the authentication"),
            ({"name": "x_one", "value": "1"}, "there twice"),
        ):
            with self.subTest(values=values):
                self.webhook.header_ids = [(5,), (0, 0, {"name": "X-One", "value": "1"})]
                with self.assertRaisesRegex(ValidationError, message), self.env.cr.savepoint():
                    self.webhook.header_ids = [(0, 0, values)]
                series.forget_all(self.env)
        with self.assertRaisesRegex(ValidationError, "at most 20"), self.env.cr.savepoint():
            self.webhook.header_ids = [(0, 0, {"name": f"X-{number}", "value": "1"}) for number in range(20)]
        with self.assertRaisesRegex(ValidationError, "set by Odoo"), self.env.cr.savepoint():
            self.webhook.header_ids.write({"name": "webhook-id"})

    def test_a_header_cannot_be_put_into_the_webhook_of_another(self):
        colleague = new_test_user(self.env, "webhook_headers", "base.group_user,webhook.webhook_group_manager")
        env, self.env = self.env, self.env(user=colleague)
        theirs = self.subscribe("res.partner", "on_create")
        theirs.header_ids = [(0, 0, {"name": "X-A", "value": "1"})]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            theirs.header_ids.write({"webhook_id": self.webhook.id})
        self.env = env

    def test_characters_that_cannot_be_stored_are_refused_in_a_sentence(self):
        for value in ("a\0b", "a\ud800b"):
            with self.assertRaisesRegex(ValidationError, "“Password or Token” holds a character"):
                self.webhook.write({"auth_type": "bearer", "auth_secret": value})

    def test_what_sql_changed_sends_nothing_and_says_why(self):
        self.webhook.header_ids = [(0, 0, {"name": "X-One", "value": "1"})]
        self.env.cr.execute("UPDATE webhook_header SET hidden_value = E'1\\r\\nEvil: 1'")
        with self.assertRaisesRegex(UserError, "one line of printable"):
            self.webhook.action_send_test()

    def test_the_name_of_a_webhook_is_in_no_header(self):
        self.webhook.name = "x\r\nEvil: 1"
        self.env["res.partner"].create({"name": "y\r\nEvil: 2"})
        job = self.jobs(self.webhook)
        target = endpoint.load(self.env.cr, self.webhook.ids)[self.webhook.id]
        built = request.build(job, target, 1, self.env.cr.dbname, "1")
        self.assertFalse(re.search(r"[\r\n]|Evil", str(list(built.headers.items()))))
        self.assertIn("Evil: 1", built.body.decode())
        self.assertIn("Evil: 2", built.body.decode())

    def test_endpoints_are_read_in_one_statement(self):
        others = self.webhook
        for _each in range(5):
            others += self.subscribe("res.partner", "on_create")
        self.flush()
        with self.assertQueryCount(1):
            found = endpoint.load(self.env.cr, others.ids)
        self.assertEqual(set(found), set(others.ids))
        self.assertEqual(endpoint.load(self.env.cr, [0]), {})
