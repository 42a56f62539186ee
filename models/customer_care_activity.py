from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..batches import keep_progress, try_each
from ..const import CARE_BATCH
from .customer_care_action import UNFINISHED

OTHER_TYPE = "customer_success.mail_activity_type_action"


class CustomerCareAction(models.Model):
    """One activity for each action that is due, of whoever is responsible for it.

    The activity is a view of the action: done there is done here, and the other way
    round. Who deletes it only clears his list; what we owe the customer stays.
    """

    _inherit = "customer.care.action"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self._follow_changes()
        return result

    def unlink(self):
        # sudo: the activity may be of a colleague
        self.sudo()._get_automated_activities().unlink()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _follow_changes(self):
        """Override: what changed in an action changes in its activity."""
        result = super()._follow_changes()
        self._sync_activities()
        return result

    def _after_end(self, state):
        """Override: log what was done; what stood for these actions is over."""
        result = super()._after_end(state)
        if state == "done":
            self._log_interaction()
        self._sync_activities()
        return result

    @api.model
    def _raise_activities(self, company, date):
        """Bring the activities of a company's actions in line, batch by batch.

        :return: how many actions were looked at; False when the slice is over
        """
        ids = self._get_ids_to_sync(company)
        for some in split_every(CARE_BATCH, ids, list):
            try_each(self.env, some, lambda few: self.browse(few)._sync_activities())
            self.env.flush_all()
            if keep_progress(self.env, 1) <= 0 and some[-1] != ids[-1]:
                return False
        return len(ids)

    @api.model
    def _get_ids_to_sync(self, company):
        """Return the actions whose activity is missing, of somebody else or outdated.

        In SQL: it compares people and days of each of many rows.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT act.id
                     FROM customer_care_action act
                     JOIN customer_profile pro ON pro.id = act.profile_id
                     JOIN customer_action_kind knd ON knd.id = act.kind_id
                LEFT JOIN res_users usr ON usr.id = act.user_id AND usr.active
                LEFT JOIN mail_activity viw ON viw.res_model = %(model)s
                          AND viw.res_id = act.id AND viw.active AND viw.automated
                    WHERE act.company_id = %(company)s
                      AND (act.state = 'due' OR act.raised_user_id IS NOT NULL)
                      AND (viw.date_deadline <> act.date_deadline
                           OR act.raised_user_id IS DISTINCT FROM
                              CASE WHEN act.state = 'due' AND pro.active
                                    AND pro.merged_into_id IS NULL
                                    AND knd.is_bulk IS NOT TRUE
                                   THEN usr.id END)
                 ORDER BY act.id""",
                company=company.id,
                model=self._name,
            )
        )
        return [row[0] for row in rows]

    def _sync_activities(self):
        """Give each of these actions one activity of its person, or take it back.

        One that somebody else had goes to the new person; what changed in the action
        changes there. Whoever dismissed his gets no other. That of a done action is
        done too.
        """
        if self.env.context.get("customer_action_synced"):
            return
        # sudo: activities of somebody else, and a system field
        actions_sudo = self.sudo().with_context(
            customer_action_synced=True,
            mail_activity_quick_update=True,
            tracking_disable=True,
        )
        found = actions_sudo._get_automated_activities().grouped("res_id")
        fresh = actions_sudo.browse()
        for action in actions_sudo:
            theirs = found.get(action.id)
            user = action._get_reminded()
            if theirs and user:
                action._update_activities(theirs, user)
            elif theirs:
                action._end_activities(theirs)
            elif user and action.raised_user_id != user:
                fresh |= action
            if action.raised_user_id != user:
                action.raised_user_id = user
        fresh._create_activities()

    def _update_activities(self, activities, user):
        """Write what differs: the same again would tell nobody anything."""
        vals = self._prepare_activity_vals(user)
        for activity in activities:
            if (
                any(
                    activity[name] != value
                    for name, value in vals.items()
                    if name != "user_id"
                )
                or activity.user_id != user
            ):
                activity.write(vals)

    def _end_activities(self, activities):
        """Mark the activities of a done action as done; take those of others back."""
        mine = activities.with_context(customer_action_synced=True)
        if self.state == "done" and mine:
            mine._action_done(feedback=self.feedback or self.done_text)
        else:
            mine.unlink()

    def _get_reminded(self):
        """Return who should have the activity of an action, nobody when none is due."""
        profile, user = self.profile_id, self.user_id
        is_due = (
            self.state == "due"
            and not self.kind_id.is_bulk
            and profile.active
            and not profile.merged_into_id
            and user.active
        )
        return user if is_due else user.browse()

    def _create_activities(self):
        """Create one activity each, in the language of its person."""
        vals_list = []
        # once: asking whether it is there costs a statement each time
        other = self.env.ref(OTHER_TYPE, raise_if_not_found=False)
        other = other or self.env["mail.activity.type"]
        model_id = self.env["ir.model"]._get_id(self._name)
        for user, actions in self.grouped("user_id").items():
            for action in actions.with_context(lang=user.lang):
                vals_list.append(
                    {
                        **action._prepare_activity_vals(user),
                        "res_model_id": model_id,
                        "res_id": action.id,
                        "activity_type_id": action._get_activity_type(other).id,
                        "note": action._get_activity_note(),
                        "automated": True,
                    }
                )
        self.env["mail.activity"].create(vals_list)

    def _prepare_activity_vals(self, user):
        """Return what the activity shows of its action."""
        return {
            "summary": self.name,
            "date_deadline": self.date_deadline,
            "user_id": user.id,
        }

    def _get_activity_type(self, other):
        """Return the type of the kind; an archived one is none."""
        return self.kind_id.activity_type_id.filtered("active") or other

    def _get_activity_note(self):
        """Return what has to be reached."""
        standard = self.completion_standard
        return standard and Markup("<p>%s</p>") % escape(standard)

    # === WHAT PEOPLE DO IN THE ACTIVITY === #

    @api.model
    def _get_actions_of(self, activities):
        """Return the open actions that some activities stand for, as the superuser.

        Whoever does or moves his activity does so without rights on its record.
        """
        views = activities.filtered(
            lambda activity: activity.res_model == self._name and activity.automated
        )
        # sudo: his activity is his, the record need not be
        actions_sudo = self.sudo().browse(views.mapped("res_id")).exists()
        return actions_sudo.filtered(lambda action: action.state in UNFINISHED)

    @api.model
    def _follow_activities(self, activities, vals):
        """Move and hand over the actions whose activities were moved or handed over."""
        changes = {
            name: vals[name] for name in ("date_deadline", "user_id") if vals.get(name)
        }
        if not changes or self.env.context.get("customer_action_synced"):
            return
        actions_sudo = self._get_actions_of(activities)
        for action in actions_sudo.with_context(customer_action_synced=True):
            deadline = fields.Date.to_date(changes.get("date_deadline"))
            if deadline and deadline < action.date_start:
                action.date_start = deadline
            action.write(changes)
            if "user_id" in changes:
                action.write(
                    {"is_user_manual": True, "raised_user_id": changes["user_id"]}
                )

    def _finish_by_activities(self, feedback):
        """Mark these actions as done because their activities were."""
        for action in self.with_context(customer_action_synced=True):
            action._set_done({"feedback": feedback or action.feedback})
        self.write({"raised_user_id": False})
