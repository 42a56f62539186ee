from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CustomerOverview(models.AbstractModel):
    """What comes next at a customer: activities of his, his milestones and alerts."""

    _inherit = "customer.overview"

    def _select_due_activity(self, today):
        """Return whether the reader has something to do at a customer by today."""
        return SQL(
            """customer_profile.id IN (
                      SELECT COALESCE(mil.profile_id, alr.profile_id, act.res_id)
                        FROM mail_activity act
                   LEFT JOIN customer_milestone mil
                          ON act.res_model = 'customer.milestone' AND mil.id = act.res_id
                   LEFT JOIN customer_alert alr
                          ON act.res_model = 'customer.alert' AND alr.id = act.res_id
                       WHERE act.res_model IN ('customer.profile', 'customer.milestone',
                                               'customer.alert')
                         AND act.active AND act.user_id = %s
                         AND act.date_deadline <= %s)""",
            self.env.uid,
            today,
        )

    def _get_active_models(self):
        """Return the facts that people plan activities on; override to add some."""
        return ["customer.milestone", "customer.alert"]

    def _get_next_activities(self, profiles):
        """Return the first planned activity that the reader may see, by customer."""
        others = [
            self.env[model].search(
                [("profile_id", "in", profiles.ids), ("activity_ids", "!=", False)]
            )
            for model in self._get_active_models()
        ]
        customers = {
            ("customer.profile", number): number for number in profiles.ids
        } | {
            (record._name, record.id): record.profile_id.id
            for records in others
            for record in records
        }
        activities = self.env["mail.activity"].search(
            Domain.OR(
                Domain("res_model", "=", records._name)
                & Domain("res_id", "in", records.ids)
                for records in (profiles, *others)
            ),
            order="date_deadline desc, id desc",
        )
        return {
            customers[activity.res_model, activity.res_id]: activity
            for activity in activities
        }

    def _add_next_actions(self, rows):
        """Add the next planned activity of each customer, else his tier review."""
        profiles = self.env["customer.profile"].browse([row["id"] for row in rows])
        first = self._get_next_activities(profiles)
        today = self.env.company._get_customer_today()
        for row, profile in zip(rows, profiles, strict=True):
            activity = first.get(profile.id, self.env["mail.activity"])
            name = activity.summary or activity.activity_type_id.name or ""
            date = activity.date_deadline
            if not activity and profile.rating_state != "excluded":
                date = profile.date_next_review
                name = self.env._("Tier review") if date else ""
            row |= {
                "next": name,
                "due": format_date(self.env, date) if date else "",
                "is_late": bool(date) and date < today,
            }
