from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL

# How a plan is launched: what it is for, besides playbook and customer.
LINKS = ("milestone_id", "insight_id", "alert_id")


class CustomerCarePlan(models.Model):
    """Launching: plans, goals and actions of many customers in three statements.

    What there is already (same customer, playbook and launch key) is left alone, so a
    launch can be repeated.
    """

    _inherit = "customer.care.plan"

    # === LAUNCH === #

    @api.model
    def _get_end(self, playbook, date):
        """Return the last day of a plan that starts on a day."""
        return date + relativedelta(months=playbook.period_months) - timedelta(days=1)

    @api.model
    def _launch(self, playbook, profiles, date, **options):
        """Launch plans of a playbook for customers of one company; return them.

        :param options: ``is_manual``; ``key`` (what there is one plan for; default the
            trigger and the day); ``is_continued`` (a plan of before goes on without a
            gap); ``links``: (milestone_id, insight_id, alert_id) by customer id
        """
        if not profiles:
            return self.browse()
        company = profiles.company_id
        company.ensure_one()
        end = self._get_end(playbook, date)
        self.env.flush_all()
        plan_ids = self._insert_plans(playbook, profiles, date, end, options)
        self._insert_goals(playbook, plan_ids)
        rows = self._prepare_actions(playbook, company, date, end, options)
        self._insert_actions(company, plan_ids, rows, date)
        self.env.invalidate_all(flush=False)
        plans = self.browse(plan_ids)
        self.env["customer.care.action"]._follow_milestones(company, date, plans)
        return plans

    @api.model
    def _insert_plans(self, playbook, profiles, date, end, options):
        """Insert the plans that are not there yet; return their ids."""
        key = options.get("key") or f"{playbook.trigger}:{date}"
        links = options.get("links") or {}
        columns = SQL(", ").join(SQL.identifier(name) for name in LINKS)
        ids = profiles.ids
        given = [[links.get(pid, {}).get(name) for pid in ids] for name in LINKS]
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """INSERT INTO customer_care_plan (profile_id, company_id,
                              playbook_id, trigger, name, goal_text, tier_id, tier_code,
                              stage_id, %(columns)s, launch_key, is_manual, date_start,
                              date_end, state, create_uid, create_date, write_uid,
                              write_date)
                       SELECT pro.id, pro.company_id, ply.id, ply.trigger, ply.name,
                              ply.goal_text, pro.tier_id, tir.code,
                              pro.lifecycle_stage_id, lnk.mil, lnk.ins, lnk.alr,
                              %(key)s || COALESCE(':' || COALESCE(lnk.mil, lnk.ins,
                                                  lnk.alr)::varchar, ''),
                              %(manual)s, %(date)s, %(end)s, 'running',
                              %(uid)s, NOW() AT TIME ZONE 'UTC',
                              %(uid)s, NOW() AT TIME ZONE 'UTC'
                         FROM UNNEST(%(ids)s, %(milestones)s::integer[],
                                     %(insights)s::integer[], %(alerts)s::integer[])
                              AS lnk (profile_id, mil, ins, alr)
                         JOIN customer_profile pro ON pro.id = lnk.profile_id
                         JOIN customer_playbook ply ON ply.id = %(playbook)s
                    LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                     ORDER BY pro.id
                  ON CONFLICT DO NOTHING
                    RETURNING id""",
                    columns=columns,
                    key=key,
                    manual=bool(options.get("is_manual")),
                    date=date,
                    end=end,
                    uid=self.env.uid,
                    ids=ids,
                    milestones=given[0],
                    insights=given[1],
                    alerts=given[2],
                    playbook=playbook.id,
                )
            )
        ]

    @api.model
    def _insert_goals(self, playbook, plan_ids):
        """Insert the goals of new plans, with today's figures as their baseline."""
        if not plan_ids or not playbook.goal_ids:
            return
        goals = self.env["customer.care.goal"]
        profiles = self.browse(plan_ids).profile_id
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_care_goal (plan_id, profile_id, company_id, name,
                          metric, baseline, baseline_state, target, target_state,
                          create_uid, create_date, write_uid, write_date)
                   SELECT pln.id, pln.profile_id, pln.company_id, gol.name, gol.metric,
                          fig.value,
                          CASE WHEN fig.value IS NULL THEN 'unknown' ELSE 'known' END,
                          CASE WHEN gol.target_kind = 'growth'
                               THEN ROUND((fig.value + ABS(fig.value) * gol.target
                                           )::numeric, 4)
                               ELSE gol.target END,
                          CASE WHEN gol.target_kind = 'growth' AND fig.value IS NULL
                               THEN 'unknown' ELSE 'known' END,
                          %(uid)s, NOW() AT TIME ZONE 'UTC',
                          %(uid)s, NOW() AT TIME ZONE 'UTC'
                     FROM customer_care_plan pln
                     JOIN customer_playbook_goal gol ON gol.playbook_id = pln.playbook_id
                LEFT JOIN (%(figures)s) fig ON fig.profile_id = pln.profile_id
                                           AND fig.metric = gol.metric
                    WHERE pln.id = ANY(%(plans)s)
                 ORDER BY pln.id, gol.sequence, gol.id
                RETURNING id""",
                figures=goals._select_figures(profiles.ids),
                plans=list(plan_ids),
                uid=self.env.uid,
            )
        )

    @api.model
    def _prepare_actions(self, playbook, company, date, end, options):
        """Return a row for each dated action of a plan, the same for every customer.

        :return: (step id, occurrence, begin, deadline, budget, state of it, note)

        A deadline for which the time of preparation is over already is left to the
        next period, unless the plan goes on from another one.
        """
        rows = []
        for step in playbook.step_ids.filtered("active"):
            budget = self._get_budget(step, company, date)
            for begin, deadline in playbook._get_dates(step, date, end):
                is_short = (deadline - date).days < step.lead_days
                if (
                    step.recurrence != "once"
                    and is_short
                    and not options.get("is_continued")
                ):
                    continue
                rows.append((step.id, str(deadline), begin, deadline, *budget))
        return rows

    @api.model
    def _get_budget(self, step, company, date):
        """Return a step's budget in the company's currency: amount, state, note.

        At the latest rate on or before the day. Without one it is unknown, never 1:1.
        """
        if not step.has_budget:
            return None, "none", None
        currency, own = step.playbook_id.currency_id, company.currency_id
        if currency == own:
            return step.budget_amount, "known", None
        missing = (currency | own).filtered(
            lambda cur: not self._has_rate(cur, company, date)
        )
        if missing:
            return (
                None,
                "unknown",
                self.env._(
                    "No exchange rate of %(currency)s on %(date)s.",
                    currency=missing[0].name,
                    date=date,
                ),
            )
        return (
            currency._convert(step.budget_amount, own, company, date),
            "known",
            None,
        )

    @api.model
    def _has_rate(self, currency, company, date):
        """Return whether a currency has a rate; the first one of a company needs none."""
        if currency == company.root_id.currency_id:
            return True
        # sudo: rates are no secret
        return bool(
            self.env["res.currency.rate"]
            .sudo()
            .search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, company.root_id.id)),
                    ("name", "<=", date),
                ],
                limit=1,
            )
        )

    # === PREVIEW === #

    @api.model
    def _preview(self, playbook, profiles, date):
        """Return what a launch would make, writing nothing.

        :return: list of dictionaries by customer: profile, clash (the running plan
            that is in the way, or none), actions (name, begin, deadline, responsible
            user, budget, state of it, note), goals
        """
        result = []
        for company, customers in profiles.grouped("company_id").items():
            end = self._get_end(playbook, date)
            rows = self._prepare_actions(playbook, company, date, end, {})
            people = self._read_responsibles(playbook, customers, date)
            clashes = self._find_clashes(playbook, customers)
            steps = {step.id: step for step in playbook.step_ids}
            for profile in customers:
                actions = [
                    {
                        "step": steps[step_id],
                        "date_start": begin,
                        "date_deadline": deadline,
                        "user_id": people.get((profile.id, step_id)),
                        "budget_amount": amount,
                        "budget_state": state,
                        "budget_note": note,
                    }
                    for step_id, _key, begin, deadline, amount, state, note in rows
                ]
                result.append(
                    {
                        "profile": profile,
                        "clash": clashes.get(profile.id, self.browse()),
                        "date_end": end,
                        "actions": sorted(
                            actions, key=lambda row: row["date_deadline"]
                        ),
                    }
                )
        return result

    @api.model
    def _find_clashes(self, playbook, profiles):
        """Return the running plan that is in the way of another one, by customer id."""
        domain = [("profile_id", "in", profiles.ids), ("state", "=", "running")]
        if playbook.trigger == "tier":
            domain.append(("trigger", "=", "tier"))
        else:
            domain += [("playbook_id", "=", playbook.id)]
            domain += [(name, "=", False) for name in LINKS]
        return {plan.profile_id.id: plan for plan in self.search(domain)}

    @api.model
    def _read_responsibles(self, playbook, profiles, date):
        """Return who would have each step, by (customer id, step id)."""
        self.env.flush_all()
        return {
            (profile_id, step_id): user_id
            for profile_id, step_id, user_id in self.env.execute_query(
                SQL(
                    """SELECT who.profile_id, stp.id, who.user_id
                         FROM customer_playbook_step stp
                         JOIN (%(people)s) who
                           ON who.responsible_rule = stp.responsible_rule
                          AND who.role_id = COALESCE(stp.role_id, 0)
                          AND who.department_id = COALESCE(stp.department_id, 0)
                        WHERE stp.playbook_id = %(playbook)s AND stp.active""",
                    people=self.env["customer.care.action"]._select_people(
                        profiles.company_id,
                        date,
                        SQL("pro.id = ANY(%s)", profiles.ids),
                        SQL(
                            "SELECT * FROM customer_playbook_step"
                            " WHERE playbook_id = %s",
                            playbook.id,
                        ),
                    ),
                    playbook=playbook.id,
                )
            )
        }

    # === ACTIONS === #

    @api.model
    def _insert_actions(self, company, plan_ids, rows, date):
        """Insert the dated actions of new plans, each with its responsible person.

        :param rows: of ``_prepare_actions``
        """
        if not plan_ids or not rows:
            return
        columns = list(zip(*rows, strict=True))
        steps = SQL(
            """SELECT stp.*, row.occurrence, row.begin, row.deadline, row.budget,
                      row.budget_is, row.budget_note
                 FROM UNNEST(%s::integer[], %s::varchar[], %s::date[], %s::date[],
                             %s::numeric[], %s::varchar[], %s::varchar[])
                      AS row (step_id, occurrence, begin, deadline, budget, budget_is,
                              budget_note)
                 JOIN customer_playbook_step stp ON stp.id = row.step_id""",
            *map(list, columns),
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_care_action (%(columns)s)
                   SELECT %(values)s
                     FROM customer_care_plan pln
                    CROSS JOIN (%(steps)s) stp
                     JOIN (%(people)s) who ON who.profile_id = pln.profile_id
                          AND who.responsible_rule = stp.responsible_rule
                          AND who.role_id = COALESCE(stp.role_id, 0)
                          AND who.department_id = COALESCE(stp.department_id, 0)
                    WHERE pln.id = ANY(%(plans)s)
                 ORDER BY pln.id, stp.deadline, stp.sequence, stp.id
              ON CONFLICT DO NOTHING
                RETURNING id""",
                columns=self._list_action_columns(),
                values=self._select_action_values(
                    milestone=SQL("NULL::integer"),
                    milestone_day=SQL("NULL::date"),
                    personal=SQL("FALSE"),
                ),
                steps=steps,
                people=self.env["customer.care.action"]._select_people(
                    company,
                    date,
                    SQL(
                        "pro.id IN (SELECT profile_id FROM customer_care_plan"
                        " WHERE id = ANY(%s))",
                        list(plan_ids),
                    ),
                    steps,
                ),
                plans=list(plan_ids),
            )
        )

    @api.model
    def _list_action_columns(self):
        return SQL(
            """plan_id, profile_id, company_id, step_id, occurrence, name, kind_id,
               state, date_start, date_deadline, user_id, responsible_rule, role_id,
               department_id, completion_standard, is_core, is_customer_visible,
               is_personal, milestone_id, date_milestone, alert_id, budget_amount, budget_state,
               budget_note, actual_state, is_in_time, create_uid, create_date,
               write_uid, write_date"""
        )

    @api.model
    def _select_action_values(self, milestone, milestone_day, personal):
        """Return the values of an action from plan ``pln``, step ``stp``, person ``who``."""
        return SQL(
            """pln.id, pln.profile_id, pln.company_id, stp.id, stp.occurrence, stp.name,
               stp.kind_id, 'planned', stp.begin, stp.deadline,
               CASE WHEN %(personal)s THEN who.owner_id ELSE who.user_id END,
               stp.responsible_rule, stp.role_id, stp.department_id,
               stp.completion_standard, stp.is_core AND NOT %(personal)s,
               stp.is_customer_visible AND NOT %(personal)s, %(personal)s, %(milestone)s,
               %(milestone_day)s, pln.alert_id, stp.budget, stp.budget_is, stp.budget_note, 'missing',
               FALSE, %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
               NOW() AT TIME ZONE 'UTC'""",
            milestone=milestone,
            milestone_day=milestone_day,
            personal=personal,
            uid=self.env.uid,
        )
