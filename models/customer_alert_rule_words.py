from odoo import models

from .customer_alert_signals import COMPLAINTS, DAYS, MONTHS, POINTS, SHARE, STRENGTH


class CustomerAlertRule(models.Model):
    """What a rule does, in one or two sentences, and the unit of its threshold."""

    _inherit = "customer.alert.rule"

    def _get_units(self):
        return {
            SHARE: self.env._("%"),
            DAYS: self.env._("days"),
            MONTHS: self.env._("complete calendar months"),
            POINTS: self.env._("points of health"),
            COMPLAINTS: self.env._("complaints in 3 months"),
            STRENGTH: self.env._("(1.64: by chance once in 20 times)"),
        }

    def _get_meanings(self):
        """Return by signal what its days and its orders mean, beside the numbers."""
        news = self.env._("days: who was expected to order before that is no news")
        repeats = self.env._("days with an order after the first one")
        return {
            **dict.fromkeys(
                (
                    "no_order_months",
                    "no_order_days",
                    "churn_watch",
                    "churn_at_risk",
                    "churn_lost",
                ),
                (news, repeats),
            ),
            "frequency_drop": (
                False,
                self.env._("days with an order in the 6 months before"),
            ),
            "amount_drop": (False, self.env._("orders in the last 12 months")),
            "overdue_payment": (self.env._("days overdue on average"), False),
            "health_drop": (self.env._("days within which it fell"), False),
            "renewal_near": (self.env._("days in which nobody talked"), False),
        }

    def _get_summary(self):
        """Return what the rule does, when its alerts are over, and for whom it is."""
        say = self._get_descriptions().get(self.signal)
        parts = [say() if say else "", self._describe_end(), self._describe_tiers()]
        return self.env._(" ").join(part for part in parts if part)

    def _get_descriptions(self):
        """Return what describes each signal; override to add another one."""
        return {
            "no_order_months": self._describe_months,
            "no_order_days": self._describe_days,
            "churn_watch": self._describe_watch,
            "churn_at_risk": self._describe_at_risk,
            "churn_lost": self._describe_lost,
            "frequency_drop": self._describe_frequency,
            "amount_drop": self._describe_amount,
            "contact_left": self._describe_contact,
            "overdue_payment": self._describe_overdue,
            "health_drop": self._describe_health,
            "tier_at_risk": self._describe_tier,
            "renewal_near": self._describe_renewal,
            "few_interactions": self._describe_interactions,
        }

    # === EACH SIGNAL === #

    def _describe_months(self):
        return self.env._(
            "Warns when a customer has not ordered in %(months)s complete calendar"
            " months. Left out: who usually orders less often than that or only now and"
            " then, and who was expected to order more than %(days)s days ago.",
            months=f"{self.threshold:.0f}",
            days=self.window_days,
        )

    def _describe_days(self):
        return self.env._(
            "Warns when the last order is more than %(threshold)s days ago, closed"
            " seasons not counted; not when an order was expected more than %(days)s"
            " days ago.",
            threshold=f"{self.threshold:g}",
            days=self.window_days,
        )

    def _describe_watch(self):
        return self.env._(
            "Warns early: the customer is overdue by his own rhythm, an order still is"
            " likely."
        )

    def _describe_at_risk(self):
        if self.threshold:
            return self.env._(
                "Warns when a customer is overdue by his own rhythm and the chance that"
                " he does not order any more soon has reached %s%%.",
                f"{self.threshold:g}",
            )
        company = self.company_id or self.env.company
        return self.env._(
            "Warns when a customer is overdue by his own rhythm and his chance of an"
            " order in the next %(days)s days is below %(share)s%%, as the settings say.",
            days=company.customer_churn_horizon,
            share=f"{100 * company.customer_churn_risk:g}",
        )

    def _describe_lost(self):
        return self.env._(
            "Names customers who will hardly order again by themselves: whom to win"
            " back."
        )

    def _describe_frequency(self):
        return self.env._(
            "Warns when a customer orders clearly less often in the last 6 months than"
            " in the 6 months before, more than chance explains. Before there must be"
            " at least %s days with an order.",
            self.min_count,
        )

    def _describe_amount(self):
        return self.env._(
            "Warns when the amount of the last 12 months is at least %(share)s%% below"
            " that of the 12 months before, of customers with at least %(orders)s orders"
            " in the last 12 months.",
            share=f"{self.threshold:g}",
            orders=self.min_count,
        )

    def _describe_contact(self):
        return self.env._(
            "Warns at once when somebody of the decision chain is gone: has left,"
            " changed employer, was archived, or mails come back. Over when others hold"
            " the roles."
        )

    def _describe_overdue(self):
        return self.env._(
            "Warns when at least %(share)s%% of the receivables are overdue, for"
            " %(days)s days or more on average.",
            share=f"{self.threshold:g}",
            days=self.window_days,
        )

    def _describe_health(self):
        return self.env._(
            "Warns when health fell by %(points)s points or more within %(days)s days.",
            points=f"{self.threshold:g}",
            days=self.window_days,
        )

    def _describe_tier(self):
        return self.env._(
            "Warns when a customer would fall to a lower tier by today's figures and"
            " the tier review is at most %s days away.",
            f"{self.threshold:g}",
        )

    def _describe_renewal(self):
        return self.env._(
            "Warns when a contract ends within %(threshold)s days, is undecided, nobody"
            " has talked with the customer for %(days)s days and no next step is open.",
            threshold=f"{self.threshold:g}",
            days=self.window_days,
        )

    def _describe_interactions(self):
        return self.env._(
            "Warns when there were less than %s%% of the effective interactions in three"
            " months that the tier asks for.",
            f"{self.threshold:g}",
        )

    # === FOR ALL OF THEM === #

    def _describe_end(self):
        """Return when an alert is over, "" when the description says it."""
        signal = self._get_signals()[self.signal]
        if signal.is_silence and signal.ends_with_order:
            return self.env._("Over with the next order.")
        if signal.is_silence:
            return self.env._(
                "Over with the next order, or when one has become likely again."
            )
        if "hysteresis" not in signal.numbers or not self.hysteresis:
            return ""
        units = {
            SHARE: self.env._(
                "Over when the figure is better than that by %s points of per cent.",
                f"{self.hysteresis:g}",
            ),
            POINTS: self.env._(
                "Over when it has come back to within %s points.",
                f"{max(self.threshold - self.hysteresis, 0):g}",
            ),
        }
        return units.get(signal.unit, self.env._("Over when it is clearly better."))

    def _describe_tiers(self):
        codes = self._get_tier_codes()
        if not codes:
            return ""
        return self.env._("Only tiers %s.", ", ".join(codes))
