from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CustomerSuccessCase

DAY = "2026-11-21"


@tagged("post_install", "-at_install")
class TestChurnRhythm(CustomerSuccessCase):
    """Order days, chances and states as of a day, with numbers worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_tz = "UTC"
        cls.partner = cls._create_partner("Rhythm Buyer", email="rhythm@example.com")
        # r 1, alpha 10 days, a 1, b 1; intervals of 20 days on average
        cls.fit = cls._create_fit("regular")

    @classmethod
    def _create_fit(cls, rung, **values):
        fits = cls.env["customer.churn.fit"]
        fits.search([("company_id", "=", cls.company.id)]).state = "past"
        fits.flush_model()
        return fits.create(
            {
                "company_id": cls.company.id,
                "date": DAY,
                "state": "current",
                "rung": rung,
                "r": 1,
                "alpha": 10,
                "a": 1,
                "b": 1,
                "k": 1,
                "mean_interval": 20,
                "silence_days": 60,
                "horizon_days": 90,
                **values,
            }
        )

    def _order(self, *days_before, partner=None, amount=100, **values):
        return [
            self._create_order(
                partner or self.partner,
                str(self._to_date(DAY) - timedelta(days=days)),
                amount,
                **values,
            )
            for days in days_before
        ]

    def _history(self, partner=None, day=DAY, company=None):
        """Return the history of a customer; intervals have to give the same days."""
        self.env.flush_all()
        facts = self.env["customer.facts"]
        partner = partner or self.partner
        found = []
        for with_intervals in (False, True):
            scope = facts._prepare_scope(
                company or self.company, self._to_date(day), partner.ids
            )
            self.env.cr.execute(
                SQL("%s", facts._select_order_history(scope, with_intervals))
            )
            found.append(self.env.cr.dictfetchone() or {})
        self.assertEqual({**found[1], "sum_ln": None}, {**found[0], "sum_ln": None})
        return found[1]

    def _chance(self, partner=None, rung="regular", fit=None):
        self.env.flush_all()
        facts, fit = self.env["customer.facts"], fit or self.fit
        scope = facts._prepare_scope(
            self.company, self._to_date(DAY), (partner or self.partner).ids
        )
        self.env.cr.execute(facts._select_churn(scope, fit._get_parameters(), rung))
        return self.env.cr.dictfetchone()

    def _refresh(self, day=DAY):
        return self.env["customer.churn"]._refresh(self.company, self._to_date(day))

    # === ORDER DAYS === #

    def test_several_orders_of_a_day_are_one_order_day(self):
        self._order(40, 40, 40, 30, 10)
        history = self._history()
        self.assertEqual((history["x"], history["tx"], history["t_total"]), (2, 30, 40))
        self.assertEqual(history["amount"], 500)
        self.assertAlmostEqual(history["sum_ln"], 2.302585 + 2.995732, 5)  # 10 and 20

    def test_cancelled_future_negative_and_draft_orders_are_no_order_days(self):
        self._order(50)
        cancelled, refund, draft = self._order(30, 20, 10)
        self._order(-1)  # tomorrow
        cancelled._action_cancel()
        refund.order_line.price_unit = -100
        draft.state = "draft"
        history = self._history()
        self.assertEqual((history["x"], history["tx"], history["t_total"]), (0, 0, 50))

    def test_orders_of_contacts_count_for_their_company(self):
        contact = self._create_partner(
            "Rhythm Contact", parent_id=self.partner.id, is_company=False
        )
        self._order(50)
        self._order(20, partner=contact)
        self.assertEqual(self._history(self.partner)["x"], 1)

    def test_orders_of_another_company_do_not_count(self):
        self._order(50)
        self._order(20, company=self.other_company)
        self.assertEqual(self._history()["x"], 0)
        self.assertEqual(self._history(company=self.other_company)["t_total"], 20)

    def test_day_of_an_order_is_that_of_the_company(self):
        [order] = self._order(10)
        order.date_order = datetime(2026, 11, 10, 18, 10)
        self.assertEqual(str(self._history()["last_day"]), "2026-11-10")
        self.company.customer_tz = "Asia/Shanghai"
        self.assertEqual(str(self._history()["last_day"]), "2026-11-11")

    def test_history_reaches_back_36_months(self):
        for day in ("2023-11-21", "2023-11-22", "2026-11-01"):
            self._create_order(self.partner, day, 100)
        history = self._history()
        self.assertEqual(str(history["first_day"]), "2023-11-22")
        self.assertEqual(history["x"], 1)

    def test_invoices_stand_in_where_there_are_no_orders(self):
        for day in ("2026-10-01", "2026-10-21"):
            self._create_invoice(self.partner, day, 100)
        self._create_invoice(self.partner, "2026-11-01", 10, move_type="out_refund")
        history = self._history()
        self.assertTrue(history["is_invoiced"])
        self.assertEqual((history["x"], history["tx"], history["t_total"]), (1, 20, 51))
        self._order(5)
        self.assertEqual((self._history()["x"], self._history()["t_total"]), (0, 5))

    def test_days_of_closed_seasons_do_not_count_as_silence(self):
        self._order(50, 10)
        seasons = self.env["customer.closed.season"].create(
            [
                {"name": "Between", "date_from": "2026-10-20", "date_to": "2026-10-26"},
                {"name": "Since", "date_from": "2026-11-15", "date_to": "2026-11-17"},
                {"name": "Later", "date_from": "2026-11-22", "date_to": "2026-11-29"},
            ]
        )
        history = self._history()
        self.assertEqual((history["tx"], history["t_total"]), (33, 40))
        seasons[0].company_id = self.other_company
        seasons[1].active = False
        self.assertEqual(self._history()["tx"], 40)

    # === CHANCES === #

    def test_chance_of_an_order_by_hand(self):
        """x 1, tx 10, T 30: A(30) = (20/40)^2, A(120) = (20/130)^2, a/(b+x) = 1/2."""
        self._order(30, 20)
        row = self._chance()
        self.assertAlmostEqual(row["order_probability"], 0.301775, 6)
        self.assertAlmostEqual(row["year_probability"], 0.330082, 6)
        self.assertEqual(row["silence"], 20)
        self.assertAlmostEqual(row["interval_expected"], 50 / 3, 9)  # (2 x 20 + 10) / 3

    def test_chance_of_a_regular_buyer_by_hand(self):
        """k 2: n = 3, A(t) = (20/(10+t))^3 (1 + 3 (t-10)/(10+t)), c = 1/2."""
        self._order(30, 20)
        self.fit.k = 2
        now, later = 0.125 * 2.5, (20 / 130) ** 3 * (1 + 3 * 110 / 130)
        self.assertAlmostEqual(
            self._chance()["order_probability"], (now - later) / (now + 0.5), 9
        )

    def test_own_interval_is_usual_from_three_repeat_orders_on(self):
        self._order(90, 80, 60)
        self.assertAlmostEqual(self._chance()["interval_usual"], 70 / 4)  # shrunk
        self._order(30)
        row = self._chance()
        self.assertEqual(row["interval_usual"], 20)
        self.assertEqual(row["mean_order_value"], 100)
        self.assertEqual(row["usual_value"], 450)  # 90 days / 20 x 100
        self.assertAlmostEqual(
            float(row["value_at_risk"]), 450 * (1 - row["order_probability"]), 2
        )

    def test_amount_without_exchange_rate_leaves_the_value_unknown(self):
        currency = self.env["res.currency"].create(
            {"name": "RHY", "symbol": "R", "rate_ids": []}
        )
        self._order(40)
        self._order(20, currency=currency)
        row = self._chance()
        self.assertEqual(row["repeat_count"], 1)
        self.assertIsNone(row["usual_value"])
        self.assertIsNone(row["value_at_risk"])

    def test_extreme_histories_give_chances_between_0_and_1(self):
        self._order(1095, 1094, 1093)
        row = self._chance(fit=self._create_fit("regular", r=500, alpha=0.01, k=3))
        self.assertEqual(row["order_probability"], 0)
        self.assertEqual(row["state"], "lost")

    # === STATES === #

    def test_overdue_only_after_the_silence_and_his_interval(self):
        """Orders every 30 days, 61 days of silence: watch at a chance above a half."""
        self.fit.write({"alpha": 1, "a": 0.01, "b": 100})
        self._order(151, 121, 91, 61)
        self.assertEqual(self._chance()["state"], "watch")
        self.company.customer_churn_silence_days = 61
        self.assertEqual(self._chance()["state"], "regular")
        self.company.customer_churn_silence_days = 60
        self.fit.mean_interval = 300  # his expected one is (600 + 90) / 5 = 138
        self.assertEqual(self._chance()["state"], "regular")

    def test_at_risk_from_the_chance_of_the_settings_on(self):
        self.fit.write({"a": 0.2, "b": 4})
        self._order(151, 121, 91, 61)
        chance = self._chance()["order_probability"]
        self.company.customer_churn_risk = chance - 0.001
        self.assertEqual(self._chance()["state"], "watch")
        self.company.customer_churn_risk = chance + 0.001
        self.assertEqual(self._chance()["state"], "at_risk")

    def test_rare_buyer_is_occasional_from_his_order_on(self):
        """a/(b+x) = 50: even on the day of an order he is unlikely to come again."""
        self.fit.write({"a": 100, "b": 1})
        self._order(440, 400, 0)
        self.assertEqual(self._chance()["state"], "occasional")

    def test_rare_buyer_is_at_risk_only_when_he_is_late_by_his_own_interval(self):
        """Orders 200 days apart: expected again after (2 x 20 + 400) / 4 = 110 days."""
        self.fit.write({"a": 0.1, "b": 10, "r": 0.5})
        self._order(509, 309, 109)
        self.assertEqual(self._chance()["state"], "occasional")
        self.fit.mean_interval = 18  # (36 + 400) / 4 = 109
        self.assertEqual(self._chance()["state"], "at_risk")

    def test_customer_with_one_order_is_occasional(self):
        self._order(10)
        self.assertEqual(self._chance()["state"], "occasional")

    def test_lost_below_the_yearly_chance_of_the_settings(self):
        self._order(700, 650, 600, 550)
        row = self._chance()
        self.assertLess(row["year_probability"], 0.1)
        self.assertEqual(row["state"], "lost")
        self.company.customer_churn_lost = row["year_probability"] / 2
        self.assertNotEqual(self._chance()["state"], "lost")

    def test_too_little_history_uses_the_fixed_rule_only(self):
        self._order(200, 61)
        row = self._chance(rung="fixed", fit=self._create_fit("fixed", mean_interval=0))
        self.assertEqual(row["state"], "watch")
        self.assertIsNone(row["order_probability"])
        self.assertIsNone(row["interval_expected"])
        self._order(60)
        self.assertEqual(self._chance(rung="fixed")["state"], "regular")

    def test_prior_orders_the_list_without_calling_anybody_at_risk(self):
        self._order(700, 650, 600, 550)
        row = self._chance(rung="prior")
        self.assertEqual(row["state"], "watch")
        self.assertGreater(row["order_probability"], 0)

    # === WRITING === #

    def test_rhythm_is_written_once(self):
        self._order(90, 80, 60, 30)
        profile = self._score(self.partner, DAY)
        self.assertEqual(self._refresh(), self._count_buyers())
        rhythm = profile.churn_id
        self.assertEqual(rhythm.profile_id, profile)
        self.assertEqual(rhythm.repeat_count, 3)
        self.assertEqual(rhythm.percent_state, "shown")
        self.assertEqual(rhythm.order_percent % 5, 0)
        self.assertAlmostEqual(
            rhythm.order_percent / 100, rhythm.order_probability, delta=0.025
        )
        self.assertEqual(self._refresh(), 0)

    def _count_buyers(self):
        """Return the customers with an order day in 36 months."""
        facts = self.env["customer.facts"]
        scope = facts._prepare_scope(self.company, self._to_date(DAY))
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM (%s) his
                     JOIN customer_profile pro ON pro.partner_id = his.partner_id
                          AND pro.company_id = %s AND pro.active""",
                facts._select_order_history(scope),
                self.company.id,
            )
        )
        return count

    def test_chance_that_moved_less_than_a_point_is_not_written(self):
        self.fit.write({"a": 0.1, "b": 10})
        self._order(90, 80, 60, 30)
        profile = self._score(self.partner, DAY)
        self._refresh()
        before = profile.churn_id.order_probability
        self._refresh("2026-11-22")
        self.assertEqual(profile.churn_id.order_probability, before)
        self._refresh("2027-11-22")
        self.assertLess(profile.churn_id.order_probability, before - 0.01)

    def test_new_order_is_written_at_once(self):
        self._order(90, 80, 60, 30)
        profile = self._score(self.partner, DAY)
        self._refresh()
        self._order(0)
        self._refresh()
        self.assertEqual(str(profile.date_last_order), DAY)
        self.assertEqual(profile.churn_id.repeat_count, 4)

    def test_percentage_is_hidden_below_the_fitted_rungs(self):
        self._order(90, 80, 60, 30)
        profile = self._score(self.partner, DAY)
        self._create_fit("prior")
        self._refresh()
        self.assertEqual(profile.churn_id.percent_state, "hidden")
        self.assertEqual(profile.churn_id.order_percent, 0)
        self.assertTrue(profile.churn_id.order_probability)
        self._create_fit("fitted")
        self._refresh()
        self.assertEqual(profile.churn_id.percent_state, "shown")
        self.assertEqual(profile.churn_id.order_percent % 10, 0)

    def test_customer_left_out_or_without_orders_has_no_rhythm(self):
        orders = self._order(90, 60)
        profile = self._score(self.partner, DAY)
        self._refresh()
        self.assertTrue(profile.churn_id)
        profile.is_not_rated = True
        self._refresh()
        self.assertFalse(profile.churn_id)
        profile.is_not_rated = False
        self._refresh()
        self.assertTrue(profile.churn_id)
        for order in orders:
            order._action_cancel()
        self._score(self.partner, DAY)
        self._refresh()
        self.assertFalse(profile.churn_id)

    def test_value_of_12_months_says_where_it_comes_from(self):
        self.company.customer_money_source = "ordered"
        self._order(90, 80, 60, 30)
        profile = self._score(self.partner, DAY)
        self._refresh()
        rhythm = profile.churn_id
        self.assertEqual((rhythm.value_12m, rhythm.value_source), (400, "run_rate"))
        self._create_fit("regular", is_value_earned=True)
        self._refresh()
        self.assertEqual(rhythm.value_source, "model")
        self.assertGreater(rhythm.value_12m, 0)
        self.assertEqual(self._refresh(), 0)

    def test_sales_person_reads_the_rhythm_of_his_customers_only(self):
        self._order(90, 60)
        profile = self._score(self.partner, DAY)
        self._refresh()
        mine = self._create_user("rhythm_mine", "user")
        other = self._create_user("rhythm_other", "user")
        profile.user_id = mine
        rhythm = profile.churn_id
        self.assertTrue(rhythm.with_user(mine).has_access("read"))
        self.assertFalse(rhythm.with_user(mine).has_access("write"))
        self.assertFalse(rhythm.with_user(other).has_access("read"))
        self.assertFalse(
            self.env["customer.churn"].with_user(other).search([("id", "=", rhythm.id)])
        )
