from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

KINDS = [
    ("renewal", "Contract Renewal"),
    ("delivery", "Delivery Acceptance"),
    ("reorganisation", "Reorganisation"),
    ("anniversary", "Anniversary"),
    ("birthday", "Birthday"),
    ("holiday", "Holiday"),
    ("other", "Other"),
]
# Company setting with the days before, by kind; the others take that of milestones.
LEAD_SETTINGS = {
    "renewal": "customer_renewal_lead_days",
    "anniversary": "customer_anniversary_lead_days",
    "birthday": "customer_birthday_lead_days",
    "holiday": "customer_holiday_lead_days",
}
# Only the system makes a birthday: its day and person come from relationship data.
BIRTHDAY_FIELDS = ("kind", "personal_data_id")
# Worked out or kept by the system: never written by a client.
SYSTEM_FIELDS = {"date_due", "raised_user_id", "renewed_rate"}


class CustomerMilestone(models.Model):
    """A dated node of the cooperation that somebody should act on.

    A birthday names nobody in what is stored: who has it is read from the relationship
    data, with the rights of the reader.
    """

    _name = "customer.milestone"
    _description = "Milestone"
    _inherit = [
        "customer.fact.mixin",
        "customer.finite.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date, id"
    _check_company_auto = True
    _rec_names_search = ["name", "profile_id.partner_id"]

    kind = fields.Selection(KINDS, required=True, default="renewal", index=True)
    name = fields.Char(
        "Description", help="What it is about, when the kind is not enough."
    )
    title = fields.Char("Milestone", compute="_compute_title")
    date = fields.Date(
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        help="The day it happens; for a renewal the end of the contract.",
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("upcoming", "Upcoming"), ("done", "Done"), ("skipped", "Skipped")],
        default="upcoming",
        required=True,
        copy=False,
    )

    # when to remind
    lead_days = fields.Integer(
        "Remind Before (days)",
        compute="_compute_lead_days",
        store=True,
        precompute=True,
        readonly=False,
        aggregator=None,
        help="From the settings; of a renewal with a notice date, before that date.",
    )
    date_due = fields.Date(
        "Remind On",
        compute="_compute_date_due",
        store=True,
        precompute=True,
        help="The first responsible person gets an activity on this day.",
    )
    raised_user_id = fields.Many2one(
        "res.users",
        "Reminded",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who got the activity.",
    )

    # renewal
    date_start = fields.Date("Contract Start")
    date_end = fields.Date("Contract End")
    date_notice = fields.Date("Notice Date", help="Last day to give notice or to act.")
    amount = fields.Monetary(
        help="Of the contract, untaxed, in the company's currency."
    )
    renewal_state = fields.Selection(
        [("open", "Undecided"), ("renewed", "Renewed"), ("lost", "Not Renewed")],
        "Renewal",
        compute="_compute_renewal_state",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
    )
    date_decided = fields.Date(
        "Decided On", copy=False, help="Renewed in time: on or before the contract end."
    )
    renewed_rate = fields.Float(
        "Renewal Rate",
        digits=(5, 2),
        compute="_compute_renewed_rate",
        store=True,
        aggregator="avg",
        help="1 when renewed on or before the contract end, else 0; the average over"
        " contracts that have ended is the renewal rate.",
    )
    previous_id = fields.Many2one(
        "customer.milestone",
        "Previous Term",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    agreement_id = fields.Many2one(
        "customer.agreement",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )

    # where the others come from
    personal_data_id = fields.Many2one(
        "customer.personal.data",
        "Person",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
    )
    care_day_id = fields.Many2one(
        "customer.care.day",
        "Holiday",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    is_automatic = fields.Boolean("Made by the System", readonly=True, copy=False)

    _automatic_uniq = models.UniqueIndex(
        "(profile_id, kind, date, COALESCE(personal_data_id, 0),"
        " COALESCE(care_day_id, 0)) WHERE is_automatic AND active",
        "This milestone has been made already.",
    )
    _agreement_uniq = models.UniqueIndex(
        "(agreement_id, date_end) WHERE agreement_id IS NOT NULL AND active",
        "This contract has a renewal on that day already.",
    )
    _due_idx = models.Index(
        "(company_id, date_due) WHERE state = 'upcoming' AND active"
    )
    _renewal_complete = models.Constraint(
        "CHECK ((kind = 'renewal') = (renewal_state IS NOT NULL)"
        " AND (kind <> 'renewal' OR date_end IS NOT NULL))",
        "A contract renewal needs the end of the contract and a state.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_start IS NULL OR date_end IS NULL OR date_start <= date_end)",
        "A contract cannot end before it starts.",
    )
    _notice_in_time = models.Constraint(
        "CHECK (date_notice IS NULL OR date_end IS NULL OR date_notice <= date_end)",
        "The notice date lies after the contract end.",
    )
    _decision_dated = models.Constraint(
        "CHECK ((COALESCE(renewal_state, 'open') <> 'open') = (date_decided IS NOT NULL))",
        "A decided renewal has a date of decision, an open one has none.",
    )
    _birthday_of_somebody = models.Constraint(
        "CHECK ((kind = 'birthday') = (personal_data_id IS NOT NULL))",
        "A birthday comes from the relationship data of a person.",
    )
    _lead_range = models.Constraint(
        "CHECK (lead_days BETWEEN 0 AND 3650)",
        "The days before lie between 0 and 3650.",
    )
    _amount_finite = models.Constraint(
        "CHECK (amount IS NULL OR (amount >= 0 AND amount < 'Infinity'))",
        "The amount of a contract must be 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "name", "care_day_id.name", "date")
    @api.depends_context("lang", "uid")
    def _compute_title(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        persons = self._get_persons()
        for milestone in self:
            subject = milestone.name
            if milestone.kind == "birthday":
                name = persons.get(milestone.personal_data_id.id)
                subject = name and self.env._("Birthday of %s", name)
            elif milestone.kind == "holiday":
                subject = milestone.care_day_id.name or subject
            milestone.title = subject or labels.get(milestone.kind)

    def _get_persons(self):
        """Return the names of who has a birthday, by relationship data of the reader.

        In one statement, under the rules of the relationship data; nobody's name for
        the superuser, who writes texts that others read.
        """
        data = self.env["customer.personal.data"]
        ids = self.personal_data_id.ids
        if not ids or self.env.su or not data.has_access("read"):
            return {}
        self.env["res.partner"].flush_model(["name"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT dat.id, par.name
                         FROM customer_personal_data dat
                         JOIN res_partner par ON par.id = dat.partner_id
                        WHERE dat.id IN %s""",
                    data._search([("id", "in", ids)]).subselect(),
                )
            )
        )

    @api.depends("kind", "profile_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name the customer and the kind: this text is stored with activities."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for milestone in self:
            milestone.display_name = self.env._(
                "%(customer)s: %(milestone)s",
                customer=milestone.profile_id.display_name,
                milestone=labels.get(milestone.kind, ""),
            )

    @api.depends("kind", "date_end")
    def _compute_date(self):
        for milestone in self:
            if milestone.kind == "renewal":
                milestone.date = milestone.date_end
            else:
                milestone.date = milestone.date

    @api.depends("kind", "company_id")
    def _compute_lead_days(self):
        for milestone in self:
            name = LEAD_SETTINGS.get(milestone.kind, "customer_milestone_lead_days")
            milestone.lead_days = milestone.company_id[name]

    def _get_deadline(self):
        """Return the last day to act: of a renewal the notice date, else its day."""
        return (self.kind == "renewal" and self.date_notice) or self.date

    @api.depends("kind", "date", "date_notice", "lead_days")
    def _compute_date_due(self):
        for milestone in self:
            day = milestone._get_deadline()
            if day:
                days = min(max(milestone.lead_days, 0), day.toordinal() - 1)
                milestone.date_due = day - timedelta(days=days)
            else:
                milestone.date_due = False

    @api.depends("kind")
    def _compute_renewal_state(self):
        for milestone in self:
            is_renewal = milestone.kind == "renewal"
            milestone.renewal_state = is_renewal and (milestone.renewal_state or "open")

    @api.depends("renewal_state", "date_decided", "date_end")
    def _compute_renewed_rate(self):
        for milestone in self:
            decided, end = milestone.date_decided, milestone.date_end
            milestone.renewed_rate = float(
                milestone.renewal_state == "renewed"
                and bool(decided and end and decided <= end)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("previous_id", "agreement_id", "personal_data_id")
    def _check_same_customer(self):
        for milestone in self:
            for name in ("previous_id", "agreement_id", "personal_data_id"):
                # sudo: a clash tells only that it is another customer's
                linked = milestone.sudo()[name]
                if linked and linked.profile_id != milestone.profile_id:
                    raise ValidationError(
                        self.env._(
                            "%(milestone)s, %(field)s: that belongs to another customer.",
                            milestone=milestone.display_name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {
            name.removeprefix("default_"): value
            for name, value in self.env.context.items()
            if name.startswith("default_")
        }
        self._drop_system_values(vals_list, SYSTEM_FIELDS)
        for vals in vals_list:
            self._check_no_birthday({**defaults, **vals})
            if not self.env.su:
                vals["raised_user_id"] = False  # nor by a default
            self._complete_decision(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_birthday(vals)
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        vals = dict(vals)
        self._complete_decision(vals)
        closing = self.filtered(lambda milestone: milestone.state == "upcoming")
        result = super().write(vals)
        if vals.get("state") in ("done", "skipped"):
            closing._close_activities()
        if vals.get("active") is False:
            self._forget_reminders()
        return result

    def _check_no_birthday(self, vals):
        """Raise when a client makes a birthday, or another kind of one.

        Only the relationship data say who has one and who may know.
        """
        if self.env.su:
            return
        makes = vals.get("kind") == "birthday" or vals.get("personal_data_id")
        makes = makes or vals.get("is_automatic") or vals.get("care_day_id")
        changes = any(name in vals for name in (*BIRTHDAY_FIELDS, "date")) and any(
            milestone.kind == "birthday" for milestone in self
        )
        if makes or changes:
            raise AccessError(
                self.env._(
                    "Birthdays come from the relationship data of a person and holidays"
                    " from the care calendar: change them there."
                )
            )

    def _complete_decision(self, vals):
        """Date a decision that comes without a day; close or reopen the milestone."""
        state = vals.get("renewal_state")
        if state in ("renewed", "lost"):
            vals.setdefault("state", "done")
            if not vals.get("date_decided"):
                vals["date_decided"] = fields.Date.context_today(self)
        elif state == "open":
            vals.update(date_decided=False)
            vals.setdefault("state", "upcoming")
