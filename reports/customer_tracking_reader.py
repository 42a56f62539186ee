from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

UNFINISHED = ("planned", "due")


@dataclass(slots=True)
class TrackedAction:
    """A core action as the table says it."""

    name: str
    responsible: str
    deadline: str
    is_late: bool
    is_done: bool
    feedback: str


@dataclass(slots=True)
class TrackedRow:
    """What the columns of one customer and month say, as plain data."""

    decision_makers: list = field(default_factory=list)
    goals: list = field(default_factory=list)
    actions: list = field(default_factory=list)
    department_ids: list = field(default_factory=list)
    responsible: str = ""
    talk: str = ""
    effect: str = ""

    def get_texts(self):
        """Return the columns as text; lines of actions are numbered alike."""
        actions = self.actions
        feedback = [action.feedback for action in actions]
        return {
            "decision_maker_text": "\n".join(self.decision_makers),
            "goal_text": "\n".join(self.goals),
            "action_text": number_lines([action.name for action in actions]),
            "responsible_text": number_lines([action.responsible for action in actions])
            or self.responsible,
            "deadline_text": number_lines([action.deadline for action in actions]),
            "feedback_text": number_lines(feedback) or self.talk,
            "effect_text": self.effect,
        }


def number_lines(lines):
    """Return lines with their number, so that columns can be compared; empty ones not.

    >>> number_lines(["Visit", "", "Brief"])
    '1. Visit\\n3. Brief'
    >>> number_lines(["Visit"]), number_lines([""])
    ('Visit', '')
    """
    if len(lines) == 1:
        return lines[0]
    return "\n".join(
        f"{number}. {line}" for number, line in enumerate(lines, 1) if line
    )


class CustomerTrackingReader(models.AbstractModel):
    """Reads the columns of the tracking table: one statement per kind of record."""

    _name = "customer.tracking.reader"
    _description = "Reads the Tracking Table"

    @api.model
    def _read_rows(self, trackings):
        """Return by id what the columns of rows say, read under the reader's rights."""
        rows = {
            # sudo: the name of a colleague
            tracking.id: TrackedRow(responsible=tracking.user_id.sudo().name or "")
            for tracking in trackings
        }
        if not trackings:
            return rows
        self._add_decision_makers(trackings, rows)
        self._add_goals(trackings, rows)
        self._add_actions(trackings, rows)
        self._add_talks(trackings, rows)
        self._add_effects(trackings, rows)
        return rows

    # === WHO DECIDES === #

    @api.model
    def _add_decision_makers(self, trackings, rows):
        people = self.env["customer.stakeholder"].search_fetch(
            [
                ("profile_id", "in", trackings.profile_id.ids),
                ("role_id.is_decision_maker", "=", True),
            ],
            ["profile_id", "partner_id", "date_from", "date_to"],
        )
        by_profile = people.grouped("profile_id")
        people.partner_id.sudo().fetch(["name"])  # sudo: names that the chain shows
        for tracking in trackings:
            last = min(get_last_day(tracking.month), self._get_today(tracking))
            current = by_profile.get(tracking.profile_id, people.browse()).filtered(
                lambda row, day=last: (
                    row.date_from <= day and (not row.date_to or row.date_to > day)
                )
            )
            # sudo: names that the chain shows
            names = current.partner_id.sudo().mapped("name")
            rows[tracking.id].decision_makers = names

    # === WHAT FOR === #

    @api.model
    def _search_plans(self, trackings):
        """Return the plans that ran in the months of rows, the one of the tier first."""
        if not trackings:
            return self.env["customer.care.plan"]
        months = trackings.mapped("month")
        plans = self.env["customer.care.plan"].search(
            [
                ("profile_id", "in", trackings.profile_id.ids),
                ("state", "!=", "cancelled"),
                ("date_start", "<=", get_last_day(max(months))),
                "|",
                ("date_closed", ">=", min(months)),
                "&",
                ("date_closed", "=", False),
                ("date_end", ">=", min(months)),
            ]
        )
        return plans.sorted(lambda plan: plan.trigger != "tier")

    @api.model
    def _add_goals(self, trackings, rows):
        plans = self._search_plans(trackings)
        by_profile = plans.grouped("profile_id")
        for tracking in trackings:
            first, last = tracking.month, get_last_day(tracking.month)
            goals = []
            for plan in by_profile.get(tracking.profile_id, ()):
                if (
                    plan.date_start <= last
                    and (plan.date_closed or plan.date_end) >= first
                ):
                    goals += self._get_goal_lines(plan)
            rows[tracking.id].goals = list(dict.fromkeys(goals))

    @api.model
    def _get_goal_lines(self, plan):
        """Return what a plan is for: its goals with their figures, else its text."""
        if not plan.goal_ids:
            return [plan.goal_text or plan.name]
        return [
            self.env._(
                "%(goal)s: %(target)s (so far %(achieved)s)",
                goal=goal.name,
                target=goal.target_text,
                achieved=goal.achieved_text,
            )
            for goal in plan.goal_ids
        ]

    # === WHAT, WHO, UNTIL WHEN === #

    @api.model
    def _search_actions(self, trackings):
        """Return the core actions of rows: due in their months, or late by now.

        What a birthday is cared for with is nobody's to print.
        """
        actions = self.env["customer.care.action"]
        if not trackings:
            return actions
        months = trackings.mapped("month")
        in_months = Domain("date_deadline", ">=", min(months)) & Domain(
            "date_deadline", "<=", get_last_day(max(months))
        )
        late = Domain("state", "in", UNFINISHED) & Domain(
            "date_deadline", "<", max(months)
        )
        today = self._get_today(trackings[:1])
        is_now = any(row.month == today.replace(day=1) for row in trackings)
        return actions.search(
            Domain("profile_id", "in", trackings.profile_id.ids)
            & Domain("is_core", "=", True)
            & Domain("is_personal", "=", False)
            & Domain("state", "!=", "cancelled")
            & (in_months | late if is_now else in_months)
        )

    @api.model
    def _add_actions(self, trackings, rows):
        actions = self._search_actions(trackings)
        by_profile = actions.grouped("profile_id")
        for tracking in trackings:
            today = self._get_today(tracking)
            is_now = tracking.month == today.replace(day=1)
            last = get_last_day(tracking.month)
            row = rows[tracking.id]
            for action in by_profile.get(tracking.profile_id, ()):
                day = action.date_deadline
                is_open = action.state in UNFINISHED
                is_older = is_now and is_open and day < tracking.month
                if not (tracking.month <= day <= last or is_older):
                    continue
                row.actions.append(self._prepare_action(action, is_open, today))
                if action.department_id.id not in (False, *row.department_ids):
                    row.department_ids.append(action.department_id.id)

    @api.model
    def _prepare_action(self, action, is_open, today):
        deadline = format_date(self.env, action.date_deadline)
        is_late = is_open and action.date_deadline < today
        if is_late:
            deadline = self.env._("%s (late)", deadline)
        elif action.state == "done":
            deadline = self.env._("%s (done)", deadline)
        elif action.state == "unmet":
            deadline = self.env._("%s (unmet)", deadline)
        return TrackedAction(
            name=action.name,
            # sudo: the name of a colleague
            responsible=action.user_id.sudo().name or "",
            deadline=deadline,
            is_late=is_late,
            is_done=action.state == "done",
            feedback=action.feedback or "",
        )

    @api.model
    def _select_core_actions(self):
        """Return SQL of core actions with the month in whose row they stand."""
        # sudo: the day of every company
        companies = self.env["res.company"].sudo().search([])
        return SQL(
            """SELECT act.profile_id, act.department_id,
                      CASE WHEN act.state IN ('planned', 'due')
                           THEN GREATEST(DATE_TRUNC('month', act.date_deadline),
                                         com.month)
                           ELSE DATE_TRUNC('month', act.date_deadline)
                      END::date AS month
                 FROM customer_care_action act
                 JOIN UNNEST(%(ids)s, %(months)s::date[]) com (id, month)
                      ON com.id = act.company_id
                WHERE act.is_core AND act.is_personal IS NOT TRUE
                  AND act.state <> 'cancelled'""",
            ids=companies.ids,
            months=[
                company._get_customer_today().replace(day=1) for company in companies
            ],
        )

    # === WHAT CAME OF IT === #

    @api.model
    def _add_talks(self, trackings, rows):
        """Add the latest feedback that was logged up to the end of each month."""
        self.env["customer.interaction"].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (trk.id) trk.id, itr.date, itr.feedback
                     FROM UNNEST(%(ids)s, %(profiles)s, %(days)s::date[])
                          trk (id, profile_id, day)
                     JOIN customer_interaction itr
                          ON itr.profile_id = trk.profile_id AND itr.date <= trk.day
                    WHERE itr.state = 'confirmed' AND itr.active
                      AND COALESCE(itr.feedback, '') <> ''
                 ORDER BY trk.id, itr.date DESC, itr.id DESC""",
                ids=trackings.ids,
                profiles=[tracking.profile_id.id for tracking in trackings],
                days=[get_last_day(tracking.month) for tracking in trackings],
            )
        )
        for tracking_id, day, feedback in found:
            rows[tracking_id].talk = f"{format_date(self.env, day)} {feedback}"

    @api.model
    def _add_effects(self, trackings, rows):
        """Add what the customers answered in 12 months up to the end of each month.

        To be evaluated as long as nobody answered.
        """
        self.env["customer.satisfaction"].flush_model()
        found = self.env.execute_query_dict(
            SQL(
                """SELECT trk.id,
                          ROUND(AVG(1 + sat.score / 25)
                                FILTER (WHERE sat.measure = 'csat'), 2) AS csat,
                          ROUND(AVG(CASE sat.band WHEN 'promoter' THEN 100
                                         WHEN 'detractor' THEN -100 ELSE 0 END)
                                FILTER (WHERE sat.measure = 'nps')) AS nps
                     FROM UNNEST(%(ids)s, %(profiles)s, %(days)s::date[])
                          trk (id, profile_id, day)
                     JOIN customer_satisfaction sat ON sat.profile_id = trk.profile_id
                      AND sat.active AND sat.date <= trk.day
                      AND sat.date > trk.day - INTERVAL '12 months'
                 GROUP BY trk.id""",
                ids=trackings.ids,
                profiles=[tracking.profile_id.id for tracking in trackings],
                days=[get_last_day(tracking.month) for tracking in trackings],
            )
        )
        unknown = self.env._("To be evaluated")
        for tracking in trackings:
            rows[tracking.id].effect = unknown
        for row in found:
            rows[row["id"]].effect = " · ".join(self._say_effects(row))

    @api.model
    def _say_effects(self, row):
        """Return NPS and satisfaction of a row in words, known ones only."""
        effects = []
        if row["nps"] is not None:
            effects.append(self.env._("NPS %s", f"{row['nps']:g}"))
        if row["csat"] is not None:
            effects.append(self.env._("CSAT %s of 5", f"{row['csat']:g}"))
        return effects

    @api.model
    def _get_today(self, tracking):
        return tracking.company_id._get_customer_today()


def get_last_day(month):
    """Return the last day of the month that begins on a day.

    >>> from datetime import date
    >>> get_last_day(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return month + relativedelta(months=1, days=-1)
