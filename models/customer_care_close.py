from odoo import api, models
from odoo.tools import SQL, split_every

from ..const import PLAN_BATCH
from .customer_care_due import STANDING
from .customer_care_launch import LINKS


class CustomerCarePlan(models.Model):
    """How plans end, and how one goes on whose end is taken back the same day."""

    _inherit = "customer.care.plan"

    @api.model
    def _close_over(self, company, date):
        """Close plans whose period, tier, stage or customer is over."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT pln.id, why.reason
                     FROM customer_care_plan pln
                     JOIN customer_profile pro ON pro.id = pln.profile_id
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                    CROSS JOIN LATERAL (SELECT CASE
                          WHEN pro.merged_into_id IS NOT NULL THEN 'merged'
                          WHEN NOT pro.active OR pro.is_not_rated IS TRUE
                               OR pro.rating_state = 'excluded' THEN 'gone'
                          WHEN pln.date_end < %(date)s THEN 'period'
                          WHEN pln.trigger = 'tier'
                               AND pln.tier_code IS DISTINCT FROM tir.code THEN 'tier'
                          WHEN pln.trigger = 'stage' AND pln.stage_id
                               IS DISTINCT FROM pro.lifecycle_stage_id THEN 'stage'
                          END AS reason) why
                    WHERE pln.company_id = %(company)s AND pln.state = 'running'
                      AND why.reason IS NOT NULL
                 ORDER BY why.reason, pln.id""",
                company=company.id,
                date=date,
            )
        )
        groups = {}
        for plan_id, reason in rows:
            groups.setdefault(reason, []).append(plan_id)
        total = 0
        for reason, ids in groups.items():
            count = self._work_off(
                list(split_every(PLAN_BATCH, ids, list)),
                lambda batch, why=reason: self.browse(batch)._close(why, date),
            )
            if count is False:
                return False
            total += count
        return total

    def _close(self, reason, date, state="closed"):
        """End plans: keep what their goals reached, end what is still to do.

        What is late stays unmet, its cause to be given; the rest is taken back.
        A plan that a change of tier ends on the day of its launch is cancelled: nothing
        of it was done.
        """
        plans = self.filtered(lambda plan: plan.state == "running")
        if not plans:
            return
        plans.goal_ids._freeze()
        self.env.flush_all()
        ended = self.env.execute_query(
            SQL(
                """UPDATE customer_care_action
                      SET state = CASE WHEN date_deadline < %(date)s AND %(judged)s
                                       THEN 'unmet' ELSE 'cancelled' END,
                          is_ended_by_plan = TRUE
                    WHERE plan_id = ANY(%(plans)s) AND state IN ('planned', 'due')
                RETURNING id""",
                date=date,
                judged=state == "closed",
                plans=plans.ids,
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_care_plan
                      SET state = CASE WHEN %(state)s = 'closed' AND %(flaps)s
                                        AND date_start = %(date)s
                                       THEN 'cancelled' ELSE %(state)s END,
                          close_reason = %(reason)s,
                          date_closed = GREATEST(%(date)s, date_start),
                          write_date = NOW() AT TIME ZONE 'UTC', write_uid = %(uid)s
                    WHERE id = ANY(%(plans)s)
                RETURNING id""",
                state=state,
                flaps=reason in STANDING,
                date=date,
                reason=reason,
                uid=self.env.uid,
                plans=plans.ids,
            )
        )
        actions = self.env["customer.care.action"]
        actions._remove_activities([row[0] for row in ended])
        actions.browse(row[0] for row in ended)._after_plan()
        self.env.invalidate_all(flush=False)

    def _close_merged(self, survivor, date):
        """End what another customer has of his own; what happens to both goes on.

        The survivor has the plans of his tier and stage, and no plan twice.
        """
        self.invalidate_recordset(flush=False)
        kept = {
            plan._get_subject()
            for plan in self.search(
                [("profile_id", "=", survivor.id), ("state", "=", "running")]
            )
        }
        over = self.browse()
        for plan in self.filtered(lambda plan: plan.state == "running").sorted("id"):
            if plan.trigger in STANDING or plan._get_subject() in kept:
                over |= plan
            kept.add(plan._get_subject())
        over._close("merged", date)

    def _get_subject(self):
        """Return what there is one running plan for of a customer."""
        return (self.playbook_id, *(self[name] for name in LINKS))

    def _take_up(self, date):
        """Go on with plans that a change ended today and that is taken back today."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_care_plan
                      SET state = 'running', close_reason = NULL, date_closed = NULL
                    WHERE id = ANY(%s) RETURNING id""",
                self.ids,
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_care_goal SET frozen = NULL, frozen_state = NULL
                    WHERE plan_id = ANY(%s) AND metric <> 'manual' RETURNING id""",
                self.ids,
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE customer_care_action
                      SET state = CASE WHEN date_start <= %s THEN 'due'
                                       ELSE 'planned' END,
                          is_ended_by_plan = FALSE, cause_id = NULL,
                          raised_user_id = NULL
                    WHERE plan_id = ANY(%s) AND is_ended_by_plan
                      AND state IN ('cancelled', 'unmet')
                RETURNING id""",
                date,
                self.ids,
            )
        )
        self.env.invalidate_all(flush=False)
