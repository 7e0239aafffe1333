import base64
import json
import re
from collections import Counter
from contextlib import contextmanager
from unittest import mock

import polib
from lxml import etree
from odoo import SUPERUSER_ID, models
from odoo.modules.module import get_module_path
from odoo.tests import common, tagged

from .. import series
from ..delivery import queue

# In what the addons' texts are translated as a whole; and what a translation has to keep.
LANGUAGES = ("de", "es", "fr")
FILLED_IN = {
    "values": re.compile(r"%\(\w+\)s|%[sd]|%%"),
    "elements": re.compile(r"</?\w+"),
    "addresses": re.compile(r"https?://[\w.:/-]*\w"),
    "names": re.compile(r"\b(?:\w+_)+\w+\b|\bX-[\w-]+"),
}

# The class whose ``cls.env`` lasts for all its tests: TransactionCase, from 15.0 on.
LastingCase = common.TransactionCase if series.SERIES >= 15 else common.SavepointCase


@tagged("post_install", "-at_install")
class WebhookCase(LastingCase):
    """Webhooks on real records; events are read from the queue, as the dispatcher would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.env.ref("base.user_admin"), context=dict(cls.env.context, lang="en_US"))
        cls.env.user.lang = "en_US"

    def setUp(self):
        super().setUp()
        # What commit or rollback would do: no test sees what another changed.
        self.addCleanup(self.env.cr.postcommit.clear)
        self.end_transaction()

    def subscribe(self, model, kind, fields=None, condition="[]", **values):
        """A webhook on ``model``."""
        return self.env["webhook.webhook"].create(
            {
                "name": f"{model} {kind}",
                "model_id": self.env["ir.model"]._get_id(model),
                "kind": kind,
                "address": "https://receiver.example.com/hook",
                "field_names": fields,
                "condition": condition,
                **values,
            }
        )

    @classmethod
    def new_model(cls, model, **fields):
        """A model made for a test, which employees may use; ``fields`` maps names to the values of ir.model.fields."""
        # As the superuser, who owns what models are made of.
        record = cls.env["ir.model"].sudo().create({"name": model, "model": model})
        cls.env["ir.model.access"].sudo().create(
            {
                "name": model,
                "model_id": record.id,
                "group_id": cls.env.ref("base.group_user").id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
            }
        )
        cls.new_fields(model, **fields)

    @classmethod
    def new_fields(cls, model, **fields):
        """Further fields of a model, for a test; ``fields`` maps names to the values of ir.model.fields."""
        model_id = cls.env["ir.model"]._get_id(model)
        for name, values in fields.items():
            cls.env["ir.model.fields"].sudo().create({"name": name, "model_id": model_id, **values})

    def commit(self):
        """End the transaction as far as a test can: run what runs before a commit, then forget what it changed."""
        self.before_commit()
        self.end_transaction()

    def replace(self, owner, name, value):
        """Give an attribute of ``owner`` another value for the length of the test."""
        patcher = mock.patch.object(owner, name, value)
        patcher.start()
        self.addCleanup(patcher.stop)

    def without_other_transactions(self):
        """What has transactions of its own works in that of the test, which they could not see."""

        @contextmanager
        def transaction(_registry):
            yield self.env(user=SUPERUSER_ID)

        self.replace(series, "transaction", transaction)
        self.replace(queue, "READ_COMMITTED", "SELECT 1")

    def flush(self):
        """Write to the database what the ORM still holds back."""
        series.flush(self.env)

    def before_commit(self):
        """Write what is held back, and run what runs before a commit."""
        self.flush()
        self.env.cr.precommit.run()

    def end_transaction(self):
        self.env.cr.postcommit.clear()
        # Nothing is committed in a test: its webhooks are to be seen all the same.
        self.env["webhook.webhook"]._forget_watch()

    def unexplained(self, prefix):
        """The fields that a view shows and that have no help, of the models whose names begin with ``prefix``."""
        views = self.env["ir.ui.view"].sudo().search([("model", "=like", f"{prefix}%"), ("type", "!=", "search")])
        shown = {each for view in views for each in self._shown(view.model, etree.fromstring(view.arch))}
        odoos = {name for model in ("base", "mail.thread", "mail.activity.mixin") for name in self.env[model]._fields}
        return sorted(
            f"{model}.{name}"
            for model, name in shown
            if name not in odoos
            and name not in models.MAGIC_COLUMNS
            and not (self.env[model]._fields[name].help or "").strip()
        )

    def _shown(self, model, element):
        """The fields in a view, and in the views inside of it: (name of the model, name of the field)."""
        for child in element:
            inner = model
            if child.tag == "field":
                if child.get("invisible") not in ("1", "True") and child.get("column_invisible") != "1":
                    yield model, child.get("name")
                inner = self.env[model]._fields[child.get("name")].comodel_name or model
            yield from self._shown(inner, child)

    def texts(self, addon):
        """The texts of an addon: those in its template for translators, and those that Odoo finds in it now."""
        module = self.env["ir.module.module"].search([("name", "=", addon)])
        wizard = self.env["base.language.export"].create(
            {"lang": "__new__", "format": "po", "modules": [(6, 0, module.ids)]}
        )
        wizard.act_getfile()
        now = polib.pofile(base64.b64decode(wizard.data).decode())
        kept = polib.pofile(f"{get_module_path(addon)}/i18n/{addon}.pot")
        # Of Odoo's own, which before 17.0 it counts to every addon that extends what they belong to; and of its mixins, whose
        # texts are those of the newest series in the template.
        odoos = {"Last Modified on", "Users"}
        if series.SERIES < 19:
            mixins = [self.env[name]._fields.values() for name in ("mail.thread", "mail.activity.mixin")]
            odoos |= {text for fields in mixins for field in fields for text in (field.string, field.help)}
        return {entry.msgid for entry in kept}, {entry.msgid for entry in now} - odoos

    def assert_fresh(self, kept, now):
        """Assert that the template for translators has the texts that there are; those of the newest web client are in it, too."""
        self.assertEqual(kept if series.SERIES >= 19 else kept & now, now, "run `make pot`")

    def translations(self, addon, language):
        """The texts of an addon in a language: list of polib.POEntry."""
        return polib.pofile(f"{get_module_path(addon)}/i18n/{language}.po")

    def assert_complete(self, addon):
        """Assert that all texts of an addon are translated, with all that is filled into them."""
        template = {entry.msgid for entry in polib.pofile(f"{get_module_path(addon)}/i18n/{addon}.pot")}
        for language in LANGUAGES:
            entries = self.translations(addon, language)
            self.assertEqual({entry.msgid for entry in entries}, template, f"{language}: run `make pot`")
            missing = [entry.msgid for entry in entries if not entry.msgstr or "fuzzy" in entry.flags]
            self.assertEqual(missing, [], f"{language}: translate these")
            for entry in entries:
                for kind, pattern in FILLED_IN.items():
                    self.assertEqual(
                        Counter(pattern.findall(entry.msgid)),
                        Counter(pattern.findall(entry.msgstr)),
                        f"{language}, {kind}: {entry.msgid}",
                    )

    def load_language(self, language, *addons):
        """Have the texts of ``addons`` shown in a language."""
        self.env["res.lang"].sudo()._activate_lang(language)
        loader = self.env["ir.translation" if "ir.translation" in self.env else "ir.module.module"]  # until 15.0
        loader.sudo()._load_module_terms(list(addons), [language])

    def jobs(self, webhook):
        """The jobs of ``webhook``, oldest first, once all that precedes a commit has run."""
        self.before_commit()
        return self.env["webhook.job"].search([("webhook_id", "=", webhook.id)], order="id")

    def events(self, webhook):
        """The payloads of the jobs of ``webhook``."""
        return [json.loads(job.body) for job in self.jobs(webhook)]

    def event(self, webhook):
        """The payload of the only job of ``webhook``."""
        (event,) = self.events(webhook)
        return event

    def changes(self, webhook):
        """What differs, by record: ``{record id: {field: {"old": …, "new": …}}}``; one event for each record."""
        events = self.events(webhook)
        found = {event["data"]["id"]: event["data"]["changes"] for event in events}
        self.assertEqual(len(found), len(events), "more than one event for a record")
        return found
