from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .. import series
from ..capture import example
from ..delivery import endpoint, outcome, request, states, transport
from ..payload import encoding, envelope


class WebhookTest(models.TransientModel):
    """A test notification: sent at once, its answer shown; no job, no retry."""

    _name = "webhook.test"
    _description = "Webhook Test Notification"

    webhook_id = fields.Many2one("webhook.webhook", required=True, readonly=True, ondelete="cascade")
    address = fields.Char("Callback URL", readonly=True, help="Where the notification was sent.")
    delivered = fields.Boolean(readonly=True, help="Whether the receiver accepted it.")
    refused = fields.Boolean(readonly=True, help="Whether it was not sent, because its network is not allowed.")
    verdict = fields.Char("Result", readonly=True, help="What came of it, and what to do.")
    status = fields.Integer(
        "HTTP Status", readonly=True, help="Any from 200 to 299 means that the receiver accepted it."
    )
    duration = fields.Float(
        "Duration (s)", digits=(16, 3), readonly=True, help="From the look-up of the address to the end of the answer."
    )
    answer_headers = fields.Text("Headers of the Answer", readonly=True, help="As the receiver sent them.")
    answer = fields.Text(readonly=True, help="The beginning of the answer's body.")
    shown_answer = fields.Text(
        "Answer for Reading",
        compute="_compute_shown_answer",
        help="The beginning of the answer's body; JSON and XML are indented if they are whole.",
    )
    body = fields.Text("Sent", readonly=True, help="The notification: an example, made from a real record.")

    @api.depends("answer")
    def _compute_shown_answer(self):
        for test in self:
            test.shown_answer = encoding.readable(test.answer) or False

    @api.model
    def send(self, webhook):
        """Send an example event of ``webhook``; a receiver that fails is a result, not an error.

        :return: the record that holds what came back
        """
        settings = self.env["webhook.job"]._delivery_settings()
        event_id = envelope.new_event_id()
        webhook._check_model()  # it may be gone since
        tree = example.tree(webhook, event_id, example.find(webhook))
        job = _TestJob(webhook, event_id, encoding.encode(tree, webhook.format))
        series.flush(self.env)
        target = endpoint.load(self.env.cr, webhook.ids)[webhook.id]
        try:
            built = request.build(job, target, 0, self.env.cr.dbname, settings.version)
        except ValueError as error:
            raise UserError(str(error)) from error
        result = transport.send(built, settings.timeout, settings.networks)
        reached = outcome.decide(result, attempts=1, retries=0)
        # After the request: nothing was written while it was under way. With sudo: nobody may write such a row himself.
        return self.sudo().create(
            {
                "webhook_id": webhook.id,
                "address": webhook.address,
                "delivered": reached.state == states.DELIVERED,
                "refused": result.hopeless and result.status is None,
                "verdict": reached.reason or _("The receiver accepted the notification."),
                "status": result.status,
                "duration": result.duration,
                "answer_headers": target.masked(
                    "\n".join(f"{name}: {value}" for name, value in result.headers.items())
                ),
                "answer": target.masked(result.answer),
                "body": encoding.indented(job.body, webhook.format),
            }
        )


class _TestJob:
    """What a request is built from, for a job that is not in the queue."""

    def __init__(self, webhook, event_id, body):
        self.event = event_id
        self.model = webhook.model
        self.kind = webhook.kind
        self.format = webhook.format
        self.body = body
