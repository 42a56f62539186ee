import doctest
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, mute_logger, tagged
from psycopg2 import IntegrityError

from .. import milestones
from .common import DAY
from .milestone_common import MilestoneCase


@tagged("post_install", "-at_install")
class TestPureMilestones(BaseCase):
    """Yearly days and the renewal rate, without a database."""

    def test_examples_in_the_documentation_hold(self):
        result = doctest.testmod(milestones)
        self.assertGreater(result.attempted, 3)
        self.assertFalse(result.failed)

    def test_renewal_rate_counts_contracts_ended_in_24_months(self):
        day = date(2026, 11, 21)
        in_time = date(2026, 3, 31)
        rows = [
            (in_time, "renewed", in_time),  # on the last day: in time
            (in_time, "renewed", date(2026, 4, 1)),  # a day late
            (in_time, "lost", date(2026, 1, 1)),
            (in_time, "open", None),
            (date(2024, 11, 21), "renewed", date(2024, 1, 1)),  # 24 months ago: out
            (date(2024, 11, 22), "renewed", date(2024, 1, 1)),  # in
            (date(2026, 11, 21), "renewed", date(2026, 1, 1)),  # today: in
            (date(2026, 11, 22), "renewed", date(2026, 1, 1)),  # not ended
        ]
        rate = milestones.renewal_rate(rows, day)
        self.assertEqual(rate[:2], (6, 3))
        self.assertEqual(rate.rate, 0.5)

    def test_renewal_rate_of_no_ended_contract_is_unknown_not_zero(self):
        rows = [(date(2027, 1, 1), "renewed", date(2026, 1, 1))]
        self.assertIsNone(milestones.renewal_rate(rows, date(2026, 11, 21)).rate)


@tagged("post_install", "-at_install")
class TestMilestones(MilestoneCase):
    """What people write down about what is coming up."""

    def _decide(self, renewal, method, day=DAY):
        with self._on(day):
            return getattr(renewal.with_user(self.sales), method)()

    # === WRITING DOWN === #

    def test_sales_person_writes_down_a_renewal(self):
        form = Form(self.milestones.with_user(self.sales))
        form.profile_id = self.profile
        form.date_end = "2027-01-20"
        form.amount = 50000
        renewal = form.save()
        self.assertRecordValues(
            renewal,
            [
                {
                    "kind": "renewal",
                    "company_id": self.company.id,
                    "date": date(2027, 1, 20),
                    "date_due": date(2026, 11, 21),  # 60 days before
                    "renewal_state": "open",
                    "state": "upcoming",
                }
            ],
        )

    def test_somebody_is_reminded_before_the_notice_date(self):
        renewal = self._create_renewal(date_notice="2026-10-01")
        # 60 days before
        self.assertEqual(renewal.date_due, date(2026, 8, 2))
        renewal.date_notice = False
        renewal.lead_days = 10
        self.assertEqual(renewal.date_due, date(2026, 12, 31))

    def test_dates_of_one_day_are_accepted(self):
        self._create_renewal(date_start="2027-01-10", date_notice="2027-01-10")

    def test_figures_that_are_not_finite_are_refused(self):
        for value in ("nan", "inf", float("nan")):
            with self.subTest(value=value), self.assertRaises(ValidationError):
                self._create_renewal(amount=value)

    @mute_logger("odoo.sql_db")
    def test_impossible_renewals_are_refused(self):
        for values in (
            {"date_start": "2027-01-11"},  # ends before it starts
            {"date_notice": "2027-01-11"},  # notice after the end
            {"date_end": False, "date": "2027-01-01"},
            {"amount": -1},
            {"lead_days": -1},
            {"lead_days": 4000},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._create_renewal(**values)
                self.env.flush_all()

    def test_a_day_in_the_first_year_of_the_calendar_breaks_nothing(self):
        renewal = self._create_renewal(end="0001-01-05")
        self.assertEqual(renewal.date_due, date(1, 1, 1))

    def test_emoji_and_right_to_left_text_are_kept(self):
        text = "续签 🎉 \u202eعقد\u202c " + "x" * 3000
        renewal = self._create_renewal(name=text)
        self.assertEqual(renewal.title, text)

    def test_a_milestone_cannot_be_moved_to_another_customer(self):
        other = self._create_rated("Other")
        renewal = self._create_renewal().with_user(self.sales)
        with self.assertRaises(AccessError):
            renewal.profile_id = other

    def test_previous_term_of_another_customer_is_refused(self):
        other = self._create_renewal(self._create_rated("Other"))
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._create_renewal(previous_id=other.id)

    # === DECIDING === #

    def test_renewed_contract_is_done_and_offers_the_next_term(self):
        renewal = self._create_renewal(
            date_start="2026-01-11", date_notice="2026-12-11", amount=9000, name="Care"
        )
        action = self._decide(renewal, "action_renew")
        self.assertRecordValues(
            renewal,
            [
                {
                    "renewal_state": "renewed",
                    "state": "done",
                    "date_decided": date(2026, 11, 21),
                    "renewed_rate": 1,
                }
            ],
        )
        following = Form(
            self.milestones.with_user(self.sales).with_context(**action["context"])
        ).save()
        self.assertRecordValues(
            following,
            [
                {
                    "profile_id": self.profile.id,
                    "date_start": date(2027, 1, 11),
                    "date_end": date(2028, 1, 10),
                    "date_notice": date(2027, 12, 11),
                    "amount": 9000,
                    "name": "Care",
                    "previous_id": renewal.id,
                    "renewal_state": "open",
                }
            ],
        )

    def test_next_term_is_as_long_in_months_else_a_year(self):
        for start, end, next_start, next_end in (
            ("2026-01-01", "2026-03-31", date(2026, 4, 1), date(2026, 6, 30)),
            ("2023-03-01", "2024-02-29", date(2024, 3, 1), date(2025, 2, 28)),
            (False, "2026-06-30", date(2026, 7, 1), date(2027, 6, 30)),
        ):
            with self.subTest(end=end):
                renewal = self._create_renewal(end=end, date_start=start)
                self.assertEqual(renewal._get_next_term(), (next_start, next_end))

    def test_contract_renewed_a_day_late_does_not_count(self):
        for day, rate in (("2027-01-10", 1), ("2027-01-11", 0)):
            with self.subTest(day=day):
                renewal = self._create_renewal()
                self._decide(renewal, "action_renew", day)
                self.assertEqual(renewal.renewed_rate, rate)

    def test_lost_contract_is_reopened_by_who_erred(self):
        renewal = self._create_renewal()
        self._decide(renewal, "action_lose")
        self.assertEqual((renewal.renewal_state, renewal.state), ("lost", "done"))
        self._decide(renewal, "action_reopen")
        self.assertEqual((renewal.renewal_state, renewal.state), ("open", "upcoming"))
        self.assertFalse(renewal.date_decided)

    def test_an_open_renewal_is_decided_not_done(self):
        renewal = self._create_renewal()
        with self.assertRaisesRegex(UserError, "renewed or lost"):
            self._decide(renewal, "action_done")
        delivery = self.milestones.create(
            {"profile_id": self.profile.id, "kind": "delivery", "date": DAY}
        )
        with self.assertRaisesRegex(UserError, "Only a contract"):
            self._decide(delivery, "action_lose")
        self._decide(delivery, "action_done")
        self.assertEqual(delivery.state, "done")

    # === OF A CONTRACT === #

    def test_a_contract_with_an_end_has_one_renewal_that_follows_it(self):
        contract = self.env["customer.agreement"].create(
            {
                "profile_id": self.profile.id,
                "name": "Frame contract",
                "kind": "contract",
                "date_end": "2027-03-31",
                "amount": 70000,
            }
        )
        self.milestones._sync_renewal(contract)
        renewal = self._get(self.profile)
        self.assertRecordValues(
            renewal,
            [
                {
                    "kind": "renewal",
                    "date": date(2027, 3, 31),
                    "amount": 70000,
                    "agreement_id": contract.id,
                    "title": "Frame contract",
                }
            ],
        )
        renewal.date_notice = "2027-03-01"
        contract.date_end = "2027-02-28"
        self.milestones._sync_renewal(contract)
        self.milestones._sync_renewal(contract)
        self.assertEqual(self._get(self.profile), renewal)
        self.assertEqual(renewal.date, date(2027, 2, 28))
        self.assertFalse(renewal.date_notice)
        contract.active = False
        self.milestones._sync_renewal(contract)
        self.assertFalse(renewal.active)
        contract.active = True
        self.milestones._sync_renewal(contract)
        self.assertTrue(renewal.active)
        self.assertEqual(self._get(self.profile), renewal)

    def test_a_prolonged_contract_gets_a_new_renewal_beside_the_decided_one(self):
        contract = self.env["customer.agreement"].create(
            {"profile_id": self.profile.id, "name": "Long", "date_end": "2026-12-31"}
        )
        self.milestones._sync_renewal(contract)
        first = self._get(self.profile)
        self._decide(first, "action_renew")
        self.milestones._sync_renewal(contract)
        self.assertEqual(self._get(self.profile), first)
        contract.date_end = "2027-12-31"
        self.milestones._sync_renewal(contract)
        second = self._get(self.profile) - first
        self.assertEqual(second.date, date(2027, 12, 31))
        self.assertEqual(first.renewal_state, "renewed")
