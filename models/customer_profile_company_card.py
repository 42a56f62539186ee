from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL, format_date

from ..const import LOYAL_YEARS
from ..periods import window
from .customer_facts import Scope


class CustomerProfile(models.Model):
    """What the relation panel says about the company itself."""

    _inherit = "customer.profile"

    def _get_company_card(self):
        """Return the facts about the company: who they are, how loyal, how much."""
        loyalty = dict(self._fields["loyalty"]._description_selection(self.env))
        sizes = dict(self._fields["employee_range"]._description_selection(self.env))
        amount, note = self._describe_cumulative_amount()
        return {
            "business": self.main_business or "",
            "size": self.employee_range
            and self.env._("%s employees", sizes[self.employee_range]),
            "industry": self.industry_id.display_name or "",
            "group": bool(self.company_group_id)
            and {"id": self.company_group_id.id, "name": self.company_group_id.name},
            "loyalty": loyalty[self.loyalty or "ordinary"],
            "loyalty_since": self.date_loyalty
            and self.env._("since %s", format_date(self.env, self.date_loyalty)),
            "suggestion": self._suggest_loyalty(),
            "amount": amount,
            "amount_note": note,
        }

    # === LOYALTY LADDER === #

    def _suggest_loyalty(self):
        """Return why the next rung of the ladder may be due, in words; False if not.

        Loyal: a customer for three years who bought in the last 12 months and is not
        at risk. Strategic: loyal, and of the highest tier.
        """
        if self.health == "at_risk" or self.is_dormant or not self.tier_id:
            return False
        rung = self.loyalty or "ordinary"
        since = self.date_customer_since or self.date_first_fact
        today = self.company_id._get_customer_today()
        if rung == "ordinary" and since:
            years = relativedelta(today, since).years
            if years >= LOYAL_YEARS:
                return self.env._(
                    "Could be a loyal customer: with us for %s years, still buying, not"
                    " at risk.",
                    years,
                )
        if rung == "loyal":
            cards = self.env["customer.scorecard"]._load_active(self.company_id)
            bounds = cards["tier"].tier_ids.mapped("lower_bound")
            if bounds and self.tier_id.lower_bound >= max(bounds):
                return self.env._(
                    "Could be a strategic partner: loyal and of tier %s.",
                    self.tier_id.name,
                )
        return False

    # === CUMULATIVE AMOUNT === #

    def _describe_cumulative_amount(self):
        """Return what the customer was invoiced in all, in words, and what is missing.

        Posted invoices less credit notes, untaxed, as booked, plus opening amounts.
        A declared figure (README, "Who sees what").
        """
        company = self.company_id.sudo()  # sudo: settings of the company
        row = self._read_cumulative_amount(company)
        start = company.customer_history_start
        if row["has_wrong_rate"]:
            return self.env._("Unknown"), self.env._(
                "A foreign invoice was booked without an exchange rate."
            )
        note = ""
        is_newer = self.date_customer_since and start
        is_newer = is_newer and self.date_customer_since >= start
        if start and not row["has_opening"] and not is_newer:
            note = self.env._(
                "since %s; what he bought before is unknown",
                format_date(self.env, start),
            )
            if row["amount"] is None:
                return self.env._("Unknown"), note
        money = self.env["customer.explanation"]._format_money
        return money(row["amount"] or 0, company.currency_id), note

    def _read_cumulative_amount(self, company):
        """Return the amount, None without any document, and what is known about it.

        In SQL: the ledger is read for whoever may read the customer; that was checked
        by the caller. Counted as the scores count (``customer.facts``).
        """
        facts = self.env["customer.facts"]
        scope = Scope(
            company=company,
            window=window(company._get_customer_today(), company._get_customer_tz()),
            partner_ids=SQL(
                "ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = %s)",
                self.partner_id.id,
            ),
        )
        for model in ("account.move", "customer.opening"):
            self.env[model].flush_model()
        [row] = self.env.execute_query_dict(
            SQL(
                """SELECT CASE WHEN inv.amount IS NULL AND opn.amount IS NULL THEN NULL
                               ELSE COALESCE(inv.amount, 0) + COALESCE(opn.amount, 0)
                           END AS amount,
                          COALESCE(inv.has_wrong_rate, FALSE) AS has_wrong_rate,
                          COALESCE(opn.has_opening, FALSE) AS has_opening
                     FROM (SELECT SUM(mov.amount_untaxed_signed) AS amount,
                                  BOOL_OR(%(wrong)s) AS has_wrong_rate
                             FROM account_move mov
                            WHERE %(invoices)s) inv,
                          (SELECT SUM(opn.amount) AS amount,
                                  COUNT(*) > 0 AS has_opening
                             FROM customer_opening opn
                             JOIN customer_profile pro ON pro.id = opn.profile_id
                            WHERE %(openings)s) opn""",
                wrong=facts._filter_wrong_rate(scope),
                invoices=facts._filter_invoices(scope),
                openings=facts._filter_openings(scope),
            )
        )
        return row
