from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..periods import months_before
from .customer_base_figures import NOT_COMPARED
from .customer_facts_relation import INTERACTION_MONTHS
from .customer_review_figures import MONTH_DAYS, known, unknown


class CustomerBaseFigures(models.AbstractModel):
    """How the figures of the whole base follow from what was counted."""

    _inherit = "customer.base.figures"

    # === FORMULAS === #

    @api.model
    def _share(self, part, whole, state="nobody"):
        """Return one number as a share of another, unknown when that is 0."""
        return known((part or 0) / whole) if whole else unknown(state)

    @api.model
    def _work_out_customers(self, company, periods, row):
        """Return the figures of today: they have no period before."""
        everybody, rated = row["customers"], row["rated"]
        amount = self._share(row["top_amount"], row["amount"], "no_sale")
        if row["no_amount"]:
            amount = unknown("not_known")
        contacted = self._share(row["contacted"], everybody)
        since, recent = company.customer_interaction_start, periods.end
        if not since or since > months_before(recent, INTERACTION_MONTHS):
            contacted = unknown("not_recorded")
        completeness = unknown("nobody")
        if row["confidence"] is not None:
            completeness = known(row["confidence"])
        today = {
            "responsible": (self._share(row["responsible"], everybody), everybody),
            "chain": (self._share(row["chain"], everybody), everybody),
            "contacted": (contacted, everybody),
            "completeness": (completeness, rated),
            "rated": (self._share(rated, everybody), everybody),
            "top_customers": (self._share(row["top"], rated), rated),
            "top_amount": (amount, everybody),
            "planned": (self._share(row["planned"], rated), rated),
            "strategic": (known(row["strategic"]), row["strategic"]),
        }
        return {
            key: (pair, NOT_COMPARED, count) for key, (pair, count) in today.items()
        }

    @api.model
    def _work_out_sales(self, company, periods, rows):
        orders, invoices, cross = rows["orders"], rows["invoices"], rows["cross"]
        history = company.customer_history_start
        pairs = {}
        for name, start in (("now", periods.start), ("before", periods.start_before)):
            state = "no_rate" if invoices[f"no_rate_{name}"] else None
            if history and start < history:
                state = "before_history"
            buyers, amount = invoices[f"buyers_{name}"], invoices[f"amount_{name}"]
            average = self._share(amount, buyers, "no_sale")
            pairs["average_amount", name] = unknown(state) if state else average
            pairs["amount", name] = unknown(state) if state else known(amount or 0)
            if history and months_before(start, 12) < history:
                state = "before_history"
            sold = known(cross[name] or 0)
            pairs["cross_sell", name] = unknown(state) if state else sold
            pairs["repurchase", name] = self._share(
                orders[f"again_{name}"], orders[f"buyers_{name}"], "no_sale"
            )
            pairs["renewal", name] = self._share(
                rows["renewals"][f"renewed_{name}"],
                rows["renewals"][f"ended_{name}"],
                "no_contract",
            )
        counts = {
            "repurchase": orders["buyers_now"],
            "average_amount": invoices["buyers_now"],
            "renewal": int(rows["renewals"]["ended_now"] or 0),
        }
        result = {
            key: (pairs[key, "now"], pairs[key, "before"], counts.get(key))
            for key in ("average_amount", "cross_sell", "repurchase", "renewal")
        }
        growth = self.env["customer.review"]._grow(
            pairs["amount", "now"], pairs["amount", "before"]
        )
        result["additional_purchase"] = (growth, NOT_COMPARED, invoices["buyers_now"])
        return result

    @api.model
    def _work_out_work(self, company, periods, rows):
        """Return what we did: talks, actions, promises, alerts, cost."""
        talks, since = rows["talks"], company.customer_interaction_start
        months = max(1, round(((periods.end - periods.start).days + 1) / MONTH_DAYS))
        everybody, pairs = rows["customers"]["customers"], {}
        for name, start in (("now", periods.start), ("before", periods.start_before)):
            effective, total = talks[f"effective_{name}"], talks[f"all_{name}"]
            pairs["interactions", name] = self._share(effective, everybody * months)
            pairs["effective", name] = self._share(effective, total, "no_talk")
            pairs["executive_visits", name] = known(talks[f"executive_{name}"])
            if not since or since > start:
                for key in ("interactions", "effective", "executive_visits"):
                    pairs[key, name] = unknown("not_recorded")
            for key, source, part, whole, state in (
                ("compliance", "actions", "done", "due", "no_action"),
                ("promises", "promises", "kept", "all", "no_promise"),
                ("alerts", "alerts", "taken", "all", "no_alert"),
                ("top_cost", "costs", "top", "all", "no_cost"),
            ):
                row = rows[source]
                pairs[key, name] = self._share(
                    row[f"{part}_{name}"], row[f"{whole}_{name}"], state
                )
        counts = {
            "interactions": talks["effective_now"],
            "effective": talks["all_now"],
            "executive_visits": talks["executive_now"],
            "compliance": int(rows["actions"]["due_now"] or 0),
            "promises": rows["promises"]["all_now"],
            "alerts": rows["alerts"]["all_now"],
        }
        keys = dict.fromkeys(key for key, _name in pairs)
        return {
            key: (pairs[key, "now"], pairs[key, "before"], counts.get(key))
            for key in keys
        }

    @api.model
    def _work_out_service(self, company, periods, group):
        """Return what customers answered and how complaints went, in both periods.

        Of the customers of the group: cases of unknown senders and anonymous answers
        belong to nobody.
        """
        now, before = (
            self._work_out_service_of(company, start, end, group)
            for start, end in (
                (periods.start, periods.end),
                (periods.start_before, periods.end_before),
            )
        )
        return {key: (now[key][0], before[key][0], now[key][1]) for key in now}

    @api.model
    def _work_out_service_of(self, company, start, end, group):
        """Return ``{key: ((value, state), count)}`` of the days of one period."""
        figures = self.env["customer.service.figures"]
        found = figures._read_period(company, start, end, group)
        answers = figures._read_row(figures._select_answers(company, start, end, group))
        score = unknown("to_evaluate")
        if answers["csat_count"]:
            score = known(answers["score"])
        closed, decided = found["closed_in_time"]
        if not decided:
            closed = unknown("no_complaint")
        return {
            "nps": found["nps"],
            "satisfaction": (score, answers["csat_count"]),
            "satisfied": (
                self._share(answers["good"], answers["judged"], "to_evaluate"),
                answers["judged"],
            ),
            "complaints": (closed, decided),
            **{
                key: found[key]
                for key in ("complaint_rate", "response_hours", "first_contact")
            },
        }

    @api.model
    def _work_out_retention(self, company, periods, group):
        """Return retention (KPI-01) of customers of the group, in both periods."""
        facts, pairs = self.env["customer.facts"], []
        first = self.env["customer.retention"]._get_first_known_start(company)
        for start, end in (
            (periods.start, periods.end),
            (periods.start_before, periods.end_before),
        ):
            day_before = start - timedelta(days=1)
            [[count, churned]] = self.env.execute_query(
                SQL(
                    """SELECT COUNT(*), COUNT(*) FILTER (WHERE ret.is_churned)
                         FROM (%s) ret JOIN (%s) grp USING (partner_id)""",
                    facts._select_retention(company, day_before, end),
                    group,
                )
            )
            pair = self._share(count - churned, count)
            if first and day_before < first:
                pair = unknown("before_history")
            pairs.append((pair, count))
        return (pairs[0][0], pairs[1][0], pairs[0][1])
