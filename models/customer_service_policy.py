from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

KINDS = [
    ("visit", "Visit"),
    ("action", "Action of a Plan"),
    ("enquiry", "Enquiry"),
    ("complaint", "Complaint"),
    ("suggestion", "Suggestion"),
    ("urgent", "Urgent Case"),
]
TARGETS = [
    ("minutes", "Visit Minutes"),
    ("confirmation", "Return Visit after a Solution"),
    ("action", "Plan Action by Its Deadline"),
    ("acknowledge", "First Answer"),
    ("judgement", "First Judgement"),
    ("solution", "Solution Proposed"),
]
RECEIVERS = [
    ("responsible", "Who promised it"),
    ("leader", "Leader of his sales team"),
    ("manager", "Customer Success manager"),
]
# Targets of which one kind of record alone can be meant.
KIND_OF_TARGET = {"minutes": "visit", "action": "action"}
# Hours of a policy: longer ones are a mistake of a unit.
MAX_HOURS = 24 * 365
NEVER = datetime.max
# What choosing a policy reads.
CANDIDATE_FIELDS = (
    "company_id",
    "sequence",
    "tier_codes",
    "date_from",
    "hours",
    "is_working_time",
    "calendar_id",
    "escalate_hours",
    "escalate_to",
)


class CustomerServicePolicy(models.Model):
    """How soon something is promised to a customer: tier × kind × target → hours.

    Of several policies that match, the one with the earliest due time counts; without
    any there is no promise and no clock.
    """

    _name = "customer.service.policy"
    _description = "Service Policy"
    _inherit = ["customer.tier.codes.mixin", "customer.finite.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    date_from = fields.Date(
        "In Force Since",
        required=True,
        default=fields.Date.context_today,
        help="What happened before this day has no clock.",
    )

    # for what
    kind = fields.Selection(KINDS, help="Empty: about everything.")
    target = fields.Selection(
        TARGETS, "What Is Promised", required=True, default="minutes"
    )

    # how soon
    hours = fields.Float(
        "Within (hours)",
        digits=(8, 2),
        required=True,
        default=24,
        aggregator=None,
        help="Of a plan action: hours after the end of the day of its deadline.",
    )
    is_working_time = fields.Boolean(
        "Working Time Only",
        help="The clock runs in working hours only; otherwise day and night.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: those of the company.",
    )

    # who is told before it is too late
    escalate_hours = fields.Float(
        "Warn Before (hours)",
        digits=(8, 2),
        aggregator=None,
        help="Counted back from the due time on the same clock. 0: nobody is warned.",
    )
    escalate_to = fields.Selection(
        RECEIVERS,
        "Who Is Warned",
        required=True,
        default="leader",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("hours", "escalate_hours", "target")
    def _check_hours(self):
        """Refuse hours with which nobody could keep the promise or be warned."""
        for policy in self:
            for name in ("hours", "escalate_hours"):
                if not 0 <= policy[name] <= MAX_HOURS:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s, %(field)s: the hours lie between 0 and"
                            " %(most)s.",
                            policy=policy.name,
                            field=self._fields[name]._description_string(self.env),
                            most=MAX_HOURS,
                        )
                    )
            if policy.target == "action":
                continue
            if not policy.hours:
                raise ValidationError(
                    self.env._(
                        "%s: a promise needs more than 0 hours.",
                        policy.name,
                    )
                )
            if policy.escalate_hours >= policy.hours:
                raise ValidationError(
                    self.env._(
                        "%s: the warning comes before the promise is given. Choose"
                        " fewer hours.",
                        policy.name,
                    )
                )

    @api.constrains("kind", "target")
    def _check_kind(self):
        """Refuse a policy that nothing could match."""
        for policy in self:
            wanted = KIND_OF_TARGET.get(policy.target)
            others = set(KIND_OF_TARGET.values()) - {wanted}
            is_about_case = not wanted and policy.kind in others
            if (wanted and policy.kind not in (False, wanted)) or is_about_case:
                labels = {
                    name: dict(self._fields[name]._description_selection(self.env))
                    for name in ("kind", "target")
                }
                raise ValidationError(
                    self.env._(
                        "%(policy)s: “%(target)s” is never promised for “%(kind)s”.",
                        policy=policy.name,
                        target=labels["target"][policy.target],
                        kind=labels["kind"][policy.kind],
                    )
                )

    @api.constrains("is_working_time", "calendar_id", "company_id", "target", "active")
    def _check_calendar(self):
        """Refuse working hours in which nobody works: nothing would ever be due."""
        for policy in self.filtered(lambda row: row.is_working_time and row.active):
            companies = policy.company_id or self.env.company
            calendar = policy.calendar_id or companies.resource_calendar_id
            if not calendar or not calendar._has_customer_hours():
                raise ValidationError(
                    self.env._(
                        "%(policy)s: the working hours “%(calendar)s” hold no hours"
                        " of the week, so nothing would ever be due. Add hours or"
                        " choose other ones.",
                        policy=policy.name,
                        calendar=calendar.name or companies.name,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("calendar_id")
    def _onchange_calendar_id(self):
        """Take over the company of the working hours: they are its own."""
        self.company_id = self.company_id or self.calendar_id.company_id

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: promises of customers that the manager may not see count as well
        promises_sudo = self.env["customer.commitment"].sudo()
        if used := promises_sudo.search([("policy_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%s has made promises: archive it instead.", used.policy_id.name
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, profiles, kind, target, at=None):
        """Return the strictest policy by customer: the one that is due first.

        Customers without any policy are not in the result: nothing is promised to them.

        :param at: when the clock would start, now unless said (naive UTC)
        :return: dict of policy by customer
        """
        at = at or fields.Datetime.now()
        found = self._find_each(
            [(row, row.company_id, kind, target, at) for row in profiles]
        )
        return {
            profile: policy
            for profile, policy in zip(profiles, found, strict=True)
            if policy
        }

    @api.model
    def _find_each(self, wanted):
        """Return the strictest policy, or none, for each that is wanted.

        Of two that are due at the same time a company's own one comes first. Whoever
        is unknown gets what holds for every tier.

        :param wanted: (customer or an empty one, company, kind, target, at)
        """
        candidates, works, found = {}, {}, []
        for profile, company, kind, target, at in wanted:
            key = (company, kind, target)
            if key not in candidates:
                candidates[key] = self._get_candidates(*key)
            day, code = company._get_customer_day(at), profile.tier_id.code
            policies = candidates[key].filtered(
                lambda row, day=day, code=code: (
                    row.date_from <= day and row._matches_tier(code)
                )
            )
            if len(policies) > 1:
                policies = policies.sorted(
                    lambda row, company=company, at=at: row._get_due(company, at, works)
                )
            found.append(policies[:1])
        return found

    @api.model
    def _get_candidates(self, company, kind, target):
        """Return the policies of a company for a kind and target, own ones first."""
        found = self.search_fetch(
            Domain("company_id", "in", [company.id, False])
            & Domain("kind", "in", [kind, False])
            & Domain("target", "=", target),
            CANDIDATE_FIELDS,
        )
        return found.sorted(lambda row: (not row.company_id, row.sequence, row.id))

    def _matches_tier(self, code):
        codes = self._get_tier_codes()
        return not codes or code in codes

    def _get_due(self, company, at, works):
        """Return when this policy would be due; never, when nobody works any more.

        :param works: clocks by calendar and company, kept by the caller
        """
        self.ensure_one()
        calendar = self._get_calendar(company)
        key = (calendar, company)
        if key not in works:
            works[key] = calendar._get_customer_work(company)
        return works[key].due(at, self.hours) or NEVER

    def _get_calendar(self, company):
        """Return the calendar of the clock, none when it runs day and night."""
        self.ensure_one()
        if not self.is_working_time:
            return self.env["resource.calendar"]
        # sudo: the working hours of a company are no secret
        calendar = self.calendar_id.sudo() or company.sudo().resource_calendar_id
        return calendar.sudo(False)
