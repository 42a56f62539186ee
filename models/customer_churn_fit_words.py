from odoo import api, fields, models

from ..churn import HISTORY_INTERVALS, STEPS, VALUE_HISTORY_DAYS


class CustomerChurnFit(models.Model):
    """What a fit means, in words for people who know no model."""

    _inherit = "customer.churn.fit"

    rung_reason = fields.Char("What It Means", compute="_compute_texts")
    next_reason = fields.Char("Why Not More", compute="_compute_texts")
    check_text = fields.Char("Self Check", compute="_compute_texts")
    value_text = fields.Char("Value of 12 Months", compute="_compute_texts")

    @api.depends("rung", "reason", "state", "check_count", "is_value_earned")
    @api.depends_context("lang")
    def _compute_texts(self):
        for fit in self:
            fit.rung_reason = fit._get_rung_text()
            fit.next_reason = fit._get_next_text()
            fit.check_text = fit._get_check_text()
            fit.value_text = fit._get_value_text()

    def _get_rung_text(self):
        """Return what people are told about the method in force (churn.md §8)."""
        if self.state == "rejected":
            return self._get_next_text()
        if self.rung == "fixed":
            return self.env._(
                "Too little history: only the %s-day rule is used.", self.silence_days
            )
        if self.rung == "prior":
            return self.env._(
                "Estimated from your average interval; the order is reliable,"
                " percentages are not shown yet."
            )
        count = f"{self.customer_count:,}"
        if self.rung == "fitted":
            return self.env._("Fitted to %s customers; percentages are rough.", count)
        if not self.check_count:
            return self.env._("Fitted to %s customers.", count)
        return self.env._(
            "Fitted to %(count)s customers; checked on the last %(days)s days:"
            " predicted %(predicted)s, observed %(observed)s.",
            count=count,
            days=self.horizon_days,
            predicted=f"{self.predicted_rate:.0%}",
            observed=f"{self.observed_rate:.0%}",
        )

    def _get_next_text(self):
        """Return what is missing for the next rung, False at the top."""
        rungs = list(STEPS)
        number = rungs.index(self.rung) + 1 if self.rung in rungs else 0
        customers, orders, days = STEPS[rungs[min(number, len(rungs) - 1)]]
        texts = {
            "customers": self.env._(
                "The next step takes %(need)s customers with a repeat order; there are"
                " %(count)s.",
                need=customers,
                count=self.customer_count,
            ),
            "orders": self.env._(
                "The next step takes %(need)s repeat orders; there are %(count)s.",
                need=orders,
                count=self.repeat_order_count,
            ),
            "history": self.env._(
                "The next step takes %(need)s days of history; there are %(count)s.",
                need=days,
                count=self.history_days,
            ),
            "slow": self.env._(
                "The next step takes a history of %(need)s times the mean interval of"
                " %(interval)s days; there are %(count)s days.",
                need=HISTORY_INTERVALS,
                interval=round(self.mean_interval),
                count=self.history_days,
            ),
            "self_check": self.env._(
                "The better method predicted the last %s days wrongly and was rejected.",
                self.horizon_days,
            ),
            "degenerate": self.env._(
                "The orders allow no fit, and the better method was rejected."
            ),
        }
        return texts.get(self.reason, False)

    def _get_check_text(self):
        """Return the self check in words, False where there was none."""
        if not self.check_count:
            return False
        return self.env._(
            "%(count)s customers as they were %(days)s days before: %(predicted)s"
            " expected to order since, %(observed)s did.",
            count=f"{self.check_count:,}",
            days=self.horizon_days,
            predicted=f"{self.predicted_rate:.1%}",
            observed=f"{self.observed_rate:.1%}",
        )

    def _get_value_text(self):
        """Return where the value of 12 months comes from, and why."""
        if self.is_value_earned:
            return self.env._(
                "From the model: its error on the last %s days was not above that of"
                " the run rate.",
                self.horizon_days,
            )
        if self.value_count:
            return self.env._(
                "Run rate of the last 12 months: on the last %s days it was nearer to"
                " what happened than the model.",
                self.horizon_days,
            )
        return self.env._(
            "Run rate of the last 12 months: a model needs %s days of history and many"
            " customers.",
            VALUE_HISTORY_DAYS,
        )
