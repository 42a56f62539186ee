from odoo import api, fields, models


class CustomerProfile(models.Model):
    """The lifecycle stage of a customer: from the rules, or chosen by hand."""

    _inherit = "customer.profile"

    # No index: the job changes it, and a changed indexed column costs HOT updates.
    lifecycle_stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
        help="Set every night by the rules of the stages, unless chosen by hand.",
    )
    is_stage_manual = fields.Boolean("Stage Chosen by Hand", readonly=True, copy=False)
    stage_reason = fields.Char(
        "Reason of the Stage", copy=False, help="Why it was chosen by hand."
    )
    date_lifecycle_stage = fields.Date("In This Stage Since", readonly=True, copy=False)
    stage_days = fields.Integer(
        "Days in Stage", compute="_compute_stage_days", aggregator=None
    )
    lifecycle_change_ids = fields.One2many(
        "customer.lifecycle.change", "profile_id", "Journey"
    )

    # === COMPUTE METHODS === #

    @api.depends("date_lifecycle_stage")
    def _compute_stage_days(self):
        for profile in self:
            since = profile.date_lifecycle_stage
            today = since and profile.company_id._get_customer_today()
            profile.stage_days = (today - since).days if since else 0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        for profile in profiles.filtered("lifecycle_stage_id"):
            profile._note_stage_by_hand({})
        return profiles

    def write(self, vals):
        if "lifecycle_stage_id" not in vals:
            return super().write(vals)
        old = {
            profile: (profile.lifecycle_stage_id.id, profile.date_lifecycle_stage)
            for profile in self
            if profile.lifecycle_stage_id.id != vals["lifecycle_stage_id"]
        }
        result = super().write(vals)
        for profile in old:
            profile._note_stage_by_hand(old)
        return result

    def _note_stage_by_hand(self, old):
        """Write down a stage that somebody chose; without one the rules go on.

        :param old: stage and its day before, by customer
        """
        profile_sudo = self.sudo()  # sudo: result fields and the journey
        today = profile_sudo.company_id._get_customer_today()
        stage_id, since = old.get(self, (False, False))
        self.env["customer.lifecycle.change"].sudo().create(
            {
                "profile_id": self.id,
                "company_id": profile_sudo.company_id.id,
                "date": today,
                "from_stage_id": stage_id,
                "to_stage_id": profile_sudo.lifecycle_stage_id.id,
                "duration_days": (today - since).days if since else False,
                "mode": "manual",
                "reason": profile_sudo.stage_reason,
            }
        )
        profile_sudo.write(
            {
                "is_stage_manual": bool(profile_sudo.lifecycle_stage_id),
                "date_lifecycle_stage": profile_sudo.lifecycle_stage_id and today,
            }
        )

    # === ACTION METHODS === #

    def action_follow_stage_rules(self):
        """Let the rules decide again, at once."""
        self.check_access("write")
        # sudo: result fields; access was checked
        changes_sudo = self.env["customer.lifecycle.change"].sudo()
        profiles_sudo = self.sudo()
        profiles_sudo.write({"is_stage_manual": False, "stage_reason": False})
        for company, profiles in profiles_sudo.grouped("company_id").items():
            changes_sudo._assign_stages(
                company, company._get_customer_today(), profiles
            )

    def action_open_journey(self):
        """Open the journey of a customer and of those merged into him."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_lifecycle_change_action"
        )
        action["domain"] = [("profile_id", "in", self._with_merged().ids)]
        action["context"] = {}
        return action

    # === BUSINESS METHODS === #

    def _score_now(self, review=False):
        quarantined = super()._score_now(review)
        for company, profiles in self.grouped("company_id").items():
            # sudo: see above; access was checked by the caller
            self.env["customer.lifecycle.change"].sudo()._assign_stages(
                company.sudo(), company.sudo()._get_customer_today(), profiles
            )
        return quarantined

    def _get_stage_card(self):
        """Return the stage of one customer, or None, as plain data.

        ``{"stage", "stage_id", "since", "days", "is_manual", "reason"}``; the reason is
        that of the person, else the rule in words.
        """
        self.ensure_one()
        if not self.lifecycle_stage_id:
            return None
        stage = self.lifecycle_stage_id
        reason = self.is_stage_manual and self.stage_reason
        if not self.is_stage_manual and stage.rule:
            labels = dict(stage._fields["rule"]._description_selection(self.env))
            reason = labels[stage.rule]
        return {
            "stage": stage.display_name,
            "stage_id": stage.id,
            "since": fields.Date.to_string(self.date_lifecycle_stage),
            "days": self.stage_days,
            "is_manual": self.is_stage_manual,
            "reason": reason or False,
        }
