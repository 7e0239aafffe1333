"""What a webhook would send, shown while it is being set up."""

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import series
from ..capture import example
from ..payload import encoding, envelope
from .webhook_webhook import DEFINITION


class Webhook(models.Model):
    _inherit = "webhook.webhook"

    preview_res_id = fields.Many2oneReference(
        "Example Record",
        model_field="model",
        store=False,
        help="The record to show as an example. None: the newest one that matches the condition.",
    )
    preview_json = fields.Text("JSON", compute="_compute_preview", help="The notification as JSON.")
    preview_xml = fields.Text("XML", compute="_compute_preview", help="The notification as XML.")
    preview_note = fields.Char(compute="_compute_preview", help="What to know about the preview.")

    @api.depends("name", "preview_res_id", *DEFINITION)
    def _compute_preview(self):
        for webhook in self:
            webhook.preview_json = webhook.preview_xml = webhook.preview_note = False
            if len(self) > 1:  # nobody looks at so many: somebody reads all fields of all webhooks
                continue
            if webhook.model:
                webhook._preview()
            else:
                webhook.preview_note = _(
                    "Choose a model: what the webhook would send for one of its records is shown here."
                )

    def _preview(self):
        try:
            with self.env.cr.savepoint(flush=False):  # a condition that PostgreSQL refuses must not break the form
                if self.user_id != self.env.user and not self._by_administrator():
                    raise AccessError(_("A preview shows what the owner may read: only the owner may see it."))
                self._check_model()
                record = self._example_record()
                tree = example.tree(self, envelope.new_event_id(), record)
                self.preview_json = encoding.indented(encoding.to_json(tree), "json")
                self.preview_xml = encoding.indented(encoding.to_xml(tree), "xml")
        except (UserError, ValueError) as error:
            self.preview_json = self.preview_xml = False
            self.preview_note = str(error)
            return
        if not record:
            self.preview_note = _("No record was found for an example: the values are empty.")
        elif self.kind == "on_write":
            self.preview_note = _("As if its first watched field had changed; a real change shows old and new values.")

    def _example_record(self):
        """The record that the user has chosen, or one that suits."""
        if not self.preview_res_id:
            return example.find(self)
        record = self.view().browse(self.preview_res_id)
        if not series.readable_records(record.exists()):
            raise AccessError(
                _("The owner of the webhook may not read this record, or it is gone. Choose another example.")
            )
        return record
