import base64
import json

from lxml import etree

from ..payload import encoding
from .common import WebhookCase

IMAGE = base64.b64encode(b"\x89PNG not really").decode()

TYPES = {
    "x_char": {"ttype": "char"},
    "x_text": {"ttype": "text"},
    "x_html": {"ttype": "html"},
    "x_integer": {"ttype": "integer"},
    "x_float": {"ttype": "float"},
    "x_boolean": {"ttype": "boolean"},
    "x_date": {"ttype": "date"},
    "x_datetime": {"ttype": "datetime"},
    "x_binary": {"ttype": "binary"},
    "x_currency_id": {"ttype": "many2one", "relation": "res.currency"},
    "x_monetary": {"ttype": "monetary"},  # in the currency of x_currency_id, as Odoo finds by its name
    "x_partner_id": {"ttype": "many2one", "relation": "res.partner"},
    "x_tag_ids": {"ttype": "many2many", "relation": "res.partner.category"},
    "x_reference": {"ttype": "reference", "selection": "[('res.partner', 'Partner'), ('res.users', 'User')]"},
    "x_selection": {"ttype": "selection", "selection": "[('a', 'First'), ('b', 'Second')]"},
}


class TestPayload(WebhookCase):
    """What a payload shows of each type of field (contract, section 3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env.ref("base.EUR")
        cls.new_model("x_all_types", **TYPES)
        cls.new_model("x_line", x_all_id={"ttype": "many2one", "relation": "x_all_types", "on_delete": "cascade"})
        lines = {"ttype": "one2many", "relation": "x_line", "relation_field": "x_all_id"}
        model_id = cls.env["ir.model"]._get_id("x_all_types")
        cls.env["ir.model.fields"].sudo().create({"name": "x_line_ids", "model_id": model_id, **lines})
        cls.names = ", ".join(name for name in cls.env["x_all_types"]._fields if name.startswith("x_"))

    def full(self):
        """A record with a value in each field."""
        self.partner = self.env["res.partner"].create({"name": "Oak & Söhne <AG>"})
        self.tags = self.env["res.partner.category"].sudo().create([{"name": "Tree"}, {"name": "Shrub"}])
        return self.env["x_all_types"].create(
            {
                "x_name": "Full",
                "x_char": 'quote " < & 日本 \u2028 end',
                "x_text": "two\nlines",
                "x_html": "<p>bold <b>text</b></p>",
                "x_integer": 42,
                "x_float": 0.1 + 0.2,
                "x_boolean": True,
                "x_date": "2026-02-28",
                "x_datetime": "2026-02-28 23:59:58",
                "x_binary": IMAGE,
                "x_currency_id": self.currency.id,
                "x_monetary": 12.345678,
                "x_partner_id": self.partner.id,
                "x_tag_ids": [(6, 0, self.tags.ids)],
                "x_line_ids": [(0, 0, {"x_name": "one"}), (0, 0, {"x_name": "two"})],
                "x_reference": f"res.partner,{self.partner.id}",
                "x_selection": "b",
            }
        )

    def test_json_of_every_type(self):
        webhook = self.subscribe("x_all_types", "on_create", self.names)
        record = self.full()
        shown = self.event(webhook)["data"]["record"]
        partner = {"id": self.partner.id, "display_name": "Oak & Söhne <AG>"}
        shown["x_tag_ids"].sort()  # in the order in which they were set or are stored, as the series has it
        self.assertEqual(
            shown,
            {
                "id": record.id,
                "display_name": "Full",
                "x_name": "Full",
                "x_char": 'quote " < & 日本 \u2028 end',
                "x_text": "two\nlines",
                "x_html": "<p>bold <b>text</b></p>",
                "x_integer": 42,
                "x_float": 0.1 + 0.2,
                "x_boolean": True,
                "x_date": "2026-02-28",
                "x_datetime": "2026-02-28T23:59:58Z",
                "x_binary": IMAGE,
                "x_currency_id": {"id": self.currency.id, "display_name": "EUR"},
                "x_monetary": 12.35,
                "x_partner_id": partner,
                "x_tag_ids": sorted(record.x_tag_ids.ids),
                "x_line_ids": record.x_line_ids.ids,
                "x_reference": {"model": "res.partner", **partner},
                "x_selection": "b",
            },
        )

    def test_json_of_every_type_when_it_is_empty(self):
        webhook = self.subscribe("x_all_types", "on_create", self.names)
        self.env["x_all_types"].create({"x_name": "Empty"})
        shown = self.event(webhook)["data"]["record"]
        for name in ("x_char", "x_text", "x_html", "x_date", "x_datetime", "x_binary", "x_currency_id", "x_partner_id",
                     "x_reference", "x_selection"):  # fmt: skip
            self.assertIsNone(shown[name], name)
        self.assertIs(shown["x_boolean"], False)
        self.assertEqual((shown["x_integer"], shown["x_float"], shown["x_monetary"]), (0, 0.0, 0.0))
        self.assertEqual((shown["x_tag_ids"], shown["x_line_ids"]), ([], []))

    def test_xml_of_every_type_is_the_same_tree(self):
        as_json = self.subscribe("x_all_types", "on_create", self.names)
        as_xml = self.subscribe("x_all_types", "on_create", self.names, format="xml")
        self.full()
        self.env["x_all_types"].create({"x_name": "Empty"})
        for json_job, xml_job in zip(self.jobs(as_json), self.jobs(as_xml)):
            root = etree.fromstring(xml_job.body.encode())
            self.assertEqual(root.tag, "webhook")
            self.assertEqual(from_xml(root)["data"], json.loads(json_job.body)["data"])

    def test_xml_is_well_formed_for_every_character(self):
        webhook = self.subscribe("res.partner", "on_create", "name, comment", format="xml")
        name = "".join(map(chr, [*range(1, 32), 0x7F, 0xFFFE, 0xFFFF, 0x1F600])) + "]]> &amp; <x/>"
        self.env["res.partner"].create({"name": name})
        (job,) = self.jobs(webhook)
        shown = etree.fromstring(job.body.encode()).findtext("data/record/name")
        self.assertIn("\U0001f600]]> &amp; <x/>", shown)
        self.assertIn("\t\n", shown)
        self.assertIn("\r", shown)
        self.assertIn("\ufffd", shown)

    def test_a_dotted_path_nests_objects_and_lists_of_objects(self):
        names = "x_partner_id.country_id.code, x_line_ids.x_name, x_tag_ids.name"
        webhook = self.subscribe("x_all_types", "on_create", names)
        record = self.full()
        belgium = self.env.ref("base.be")
        self.partner.country_id = belgium
        shown = self.event(webhook)["data"]["record"]
        self.assertEqual(
            shown["x_partner_id"],
            {
                "id": self.partner.id,
                "display_name": self.partner.name,
                "country_id": {"id": belgium.id, "display_name": "Belgium", "code": "BE"},
            },
        )
        lines = record.x_line_ids
        self.assertEqual(
            shown["x_line_ids"],
            [
                {"id": lines[0].id, "display_name": "one", "x_name": "one"},
                {"id": lines[1].id, "display_name": "two", "x_name": "two"},
            ],
        )
        self.assertEqual({tag["name"] for tag in shown["x_tag_ids"]}, {"Tree", "Shrub"})

    def test_values_are_in_the_webhooks_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        country = self.env["res.country"].create({"name": "Germany (test)", "code": "XG"})
        country.with_context(lang="fr_FR").name = "Allemagne (essai)"
        self.commit()
        english = self.subscribe("res.country", "on_write", "name, code")
        french = self.subscribe("res.country", "on_write", "name, code", language="fr_FR")
        country.code = "XH"
        self.assertEqual(self.event(english)["data"]["record"]["name"], "Germany (test)")
        self.assertEqual(self.event(french)["data"]["record"]["name"], "Allemagne (essai)")

    def test_a_translation_is_a_change_for_webhooks_in_that_language_alone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        country = self.env["res.country"].create({"name": "Germany (test)", "code": "XG"})
        self.commit()
        english = self.subscribe("res.country", "on_write", "name")
        french = self.subscribe("res.country", "on_write", "name", language="fr_FR")
        country.with_context(lang="fr_FR").name = "Allemagne (essai)"
        self.assertFalse(self.jobs(english))
        self.assertEqual(
            self.event(french)["data"]["changes"]["name"], {"old": "Germany (test)", "new": "Allemagne (essai)"}
        )

    def test_decimal_noise_is_rounded_to_the_fields_digits(self):
        webhook = self.subscribe("res.partner", "on_create", "partner_latitude")
        self.env["res.partner"].create({"name": "Oak", "partner_latitude": 1.1 + 2.2})
        self.assertEqual(self.event(webhook)["data"]["record"]["partner_latitude"], 3.3)


def from_xml(element):
    """Read back what the XML says, types included."""
    kind = element.get("type")
    if kind == "dict" or element.tag == "webhook":
        return {child.get("name") or child.tag: from_xml(child) for child in element}
    if kind == "list":
        return [from_xml(child) for child in element]
    text = element.text or ""
    return {
        "null": lambda: None,
        "bool": lambda: text == "true",
        "int": lambda: int(text),
        "float": lambda: float(text),
        "str": lambda: text,
    }[kind]()


class TestEncoding(WebhookCase):
    """Both formats carry the same tree."""

    def test_a_tree_survives_both_formats(self):
        tree = {
            "text": "a < b & c > d \"q\" 'a' 日本\r\n\ttab",
            "empty": "",
            "none": None,
            "yes": True,
            "no": False,
            "integer": -7,
            "float": 0.1,
            "list": [1, "two", None, {"three": 3}, [4]],
            "nothing": [],
            "no_members": {},
            "odd key <&>": 1,
        }
        self.assertEqual(json.loads(encoding.to_json(tree)), tree)
        self.assertEqual(from_xml(etree.fromstring(encoding.to_xml(tree).encode())), tree)

    def test_what_json_cannot_say_is_refused(self):
        with self.assertRaises(ValueError):
            encoding.to_json({"x": float("nan")})
