from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerPlaybook(models.Model):
    """For whom a playbook is, and which of several a customer or an alert gets."""

    _inherit = "customer.playbook"

    for_text = fields.Char("For", compute="_compute_for_text")
    overlap_text = fields.Char(compute="_compute_overlap_text")

    # === COMPUTE METHODS === #

    @api.depends(
        "trigger",
        "tier_codes",
        "stage_ids",
        "milestone_kind",
        "alert_rule_ids",
        "insight_kind",
    )
    @api.depends_context("lang")
    def _compute_for_text(self):
        for playbook in self:
            playbook.for_text = playbook._get_for_text()

    def _get_for_text(self):
        """Return for whom a playbook is, in the words of its list."""
        parts = []
        for name in ("milestone_kind", "insight_kind"):
            if self.trigger == name.removesuffix("_kind") and self[name]:
                labels = self._fields[name]._description_selection(self.env)
                parts.append(dict(labels)[self[name]])
        if self.trigger == "alert":
            parts += self.alert_rule_ids.mapped("name")
        if codes := self._get_tier_codes():
            parts.append(self.env._("Tier %s", ", ".join(codes)))
        parts += self.stage_ids.mapped("name")
        return " · ".join(parts) or self.env._("Every customer")

    @api.depends("trigger", "tier_codes", "is_automatic", "company_id", "sequence")
    @api.depends_context("lang")
    def _compute_overlap_text(self):
        """Name the playbooks that customers of a tier get instead of this one."""
        self.overlap_text = False
        tier_plays = self._select_for(self.env.company)
        tier_plays = tier_plays.filtered(lambda play: play.trigger == "tier")
        for playbook in self.filtered(lambda play: play.active):
            if playbook.trigger == "tier" and playbook.is_automatic:
                others = tier_plays - playbook._origin
                first = others.filtered(
                    lambda other, play=playbook: other._precedes(play)
                )
                playbook.overlap_text = ", ".join(first.mapped("name")) or False

    # === CRUD METHODS === #

    @api.model
    def _check_not_named(self, name, records):
        """Raise when a playbook names what is about to be deleted.

        Without it the playbook would be about everybody.
        """
        # sudo: playbooks of other companies count as well
        playbooks_sudo = self.sudo().with_context(active_test=False)
        playbook = playbooks_sudo.search([(name, "in", records.ids)], limit=1)
        if playbook:
            raise UserError(
                self.env._(
                    "%(record)s is named in the playbook %(playbook)s: archive it"
                    " instead of deleting it.",
                    record=(records & playbook[name])[:1].display_name,
                    playbook=playbook.name,
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _select_for(self, company):
        """Return the playbooks that the job launches in a company, the preferred first.

        Own ones before shared ones, those for some stages before those for all, then
        in the order of the list.
        """
        return self.search(
            [
                ("is_automatic", "=", True),
                ("company_id", "in", [company.id, False]),
            ]
        )._sort_by_preference()

    def _sort_by_preference(self):
        return self.sorted(lambda playbook: playbook._get_preference())

    def _get_preference(self):
        """Return the key by which the preferred one of several playbooks comes first."""
        return (
            not self.company_id,
            not self.stage_ids,
            self.sequence,
            self._origin.id or 0,
        )

    def _precedes(self, playbook):
        """Return whether customers whom both are about get a plan of this one."""
        codes, others = set(self._get_tier_codes()), set(playbook._get_tier_codes())
        return self._get_preference() < playbook._get_preference() and (
            not codes or not others or bool(codes & others)
        )

    def _matches_signal(self, signal):
        """Return whether this playbook is proposed for alerts of a signal."""
        rules = self.with_context(active_test=False).alert_rule_ids
        return self.trigger == "alert" and (
            not rules or signal in rules.mapped("signal")
        )

    def _is_about(self, profile):
        """Return whether a customer is of the tiers and stages of this playbook."""
        codes = self._get_tier_codes()
        return (not codes or profile.tier_id.code in codes) and (
            not self.stage_ids or profile.lifecycle_stage_id in self.stage_ids
        )
