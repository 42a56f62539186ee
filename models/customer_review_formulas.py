from dateutil.relativedelta import relativedelta
from odoo import api, models

from .customer_review_figures import MONTH_DAYS, UNKNOWN, known, unknown


class CustomerReview(models.Model):
    """The formulas of the indicators (README, section "Evaluations").

    A figure is a pair of value and state, with the one of the period before and the
    number of records: what is not known is never 0.
    """

    _inherit = "customer.review"

    @api.model
    def _work_out_sales(self, company, periods, rows):
        """Return what orders say; invoices where the customer never had an order."""
        sales = rows["orders"] or rows["invoices"]
        history = company.customer_history_start
        result, values = {}, {}
        for name, start in (("now", periods.start), ("before", periods.start_before)):
            count, amount = sales.get(f"count_{name}") or 0, sales.get(f"amount_{name}")
            again = value = None
            if history and start < history:
                again = value = unknown("before_history")
            elif not count:
                again = value = unknown("no_sale")
            elif sales.get(f"no_rate_{name}"):
                value = unknown("no_rate")
            values[name] = (
                value or known((amount or 0) / count),
                again or known(count >= 2),
            )
        count = sales.get("count_now") or 0
        result["order_value"] = (values["now"][0], values["before"][0], count)
        result["repurchase"] = (values["now"][1], values["before"][1], count)
        growth = self._grow(values["now"][0], values["before"][0])
        result["order_value_growth"] = (growth, unknown("none"), count)
        return result

    @api.model
    def _grow(self, now, before):
        """Return the growth from one pair of value and state to another."""
        if now[1] != "known":
            return now
        if before[1] != "known":
            return unknown("no_base" if before[1] == "no_sale" else before[1])
        if before[0] <= 0:
            return unknown("no_base")
        return known(now[0] / before[0] - 1)

    @api.model
    def _work_out_money(self, company, periods, rows):
        """Return what invoices say, and the growth of the year."""
        invoices, cross = rows["invoices"], rows["cross"]
        history = company.customer_history_start
        money, new = {}, {}
        for name, start in (("now", periods.start), ("before", periods.start_before)):
            state = "no_rate" if invoices.get(f"no_rate_{name}") else "known"
            if history and start < history:
                state = "before_history"
            amount, sold = invoices.get(f"amount_{name}") or 0, cross.get(name) or 0
            money[name] = known(amount) if state == "known" else unknown(state)
            # what he bought in the year before is to be known
            if history and start < history + relativedelta(years=1):
                state = "before_history"
            new[name] = known(sold) if state == "known" else unknown(state)
        add_on = known((money["now"][0] or 0) - (new["now"][0] or 0) - (
            money["before"][0] or 0))  # fmt: skip
        for pair in (new["now"], money["now"], money["before"]):
            if pair[1] != "known":
                add_on = pair
        documents = invoices.get("document_count") or 0
        return {
            "invoiced": (money["now"], money["before"], documents),
            "cross_sell": (new["now"], new["before"], int(cross.get("count") or 0)),
            "add_on": (add_on, unknown("none"), documents),
            "additional_purchase": (
                self._grow_year(rows["year"]),
                self._grow_year(rows["year_before"]),
                None,
            ),
        }

    @api.model
    def _grow_year(self, metrics):
        """Return the yearly additional-purchase rate from the metrics of a day."""
        for name in ("amount_12m", "amount_prev_12m"):
            state = metrics.get(f"{name}_state", "known")
            if state != "known":
                return unknown(UNKNOWN[state])
        if (metrics.get("amount_prev_12m") or 0) <= 0:
            return unknown("no_base")
        return known(metrics["amount_12m"] / metrics["amount_prev_12m"] - 1)

    @api.model
    def _work_out_relation(self, company, periods, rows):
        """Return what people wrote down: talks, visits, the chain, contracts, actions."""
        talks, result = rows["interactions"], {"trust": (unknown("restricted"),) * 2}
        since = company.customer_interaction_start
        days = (periods.end - periods.start).days + 1
        months = max(1, round(days / MONTH_DAYS))
        pairs = {}
        for name, start in (("now", periods.start), ("before", periods.start_before)):
            is_recorded = bool(since and since <= start)
            metrics = rows["year" if name == "now" else "year_before"]
            visits = talks.get(f"executive_{name}") or 0
            effective = talks.get(f"effective_{name}") or 0
            pairs["interactions", name] = known(effective / months)
            pairs["executive_visits", name] = known(visits)
            if metrics.get("executive_visit_state") == "none_required" and not visits:
                pairs["executive_visits", name] = unknown("not_required")
            if not is_recorded:
                pairs["interactions", name] = unknown("not_recorded")
                pairs["executive_visits", name] = unknown("not_recorded")
            pairs["coverage", name] = self._get_coverage(metrics)
            pairs["renewal", name] = self._share(
                rows["renewals"], f"renewed_{name}", f"ended_{name}", "no_contract"
            )
            pairs["compliance", name] = self._share(
                rows["actions"], f"done_{name}", f"due_{name}", "no_action"
            )
            score = rows["health"].get(name)
            pairs["health_score", name] = (
                unknown("to_evaluate") if score is None else known(score)
            )
        counts = {
            "interactions": talks.get("effective_now") or 0,
            "executive_visits": talks.get("executive_now") or 0,
            "renewal": rows["renewals"].get("ended_now") or 0,
            "compliance": rows["actions"].get("due_now") or 0,
        }
        for key in {key for key, _name in pairs}:
            result[key] = (pairs[key, "now"], pairs[key, "before"], counts.get(key))
        result["trust"] = (unknown("restricted"), unknown("none"), None)
        return result

    @api.model
    def _share(self, row, part, whole, state):
        """Return one number as a share of another, unknown when that is 0."""
        if not row.get(whole):
            return unknown(state)
        return known(row[part] / row[whole])

    @api.model
    def _get_coverage(self, metrics):
        state = metrics.get("coverage_state")
        if state == "known":
            return known(metrics["coverage_rate"])
        return unknown("no_chain" if state in (None, "no_chain") else "not_required")
