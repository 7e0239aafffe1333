"""Pauses: a webhook that cannot work any more, with the reason why.

Paused, it sees no changes; what waits in its queue is still sent, unless it is the delivery that cannot work.
"""

import logging

import psycopg2
from markupsafe import Markup
from odoo import _, api, fields, models

from .. import series
from ..capture import subscription
from ..delivery import queue
from ..payload import paths
from .webhook_webhook import DEFINITION

_logger = logging.getLogger(__name__)

# What a pause is about; one that is about the definition ends when that is mended.
CAUSES = [("definition", "What it watches"), ("delivery", "Its deliveries")]
TRIES = 3
ACTIVITY = "mail.mail_activity_data_warning"


class Webhook(models.Model):
    _inherit = "webhook.webhook"

    paused_at = fields.Datetime(
        "Paused Since", readonly=True, copy=False, tracking=True, help="Since then it has seen no changes."
    )
    pause_cause = fields.Selection(CAUSES, readonly=True, copy=False, help="What cannot work any more.")
    pause_reason = fields.Text(readonly=True, copy=False, tracking=True, help="Why it is paused, and what to do.")

    def write(self, vals):
        former = {webhook: webhook.user_id for webhook in self} if "user_id" in vals else {}
        result = super().write(vals)
        for webhook, owner in former.items():
            webhook._hand_over(owner)
        if "address" in vals:  # what was learnt is about another receiver
            self._forgive()
        if not vals.keys().isdisjoint(DEFINITION):  # and _check_subscription() found nothing wrong
            self.filtered(lambda webhook: webhook.pause_cause == "definition")._resume()
        return result

    def _hand_over(self, former):
        """Tell the former owner nothing more of this webhook, which he may not see any longer; what was left to him to do
        is the new one's."""
        owner = self.user_id
        if owner != former:
            self.message_unsubscribe(former.partner_id.ids)
            # With sudo: activities are those of whom they were left to.
            self.activity_ids.filtered(lambda activity: activity.user_id == former).sudo().write({"user_id": owner.id})

    def action_resume(self):
        """Watch again, if nothing is wrong with the webhook any more.

        :raises ValidationError: with a sentence that says what still is
        """
        series.check_access(self, "write")
        self._link_models()
        self._check_subscription()
        self._resume()
        return True  # XML-RPC knows no None

    def _resume(self):
        stopped = self.filtered(lambda webhook: webhook.pause_cause == "delivery")
        if stopped:
            stopped._forgive()
            stopped.activity_feedback([ACTIVITY])
        self.write({"paused_at": False, "pause_cause": False, "pause_reason": False})

    def _forgive(self):
        """Send what waits for these webhooks at once, however often their receivers have failed."""
        queue.forgive(self.env.cr, self.ids)
        self.env["webhook.job"]._wake_dispatcher()

    def _pause(self, reason, cause="definition"):
        """Have these webhooks watch nothing until somebody mends or resumes them.

        :param reason: a sentence for their owner: what is wrong and what to do
        :param cause: a key of :data:`CAUSES`
        """
        self.write({"paused_at": fields.Datetime.now(), "pause_cause": cause, "pause_reason": reason})
        for webhook in self:
            _logger.warning("Webhook %s (%s) is paused: %s", webhook.id, webhook.name, reason)
        registry = self.env.registry
        # Other processes cache what is watched, and whoever pauses a webhook is not always a request.
        self.env.cr.postcommit.add(lambda: registry.ready and registry.signal_changes())

    def _pause_delivery(self, reason):
        """Have nothing more sent for these webhooks until somebody resumes them, and tell their owners.

        :param reason: as for :meth:`_pause`
        """
        for webhook in self.filtered(lambda webhook: not webhook.paused_at):
            webhook._pause(reason, "delivery")
            webhook._tell_owner(reason)

    def _tell_owner(self, reason):
        """Send the owner a message, and leave him an activity until the webhook is resumed."""
        try:
            with self.env.cr.savepoint():
                self.with_context(lang=self.user_id.lang)._post_pause(reason)
        except Exception:  # paused it is all the same, and its form says so
            _logger.exception("The owner of webhook %s cannot be told that it is paused", self.id)

    def _post_pause(self, reason):
        subject = _("Webhook “%(name)s” is paused", name=self.name)
        link = Markup('<a href="/mail/view?model=%s&amp;res_id=%s">%s</a>') % (
            self._name,
            self.id,
            _("Open the webhook"),
        )
        advice = _("Resume it once the receiver is mended, and send again what failed.")
        self.message_post(
            subject=subject,
            body=Markup("<p>%s</p><p>%s</p><p>%s</p>") % (reason, advice, link),
            partner_ids=self.user_id.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
        # Its own notification would say the same a second time.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY, summary=subject, note=Markup("<p>%s</p>") % reason, user_id=self.user_id.id
        )

    def _pause_after_commit(self, reason, cause="definition"):
        """Pause these webhooks in a transaction of its own, once the present one is committed.

        For what fails while a user's change is captured: the change goes on, and is not held up by a lock on a webhook.
        Those that are deleted, or paused already, stay as they are.
        """
        self._after_commit(
            lambda webhooks: webhooks.filtered(lambda webhook: not webhook.paused_at)._pause(reason, cause)
        )

    def _register_hook(self):
        """Look for what the modules that came or went did to webhooks: in each process, when it has loaded the registry."""
        super()._register_hook()
        self._forget_seen()
        # Until its commit the load holds locks; and nothing that goes wrong with webhooks may stop it.
        self._after_commit(lambda webhooks: webhooks._pause_broken())

    def _after_commit(self, work):
        """Call ``work`` with these webhooks in a transaction of its own, once the present one is committed."""
        registry, ids = self.env.registry, self.ids

        def run():
            for left in reversed(range(TRIES)):
                try:
                    with series.transaction(registry) as env:
                        work(env["webhook.webhook"].browse(ids).exists())
                    return
                except psycopg2.OperationalError:  # somebody else, another process maybe, changed them just now
                    if not left:
                        _logger.exception("Webhooks cannot be paused")
                except Exception:  # the transaction that this follows is committed: it must not look as if it failed
                    _logger.exception("Webhooks cannot be paused")
                    return

        self.env.cr.postcommit.add(run)

    @api.model
    def _pause_broken(self):
        """Pause the webhooks whose model or fields are gone, and link to its model those whose model is back."""
        everything = [("active", "in", (True, False))]
        webhooks = self.sudo().search(everything)  # whoever owns them
        if not webhooks or not self._all_modules_are_loaded():
            return
        webhooks._link_models()
        for webhook in webhooks.filtered(lambda webhook: not webhook.paused_at):
            reason = webhook.with_context(lang=webhook.user_id.lang)._broken()
            if reason:
                webhook._pause(reason)

    def _all_modules_are_loaded(self):
        """Whether the registry holds every installed module: one left out (a wrong path, say) will be back unchanged."""
        self.env.cr.execute(
            "SELECT EXISTS (SELECT FROM ir_module_module WHERE state IN ('installed', 'to upgrade') AND name <> ALL(%s))",
            [list(self.env.registry._init_modules)],
        )
        return not self.env.cr.fetchone()[0]

    def _link_models(self):
        """Give those of these webhooks that lost their model the one of that name, if there is one again."""
        series.flush(self.env)
        # Past the ORM: whatever else may be wrong with them, or paused, stays so.
        self.env.cr.execute(
            """
            UPDATE webhook_webhook SET model_id = ir_model.id
              FROM ir_model
             WHERE webhook_webhook.id = ANY(%s) AND webhook_webhook.model_id IS NULL
               AND ir_model.model = webhook_webhook.model
            """,
            [self.ids],
        )
        series.forget(self)

    def _broken(self):
        """Why the webhook cannot work with the models and fields that there are now: a sentence, or None."""
        self.ensure_one()
        model = self.env.get(self.model)
        if model is None:
            return self._model_is_gone()
        for name, found in (
            ("field_names", paths.split(self.field_names)),
            ("payload_field_names", paths.split(self.payload_field_names)),
            ("condition", paths.in_condition(subscription.parse_condition(self.condition))),
        ):
            for path in found:
                gone = paths.gone(model, path)
                if gone:
                    return _(
                        "“%(path)s” in “%(place)s” leads nowhere: there is no field “%(name)s” on %(model)s any more. "
                        "Take it out there, or install the module that has it again, and resume.",
                        path=path,
                        place=self._fields[name]._description_string(self.env),
                        name=gone[0],
                        model=gone[1],
                    )
        return None

    def _model_is_gone(self):
        return _(
            "There is no model %(model)s any more: the module that has it was uninstalled. Install it again and resume, "
            "or delete the webhook. What was recorded before is still sent.",
            model=self.model,
        )
