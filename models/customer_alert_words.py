from odoo import models
from odoo.tools import format_date

# Signals about somebody who has stopped ordering.
SILENCE = (
    "no_order_months",
    "no_order_days",
    "churn_watch",
    "churn_at_risk",
    "churn_lost",
)
# A silence shorter than this many usual intervals is not said as a multiple of them.
LEAST_TIMES = 1.1


class CustomerAlertWords(models.AbstractModel):
    """One sentence that says why: what happened, in the language of the reader.

    Made from the evidence of an alert, a dict of plain numbers, days as ISO text and
    ids; what is missing or None is left out. Money is in the company's currency. Never
    a parameter of the model, never the chance that somebody is "alive".

    Silence (``no_order_months``, ``no_order_days``, ``churn_watch``,
    ``churn_at_risk``, ``churn_lost``)::

        {"interval": 21.0, "silence": 63, "orders": 12, "percent": 50, "horizon": 90,
         "usual_value": 4300.0, "last_order": "2026-09-01", "months": 2,
         "closed_days": 0}

    ``orders`` counts the repeat order days; ``silence`` leaves out the ``closed_days``
    of closed seasons; ``months`` are the complete ones without an order; ``percent`` is
    None while percentages are hidden.

    ``frequency_drop``: months, recent, before (orders) · ``amount_drop``: amount,
    before, rate (-0.3) · ``contact_left``: stakeholder_ids, reason, date ·
    ``overdue_payment``: overdue_rate, late_days · ``health_drop``: health, before, days
    · ``tier_at_risk``: tier_id, today_id, date_review · ``renewal_near``: milestone_id,
    date_end, days · ``few_interactions``: count, target, days.
    """

    _name = "customer.alert.words"
    _description = "Words of an Alert"

    # === THE SENTENCE === #

    def _get_sentence(self, signal, evidence, company):
        """Return why there is an alert; the name of the signal when nothing is known."""
        say = self._get_sayings().get(signal)
        parts = say(evidence or {}, company) if say else []
        return self._join_parts([part for part in parts if part])

    def _get_sayings(self):
        """Return what says the parts of the sentence of each signal.

        Override to add the words of another signal.
        """
        return {
            **dict.fromkeys(SILENCE, self._say_silence),
            "frequency_drop": self._say_frequency,
            "amount_drop": self._say_amount,
            "contact_left": self._say_contact,
            "overdue_payment": self._say_overdue,
            "health_drop": self._say_health,
            "tier_at_risk": self._say_tier,
            "renewal_near": self._say_renewal,
            "few_interactions": self._say_interactions,
        }

    def _join_parts(self, parts):
        """Return parts as one sentence, "" when there are none."""
        if not parts:
            return ""
        text = parts[0]
        for part in parts[1:]:
            text = self.env._("%(said)s; %(more)s", said=text, more=part)
        text = text[0].upper() + text[1:]
        return self.env._("%(sentence)s.", sentence=text)

    # === SILENCE === #

    def _say_silence(self, evidence, company):
        parts = [
            self._say_interval(evidence),
            self._say_days(evidence),
            self._say_chance(evidence),
            self._say_usual_value(evidence, company),
        ]
        if not evidence.get("interval") and evidence.get("months"):
            months = self._number(evidence["months"])
            parts.insert(0, self.env._("no order in %s complete months", months))
        return parts

    def _say_interval(self, evidence):
        """Return how often he usually orders, "" when he never ordered twice."""
        interval = evidence.get("interval")
        if not interval or not evidence.get("orders"):
            return ""
        days = self._number(max(round(interval), 1))
        if days == "1":
            return self.env._("usually orders every day")
        return self.env._("usually orders every %s days", days)

    def _say_days(self, evidence):
        """Return how long ago the last order was, and how many intervals that is."""
        silence = evidence.get("silence")
        if silence is None:
            return ""
        text = self._say_since(silence)
        if evidence.get("closed_days"):
            text = self.env._("%s, closed days not counted", text)
        interval = evidence.get("orders") and evidence.get("interval")
        if interval and silence >= LEAST_TIMES * max(interval, 1):
            times = self._number(
                silence / interval, 0 if silence >= 10 * interval else 1
            )
            text = self.env._(
                "%(days)s, %(times)s times the usual interval", days=text, times=times
            )
        return text

    def _say_since(self, silence):
        if silence < 1:
            return self.env._("ordered today")
        if silence == 1:
            return self.env._("1 day since the last order")
        return self.env._("%s days since the last order", self._number(silence))

    def _say_chance(self, evidence):
        """Return the chance of an order, rounded by the fit; "" while it is hidden."""
        percent = evidence.get("percent")
        if percent is None or not evidence.get("horizon"):
            return ""
        horizon = self._number(evidence["horizon"])
        if percent <= 0:
            return self.env._(
                "hardly any chance of an order in the next %s days", horizon
            )
        if percent >= 100:
            return self.env._("an order in the next %s days is almost certain", horizon)
        return self.env._(
            "about %(percent)s%% chance of an order in the next %(horizon)s days",
            percent=self._number(percent),
            horizon=horizon,
        )

    def _say_usual_value(self, evidence, company):
        value, horizon = evidence.get("usual_value"), evidence.get("horizon")
        if not value or not horizon or not evidence.get("orders") or round(value) < 1:
            return ""
        return self.env._(
            "usual value of %(horizon)s days %(amount)s",
            horizon=self._number(horizon),
            amount=self._money(value, company),
        )

    # === OTHER SIGNALS === #

    def _say_frequency(self, evidence, company):
        if evidence.get("recent") is None or evidence.get("before") is None:
            return []
        return [
            self.env._(
                "orders in the last %(months)s months: %(recent)s, in the %(months)s"
                " months before: %(before)s",
                months=self._number(evidence.get("months") or 6),
                recent=self._number(evidence["recent"]),
                before=self._number(evidence["before"]),
            )
        ]

    def _say_amount(self, evidence, company):
        amount, before = evidence.get("amount"), evidence.get("before")
        if amount is None or not before:
            return []
        if amount <= 0:
            return [
                self.env._(
                    "nothing in 12 months, %s in the 12 months before",
                    self._money(before, company),
                )
            ]
        rate = evidence.get("rate")
        rate = (amount - before) / before if rate is None else rate
        return [
            self.env._(
                "%(amount)s in 12 months, %(percent)s%% less than the %(before)s of the"
                " 12 months before",
                amount=self._money(amount, company),
                percent=self._number(-100 * rate),
                before=self._money(before, company),
            )
        ]

    def _say_contact(self, evidence, company):
        # sudo: who stood in the decision chain, without his contact data
        rows_sudo = self.env["customer.stakeholder"].sudo()
        rows_sudo = rows_sudo.browse(evidence.get("stakeholder_ids") or []).exists()
        if not rows_sudo:
            return [self.env._("somebody of the decision chain has left")]
        reasons = dict(rows_sudo._fields["end_reason"]._description_selection(self.env))
        reason = reasons.get(evidence.get("reason") or rows_sudo[0].end_reason)
        return [
            self.env._(
                "%(contact)s has left the decision chain (%(roles)s)",
                contact=rows_sudo[0].partner_id.name,
                roles=", ".join(rows_sudo.role_id.mapped("name")),
            ),
            reason,
        ]

    def _say_overdue(self, evidence, company):
        share, days = evidence.get("overdue_rate"), evidence.get("late_days")
        parts = []
        if share:
            parts.append(
                self.env._(
                    "%s%% of the receivables are overdue", self._number(100 * share)
                )
            )
        if days:
            parts.append(
                self.env._("%s days late on average", self._number(max(days, 1)))
            )
        return parts

    def _say_health(self, evidence, company):
        if evidence.get("health") is None or evidence.get("before") is None:
            return []
        text = self.env._(
            "health %(old)s → %(new)s",
            old=self._number(evidence["before"]),
            new=self._number(evidence["health"]),
        )
        if evidence.get("days"):
            days = self._number(evidence["days"])
            text = self.env._("%(what)s within %(days)s days", what=text, days=days)
        return [text]

    def _say_tier(self, evidence, company):
        # sudo: the names of tiers are no secret
        tiers_sudo = self.env["customer.tier"].sudo()
        held = tiers_sudo.browse(evidence.get("tier_id") or []).exists()
        today = tiers_sudo.browse(evidence.get("today_id") or []).exists()
        if not held or not today:
            return []
        codes = {"held": held.code, "today": today.code}
        if not evidence.get("date_review"):
            return [self.env._("would fall from %(held)s to %(today)s", **codes)]
        return [
            self.env._(
                "would fall from %(held)s to %(today)s at the tier review on %(day)s",
                **codes,
                day=format_date(self.env, evidence["date_review"]),
            )
        ]

    def _say_renewal(self, evidence, company):
        if not evidence.get("date_end"):
            return []
        day = format_date(self.env, evidence["date_end"])
        days = evidence.get("days")
        if days is None:
            text = self.env._("the contract ends on %s", day)
        elif days < 0:
            text = self.env._("the contract ended on %s", day)
        else:
            text = self.env._(
                "the contract ends on %(day)s, in %(days)s days",
                day=day,
                days=self._number(days),
            )
        return [text, self.env._("nobody has talked about it and no next step is open")]

    def _say_interactions(self, evidence, company):
        if evidence.get("count") is None or not evidence.get("target"):
            return []
        return [
            self.env._(
                "effective interactions in %(days)s days: %(count)s, wanted: %(target)s",
                days=self._number(evidence.get("days") or 30),
                count=self._number(evidence["count"]),
                target=self._number(evidence["target"], 1),
            )
        ]

    # === FORMATS === #

    def _number(self, value, digits=0):
        return self.env["customer.explanation"]._format_number(value, digits)

    def _money(self, value, company):
        """Return an amount in whole units: more would look exact."""
        return self.env["customer.explanation"]._format_money(
            round(value), company.currency_id
        )
