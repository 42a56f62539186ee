from odoo import api, models
from odoo.tools import SQL

# Actions that follow the milestones of their customers.
FOLLOWS = "milestone:%"
# Time for what should have been done before the plan of a milestone was launched.
CATCH_UP_DAYS = 7


class CustomerCareAction(models.Model):
    """Actions of running plans that follow milestones: renewals, birthdays, holidays."""

    _inherit = "customer.care.action"

    @api.model
    def _follow_milestones(self, company, date, plans=None):
        """Make the actions of milestones that have come near; move and end the others.

        :param plans: of these only; None: of every running plan of the company
        :return: how many rows were written
        """
        self.env.flush_all()
        written = 0
        if plans is None:
            written = self._end_with_milestones(company)
            written += self._move_with_milestones(company)
        if plans is not None and not plans:
            return written
        chosen = SQL("pln.company_id = %s", company.id)
        if plans is not None:
            chosen = SQL("pln.id = ANY(%s)", plans.ids)
        return written + self._insert_of_milestones(company, date, chosen)

    def _after_end(self, state):
        """Override: what was done for a birthday or a holiday is done there too."""
        result = super()._after_end(state)
        if state == "done":
            # sudo: whoever does the action does what the milestone asks for
            self.sudo().milestone_id._finish_by_activity()
        return result

    @api.model
    def _insert_of_milestones(self, company, date, chosen):
        """Insert an action for each milestone ahead and step that follows its kind."""
        launch = self.env["customer.care.plan"]
        steps = self.env["customer.playbook.step"].search(
            [("recurrence", "=", "milestone")]
        )
        budgets = [
            (step.id, *launch._get_budget(step, company, date)) for step in steps
        ]
        if not budgets:
            return 0
        rows = self.env.execute_query(
            SQL(
                """WITH bud AS MATERIALIZED (
                        SELECT * FROM UNNEST(%(ids)s::integer[], %(amounts)s::numeric[],
                               %(states)s::varchar[], %(notes)s::varchar[])
                               AS bud (step_id, budget, budget_is, budget_note)
                   ), hit AS MATERIALIZED (
                        SELECT pln.id AS plan_id, mil.id AS milestone_id,
                               mil.date AS date_milestone,
                               mil.kind = 'birthday' AS is_personal,
                               day.deadline, stp.*, bud.budget, bud.budget_is,
                               bud.budget_note,
                               'milestone:' || mil.id AS occurrence,
                               LEAST(day.deadline, GREATEST(
                                     day.deadline - COALESCE(stp.lead_days, 0), pln.date_start)
                                    ) AS begin
                          FROM customer_care_plan pln
                          JOIN customer_playbook_step stp
                               ON stp.playbook_id = pln.playbook_id AND stp.active
                              AND stp.recurrence = 'milestone'
                              -- a step that is added later is for later plans
                              AND stp.create_date <= pln.create_date
                          JOIN bud ON bud.step_id = stp.id
                          JOIN customer_milestone mil
                               ON mil.profile_id = pln.profile_id AND mil.active
                              AND mil.kind = stp.milestone_kind
                              AND (mil.state = 'upcoming'
                                   OR mil.state = 'done' AND stp.offset_days > 0)
                              AND (pln.milestone_id IS NULL
                                   OR pln.milestone_id = mil.id)
                         CROSS JOIN LATERAL (
                               SELECT CASE WHEN pln.milestone_id IS NULL
                                           THEN mil.date + COALESCE(stp.offset_days, 0)
                                           ELSE GREATEST(
                                           mil.date + COALESCE(stp.offset_days, 0),
                                           LEAST(pln.date_start + %(catch_up)s,
                                                 GREATEST(mil.date, pln.date_start)))
                                      END AS deadline) day
                         WHERE pln.state = 'running' AND %(chosen)s
                           AND day.deadline >= pln.date_start
                           AND (pln.milestone_id IS NOT NULL
                                OR day.deadline <= pln.date_end)
                           AND (pln.milestone_id IS NOT NULL
                                OR day.deadline - COALESCE(stp.lead_days, 0) <= %(date)s)
                           AND NOT EXISTS (
                               SELECT FROM customer_care_action act
                                WHERE act.plan_id = pln.id AND act.step_id = stp.id
                                  AND act.occurrence = 'milestone:' || mil.id)
                   )
                   INSERT INTO customer_care_action (%(columns)s)
                   SELECT %(values)s
                     FROM hit stp
                     JOIN customer_care_plan pln ON pln.id = stp.plan_id
                     JOIN (%(people)s) who ON who.profile_id = pln.profile_id
                          AND who.responsible_rule = stp.responsible_rule
                          AND who.role_id = COALESCE(stp.role_id, 0)
                          AND who.department_id = COALESCE(stp.department_id, 0)
                 ORDER BY pln.id, stp.deadline, stp.sequence, stp.id
              ON CONFLICT DO NOTHING
                RETURNING id""",
                ids=[row[0] for row in budgets],
                amounts=[row[1] for row in budgets],
                states=[row[2] for row in budgets],
                notes=[row[3] for row in budgets],
                chosen=chosen,
                catch_up=CATCH_UP_DAYS,
                date=date,
                columns=launch._list_action_columns(),
                values=launch._select_action_values(
                    milestone=SQL("stp.milestone_id"),
                    milestone_day=SQL("stp.date_milestone"),
                    personal=SQL("stp.is_personal"),
                ),
                people=self._select_people(
                    company,
                    date,
                    SQL(
                        "pro.id IN (SELECT profile_id FROM customer_care_plan pln"
                        " JOIN hit ON hit.plan_id = pln.id)"
                    ),
                    SQL("SELECT * FROM hit"),
                ),
            )
        )
        if rows:
            launch.invalidate_model(["action_ids"], flush=False)
        return len(rows)

    @api.model
    def _end_with_milestones(self, company):
        """Take back actions whose milestone was skipped, archived or deleted.

        When it is restored they are made again.
        """
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_care_action act
                      SET state = 'cancelled', occurrence = NULL
                     FROM customer_care_action own
                LEFT JOIN customer_milestone mil ON mil.id = own.milestone_id
                    WHERE act.id = own.id AND own.company_id = %s
                      AND own.state IN ('planned', 'due')
                      AND own.occurrence LIKE %s
                      AND (mil.id IS NULL OR mil.active IS NOT TRUE
                           OR mil.state = 'skipped')
                RETURNING act.id""",
                company.id,
                FOLLOWS,
            )
        )
        self._remove_activities([row[0] for row in rows])
        return len(rows)

    @api.model
    def _move_with_milestones(self, company):
        """Move actions along with the day of their milestone, by as many days."""
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_care_action act
                      SET date_deadline = act.date_deadline
                                          + (mil.date - act.date_milestone),
                          date_start = act.date_start + (mil.date - act.date_milestone),
                          date_milestone = mil.date
                     FROM customer_milestone mil
                    WHERE mil.id = act.milestone_id AND act.company_id = %s
                      AND act.state IN ('planned', 'due')
                      AND act.date_milestone <> mil.date
                RETURNING act.id""",
                company.id,
            )
        )
        self._follow_moved([row[0] for row in rows])
        return len(rows)

    def _remove_activities(self, ids):
        """Delete what reminded of actions that the system has ended."""
        if ids:
            self.browse(ids).invalidate_recordset(flush=False)
            self.browse(ids)._get_automated_activities().unlink()

    def _follow_moved(self, ids):
        """Let what hangs on actions follow their new deadlines."""
        if ids:
            moved = self.browse(ids)
            moved.invalidate_recordset(flush=False)
            moved._follow_changes()
