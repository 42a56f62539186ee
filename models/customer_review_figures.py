import json
from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..periods import period_before, window
from .customer_review_facts import Periods
from .customer_review_indicator import INDICATORS, KEY_GROUPS, KEY_UNITS

# Days in a month on average: the months of a period are whole ones.
MONTH_DAYS = 30.44
COLUMNS = (
    "review_id integer, profile_id integer, company_id integer, date_to date,"
    ' tier_id integer, sequence integer, "group" varchar, key varchar, unit varchar,'
    " figure numeric, state varchar, figure_before numeric, state_before varchar,"
    " source_count integer"
)
UNKNOWN = {"before_history": "before_history", "no_rate": "no_rate"}


def known(value):
    """Return the pair of a figure and its state."""
    return round(float(value), 4), "known"


def unknown(state):
    return None, state


class CustomerReview(models.Model):
    """How the figures of an evaluation are worked out and frozen.

    A dozen statements for all customers of a batch: formulas and sources are those of
    the README, section "Evaluations".
    """

    _inherit = "customer.review"

    # === FREEZING === #

    def _freeze(self, date=None):
        """Write the figures of these evaluations anew.

        :param date: day on which they are taken, default the company's today
        """
        for company, reviews in self.grouped("company_id").items():
            day = date or company._get_customer_today()
            keys = reviews.grouped(lambda row: (row.date_from, row.date_to))
            for (start, end), rows in keys.items():
                periods = Periods(start, end, period_before(start, end))
                rows._freeze_period(company, periods, day)

    def _freeze_period(self, company, periods, day):
        figures = self._read_figures(company, periods, self.profile_id)
        actions = figures.pop("actions")
        lines = [
            line
            for review in self
            for line in review._prepare_lines(figures[review.profile_id.id])
        ]
        self.env.execute_query(
            SQL(
                """WITH old AS (DELETE FROM customer_review_indicator
                                 WHERE review_id = ANY(%s) RETURNING id),
                        gone AS (DELETE FROM customer_review_unmet_action_rel
                                  WHERE review_id = ANY(%s) RETURNING action_id)
                 SELECT (SELECT COUNT(*) FROM old), (SELECT COUNT(*) FROM gone)""",
                self.ids,
                self.ids,
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_review_indicator (review_id, profile_id,
                          company_id, date_to, tier_id, sequence, "group", key, unit,
                          figure, state, figure_before, state_before, source_count)
                   SELECT lin.* FROM jsonb_to_recordset(%s::jsonb) AS lin (%s)
                RETURNING 1""",
                json.dumps(lines, default=str),
                SQL(COLUMNS),
            )
        )
        self._freeze_actions(actions, day)
        self.invalidate_recordset(flush=False)
        self.env["customer.review.indicator"].invalidate_model(flush=False)

    def _freeze_actions(self, actions, day):
        """Note on the evaluations how the actions went, and which were not done."""
        rows = []
        for review in self:
            found = actions.get(review.profile_id.id) or {}
            due, done = found.get("due_now", 0), found.get("done_now", 0)
            rows.append(
                {
                    "id": review.id,
                    "due": due,
                    "done": done,
                    "unmet": found.get("unmet_now", 0),
                    "rate": round(done / due, 4) if due else None,
                    "state": "known" if due else "none",
                    "ids": found.get("unmet_ids") or [],
                }
            )
        self.env.execute_query(
            SQL(
                """WITH fig AS (
                        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS fig (
                               id integer, due integer, done integer, unmet integer,
                               rate numeric, state varchar, ids jsonb)),
                        rel AS (
                        INSERT INTO customer_review_unmet_action_rel
                                    (review_id, action_id)
                        SELECT fig.id, act.id::integer
                          FROM fig, jsonb_array_elements_text(fig.ids) AS act (id)
                     RETURNING action_id)
                   UPDATE customer_review rev
                      SET action_due_count = fig.due, action_done_count = fig.done,
                          action_unmet_count = fig.unmet, compliance_rate = fig.rate,
                          compliance_state = fig.state, date_figures = %(day)s
                     FROM fig
                    WHERE rev.id = fig.id
                RETURNING rev.id""",
                rows=json.dumps(rows),
                day=day,
            )
        )

    def _prepare_lines(self, figures):
        """Return the rows of the indicators of this evaluation."""
        missing = unknown("to_evaluate")
        lines = []
        for number, (key, _label) in enumerate(INDICATORS, 1):
            now, before, count = figures.get(key, (missing, missing, None))
            lines.append(
                {
                    "review_id": self.id,
                    "profile_id": self.profile_id.id,
                    "company_id": self.company_id.id,
                    "date_to": self.date_to,
                    "tier_id": self.tier_id.id or None,
                    "sequence": number,
                    "group": KEY_GROUPS.get(key, "business"),
                    "key": key,
                    "unit": KEY_UNITS.get(key, "number"),
                    "figure": now[0],
                    "state": now[1],
                    "figure_before": before[0],
                    "state_before": before[1],
                    "source_count": count,
                }
            )
        return lines

    # === READING === #

    @api.model
    def _read_figures(self, company, periods, profiles):
        """Return the figures of customers: {profile id: {key: (now, before, count)}}.

        ``now`` and ``before`` are pairs of value and state. Under "actions" what the
        evaluations themselves note of the actions.
        """
        self.env.flush_all()
        rows = self._read_rows(company, periods, profiles)
        satisfaction = profiles._get_satisfaction(periods.start, periods.end)
        result = {"actions": rows["actions"]}
        for profile in profiles:
            mine = {
                name: found.get(profile.id) or found.get(("p", profile.partner_id.id))
                for name, found in rows.items()
            }
            mine = {name: row or {} for name, row in mine.items()}
            result[profile.id] = {
                **self._work_out_sales(company, periods, mine),
                **self._work_out_money(company, periods, mine),
                **self._work_out_relation(company, periods, mine),
                **satisfaction.get(profile.id, {}),
            }
        return result

    @api.model
    def _read_rows(self, company, periods, profiles):
        """Run the statements; rows by name and customer."""
        facts = self.env["customer.facts"]
        partner_ids = profiles.partner_id.ids
        scope = facts._prepare_scope(company, periods.end, partner_ids)
        before = replace(
            scope, window=window(periods.end_before, company._get_customer_tz())
        )
        statements = {
            "orders": facts._select_review_orders(scope, periods),
            "invoices": facts._select_review_invoices(scope, periods),
            "cross": facts._select_review_cross_sell(scope, periods),
            "interactions": facts._select_review_interactions(scope, periods),
            "renewals": facts._select_review_renewals(scope, periods),
            "health": facts._select_review_health(scope, periods),
            "actions": facts._select_review_actions(scope, periods),
            "year": facts._select_metrics(scope),
            "year_before": facts._select_metrics(before),
        }
        return {
            name: {
                row.get("profile_id") or ("p", row["partner_id"]): row
                for row in self.env.execute_query_dict(statement)
            }
            for name, statement in statements.items()
        }
