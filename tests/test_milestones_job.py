from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DAY
from .milestone_common import MilestoneCase

JOB = "odoo.addons.customer_success.models.customer_milestone_job"


@tagged("post_install", "-at_install")
class TestMilestonesJob(MilestoneCase):
    """What is due is made and reminded of, once."""

    # === REMINDING === #

    def test_due_renewal_raises_one_activity_for_the_first_responsible(self):
        renewal = self._create_renewal(end="2027-01-20")  # 60 days ahead
        later = self._create_renewal(end="2027-01-21")
        self._raise()
        [activity] = self._get_activities(renewal)
        self.assertRecordValues(
            activity,
            [
                {
                    "user_id": self.sales.id,
                    "date_deadline": date(2027, 1, 20),
                    "summary": "Contract Renewal",
                    "activity_type_id": self.env.ref(
                        "customer_success.mail_activity_type_renewal"
                    ).id,
                }
            ],
        )
        self.assertFalse(self._get_activities(later))
        self.assertFalse(self.env["mail.mail"].search([("res_id", "=", renewal.id)]))

    def test_ten_more_runs_change_nothing(self):
        self._create_renewal()
        self._create_rated("Old", since="2020-11-23")
        self._create_rated("Core", tier="S")
        self.tiers["S"].has_holiday_care = True
        self._create_birthday(self.profile, "Person", 11, 22)
        self._raise("2026-12-28")  # New Year's Day comes
        self._raise()
        before = self._count()
        for _time in range(10):
            self._raise()
        self.assertEqual(self._count(), before)

    def test_an_open_renewal_of_the_past_is_raised_a_past_visit_is_not(self):
        renewal = self._create_renewal(end="2026-10-01")
        visit = self.milestones.create(
            {"profile_id": self.profile.id, "kind": "delivery", "date": "2026-11-20"}
        )
        today = visit.copy({"date": DAY})
        self._raise()
        self.assertTrue(self._get_activities(renewal))
        self.assertFalse(self._get_activities(visit))
        self.assertTrue(self._get_activities(today))

    def test_done_activity_makes_the_milestone_done_a_renewal_stays_open(self):
        renewal = self._create_renewal()
        visit = self.milestones.create(
            {"profile_id": self.profile.id, "kind": "delivery", "date": DAY}
        )
        self._raise()
        for milestone in (renewal, visit):
            self._get_activities(milestone).with_user(self.sales).action_feedback()
        self.assertEqual((visit.state, renewal.state), ("done", "upcoming"))
        self._raise()
        self.assertFalse(self._get_activities(renewal | visit))

    def test_decided_renewal_closes_its_activity(self):
        renewal = self._create_renewal()
        self._raise()
        renewal.with_user(self.sales).action_renew()
        self.assertFalse(self._get_activities(renewal))
        skipped = self.milestones.create(
            {"profile_id": self.profile.id, "kind": "other", "date": DAY}
        )
        self._raise()
        skipped.with_user(self.sales).action_skip()
        self.assertFalse(self._get_activities(skipped))

    def test_a_dismissed_activity_does_not_come_back(self):
        renewal = self._create_renewal()
        self._raise()
        self._get_activities(renewal).with_user(self.sales).unlink()
        self._raise("2026-11-22")
        self.assertFalse(self._get_activities(renewal))

    # === WHO === #

    def test_activity_follows_the_first_responsible_person_at_once(self):
        renewal = self._create_renewal()
        self._raise()
        activity = self._get_activities(renewal)
        self.profile.user_id = self.colleague
        self.assertEqual(self._get_activities(renewal), activity)
        self.assertEqual(activity.user_id, self.colleague)
        self.profile.user_id = False
        self.assertFalse(self._get_activities(renewal))
        self.assertFalse(renewal.raised_user_id)
        self._raise()
        self.assertFalse(self._get_activities(renewal))
        self.profile.user_id = self.sales
        self._raise()
        self.assertEqual(self._get_activities(renewal).user_id, self.sales)

    def test_activity_of_an_archived_person_goes_to_his_successor(self):
        renewal = self._create_renewal()
        self._raise()
        self.sales.action_archive()
        self._raise()
        self.assertFalse(renewal.raised_user_id)
        self.assertFalse(self._get_activities(renewal))
        # by SQL, as the nightly run does for the contact's salesperson
        self.env.cr.execute(
            "UPDATE customer_profile SET user_id = %s WHERE id = %s",
            [self.colleague.id, self.profile.id],
        )
        self.env.invalidate_all()
        self._raise("2026-11-22")
        self.assertEqual(self._get_activities(renewal).user_id, self.colleague)

    def test_archived_customer_reminds_nobody(self):
        renewal = self._create_renewal()
        self._raise()
        self.profile.active = False
        self.assertFalse(self._get_activities(renewal))
        self._raise()
        self.assertFalse(self._get_activities(renewal))

    # === MADE BY THE JOB === #

    def test_anniversary_is_made_a_week_ahead_every_year(self):
        due = self._create_rated("Due", since="2020-11-28")
        later = self._create_rated("Later", since="2020-11-29")
        this_year = self._create_rated("This year", since="2026-11-22")
        self._raise()
        self.assertRecordValues(
            self._get(due),
            [
                {
                    "kind": "anniversary",
                    "date": date(2026, 11, 28),
                    "is_automatic": True,
                    "raised_user_id": self.sales.id,
                }
            ],
        )
        self.assertFalse(self._get_all(later | this_year))
        self._raise("2027-11-21")
        self.assertEqual(len(self._get(due)), 2)

    def test_anniversary_of_29_february_is_on_the_28th_in_other_years(self):
        profile = self._create_rated("Leap", since="2024-02-29")
        for day, expected in (
            ("2027-02-25", "2027-02-28"),
            ("2028-02-25", "2028-02-29"),
        ):
            with self.subTest(day=day):
                self._raise(day)
                self.assertEqual(str(self._get(profile)[-1].date), expected)

    def test_first_document_says_since_when_unless_it_may_not_be_the_first(self):
        known = self._create_rated("Known")
        unsure = self._create_rated("Unsure")
        both = known | unsure
        both.snapshot_id.write({"date_first_fact": "2021-11-25"})
        unsure.snapshot_id.is_before_history = True
        self._raise()
        self.assertTrue(self._get(known))
        self.assertFalse(self._get(unsure))

    def test_dormant_and_unrated_customers_have_no_anniversary(self):
        dormant = self._create_rated("Dormant", since="2020-11-25")
        dormant.is_dormant = True
        waiting = self._create_rated("Waiting", since="2020-11-25")
        waiting.rating_state = "waiting"
        self._raise()
        self.assertFalse(self._get(dormant) | self._get(waiting))

    def test_holidays_are_for_tiers_that_are_greeted(self):
        self.tiers["S"].has_holiday_care = True
        core = self._create_rated("Core", tier="S")
        common = self._create_rated("Common", tier="C")
        self._raise("2027-01-30")  # a week before the Spring Festival of 2027
        [holiday] = self._get(core)
        self.assertEqual(
            (holiday.title, str(holiday.date)), ("Spring Festival", "2027-02-06")
        )
        self.assertFalse(self._get(common))
        # Lantern Festival is shipped inactive
        self._raise("2027-02-18")
        self.assertEqual(self._get(core), holiday)

    def test_a_holiday_that_was_entered_wrong_moves_along(self):
        self.tiers["S"].has_holiday_care = True
        core = self._create_rated("Core", tier="S")
        self._raise("2027-01-30")
        day = self._get(core).care_day_id
        day.date = "2027-02-05"
        for _run in range(2):
            self._raise("2027-01-30")
        [holiday] = self._get(core)
        self.assertEqual(str(holiday.date), "2027-02-05")
        [activity] = self._get_activities(holiday)
        self.assertEqual(str(activity.date_deadline), "2027-02-05")
        day.active = False
        self.assertFalse(self._get(core))
        self.assertFalse(activity.exists())

    def test_a_removed_milestone_is_not_made_again(self):
        profile = self._create_rated("Due", since="2020-11-25")
        self._raise()
        self._get(profile).with_user(self.sales).active = False
        self._raise("2026-11-22")
        self.assertEqual(len(self._get(profile)), 1)

    def test_days_are_those_of_the_company(self):
        profile = self._create_rated("Shanghai", since="2020-11-29")
        self.company.customer_tz = "Asia/Shanghai"
        self._run_cron("raise_milestones", DAY, "15:59:59")
        self.assertFalse(self._get(profile))
        self._run_cron("raise_milestones", DAY, "16:00:00")
        self.assertTrue(self._get(profile))

    # === FAILURES === #

    def test_one_bad_record_does_not_stop_the_rest(self):
        profiles = [
            self._create_rated(f"P{number}", since="2020-11-25") for number in range(3)
        ]
        bad, create = profiles[1], self.registry["customer.milestone"].create

        def create_or_fail(records, vals_list):
            if any(vals.get("profile_id") == bad.id for vals in vals_list):
                raise ZeroDivisionError
            return create(records, vals_list)

        model = self.registry["customer.milestone"]
        with patch.object(model, "create", create_or_fail), mute_logger(JOB):
            self._raise()
        made = [len(self._get(profile)) for profile in profiles]
        self.assertEqual(made, [1, 0, 1])
        self._raise()
        self.assertEqual(len(self._get(bad)), 1)

    def test_a_job_cut_into_slices_makes_everything_once(self):
        profiles = self.env["customer.profile"]
        for number in range(5):
            profiles |= self._create_rated(f"P{number}", since="2020-11-25")

        def commit_and_stop(cron, processed=0, **values):
            cron.env.cr.commit()
            return 0 if processed else 1

        cron_model = self.registry["ir.cron"]
        counts = []
        with patch(f"{JOB}.MILESTONE_BATCH", 2):
            for _time in range(6):
                with patch.object(cron_model, "_commit_progress", commit_and_stop):
                    self._raise()
                made = self._get_all(profiles)
                counts.append((len(made), len(self._get_activities(made))))
        self.assertEqual(counts, [(2, 0), (4, 0), (5, 0), (5, 2), (5, 4), (5, 5)])
        self._raise()
        self.assertEqual(len(self._get_all(profiles)), 5)

    def _get_all(self, profiles):
        return self.milestones.search([("profile_id", "in", profiles.ids)])
