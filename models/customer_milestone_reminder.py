from odoo import models
from odoo.tools import SQL

ACTIVITY_TYPES = {
    kind: f"customer_success.mail_activity_type_{kind}"
    for kind in ("renewal", "anniversary", "birthday", "holiday")
}
OTHER_TYPE = "customer_success.mail_activity_type_milestone"


class CustomerMilestone(models.Model):
    """One activity for each due milestone, of whoever is first responsible."""

    _inherit = "customer.milestone"

    def _get_ids_to_remind(self, company, today):
        """Return the due milestones whose first responsible person does not know.

        A day that has passed is worth an activity only while a contract is open.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT mil.id
                     FROM customer_milestone mil
                     JOIN customer_profile pro ON pro.id = mil.profile_id
                LEFT JOIN res_users usr ON usr.id = pro.user_id AND usr.active
                    WHERE mil.company_id = %(company)s AND mil.active
                      AND mil.state = 'upcoming' AND mil.date_due <= %(today)s
                      AND (mil.date >= %(today)s OR mil.renewal_state = 'open'
                           OR mil.raised_user_id IS NOT NULL)
                      AND pro.active AND pro.merged_into_id IS NULL
                      AND mil.raised_user_id IS DISTINCT FROM
                          CASE WHEN NOT (%(cared)s) THEN usr.id END
                 ORDER BY mil.id""",
                company=company.id,
                today=today,
                cared=self._filter_cared(),
            )
        )
        return [row[0] for row in rows]

    def _filter_cared(self):
        """Return which milestones ``mil`` an action of a plan takes care of.

        That action reminds of them. A renewal is decided on the milestone itself.
        """
        return SQL(
            """mil.kind <> 'renewal' AND EXISTS (
               SELECT FROM customer_care_action act
                WHERE act.milestone_id = mil.id
                  AND act.state IN ('planned', 'due', 'done'))"""
        )

    def _remind_ids(self, ids):
        self.browse(ids)._remind()

    def _remind(self):
        """Give each milestone one activity of its first responsible person.

        One that somebody else has goes to him; without such a person it disappears.
        Whoever had one and dismissed it gets no other.
        """
        activities = self._get_automated_activities()
        cared, nobody = self._get_cared(), self.env["res.users"]
        groups = self.grouped(
            lambda row: nobody if row in cared else row._get_reminded()
        )
        for user, milestones in groups.items():
            theirs = activities.filtered(
                lambda activity, ids=milestones.ids: activity.res_id in ids
            )
            changed = milestones.filtered(
                lambda row, user=user: row.raised_user_id != user
            )
            if not user:
                theirs.unlink()
            else:
                # no mail: what is due shows among the activities
                theirs.with_context(mail_activity_quick_update=True).filtered(
                    lambda activity, user=user: activity.user_id != user
                ).write({"user_id": user.id})
                (changed - self.browse(theirs.mapped("res_id")))._create_activities(
                    user
                )
            changed.write({"raised_user_id": user.id})

    def _get_cared(self):
        """Return those of these milestones that an action of a plan takes care of."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT mil.id FROM customer_milestone mil WHERE mil.id = ANY(%s) AND %s",
                self.ids,
                self._filter_cared(),
            )
        )
        return self.browse(row[0] for row in rows)

    def _get_reminded(self):
        """Return the first responsible person, nobody when he or the customer is gone."""
        profile = self.profile_id
        user = profile.user_id
        is_there = profile.active and not profile.merged_into_id and user.active
        return user if is_there else user.browse()

    def _create_activities(self, user):
        """Create one activity each, in the language of the person."""
        milestones = self.with_context(
            lang=user.lang, mail_activity_quick_update=True, tracking_disable=True
        )
        model_id = self.env["ir.model"]._get_id(self._name)
        # sudo: activities of somebody else, in his words
        milestones.env["mail.activity"].sudo().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": milestone.id,
                    "activity_type_id": milestone._get_activity_type().id,
                    "summary": milestone.title,
                    "date_deadline": milestone._get_deadline(),
                    "user_id": user.id,
                    "automated": True,
                }
                for milestone in milestones.sudo()
            ]
        )

    def _get_activity_type(self):
        xmlid = ACTIVITY_TYPES.get(self.kind, OTHER_TYPE)
        found = self.env.ref(xmlid, raise_if_not_found=False)
        return found or self.env["mail.activity.type"]

    def _close_activities(self):
        """Close what reminded of milestones that are done or skipped."""
        reminders = self._get_automated_activities()
        done = reminders.filtered(
            lambda activity: self.browse(activity.res_id).state == "done"
        )
        if done:  # else done activities and done milestones call each other for ever
            done.action_feedback()
        (reminders - done).unlink()

    def _forget_reminders(self):
        """Take back what reminded of milestones that are archived."""
        self._get_automated_activities().unlink()
        raised_sudo = self.sudo().filtered("raised_user_id")  # sudo: a system field
        if raised_sudo:
            raised_sudo.write({"raised_user_id": False})

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Let nobody follow a birthday: who learns of it the rules say, each time."""
        followed = self.filtered(lambda milestone: milestone.kind != "birthday")
        return super(CustomerMilestone, followed).message_subscribe(
            partner_ids, subtype_ids
        )
