"""Picking fields where the web client has no widget for paths: in the form of series before 19.0."""

from odoo import api, fields, models

from ..payload import paths


class Webhook(models.Model):
    _inherit = "webhook.webhook"

    field_ids = fields.Many2many(
        "ir.model.fields",
        string="Picked Fields",
        compute="_compute_field_ids",
        inverse="_inverse_field_ids",
        help="The fields of the model itself that are watched and sent. They can be picked here, or typed below.",
    )

    @api.depends("field_names", "model_id")
    def _compute_field_ids(self):
        for webhook in self:
            names = [path for path in paths.split(webhook.field_names) if "." not in path]
            domain = [("model_id", "=", webhook.model_id.id), ("name", "in", names)]
            webhook.field_ids = self.env["ir.model.fields"].search(domain)

    def _inverse_field_ids(self):
        for webhook in self:
            webhook.field_names = webhook._merged_field_names()

    @api.onchange("field_ids")
    def _onchange_field_ids(self):
        self.field_names = self._merged_field_names()

    def _merged_field_names(self):
        """The typed paths, with the picked fields added and those no longer picked removed."""
        picked = self.field_ids.mapped("name")
        known = self.env["ir.model.fields"].search([("model_id", "=", self.model_id.id)]).mapped("name")
        kept = [path for path in paths.split(self.field_names) if path in picked or path not in known]
        return ", ".join(dict.fromkeys(kept + picked)) or False
