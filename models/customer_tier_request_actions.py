from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .customer_tier_request import MANAGER

ACTIVITY = "mail.mail_activity_data_todo"


class CustomerTierRequest(models.Model):
    """The buttons of a request, who may press them, and who is told."""

    _inherit = "customer.tier.request"

    # === ACTION METHODS === #

    def action_approve(self):
        """Let wished tiers and downgrades take effect (another manager than asked)."""
        self._check_may_decide()
        # wishes first: what an approved one has closed is not applied after it
        for request in self.sorted("kind", reverse=True):
            if request.state != "waiting":
                continue
            request._check_applicable()
            request.sudo()._apply()  # sudo: nobody else writes a request
            request._decide("approved")

    def action_refuse(self):
        """Open the dialog that asks for the reason of a refusal."""
        self.ensure_one()
        self._check_may_decide()
        return {
            "name": self.env._("Refuse the Request"),
            "type": "ir.actions.act_window",
            "res_model": "customer.tier.refusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_withdraw(self):
        """Take back waiting wishes: who asked, or the first responsible person."""
        self.check_access("read")
        for request in self:
            if not request.can_withdraw:
                raise AccessError(
                    self.env._(
                        "Only who asked, or the first responsible person, can withdraw"
                        " a waiting request."
                    )
                )
        self.sudo()._close("withdrawn")  # sudo: nobody else writes a request

    def action_end_today(self):
        """Let approved wishes end today: the review of tomorrow decides (managers)."""
        self._check_manager()
        for request in self:
            if request.state != "approved" or request.kind != "wish":
                raise UserError(self.env._("Only an approved wish can be ended."))
            today = request.company_id._get_customer_today()
            if request.date_end > today:
                request.sudo().date_end = today  # sudo: nobody else writes a request
                request._tell(
                    self.env._("Ends today, decided by %s.", self.env.user.name)
                )

    # === BUSINESS METHODS === #

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers can decide on a tier request."))
        self.check_access("read")

    def _check_may_decide(self):
        """Raise unless this user may decide: a manager, and never on his own wish.

        By the user, not by superuser mode: ``sudo()`` decides nothing here.
        """
        self._check_manager()
        if self.env.user in self.requester_id:
            raise AccessError(
                self.env._("You asked for this tier: another manager has to decide.")
            )
        for request in self:
            if request.state != "waiting":
                raise UserError(
                    self.env._(
                        "%s no longer waits for a decision.", request.display_name
                    )
                )

    def _check_applicable(self):
        """Raise when what was asked can no longer take effect."""
        self.ensure_one()
        profile = self.profile_id
        if not profile.active:
            raise UserError(self.env._("%s is archived.", profile.display_name))
        if profile.is_not_rated or profile.rating_state == "excluded":
            raise UserError(
                self.env._("%s is left out of rating.", profile.display_name)
            )
        self._check_tier(profile, self.wished_tier_id)
        if self.kind == "downgrade":
            if profile.tier_id.code != self.from_tier_id.code:
                raise UserError(
                    self.env._(
                        "The tier of %s has moved since this was proposed.",
                        profile.display_name,
                    )
                )
        elif self.date_end < self.company_id._get_customer_today():
            raise UserError(
                self.env._(
                    "The end date %s has passed: refuse the request, or let it be"
                    " asked again.",
                    format_date(self.env, self.date_end),
                )
            )

    def _apply(self):
        """Let the tier take effect; close what it makes pointless."""
        self.ensure_one()
        profile = self.profile_id
        if self.kind == "wish":
            held = profile.tier_request_id
            held.write({"state": "replaced", "outcome": False})
            held.flush_recordset()  # one at a time is approved
            waiting = profile.tier_request_ids.filtered(
                lambda other: other.state == "waiting" and other.kind == "downgrade"
            )
            waiting._close("replaced")
            self.outcome = "pending"
        self.env["customer.tier.change"]._apply_request(self)

    def _refuse(self, note):
        """Refuse waiting requests; the tier stays.

        :param note: why, for the person who asked
        """
        self._check_may_decide()
        if not (note or "").strip():
            raise UserError(self.env._("Say why you refuse: who asked reads it."))
        self._decide("refused", note)

    def _decide(self, state, note=False):
        """Note the decision of this user and tell the person who asked."""
        # sudo: nobody else writes a request; the user stays the one who decided
        self.sudo().write(
            {
                "state": state,
                "decider_id": self.env.uid,
                "decided_datetime": fields.Datetime.now(),
                "decision_note": note,
            }
        )
        # sudo: activities of somebody else
        self.sudo().activity_unlink([ACTIVITY])
        for request in self:
            request._tell_decision()

    def _close(self, state):
        """Close requests without a decision."""
        self.write({"state": state})
        self.activity_unlink([ACTIVITY])

    # === WHO IS TOLD === #

    def _schedule_decision(self):
        """Put each new wish on the list of one manager."""
        for request in self:
            manager = request._get_manager()
            if manager:
                translated = request.with_context(lang=manager.lang)
                # sudo: who asks may not plan the work of his manager
                translated.sudo().activity_schedule(
                    ACTIVITY,
                    user_id=manager.id,
                    summary=translated.env._("Decide on a tier request"),
                )

    def _get_manager(self):
        """Return the manager to ask: the team's leader, else the first other one.

        Administrators only when there is nobody else.
        """
        # sudo: who else is a manager
        managers = self.env["customer.notice"].sudo()._get_managers(self.company_id)
        managers -= self.requester_id
        leader = self.sudo().profile_id.team_id.user_id  # sudo: any team
        if leader in managers:
            return leader
        return managers.sorted(
            lambda user: (user.has_group("base.group_system"), user.id)
        )[:1]

    def _tell_decision(self):
        self.ensure_one()
        request = self.with_context(lang=self.requester_id.lang or self.env.user.lang)
        values = {
            "state": dict(request._fields["state"]._description_selection(request.env))[
                request.state
            ],
            "request": request.display_name,
            "note": request.decision_note or "",
        }
        text = request.env._("%(request)s: %(state)s", **values)
        if request.decision_note:
            text = request.env._("%(request)s: %(state)s. %(note)s", **values)
        request._tell(text)

    def _tell(self, text):
        """Write to the discussion of the request and to the person who asked."""
        self.ensure_one()
        # sudo: an archived asker, or one who no longer sees the customer
        self.sudo().message_post(
            body=text,
            partner_ids=self.sudo().requester_id.filtered("active").partner_id.ids,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
