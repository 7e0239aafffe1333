from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .. import series
from ..delivery import headers
from . import hidden


class WebhookHeader(models.Model):
    """A header of the webhook's own, sent with each of its requests."""

    _name = "webhook.header"
    _inherit = "webhook.write.only"
    _description = "Webhook Header"
    _order = "id"

    _write_only = ("value",)

    webhook_id = fields.Many2one(
        "webhook.webhook", required=True, ondelete="cascade", index=True, help="Whose requests carry it."
    )
    name = fields.Char(required=True, help="For example X-Api-Key.")
    value = fields.Char(
        compute="_compute_write_only",
        readonly=False,
        help="Sent as it is. Once saved, it is not shown again.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._check_headers()
        created._note_in_history(_("Header %(name)s was added."))
        return created

    def write(self, vals):
        before = self._contents()
        result = super().write(vals)
        self._check_headers()
        after = self._contents()
        self.filtered(lambda header: before[header] != after[header])._note_in_history(
            _("Header %(name)s was changed.")
        )
        return result

    def unlink(self):
        self._note_in_history(_("Header %(name)s was removed."))
        return super().unlink()

    def _contents(self):
        values = hidden.read(self, "value")
        return {header: (header.name, values[header.id]) for header in self}

    def _note_in_history(self, text):
        """Say in the history of the webhooks which headers were changed, and by whom; never to what.

        :param text: a sentence with ``%(name)s``
        """
        for header in self:
            header.webhook_id._note(text % {"name": header.name})

    def _check_headers(self):
        """Check all the headers of the same webhooks: how many there are, and each.

        :raises AccessError: for whoever may not change the webhooks that they belong to now
        :raises ValidationError:
        """
        series.check_access(self.webhook_id, "write")
        for webhook in self.webhook_id:
            found = webhook.header_ids
            values = hidden.read(found, "value")
            try:
                headers.check([(header.name, values[header.id]) for header in found])
            except headers.RefusedHeader as error:
                raise ValidationError(error.translated(self.env)) from error
