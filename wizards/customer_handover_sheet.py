from odoo import models
from odoo.tools import format_date

from ..const import HANDOVER_ROWS
from ..models.customer_care_action import UNFINISHED


class CustomerHandover(models.TransientModel):
    """What the hand-over sheet says about each customer."""

    _inherit = "customer.handover"

    def _get_sheet(self):
        """Return the rows of the sheet, largest amounts first, with texts around."""
        profiles = self.profile_ids.sorted(
            lambda profile: (
                not profile.active,
                -(profile.amount_12m if profile.amount_12m_state == "known" else 0),
                profile.id,
            )
        )
        shown = profiles[:HANDOVER_ROWS]
        activities = self._get_next_activities(shown)
        actions = self._get_open_actions(shown)
        rows = [
            {
                "profile": profile,
                "activity": activities.get(profile.id),
                "points": self._get_open_points(profile)
                + self._word_open_actions(actions.get(profile)),
            }
            for profile in shown
        ]
        more = len(profiles) - len(shown)
        return {
            "rows": rows,
            "more": more
            and self.env._("and %s more with smaller amounts: see the list", more),
            "summary": self.env._(
                "Customers: %(customers)s · archived: %(archived)s · open activities:"
                " %(activities)s · open tier requests: %(requests)s",
                customers=self.profile_count,
                archived=self.archived_count,
                activities=self.activity_count,
                requests=len(self.request_ids),
            ),
        }

    def _get_next_activities(self, profiles):
        """Return the next open activity by customer."""
        # sudo: read before by way of the customer, which the reader may see
        activities_sudo = self.env["mail.activity"].sudo()
        found = activities_sudo.search(
            [("res_model", "=", "customer.profile"), ("res_id", "in", profiles.ids)],
            order="date_deadline desc, id desc",
        )
        return {activity.res_id: activity for activity in found}

    def _get_open_actions(self, profiles):
        """Return the open actions of care plans by customer, the next first."""
        # sudo: read before by way of the customer, which the reader may see
        actions_sudo = self.env["customer.care.action"].sudo()
        return actions_sudo.search(
            [
                ("profile_id", "in", profiles.ids),
                ("state", "in", UNFINISHED),
                ("is_personal", "=", False),
            ]
        ).grouped("profile_id")

    def _word_open_actions(self, actions):
        """Return what is promised to a customer: the next action and how many more."""
        if not actions:
            return []
        text = self.env._(
            "%(action)s until %(date)s",
            action=actions[0].name,
            date=format_date(self.env, actions[0].date_deadline),
        )
        if len(actions) > 1:
            text = self.env._(
                "%(next)s, and %(count)s more actions",
                next=text,
                count=len(actions) - 1,
            )
        return [text]

    def _get_open_points(self, profile):
        """Return what the new person has to know at once, in words."""
        points = []
        if profile.is_overdue:
            points.append(self.env._("Overdue"))
        if profile.health == "at_risk":
            points.append(self.env._("At risk"))
        if profile.tier_today_id and profile.tier_today_id != profile.tier_id:
            points.append(
                self.env._("By today's figures: %s", profile.tier_today_id.name)
            )
        if profile.tier_request_text:
            points.append(profile.tier_request_text)
        return points
