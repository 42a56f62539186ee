from odoo import api, models
from odoo.tools import LazyTranslate

from .customer_review_indicator import UNITS

_lt = LazyTranslate(__name__)

# Key, label, unit: the figures of service between two days.
SERVICE_FIGURES = [
    ("cases", "Cases received", "number"),
    ("complaints", "Complaints", "number"),
    ("complaint_rate", "Complaint rate (customers)", "rate"),
    ("contact_rate", "Complaints per contact made", "rate"),
    ("response_hours", "Average first response (hours)", "number"),
    ("urgent_minutes", "Average first response, urgent (minutes)", "number"),
    ("in_time", "Promises of cases kept in time", "rate"),
    ("closed_in_time", "Complaints closed in time", "rate"),
    ("first_contact", "First-contact resolution", "rate"),
    ("reopened", "Re-open rate", "rate"),
    ("calmed", "Complaints apologised for and calmed", "rate"),
    ("csat", "CSAT (1-5)", "number"),
    ("nps", "NPS", "number"),
    ("answers", "Answers", "number"),
    ("improvements", "Improvement plans not finished", "number"),
    ("improvements_late", "Improvement plans late", "number"),
]
FIGURE_UNITS = {key: unit for key, _label, unit in SERVICE_FIGURES}
FIGURE_STATES = [
    ("known", "Known"),
    ("none", "Not compared"),
    ("to_evaluate", "To be evaluated"),
    ("not_recorded", "Not recorded yet"),
    ("nobody", "No customer"),
    ("no_case", "No case"),
    ("no_talk", "No interaction"),
    ("no_promise", "No promise was due"),
]
FIGURE_UNIT_LABELS = UNITS
# On which side of its target a figure is to be.
TARGET_SIDES = [("min", "At least"), ("max", "At most"), ("below", "Less than")]
TARGET_SIGNS = {"min": "≥", "max": "≤", "below": "<"}
# In the order in which they are shown.
TOPIC_TITLES = {
    "categories": _lt("Category"),
    "causes": _lt("Root Cause"),
    "tiers": _lt("Tier"),
}


class CustomerServiceFigures(models.AbstractModel):
    """The figures of service in words: numbers, targets and tables as people read them."""

    _name = "customer.service.figures"
    _description = "Figures of Service"

    @api.model
    def _prepare_lines(self, found):
        """Return the values of the figures of a period, in their order."""
        lines = []
        for number, (key, _label, unit) in enumerate(SERVICE_FIGURES, 1):
            target, side = found["targets"].get(key, (0, False))
            lines.append(
                {
                    "sequence": number,
                    "key": key,
                    "unit": unit,
                    "target": target,
                    "target_side": side,
                    **self.env["customer.figure.mixin"]._prepare_values(
                        *found["figures"][key]
                    ),
                }
            )
        return lines

    @api.model
    def _word_figure(self, key, value, state):
        """Return a figure as people read it, or why there is none."""
        row = self.env["customer.feedback.meeting.figure"].new(
            {"key": key, "unit": FIGURE_UNITS[key]}
        )
        return row._word(value, state)

    @api.model
    def _word_target(self, key, value, side):
        """Return what a figure is to reach, "" when it has no target."""
        if not side:
            return ""
        number = self._word_figure(key, value, "known")
        return f"{TARGET_SIGNS[side]} {number}"

    @api.model
    def _is_missed(self, value, state, target, side):
        """Return whether a known figure is on the wrong side of its target."""
        if state != "known" or not side:
            return False
        value, target = round(value, 4), round(target, 4)
        if side == "below":  # nothing is below a target of 0
            return value >= target and value > 0
        return value < target if side == "min" else value > target

    @api.model
    def _get_topic_tables(self, topics):
        """Return the frozen tables of what customers wrote about, in words."""
        missing = {
            "categories": self.env._("No category"),
            "causes": self.env._("No cause yet"),
            "tiers": self.env._("Not rated or unknown"),
        }
        return [
            {
                "title": str(TOPIC_TITLES[name]),
                "rows": [
                    {
                        "name": self._pick_language(title) or missing[name],
                        "cases": cases,
                        "complaints": complaints,
                    }
                    for title, cases, complaints in topics[name]
                ],
            }
            for name in TOPIC_TITLES
            if topics.get(name)
        ]

    @api.model
    def _pick_language(self, name):
        """Return a name that was kept in all its languages in that of the reader."""
        if isinstance(name, dict):
            return name.get(self.env.lang or "en_US") or name.get("en_US")
        return name
