from odoo.tests import freeze_time, tagged

from .alert_common import AlertCase
from .service_common import ServiceCase

DAY = "2026-11-21"


@tagged("post_install", "-at_install")
@freeze_time(f"{DAY} 12:00:00")
class TestServiceAlerts(AlertCase, ServiceCase):
    """Alerts about complaints and dissatisfied answers: what raises and ends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_case_start = "2025-01-01"
        cls.owner = cls._create_user("service_owner", "user")
        cls.profile.user_id = cls.owner

    # === ESCALATED COMPLAINTS === #

    def test_an_escalated_complaint_raises_one_alert_that_names_it(self):
        rule = self._create_rule("complaint_escalated")
        case = self._create_case(f"{DAY} 08:00:00", subject="Wrong invoice")
        case._escalate("customer threatens to leave", self.owner)
        alert = self._get_alerts(self.profile, rule)
        self.assertEqual(
            alert.sentence,
            f"Complaint {case.name} was escalated: Wrong invoice.",
        )
        case._escalate("again", self.owner)
        self.assertEqual(self._get_alerts(self.profile, rule), alert)
        action = alert.with_user(self.owner).action_open_evidence()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("customer.case", case.id)
        )

    def test_the_alert_is_over_when_the_complaint_is_solved(self):
        rule = self._create_rule("complaint_escalated")
        case = self._create_case(f"{DAY} 08:00:00")
        case._escalate("angry", self.owner)
        self._raise(DAY)
        self.assertFalse(self._get_alerts(self.profile, rule).date_over)
        case._solve({"result": "New invoice"})
        self._raise("2026-11-22")
        self.assertEqual(
            str(self._get_alerts(self.profile, rule).date_over), "2026-11-22"
        )

    def test_a_complaint_with_an_overdue_promise_escalates_by_itself_once(self):
        rule = self._create_rule("complaint_escalated")
        late = self._create_case("2026-11-19 08:00:00")
        fresh = self._create_case(f"{DAY} 08:00:00")
        enquiry = self._create_case("2026-11-19 08:00:00", kind="enquiry")
        for _time in range(2):
            with self.enter_registry_test_mode():
                self.env["customer.commitment"]._check_clocks(
                    self._at(f"{DAY} 12:00:00")
                )
        self.env.invalidate_all()
        self.assertTrue(late.escalated_datetime)
        self.assertFalse(fresh.escalated_datetime or enquiry.escalated_datetime)
        self.assertEqual(len(self._get_alerts(self.profile, rule)), 1)

    # === MORE COMPLAINTS === #

    def test_more_complaints_than_before_warn_until_they_are_fewer(self):
        rule = self._create_rule("complaints_rising")
        usual = self._create_alerted("Usual complainer")
        for month in ("02", "03", "04", "05", "06", "07"):
            # 6 in the 9 months before are 2 in 3 months: 2 now are no news
            self._create_case(f"2026-{month}-15 08:00:00", profile=usual)
        for day in ("10", "11"):
            self._create_case(f"2026-11-{day} 08:00:00", profile=usual)
            self._create_case(f"2026-11-{day} 08:00:00")
        self._assert_found(rule, DAY, self.profile)
        self._raise(DAY)
        alert = self._get_alerts(self.profile, rule)
        self.assertEqual(
            alert.sentence,
            "Complaints in the last 3 months: 2, in the 9 months before: 0.",
        )
        self._raise("2027-02-09")  # both still within three months
        self.assertFalse(alert.date_over)
        self._raise("2027-02-10")  # that of 10 November left them: 1 is better by 1
        self.assertEqual(str(alert.date_over), "2027-02-10")

    def test_one_complaint_does_not_warn(self):
        rule = self._create_rule("complaints_rising")
        self._create_case("2026-11-10 08:00:00")
        self._assert_found(rule, DAY)

    # === DISSATISFIED ANSWERS === #

    def _give(self, value, measure="csat", day=DAY):
        answer = self._answer(day, measure, value)
        answer._follow_answer()
        return answer

    def test_a_dissatisfied_answer_warns_at_once_and_a_better_one_ends_it(self):
        rule = self._create_rule("satisfaction_low")
        self._give(3.5)
        self.assertFalse(self._get_alerts(self.profile, rule))
        low = self._give(3.4)
        low._follow_answer()
        alert = self._get_alerts(self.profile, rule)
        self.assertEqual(alert.sentence, "Satisfaction 3.4 of 5.")
        action = alert.with_user(self.owner).action_open_evidence()
        self.assertEqual(action["res_id"], low.id)
        self._give(4, day="2026-11-22")
        self._raise("2026-11-22")
        self.assertEqual(str(alert.date_over), "2026-11-22")

    def test_a_corrected_or_archived_answer_ends_its_alert(self):
        rule = self._create_rule("satisfaction_low")
        other = self._create_alerted("Somebody else")
        for profile, vals in (
            (self.profile, {"value": 5, "score": 100, "band": "good"}),
            (other, {"active": False}),
        ):
            low = self._answer(DAY, value=1, profile=profile)
            low._follow_answer()
            self._raise(DAY)
            alert = self._get_alerts(profile, rule)
            self.assertEqual(len(alert), 1)
            self.assertFalse(alert.date_over)
            low.sudo().write(vals)  # a slip of the finger on the link, said again
            self.env.flush_all()
            self._raise(DAY)
            self.assertEqual(str(alert.date_over), DAY)

    def test_a_detractor_warns_and_a_passive_one_does_not(self):
        rule = self._create_rule("satisfaction_low")
        self._give(7, "nps")
        self.assertFalse(self._get_alerts(self.profile, rule))
        self._give(6, "nps")
        self.assertEqual(
            self._get_alerts(self.profile, rule).sentence,
            "Would hardly recommend us: 6 of 10 in the survey.",
        )

    def test_the_rules_say_what_they_do(self):
        for signal in ("complaint_escalated", "complaints_rising", "satisfaction_low"):
            self.assertIn("Warns", self._create_rule(signal).summary)
