from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..periods import last_period
from .customer_care_action import UNFINISHED

ACTIVITY_TYPE = "customer_success.mail_activity_type_evaluation"
# Months of an evaluation by hand when the customer has no tier.
MONTHS_WITHOUT_TIER = 6


class CustomerReview(models.Model):
    """Holding an evaluation: whose it is, what it needs, what becomes of it."""

    _inherit = "customer.review"

    # === ACTION METHODS === #

    def action_hold(self):
        """Hold these evaluations: decisions become actions, activities are done."""
        self.check_access("write")
        self._check_draft()
        for review in self:
            review._check_complete()
            review.decision_ids._create_actions()
        self._set_over("held")
        return True

    def action_skip(self):
        """Skip these evaluations; the conclusion says why."""
        self.check_access("write")
        self._check_draft()
        for review in self:
            review._check_conclusion()
        self._set_over("skipped")
        return True

    def action_reopen(self):
        """Take back that these evaluations were held or skipped; actions stay."""
        self.check_access("write")
        over = self.filtered(lambda review: review.state != "draft")
        # sudo: what buttons write
        over.sudo().write({"state": "draft", "date_held": False, "held_user_id": False})
        for company, reviews in over.grouped("company_id").items():
            ids = set(self._get_ids_to_remind(company)) & set(reviews.ids)
            self.browse(sorted(ids))._remind()
        return True

    def action_take_figures(self):
        """Take the figures of evaluations still to hold again."""
        self.check_access("write")
        self._check_draft()
        self.sudo()._freeze()  # sudo: frozen figures
        return True

    def action_open_customer(self):
        """Open the customer of this evaluation."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_period_vals(self, profile):
        """Return the last period of a customer's tier and his running plan."""
        company = profile.company_id or self.env.company
        months = profile.tier_id.evaluation_months or MONTHS_WITHOUT_TIER
        start, end = last_period(company._get_customer_today(), months)
        plans = self.env["customer.care.plan"].search(
            [("profile_id", "=", profile.id), ("state", "=", "running")]
        )
        plan = plans.sorted(lambda row: row.trigger != "tier")[:1]
        return {"date_from": start, "date_to": end, "plan_id": plan.id}

    def _prepare_system_vals(self):
        """Return what the system adds to an evaluation made by hand."""
        self.ensure_one()
        days = self.company_id.customer_evaluation_days
        return {
            "tier_id": self.profile_id.tier_id.id,
            "date_due": fields.Date.add(self.date_to, days=days),
        }

    def _check_conclusion(self):
        if not (self.conclusion or "").strip():
            raise UserError(
                self.env._("%s: write the conclusion first.", self.display_name)
            )

    def _check_complete(self):
        """Raise while something an evaluation needs is missing."""
        self._check_conclusion()
        # who may not see an action (a birthday) cannot say why it was not done
        for action in self.unmet_action_ids._filtered_access("read"):
            # planned again: the new action says what becomes of it
            if action.state in UNFINISHED or (
                action.state == "unmet"
                and not action.cause_id
                and not action.replaced_by_id
            ):
                raise UserError(
                    self.env._(
                        "%s was due in this period: say why it was not done, plan it"
                        " again, or mark it as done.",
                        action.display_name,
                    )
                )

    def _set_over(self, state):
        """Note that these evaluations are over; their activities are done."""
        for company, reviews in self.grouped("company_id").items():
            # sudo: what buttons write; who may write the evaluation may hold it
            reviews.sudo().write(
                {
                    "state": state,
                    "date_held": company._get_customer_today(),
                    "held_user_id": self.env.uid,
                }
            )
        activities = self._get_automated_activities()
        if state == "held":
            activities.action_feedback()
        else:
            activities.unlink()

    # === ACTIVITIES === #

    @api.model
    def _get_ids_to_remind(self, company):
        """Return those to hold whose first responsible person does not know."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT rev.id
                     FROM customer_review rev
                     JOIN customer_profile pro ON pro.id = rev.profile_id
                LEFT JOIN res_users usr ON usr.id = pro.user_id AND usr.active
                    WHERE rev.company_id = %s AND rev.state = 'draft'
                      AND pro.active AND pro.merged_into_id IS NULL
                      AND rev.raised_user_id IS DISTINCT FROM usr.id
                 ORDER BY rev.id""",
                company.id,
            )
        )
        return [row[0] for row in rows]

    def _remind(self):
        """Give each evaluation one activity of its first responsible person.

        It follows the customer to another person; without one it disappears.
        """
        activities = self._get_automated_activities()
        for user, reviews in self.grouped(lambda row: row._get_reminded()).items():
            theirs = activities.filtered(
                lambda activity, ids=frozenset(reviews.ids): activity.res_id in ids
            )
            if not user:
                theirs.unlink()
            else:
                # no mail: what is due shows among the activities
                theirs.with_context(mail_activity_quick_update=True).filtered(
                    lambda activity, user=user: activity.user_id != user
                ).write({"user_id": user.id})
                missing = reviews - self.browse(theirs.mapped("res_id"))
                missing._create_activities(user)
            # sudo: a system field
            reviews.sudo().write({"raised_user_id": user.id})

    def _get_reminded(self):
        user = self.profile_id.user_id
        return user if user.active else user.browse()

    def _create_activities(self, user):
        """Create one activity each, in the language of the person."""
        reviews = self.with_context(
            lang=user.lang, mail_activity_quick_update=True, tracking_disable=True
        )
        found = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        kind = found or self.env["mail.activity.type"]
        model_id = self.env["ir.model"]._get_id(self._name)
        # read for all at once: the activities name their records one by one
        reviews.sudo().mapped("display_name")
        # sudo: activities of somebody else
        reviews.env["mail.activity"].sudo().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": review.id,
                    "activity_type_id": kind.id,
                    "summary": reviews.env._(
                        "Evaluation until %s", format_date(reviews.env, review.date_to)
                    ),
                    "date_deadline": review.date_due,
                    "user_id": user.id,
                    "automated": True,
                }
                for review in reviews.sudo()
            ]
        )
