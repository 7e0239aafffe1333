from lxml import etree

from .common import WebhookCase


class TestBodyLimit(WebhookCase):
    """A notification that is too large goes out without the record, and says so."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].sudo().set_param("webhook.body_limit", "2")

    def test_a_body_over_the_limit_is_sent_without_record_and_changes(self):
        partner = self.env["res.partner"].create({"name": "Oak"})
        webhook = self.subscribe("res.partner", "on_write", "name,comment")
        partner.comment = "x" * 3000
        event = self.event(webhook)
        self.assertIs(event["truncated"], True)
        self.assertEqual(event["data"], {"model": "res.partner", "kind": "on_write", "id": partner.id})
        job = self.jobs(webhook)
        self.assertEqual((event["id"], event["sequence"], job.state), (job.event, job.id, "pending"))

    def test_one_within_the_limit_is_whole(self):
        webhook = self.subscribe("res.partner", "on_create", "name")
        self.env["res.partner"].create({"name": "x" * 500})
        event = self.event(webhook)
        self.assertNotIn("truncated", event)
        self.assertEqual(event["data"]["record"]["name"], "x" * 500)

    def test_bytes_count_and_not_characters(self):
        webhook = self.subscribe("res.partner", "on_create", "name")
        self.env["res.partner"].create({"name": "日" * 400})
        self.assertTrue(self.event(webhook)["truncated"])

    def test_xml_too(self):
        webhook = self.subscribe("res.partner", "on_create", "name", format="xml")
        self.env["res.partner"].create({"name": "x" * 3000})
        tree = etree.fromstring(self.jobs(webhook).body.encode())
        self.assertEqual(tree.findtext("truncated"), "true")
        self.assertIsNone(tree.find("data/record"))
