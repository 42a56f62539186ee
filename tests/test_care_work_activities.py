from datetime import date

from odoo.tests import tagged

from .care_work_common import CareWorkCase
from .common import DAY


@tagged("post_install", "-at_install")
class TestCareWorkActivities(CareWorkCase):
    """The activity of an action is a view of it, in both directions."""

    def setUp(self):
        super().setUp()
        self.action = self._create_action(completion_standard="He answered")
        self.activity = self._get_activities(self.action)

    def _sync(self, date=DAY):
        found = self.actions._raise_activities(self.company, self._to_date(date))
        self.env.flush_all()
        self.env.invalidate_all()
        return found

    def test_due_action_has_one_activity_of_its_person(self):
        self.assertRecordValues(
            self.activity,
            [
                {
                    "user_id": self.sales.id,
                    "date_deadline": date(2026, 11, 24),
                    "summary": "Call him",
                    "automated": True,
                }
            ],
        )
        self.assertIn("He answered", self.activity.note)
        self.assertEqual(self._sync(), 0)  # nothing is left to bring in line

    def test_planned_action_gets_it_when_its_day_has_come(self):
        later = self._create_action(start="2026-12-01", deadline="2026-12-15")
        self.assertEqual(later.state, "planned")
        self.assertFalse(self._get_activities(later))
        self.actions._open_due(self.company, self._to_date("2026-12-01"))
        self.assertEqual(self._sync("2026-12-01"), 1)
        self.assertEqual(self._get_activities(later).user_id, self.sales)

    def test_what_is_sent_to_many_reminds_nobody(self):
        self.call.is_bulk = True
        self.assertFalse(self._get_activities(self._create_action()))

    # === DONE === #

    def test_done_activity_is_a_done_action_and_one_interaction(self):
        self.activity.with_user(self.sales).action_feedback("He agreed")
        self.assertRecordValues(
            self.action,
            [
                {
                    "state": "done",
                    "feedback": "He agreed",
                    "done_user_id": self.sales.id,
                    "date_done": date(2026, 11, 21),
                }
            ],
        )
        self.assertEqual(self.action.interaction_id.feedback, "He agreed")
        self.assertEqual(len(self._get_talks()), 1)
        self.assertFalse(self._get_activities(self.action))
        self.assertEqual(self._sync(), 0)

    def test_done_action_is_a_done_activity(self):
        self._do(self.action, feedback="He agreed")
        self.assertFalse(self.activity.active)
        self.assertEqual(self.activity.feedback, "He agreed")
        self.assertEqual(len(self._get_talks()), 1)

    def test_activity_done_by_somebody_without_rights_is_a_proposal(self):
        action = self._create_action(user_id=self.leader.id)
        members = self.team.crm_team_member_ids
        members.filtered(lambda one: one.user_id == self.leader).active = False
        self._get_activities(action).with_user(self.leader).action_feedback("Met him")
        self.assertEqual(action.sudo().state, "done")
        self.assertEqual(self._get_talks().state, "proposed")

    def test_unmet_and_cancelled_actions_take_it_back(self):
        self._miss(self.action, is_again=False)
        self.assertFalse(self.activity.exists())
        other = self._create_action()
        other.action_cancel()
        self.assertFalse(self._get_activities(other))
        self.assertEqual(other.state, "cancelled")

    # === DISMISSED, MOVED, HANDED OVER === #

    def test_who_deletes_the_activity_still_owes_the_action(self):
        self.activity.with_user(self.sales).unlink()
        self.assertEqual(self.action.state, "due")
        self._sync()
        self.action.date_deadline = "2026-11-28"
        self.assertFalse(self._get_activities(self.action))  # nor is he nagged
        self._do(self.action)
        self.assertEqual(self.action.state, "done")

    def test_deadline_moves_in_both_directions(self):
        self.activity.with_user(self.sales).date_deadline = "2026-11-30"
        self.assertEqual(self.action.date_deadline, date(2026, 11, 30))
        self.action.date_deadline = "2026-12-02"
        self.assertEqual(self.activity.date_deadline, date(2026, 12, 2))

    def test_activity_moved_before_the_begin_moves_that_too(self):
        self.action.date_start = "2026-11-20"
        self.activity.with_user(self.sales).date_deadline = "2026-11-15"
        self.assertEqual(self.action.date_start, date(2026, 11, 15))
        self.assertTrue(self.action.is_late)

    def test_deadline_that_a_job_moved_is_followed_in_the_night(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_care_action SET date_deadline = '2026-12-24'"
            " WHERE id = %s",
            [self.action.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._sync(), 1)
        self.assertEqual(self.activity.date_deadline, date(2026, 12, 24))

    def test_activity_handed_over_hands_the_action_over(self):
        self.activity.with_user(self.sales).user_id = self.leader
        self.assertEqual(self.action.user_id, self.leader)
        self.assertTrue(self.action.is_user_manual)
        self.assertEqual(self._get_activities(self.action), self.activity)

    def test_action_handed_over_takes_its_activity_along(self):
        self.action.user_id = self.leader
        self.assertEqual(self._get_activities(self.action).user_id, self.leader)
        self.assertEqual(len(self._get_activities(self.action)), 1)

    def test_action_goes_with_the_customer_to_his_new_person(self):
        action = self._create_action(is_user_manual=False)
        self.profile.user_id = self.leader
        self.assertEqual(action.sudo().user_id, self.leader)
        self.assertEqual(self._get_activities(action).user_id, self.leader)

    def test_archived_user_loses_the_activity_and_never_the_action(self):
        action = self._create_action(is_user_manual=False)
        self.sales.active = False
        self._sync()
        self.assertFalse(self._get_activities(action))
        self.assertEqual(action.sudo().state, "due")
        self.profile.user_id = self.leader
        self._sync()
        self.assertEqual(self._get_activities(action).user_id, self.leader)

    def test_renamed_action_is_renamed_on_the_list_of_its_person(self):
        self.action.name = "Visit him"
        self.assertEqual(self.activity.summary, "Visit him")

    def test_hundred_activities_take_few_statements(self):
        vals = {
            "profile_id": self.profile.id,
            "kind_id": self.call.id,
            "date_start": "2026-11-01",
            "date_deadline": "2026-11-24",
            "user_id": self.sales.id,
        }
        actions = self.actions.with_context(customer_action_synced=True)
        actions.create([{**vals, "name": str(number)} for number in range(100)])
        self._sync()  # whatever is loaded once
        actions.create([{**vals, "name": str(number)} for number in range(100)])
        self.env.flush_all()
        before = self.cr.sql_log_count
        date = self._to_date(DAY)
        self.assertEqual(self.actions._raise_activities(self.company, date), 100)
        self.env.flush_all()
        self.assertLess(self.cr.sql_log_count - before, 40)
