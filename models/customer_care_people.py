from odoo import api, models
from odoo.tools import SQL

USER_ALL = "customer_success.group_customer_success_user_all"


class CustomerCareAction(models.Model):
    """Who is responsible for an action: by its rule, and who follows him."""

    _inherit = "customer.care.action"

    @api.model
    def _follow_owners(self, company, date, profile_ids=None):
        """Give unfinished actions to whoever their rule names today.

        Those given to somebody by hand stay with him as long as he can have them.

        :return: ids of the actions that changed hands
        """
        self.env.flush_all()
        customers = SQL("pro.company_id = %s", company.id)
        if profile_ids is not None:
            customers = SQL("pro.id = ANY(%s)", list(profile_ids))
        actions = SQL(
            """SELECT act.responsible_rule, act.role_id, act.department_id
                 FROM customer_care_action act
                 JOIN customer_profile pro ON pro.id = act.profile_id
                WHERE act.state IN ('planned', 'due') AND %s""",
            customers,
        )
        possible = self.env["customer.profile"]._get_possible_owners(company)
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_care_action act
                      SET user_id = CASE WHEN act.is_personal THEN who.owner_id
                                         ELSE who.user_id END,
                          is_user_manual = FALSE
                     FROM customer_profile pro, (%(people)s) who
                    WHERE pro.id = act.profile_id AND %(customers)s
                      AND act.state IN ('planned', 'due')
                      AND who.profile_id = act.profile_id
                      AND who.responsible_rule = act.responsible_rule
                      AND who.role_id = COALESCE(act.role_id, 0)
                      AND who.department_id = COALESCE(act.department_id, 0)
                      AND (act.is_user_manual IS NOT TRUE OR act.is_personal
                           OR act.user_id <> ALL(%(possible)s)
                           OR NOT %(sees)s)
                      AND act.user_id IS DISTINCT FROM
                          CASE WHEN act.is_personal THEN who.owner_id
                               ELSE who.user_id END
                RETURNING act.id""",
                customers=customers,
                possible=possible.ids,
                sees=self._filter_seers(SQL("act.user_id"), possible),
                people=self._select_people(company, date, customers, actions),
            )
        )
        changed = self.browse(row[0] for row in rows)
        changed.invalidate_recordset(["user_id", "is_user_manual"], flush=False)
        return changed

    @api.model
    def _select_people(self, company, date, customers, steps):
        """Return SQL of who is responsible, by customer, rule, role and department.

        Columns profile_id, responsible_rule, role_id, department_id (0 for none),
        user_id, owner_id (the first responsible person, when he can).
        Whoever the rule names if he may see the customer; else the first responsible
        person; else the leader of his team; else nobody.

        :param customers: condition on ``pro``
        :param steps: SQL of rows with responsible_rule, role_id, department_id
        """
        possible = self.env["customer.profile"]._get_possible_owners(company)
        return SQL(
            """SELECT pro.id AS profile_id, rul.responsible_rule, rul.role_id,
                      rul.department_id, who.user_id,
                      CASE WHEN pro.user_id = ANY(%(possible)s)
                           THEN pro.user_id END AS owner_id
                 FROM customer_profile pro
                CROSS JOIN (SELECT DISTINCT stp.responsible_rule,
                                   COALESCE(stp.role_id, 0) AS role_id,
                                   COALESCE(stp.department_id, 0) AS department_id
                              FROM (%(steps)s) stp) rul
            LEFT JOIN LATERAL (
                      SELECT mem.crm_team_id, tea.user_id
                        FROM crm_team_member mem
                        JOIN crm_team tea ON tea.id = mem.crm_team_id
                       WHERE mem.user_id = pro.user_id
                    ORDER BY mem.active DESC, mem.create_date DESC, mem.id DESC
                       LIMIT 1) tea ON TRUE
            LEFT JOIN LATERAL (
                      SELECT can.user_id
                        FROM (VALUES
                             (1, CASE rul.responsible_rule
                                 WHEN 'leader' THEN tea.user_id
                                 WHEN 'department' THEN (
                                      SELECT dep.user_id FROM customer_department dep
                                       WHERE dep.id = rul.department_id)
                                 WHEN 'role' THEN (
                                      SELECT mem.user_id
                                        FROM customer_team_member mem
                                       WHERE mem.profile_id = pro.id
                                         AND mem.role_id = rul.role_id
                                         AND mem.date_from <= %(date)s
                                         AND (mem.date_to IS NULL
                                              OR mem.date_to > %(date)s)
                                         AND mem.user_id = ANY(%(possible)s)
                                    ORDER BY mem.date_from, mem.id LIMIT 1)
                                 END),
                             (2, pro.user_id),
                             (3, tea.user_id)) AS can (rank, user_id)
                       WHERE can.user_id = ANY(%(possible)s)
                         AND %(sees)s
                    ORDER BY can.rank LIMIT 1) who ON TRUE
                WHERE %(customers)s""",
            possible=possible.ids,
            sees=self._filter_seers(SQL("can.user_id"), possible),
            steps=steps,
            date=date,
            customers=customers,
        )

    @api.model
    def _filter_seers(self, user, possible):
        """Return whether a user sees customer ``pro``, as the record rules say it.

        :param user: SQL of the user's id
        :param possible: the users that it can be
        """
        # sudo: who has the role; only ids leave this method
        seers = possible.sudo().filtered(lambda one: one.has_group(USER_ALL))
        return SQL(
            """(pro.user_id IS NULL OR %(user)s = pro.user_id
                OR %(user)s = ANY(%(seers)s)
                OR EXISTS (
                   SELECT FROM crm_team_member one
                     JOIN crm_team_member two ON two.crm_team_id = one.crm_team_id
                    WHERE one.user_id = pro.user_id AND one.active
                      AND two.user_id = %(user)s AND two.active))""",
            user=user,
            seers=seers.ids,
        )
