from odoo import api, models
from odoo.tools import SQL


class CustomerCarePlan(models.Model):
    """What became of a plan so far: its actions in numbers, its result in words."""

    _inherit = "customer.care.plan"

    # === COMPUTE METHODS === #

    @api.depends(
        "action_ids.state", "action_ids.date_deadline", "action_ids.budget_amount",
        "action_ids.actual_amount",
    )  # fmt: skip
    @api.depends_context("uid")
    def _compute_figures(self):
        """Count the actions that the reader may see, and their money.

        A count or a next day with the others would tell a birthday.
        """
        rows = {row["plan_id"]: row for row in self._read_figures()}
        for plan in self:
            row = rows.get(plan._origin.id, {})
            wanted = row.get("count", 0) - row.get("cancelled", 0)
            plan.action_count = row.get("count", 0)
            plan.done_count = row.get("done", 0)
            plan.unmet_count = row.get("unmet", 0)
            plan.late_count = row.get("late", 0)
            plan.progress = wanted and 100 * plan.done_count // wanted
            plan.date_next_action = row.get("next", False)
            plan.budget_planned = row.get("planned", 0.0)
            plan.budget_actual = row.get("actual", 0.0)
            plan.budget_state = row.get("budget_state", "none")

    @api.depends("action_ids.state", "goal_ids.achieved", "state")
    @api.depends_context("lang", "uid")
    def _compute_result(self):
        for plan in self:
            parts = [
                self.env._(
                    "%(done)s of %(all)s actions done",
                    done=plan.done_count,
                    all=plan.action_count,
                )
            ]
            if plan.unmet_count:
                parts.append(self.env._("%s unmet", plan.unmet_count))
            judged = plan.goal_ids.filtered(lambda goal: goal.result != "to_evaluate")
            if judged:
                reached = judged.filtered(lambda goal: goal.result == "reached")
                parts.append(
                    self.env._(
                        "%(reached)s of %(all)s goals reached",
                        reached=len(reached),
                        all=len(judged),
                    )
                )
            unknown = plan.goal_ids - judged
            if unknown:
                parts.append(self.env._("%s goals to be evaluated", len(unknown)))
            plan.result = self.env._("; ").join(parts)

    # === SQL HELPERS === #

    def _read_figures(self):
        """Return numbers of actions and their money by plan, in one statement.

        An action that was planned again has its money there.
        """
        rows = []
        for company, plans in self._origin.grouped("company_id").items():
            if plans.ids:
                rows += plans._read_figures_of(company)
        return rows

    def _read_figures_of(self, company):
        self.env.flush_all()
        seen = self.env["customer.care.action"]._search([("plan_id", "in", self.ids)])
        return self.env.execute_query_dict(
            SQL(
                """SELECT act.plan_id, COUNT(*) AS count,
                          COUNT(*) FILTER (WHERE act.state = 'done') AS done,
                          COUNT(*) FILTER (WHERE act.state = 'unmet') AS unmet,
                          COUNT(*) FILTER (WHERE act.state = 'cancelled') AS cancelled,
                          COUNT(*) FILTER (WHERE act.state IN ('planned', 'due')
                              AND act.date_deadline < %(today)s) AS late,
                          MIN(act.date_deadline) FILTER (
                              WHERE act.state IN ('planned', 'due')) AS next,
                          COALESCE(SUM(act.budget_amount) FILTER (
                              WHERE act.state <> 'cancelled'
                                AND act.replaced_by_id IS NULL), 0) AS planned,
                          COALESCE(SUM(act.actual_amount), 0) AS actual,
                          CASE WHEN BOOL_OR(act.budget_state = 'unknown') THEN 'unknown'
                               WHEN BOOL_OR(act.budget_state = 'known') THEN 'known'
                               ELSE 'none' END AS budget_state
                     FROM customer_care_action act
                    WHERE act.id IN %(seen)s
                 GROUP BY act.plan_id""",
                today=company._get_customer_today(),
                seen=seen.subselect(),
            )
        )
