from odoo import api, models
from odoo.tools import SQL


class CustomerCommitment(models.Model):
    """Who has promised something and who is warned; what happens when people change."""

    _inherit = "customer.commitment"

    # === WHO IS WARNED === #

    def _get_people_to_warn(self):
        """Return these promises by the person to warn, by an empty user for nobody.

        When who should be warned is gone, the next one is: the responsible person, the
        leader of his sales team, a manager of Customer Success.
        """
        by_user = {}
        for company, promises in self.grouped("company_id").items():
            people = self._get_people(company, promises)
            for promise in promises:
                user = promise._choose_person(people)
                by_user.setdefault(user, self.browse())
                by_user[user] |= promise
        return by_user

    @api.model
    def _get_people(self, company, promises):
        profiles = self.env["customer.profile"]
        possible = profiles._get_possible_owners(company)
        managers = self.env["customer.notice"]._get_managers(company) & possible
        alerts = self.env["customer.alert"]
        return {
            "possible": possible,
            "leaders": alerts._get_leaders(promises.user_id.ids),
            "manager": managers.filtered(lambda user: user.id != 1).sorted("id")[:1],
        }

    def _choose_person(self, people):
        users = self.env["res.users"]
        leader = users.browse(people["leaders"].get(self.user_id.id) or [])
        manager = people["manager"]
        wanted = {
            "responsible": [self.user_id, leader, manager],
            "leader": [leader, manager, self.user_id],
            "manager": [manager, leader, self.user_id],
        }[self.escalate_to or "leader"]
        return next((user for user in wanted if user in people["possible"]), users)

    # === WHEN PEOPLE CHANGE === #

    @api.model
    def _follow_owners(self, profiles=None, company=None):
        """Give promises of a former responsible person to the one there is now.

        Those that somebody else has stay his, unless he is archived. Actions have a
        rule of their own for who is responsible: their promises follow them.

        :param profiles: of these customers only
        :param company: of all customers of this company
        """
        if company:
            condition = SQL("com.company_id = %s", company.id)
        else:
            condition = SQL("com.profile_id = ANY(%s)", profiles.ids)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_commitment com
                      SET user_id = CASE WHEN com.user_id IS NULL
                                           OR com.user_id = com.owner_then_id
                                           OR usr.active IS NOT TRUE
                                         THEN pro.user_id ELSE com.user_id END,
                          owner_then_id = pro.user_id
                     FROM customer_commitment own
                     JOIN customer_profile pro ON pro.id = own.profile_id
                LEFT JOIN res_users usr ON usr.id = own.user_id
                    WHERE own.id = com.id
                      AND com.state IN ('running', 'paused', 'breached')
                      AND com.target <> 'action'
                      -- of cases: their handler stays until there is a new one
                      AND (com.case_id IS NULL OR pro.user_id IS NOT NULL)
                      AND (com.owner_then_id IS DISTINCT FROM pro.user_id
                           OR (usr.active IS NOT TRUE
                               AND com.user_id IS DISTINCT FROM pro.user_id))
                      AND %s
                RETURNING com.id""",
                condition,
            )
        )
        self.invalidate_model(["user_id", "owner_then_id"])
        self.browse(row[0] for row in rows)._hand_over_warnings()

    def _hand_over_warnings(self):
        """Let the warnings that somebody has as the responsible person follow."""
        mine = self.sudo().filtered(  # sudo: activities of somebody else
            lambda row: row.date_escalated and row.escalate_to == "responsible"
        )
        activities = mine._get_automated_activities()
        by_id = {activity.res_id: activity for activity in activities}
        for user, promises in mine.grouped("user_id").items():
            if user.active:
                theirs = activities.browse(
                    by_id[row.id].id for row in promises if row.id in by_id
                )
                theirs.with_context(mail_activity_quick_update=True).write(
                    {"user_id": user.id}
                )
                promises.write({"escalated_user_id": user.id})
