from ast import literal_eval

import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..periods import local_day

EXCLUDED_DOMAIN = (
    "['|', ('ref_company_ids', '!=', False), ('user_ids.share', '=', False)]"
)

LEADS = (
    "customer_renewal_lead_days",
    "customer_anniversary_lead_days",
    "customer_birthday_lead_days",
    "customer_holiday_lead_days",
    "customer_milestone_lead_days",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_money_source = fields.Selection(
        [("invoiced", "Invoiced"), ("ordered", "Ordered")],
        "Money Source",
        default="invoiced",
        required=True,
        groups="base.group_user",
        help="Untaxed amounts of posted invoices less refunds, or of confirmed orders."
        " Changes value and growth only.",
    )
    customer_tz = fields.Selection(
        lambda self: [(zone, zone) for zone in sorted(pytz.all_timezones)],
        "Customer Success Time Zone",
        groups="base.group_user",
        help="In which a day begins and ends. Empty: the time zone of the company's"
        " contact, else UTC.",
    )
    customer_run_hour = fields.Integer(
        "Scoring Hour",
        default=2,
        groups="base.group_user",
        help="Hour (0-23, local time) of the nightly run.",
    )
    customer_history_start = fields.Date(
        "History Start",
        groups="base.group_user",
        help="First day of which this database holds orders and invoices. A window"
        " that reaches before it is unknown unless opening amounts were imported.",
    )
    customer_interaction_start = fields.Date(
        "Interactions Recorded Since",
        groups="base.group_user",
        help="Day since which phone calls, visits and meetings are written down. Their"
        " number is unknown, not 0, in a window that reaches before it. Empty: they are"
        " not counted for health.",
    )
    customer_case_start = fields.Date(
        "Cases Recorded Since",
        groups="base.group_user",
        help="Day since which complaints are written down here. Their number is"
        " unknown, not 0, in a window that reaches before it. The first case sets it.",
    )
    customer_dormant_cap = fields.Boolean(
        "Cap Dormant Customers",
        default=True,
        groups="base.group_user",
        help="A customer without a sale in 12 months is at most in the tier that the"
        " scorecard names (C).",
    )
    customer_high_value_amount = fields.Monetary(
        "High-Value Amount",
        default=50000.0,
        groups="base.group_user",
        help="Customers whose amount of 12 months is above it are marked.",
    )
    customer_downgrade_approval = fields.Boolean(
        "Approve Downgrades",
        groups="base.group_user",
        help="A tier review proposes a lower tier to the managers instead of setting"
        " it. The old tier stays until one of them approves.",
    )
    customer_retention_months = fields.Integer(
        "Score History (months)",
        default=13,
        groups="base.group_user",
        help="Score rows older than this are thinned out; rows that a tier change"
        " refers to are always kept.",
    )
    customer_retention_keep = fields.Selection(
        [("month", "The last of each month"), ("quarter", "The last of each quarter")],
        "Older Score Rows to Keep",
        default="month",
        required=True,
        groups="base.group_user",
    )
    customer_excluded_domain = fields.Char(
        "Customers Left Out",
        default=EXCLUDED_DOMAIN,
        groups="base.group_user",
        help="Contacts that are never scored: own companies and internal users.",
    )
    customer_proposal_days = fields.Integer(
        "Propose Interactions Of (days)",
        default=14,
        groups="base.group_user",
        help="Meetings and mails with customers of this many days are proposed as"
        " interactions. 0: none.",
    )
    customer_gift_limit = fields.Monetary(
        "Gift Limit",
        groups="base.group_user",
        help="Highest value of one gift to a person. 0: no limit.",
    )
    customer_personal_retention_months = fields.Integer(
        "Relationship Data (months)",
        default=24,
        groups="base.group_user",
        help="Relationship data that nobody confirmed for this time is erased.",
    )
    customer_personal_left_months = fields.Integer(
        "After a Contact Left (months)",
        default=3,
        groups="base.group_user",
        help="Relationship data of a contact who was archived or left the customer is"
        " erased after this time.",
    )

    customer_bounce_limit = fields.Integer(
        "Mails Come Back Until Contact Left",
        default=3,
        groups="base.group_user",
        help="A contact of a decision chain of whom so many mails came back counts as"
        " gone. 0: never.",
    )

    customer_settings_date = fields.Date(
        "Settings Confirmed On", groups="base.group_user", copy=False
    )
    customer_thresholds_date = fields.Date(
        "Shipped Thresholds Confirmed On", groups="base.group_user", copy=False
    )

    customer_renewal_lead_days = fields.Integer(
        "Contract Renewals",
        default=60,
        groups="base.group_user",
        help="Days before the notice date of a contract, without one before its end.",
    )
    customer_anniversary_lead_days = fields.Integer(
        "Anniversaries", default=7, groups="base.group_user"
    )
    customer_birthday_lead_days = fields.Integer(
        "Birthdays", default=3, groups="base.group_user"
    )
    customer_holiday_lead_days = fields.Integer(
        "Holidays", default=7, groups="base.group_user"
    )
    customer_milestone_lead_days = fields.Integer(
        "Other Milestones", default=7, groups="base.group_user"
    )

    _customer_proposal_days_range = models.Constraint(
        "CHECK (customer_proposal_days BETWEEN 0 AND 366)",
        "Interactions are proposed for at most a year back.",
    )
    _customer_run_hour_range = models.Constraint(
        "CHECK (customer_run_hour BETWEEN 0 AND 23)",
        "The hour of the scoring run must lie between 0 and 23.",
    )
    _customer_bounce_limit_positive = models.Constraint(
        "CHECK (customer_bounce_limit >= 0)",
        "The number of mails that come back until a contact counts as gone must be 0"
        " or more.",
    )
    _customer_retention_positive = models.Constraint(
        "CHECK (customer_retention_months >= 1)",
        "Score history must be kept for at least one month.",
    )
    _customer_personal_months = models.Constraint(
        "CHECK (customer_personal_retention_months >= 1"
        " AND customer_personal_left_months >= 0)",
        "Relationship data is kept for at least one month.",
    )
    _customer_gift_limit_finite = models.Constraint(
        "CHECK (COALESCE(customer_gift_limit, 0) >= 0"
        " AND COALESCE(customer_gift_limit, 0) < 'Infinity')",
        "The limit of gifts must be 0 or more.",
    )
    _customer_lead_days_range = models.Constraint(
        "CHECK ({})".format(
            " AND ".join(f"{name} BETWEEN 0 AND 365" for name in LEADS)
        ),
        "The days before a milestone lie between 0 and 365.",
    )
    _customer_high_value_finite = models.Constraint(
        "CHECK (customer_high_value_amount >= 0"
        " AND customer_high_value_amount < 'Infinity')",
        "The high-value amount must be 0 or more.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("customer_excluded_domain")
    def _check_customer_excluded_domain(self):
        for company in self:
            try:
                company._get_excluded_partners_query()
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "Company %(company)s, customers left out: %(domain)s is not a"
                        " filter on contacts (%(error)s).",
                        company=company.name,
                        domain=company.customer_excluded_domain,
                        error=error,
                    )
                ) from error

    # === CRUD METHODS === #

    def write(self, vals):
        old_currencies = {company: company.currency_id for company in self}
        result = super().write(vals)
        if "currency_id" in vals:
            for company, currency in old_currencies.items():
                company._adapt_unused_scorecards(currency)
        if {"customer_run_hour", "customer_tz"} & set(vals):
            self.env["customer.run"]._schedule_refresh()
        return result

    def _adapt_unused_scorecards(self, old_currency):
        """Let the shipped scorecard follow the first choice of a currency.

        Odoo forbids another currency once there are journal items, so this only
        happens while a database is being set up.
        """
        self.ensure_one()
        if self != self.env.ref("base.main_company", raise_if_not_found=False):
            return
        # sudo: whoever sets up the company may not be a Customer Success manager
        scorecards = (
            self.env["customer.scorecard"]
            .sudo()
            .search([("company_id", "=", False), ("currency_id", "=", old_currency.id)])
        )
        scorecards.filtered(lambda card: not card.is_used).write(
            {"currency_id": self.currency_id.id}
        )

    # === BUSINESS METHODS === #

    def _get_customer_tz(self):
        """Return the name of the time zone in which this company's days run."""
        self.ensure_one()
        return self.customer_tz or self.partner_id.tz or "UTC"

    def _get_customer_today(self):
        """Return today's date in the time zone of the company."""
        self.ensure_one()
        return local_day(fields.Datetime.now(), self._get_customer_tz())

    def _get_excluded_partners_query(self, partner_ids=None):
        """Return a query of the contacts left out, or None when there is no filter.

        :param partner_ids: look among these contacts only (None: among all); in a
            prepared statement the array as SQL

        Raises whatever the evaluation of a wrong filter raises.
        """
        self.ensure_one()
        if not self.customer_excluded_domain:
            return None
        domain = Domain(literal_eval(self.customer_excluded_domain))
        if domain.is_true():
            return None
        if isinstance(partner_ids, SQL):
            partner_ids = SQL("SELECT UNNEST(%s)", partner_ids)
        if partner_ids is not None:
            domain &= Domain("id", "in", partner_ids)
        # sudo: the filter speaks about all contacts, not about those a user may see
        partners_sudo = self.env["res.partner"].sudo()
        return partners_sudo.with_context(active_test=False)._search(domain)
