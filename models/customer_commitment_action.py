from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import keep_progress
from ..const import ACTION_BATCH

# Actions with a clock, on their kind and customer: not birthdays, not what goes to many.
HAS_CLOCK = SQL(
    """act.is_personal IS NOT TRUE AND knd.is_bulk IS NOT TRUE
       AND pro.active AND pro.merged_into_id IS NULL"""
)


class CustomerCommitment(models.Model):
    """Actions as promises: each one that is to do is due at the end of its deadline.

    The clock follows the action in a few statements for any number of them, whoever
    changed it and by which path. Birthdays have no clock: its due time would tell them.
    """

    _inherit = "customer.commitment"

    action_id = fields.Many2one(
        "customer.care.action",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    # === COMPUTE METHODS === #

    def _get_about(self):
        """Override: the name of the action, for those who may read it."""
        action = self.action_id
        if action and action.has_access("read"):
            return action.name
        return super()._get_about()

    # === BUSINESS METHODS === #

    @api.model
    def _follow_actions(self, actions):
        """Start, move, keep or take back the clocks of some actions."""
        if not actions:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, ARRAY_AGG(id) FROM customer_care_action
                    WHERE id = ANY(%s)
                 GROUP BY company_id""",
                actions.ids,
            )
        )
        for company_id, ids in rows:
            self._follow_action_ids(self.env["res.company"].browse(company_id), ids)

    @api.model
    def _follow_all_actions(self, company):
        """Let the clocks of a company's actions follow what changed without telling.

        Resumes by query: what agrees with its clock is not found again.

        :return: False when the slice of the scheduler is over
        """
        ids = self._get_actions_to_follow(company)
        for batch in split_every(ACTION_BATCH, ids, list):
            self._follow_action_ids(company, batch)
            if keep_progress(self.env, 1) <= 0 and batch[-1] != ids[-1]:
                return False
        return True

    @api.model
    def _get_actions_to_follow(self, company):
        """Return the actions that do not agree with their clock, in order."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT act.id
                     FROM customer_care_action act
                     JOIN customer_profile pro ON pro.id = act.profile_id
                     JOIN customer_action_kind knd ON knd.id = act.kind_id
                LEFT JOIN LATERAL (
                          SELECT old.state FROM customer_commitment old
                           WHERE old.res_model = 'customer.care.action'
                             AND old.res_id = act.id AND old.target = 'action'
                        ORDER BY old.round DESC LIMIT 1) com ON TRUE
                    WHERE act.company_id = %(company)s AND act.state = 'due'
                      AND %(has_clock)s
                      AND COALESCE(com.state, 'met') IN ('met', 'cancelled')
                    UNION
                   SELECT act.id
                     FROM customer_commitment com
                     JOIN customer_care_action act ON act.id = com.action_id
                    WHERE com.company_id = %(company)s
                      AND com.state IN ('running', 'paused', 'breached')
                      AND (act.state NOT IN ('planned', 'due')
                           OR com.user_id IS DISTINCT FROM act.user_id
                           OR (com.state <> 'breached'
                               AND com.date_deadline <> act.date_deadline))
                 ORDER BY 1""",
                company=company.id,
                has_clock=HAS_CLOCK,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _follow_action_ids(self, company, ids):
        condition = SQL("act.id = ANY(%s) AND act.company_id = %s", ids, company.id)
        self._refresh_with_actions(condition)
        self._end_with_actions(company, condition)
        self._move_with_actions(condition)
        new_ids = self._insert_for_actions(company, condition)
        self.invalidate_model()
        self.sudo().browse(new_ids)._set_times()  # sudo: kept by the system

    @api.model
    def _insert_for_actions(self, company, condition):
        """Start a clock for each action to do without one; return the new ids.

        A second round when an action that had ended is to do again.
        """
        tiers_sudo = self.env["customer.tier"].sudo()  # sudo: of every scorecard
        codes = [code for [code] in tiers_sudo._read_group([], ["code"])]
        policies = self._get_action_policies(company, {*codes, None})
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO customer_commitment (profile_id, company_id, user_id,
                          owner_then_id, tier_id, kind, target, res_model, res_id,
                          action_id, round, date_deadline, start_datetime, state,
                          policy_id, hours, is_working_time, is_company_calendar,
                          calendar_id, escalate_hours, escalate_to, kept_rate,
                          is_breached, has_no_due, is_stale, create_date, write_date)
                   SELECT act.profile_id, act.company_id, act.user_id,
                          pro.user_id, pro.tier_id, 'action', 'action',
                          'customer.care.action', act.id, act.id,
                          COALESCE(com.round, 0) + 1, act.date_deadline, %(now)s,
                          'running', pol.policy_id, pol.hours, pol.is_working_time,
                          pol.is_company_calendar, pol.calendar_id,
                          pol.escalate_hours, pol.escalate_to, 0,
                          FALSE, FALSE, FALSE, %(now)s, %(now)s
                     FROM customer_care_action act
                     JOIN customer_profile pro ON pro.id = act.profile_id
                     JOIN customer_action_kind knd ON knd.id = act.kind_id
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                     JOIN (VALUES %(policies)s)
                       AS pol (code, policy_id, hours, is_working_time,
                               is_company_calendar, calendar_id, escalate_hours,
                               escalate_to)
                          ON pol.code IS NOT DISTINCT FROM tir.code
                LEFT JOIN LATERAL (
                          SELECT old.round, old.state FROM customer_commitment old
                           WHERE old.res_model = 'customer.care.action'
                             AND old.res_id = act.id AND old.target = 'action'
                        ORDER BY old.round DESC LIMIT 1) com ON TRUE
                    WHERE %(condition)s AND act.state = 'due' AND %(has_clock)s
                      AND (com.state IS NULL OR com.state IN ('met', 'cancelled'))
                 ORDER BY act.id
              ON CONFLICT (res_model, res_id, target, round) DO NOTHING
                RETURNING id""",
                now=fields.Datetime.now(),
                policies=policies,
                condition=condition,
                has_clock=HAS_CLOCK,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _get_action_policies(self, company, codes):
        """Return SQL rows: what actions of customers of each tier take over.

        Without a policy an action is still due at the end of its deadline, and nobody
        is warned.
        """
        # sudo: of every company; only what a promise takes over leaves this method
        policies = self.env["customer.service.policy"].sudo()
        candidates = policies._get_candidates(company, "action", "action").filtered(
            lambda row: row.date_from <= company._get_customer_today()
        )
        now, works = fields.Datetime.now(), {}
        candidates = candidates.sorted(lambda row: row._get_due(company, now, works))
        rows = []
        for code in codes:
            policy = candidates.filtered(lambda row, code=code: row._matches_tier(code))
            rule = self._prepare_rule(policy[:1], company)
            rows.append(
                SQL(
                    "(%s::varchar, %s::int, %s::numeric, %s::bool, %s::bool, %s::int,"
                    " %s::numeric, %s::varchar)",
                    code,
                    rule["policy_id"] or None,
                    rule["hours"],
                    rule.get("is_working_time", False),
                    rule.get("is_company_calendar", False),
                    rule.get("calendar_id") or None,
                    rule.get("escalate_hours", 0),
                    rule.get("escalate_to"),
                )
            )
        return SQL(", ").join(rows)

    @api.model
    def _refresh_with_actions(self, condition):
        """Work out due times that are stale before they are frozen."""
        rows = self.env.execute_query(
            SQL(
                """SELECT com.id
                     FROM customer_commitment com
                     JOIN customer_care_action act ON act.id = com.action_id
                    WHERE com.is_stale AND com.state = 'running' AND %s""",
                condition,
            )
        )
        if rows:
            # sudo: clocks are kept by the system
            self.sudo().browse(row[0] for row in rows)._recompute_due()

    @api.model
    def _end_with_actions(self, company, condition):
        """Keep the promises of actions that are done, take back those that are gone.

        An action that was done on an earlier day was done at the end of that day. What
        was overdue is known as such, whether the job noticed it or not.
        """
        now = fields.Datetime.now()
        met = SQL(
            """CASE WHEN act.date_done < %(today)s
                    THEN GREATEST(com.start_datetime, ((act.date_done + 1)::timestamp
                         AT TIME ZONE %(tz)s AT TIME ZONE 'UTC') - INTERVAL '1 second')
                    ELSE %(now)s END""",
            today=company._get_customer_today(),
            tz=company._get_customer_tz(),
            now=now,
        )
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_commitment com
                      SET state = CASE act.state WHEN 'done' THEN 'met'
                                       ELSE 'cancelled' END,
                          met_datetime = CASE act.state WHEN 'done'
                                         THEN %(met)s END,
                          breached_datetime = CASE WHEN com.is_breached
                              THEN com.breached_datetime
                              WHEN com.due_datetime < %(ended)s
                              THEN com.due_datetime END,
                          is_breached = com.is_breached
                              OR COALESCE(com.due_datetime < %(ended)s, FALSE),
                          kept_rate = CASE WHEN act.state = 'done'
                              AND com.is_breached IS NOT TRUE
                              AND NOT COALESCE(com.due_datetime < %(met)s, FALSE)
                              THEN 1 ELSE 0 END,
                          is_stale = FALSE, write_date = %(now)s
                     FROM customer_care_action act
                    WHERE act.id = com.action_id AND %(condition)s
                      AND com.state IN ('running', 'paused', 'breached')
                      AND act.state IN ('done', 'unmet', 'cancelled')
                RETURNING com.id""",
                met=met,
                ended=SQL("CASE WHEN act.state = 'done' THEN %s ELSE %s END", met, now),
                now=now,
                condition=condition,
            )
        )
        if rows:
            self.invalidate_model()
            self.browse(row[0] for row in rows)._drop_warnings()

    @api.model
    def _move_with_actions(self, condition):
        """Let clocks follow the deadline and the responsible person of their action."""
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_commitment com
                      SET user_id = act.user_id, owner_then_id = pro.user_id,
                          date_deadline = CASE WHEN com.state = 'breached'
                              THEN com.date_deadline ELSE act.date_deadline END,
                          is_stale = com.state = 'running'
                              AND (com.is_stale
                                   OR com.date_deadline <> act.date_deadline)
                     FROM customer_care_action act
                     JOIN customer_profile pro ON pro.id = act.profile_id
                    WHERE act.id = com.action_id AND %s
                      AND com.state IN ('running', 'paused', 'breached')
                      AND act.state IN ('planned', 'due')
                      AND (com.user_id IS DISTINCT FROM act.user_id
                           OR (com.state <> 'breached'
                               AND com.date_deadline <> act.date_deadline))
                RETURNING com.id""",
                condition,
            )
        )
        if rows:
            self.invalidate_model()
            # sudo: clocks are kept by the system
            moved = self.sudo().browse(row[0] for row in rows)
            moved.filtered("is_stale")._recompute_due()
            moved._hand_over_warnings()
