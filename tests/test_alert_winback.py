from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .alert_people_common import AlertPeopleCase


@tagged("post_install", "-at_install")
class TestAlertWinback(AlertPeopleCase):
    """Who is lost is asked again on a day, until he orders."""

    def setUp(self):
        super().setUp()
        self.profile = self._create_customer("Azure")
        self.alert = self._create_alert(self.profile)
        self._assign()

    def _lose(self, day="2026-12-01", is_winback=True):
        mine = self.alert.with_user(self.sales)
        action = mine.action_close()
        dialogs = self.env["customer.alert.close"].with_user(self.sales)
        with Form(dialogs.with_context(**action["context"])) as form:
            form.outcome = "lost"
            form.is_winback = is_winback
            if is_winback:
                form.date_winback = day
        form.record.action_close()

    def test_closing_as_lost_offers_to_ask_again_in_ninety_days(self):
        action = self.alert.with_user(self.sales).action_close()
        dialogs = self.env["customer.alert.close"].with_user(self.sales)
        form = Form(dialogs.with_context(**action["context"]))
        self.assertTrue(form.is_winback)
        self.assertEqual(str(form.date_winback), "2027-02-19")

    def test_responsible_person_is_reminded_on_the_day_once(self):
        self._lose()
        self._assign(days=9)
        self.assertEqual(self.alert.winback_state, "planned")
        self.assertFalse(self._get_activities(self.alert))
        for days in (10, 11):
            self._assign(days=days)
        self.assertEqual(self.alert.winback_state, "due")
        self.assertRecordValues(
            self._get_activities(self.alert),
            [
                {
                    "user_id": self.sales.id,
                    "summary": "Win back Azure",
                    "activity_type_id": self.env.ref(
                        "customer_success.mail_activity_type_winback"
                    ).id,
                }
            ],
        )

    def test_first_order_after_it_wins_him_back(self):
        self._order(self.profile, "2026-11-01")
        self._lose()
        self._assign(days=10)
        self.assertFalse(self.alert.date_won_back)
        self._order(self.profile, "2026-12-02", "2026-12-09")
        self._assign(days=11)
        self.assertEqual(self.alert.date_won_back, date(2026, 12, 2))
        self.assertEqual(self.alert.winback_state, "won")
        self.assertEqual(self.alert.outcome, "lost")
        self.assertFalse(self._get_activities(self.alert))

    def test_order_of_the_future_wins_nobody_back_yet(self):
        self._lose()
        self._order(self.profile, "2026-12-24")
        self._assign(days=12)
        self.assertFalse(self.alert.date_won_back)

    def test_customer_of_a_new_responsible_person_is_his_to_win_back(self):
        self._lose()
        self.profile.user_id = self.stranger
        self._assign(days=10)
        self.assertEqual(self._get_activities(self.alert).user_id, self.stranger)

    def test_nobody_is_asked_again_unless_wanted(self):
        self._lose(is_winback=False)
        self.assertFalse(self.alert.is_winback)
        self._assign(days=100)
        self.assertFalse(self._get_activities(self.alert))

    def test_day_in_the_past_is_refused(self):
        with self.assertRaisesRegex(UserError, "from today on"):
            self._lose("2026-11-20")
        self.assertEqual(self.alert.state, "open")

    def test_reopened_alert_is_no_win_back_any_more(self):
        self._lose()
        self.alert.with_user(self.sales).action_reopen()
        self.assertFalse(self.alert.is_winback)
        self.assertFalse(self.alert.date_winback)
