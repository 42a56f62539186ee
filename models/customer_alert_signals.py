from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .customer_facts import Scope

SHARE, DAYS, MONTHS, POINTS, STRENGTH = "share", "days", "months", "points", "strength"
COMPLAINTS = "complaints"


class Figures(NamedTuple):
    """What a signal reads, as SQL: rows ``fig`` by ``profile_id``, and their meaning.

    ``hit`` says that the alert is due, ``over`` that the figure has recovered, about
    ``fig`` and the alert ``alt``; of several hits of a customer the first by ``order``
    counts (of an event every one). ``same`` joins the rows of an alert, beside its
    customer.
    """

    source: SQL
    key: SQL
    value: SQL
    evidence: SQL
    hit: SQL
    over: SQL
    order: SQL = SQL("fig.profile_id")
    same: SQL = SQL("TRUE")


class Signal(NamedTuple):
    """A kind of alert: where its figures come from, which numbers of a rule count.

    ``figures`` takes a rule (through self) and a :class:`Reading`. The key of a silence
    is the day of the last order; ``ends_with_order``: it ends with nothing else.
    """

    figures: Callable
    unit: str | None = None
    numbers: tuple = ()
    defaults: dict = {}
    limits: tuple = (0, 999999)
    is_event: bool = False
    is_silence: bool = False
    ends_with_order: bool = False


@dataclass
class Reading:
    """One look at the figures: a company, a day, stored rows or worked out anew.

    ``profile_ids`` restricts it to some customers (None: all). ``fit`` holds the
    parameters of the model as ``customer.churn.fit._prepare_fit`` returns them; it is
    worked out when a signal first asks for it and kept for the other rules.
    """

    company: models.BaseModel
    date: object
    is_live: bool
    scope: Scope
    profile_ids: list | None = None
    fit: dict = field(default_factory=dict)


class CustomerAlertRule(models.Model):
    """The signals: what each reads, and which numbers of the rule it uses."""

    _inherit = "customer.alert.rule"

    @api.model
    def _get_signals(self):
        """Return the :class:`Signal` of each kind; override to add another one.

        A new kind also needs a ``selection_add`` of ``signal`` and its words.
        """
        year = {"window_days": 365, "min_count": 0, "hysteresis": 0}
        return {
            "no_order_months": Signal(
                self._read_no_order_months,
                MONTHS,
                ("threshold", "window_days", "min_count"),
                {**year, "threshold": 2},
                (1, 24),
                is_silence=True,
                ends_with_order=True,
            ),
            "no_order_days": Signal(
                self._read_no_order_days,
                DAYS,
                ("threshold", "window_days", "min_count"),
                {**year, "threshold": 60},
                (1, 1000),
                is_silence=True,
                ends_with_order=True,
            ),
            "churn_watch": Signal(
                self._read_churn_watch,
                numbers=("window_days", "min_count"),
                defaults={**year, "threshold": 0, "min_count": 1},
                is_silence=True,
            ),
            "churn_at_risk": Signal(
                self._read_churn_at_risk,
                SHARE,
                ("threshold", "hysteresis", "window_days", "min_count"),
                {**year, "threshold": 0, "hysteresis": 5, "min_count": 1},
                (0, 99),
                is_silence=True,
            ),
            "churn_lost": Signal(
                self._read_churn_lost,
                numbers=("window_days", "min_count"),
                defaults={**year, "threshold": 0, "min_count": 1},
                is_silence=True,
                ends_with_order=True,
            ),
            "frequency_drop": Signal(
                self._read_frequency_drop,
                STRENGTH,
                ("threshold", "hysteresis", "min_count"),
                {"threshold": 1.64, "hysteresis": 0.4, "min_count": 4},
                (0.5, 10),
            ),
            "amount_drop": Signal(
                self._read_amount_drop,
                SHARE,
                ("threshold", "hysteresis", "min_count"),
                {"threshold": 30, "hysteresis": 5, "min_count": 2},
                (1, 100),
            ),
            "contact_left": Signal(
                self._read_contact_left,
                defaults={"threshold": 0, "hysteresis": 0, "window_days": 30},
                is_event=True,
            ),
            "overdue_payment": Signal(
                self._read_overdue_payment,
                SHARE,
                ("threshold", "hysteresis", "window_days"),
                {"threshold": 30, "hysteresis": 10, "window_days": 15},
                (1, 100),
            ),
            "health_drop": Signal(
                self._read_health_drop,
                POINTS,
                ("threshold", "hysteresis", "window_days"),
                {"threshold": 15, "hysteresis": 5, "window_days": 30},
                (1, 100),
            ),
            "tier_at_risk": Signal(
                self._read_tier_at_risk,
                DAYS,
                ("threshold",),
                {"threshold": 45, "hysteresis": 0},
                (1, 100),
            ),
            "renewal_near": Signal(
                self._read_renewal_near,
                DAYS,
                ("threshold", "window_days"),
                {"threshold": 60, "hysteresis": 0, "window_days": 60},
                (1, 730),
            ),
            "few_interactions": Signal(
                self._read_few_interactions,
                SHARE,
                ("threshold", "hysteresis"),
                {"threshold": 50, "hysteresis": 10},
                (1, 100),
            ),
        }

    # === SQL HELPERS === #

    def _get_number(self, name):
        """Return a number of the rule as exact numeric."""
        return SQL("%s::numeric", f"{self[name]:.2f}")

    def _get_recovered(self, value):
        """Return that a figure is better than the threshold by the safety margin."""
        threshold = self._get_number("threshold")
        return SQL(
            "%(value)s < %(threshold)s AND %(value)s <= %(threshold)s - %(margin)s",
            value=value,
            threshold=threshold,
            margin=self._get_number("hysteresis"),
        )

    def _filter_reading(self, column, reading):
        """Return the condition that keeps the customers of a reading."""
        if reading.profile_ids is None:
            return SQL("TRUE")
        return SQL("%s = ANY(%s)", column, reading.profile_ids)

    def _select_metrics(self, reading):
        """Return the snapshot columns by ``profile_id``: stored ones, or of the day."""
        if not reading.is_live:
            return self.env["customer.facts"]._select_metrics(reading.scope)
        return SQL(
            "SELECT snp.* FROM customer_snapshot snp WHERE snp.company_id = %s AND %s",
            reading.company.id,
            self._filter_reading(SQL("snp.profile_id"), reading),
        )
