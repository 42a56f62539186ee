from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestGiftsRepeat(CustomerSuccessCase):
    """Never the same gift as one of the last three to that person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("gift_user", "user", lang="en_US")
        partner = cls._create_partner("Gift customer")
        cls.profile = cls.env["customer.profile"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": cls.user.id,
            }
        )
        cls.people = cls.env["customer.personal.data"]
        for name in ("Anna", "Bo"):
            person = cls._create_partner(name, is_company=False, parent_id=partner.id)
            cls.people |= (
                cls.env["customer.personal.data"]
                .with_user(cls.user)
                .create(
                    {
                        "profile_id": cls.profile.id,
                        "partner_id": person.id,
                        "consent": "given",
                    }
                )
            )

    def _give(self, name, day, person=0):
        return self.people[person].gift_ids.create(
            {"personal_data_id": self.people[person].id, "name": name, "date": day}
        )

    def test_the_last_three_gifts_cannot_be_repeated_the_fourth_can(self):
        for name, day in (
            ("Tea", "2026-01-01"),
            ("Pen", "2026-02-01"),
            ("Book", "2026-03-01"),
        ):
            self._give(name, day)
        for name in ("Tea", "tea", " T e\u3000a ", "ＴＥＡ"):
            with self.subTest(name=name):
                with self.assertRaises(ValidationError) as refused:
                    self._give(name, "2026-04-01")
                self.assertEqual(
                    str(refused.exception),
                    "Anna got Tea on 01/01/2026: choose something that was not among"
                    " the last 3 gifts.",
                )
        self._give("Scarf", "2026-04-01")
        self.assertTrue(self._give("tea", "2026-05-01"))

    def test_another_person_may_get_the_same_gift(self):
        self._give("Tea", "2026-01-01")
        self.assertTrue(self._give("Tea", "2026-01-01", person=1))

    def test_a_gift_written_down_later_counts_in_its_place(self):
        for name, day in (
            ("Pen", "2026-02-01"),
            ("Book", "2026-03-01"),
            ("Scarf", "2026-04-01"),
            ("Tea", "2026-05-01"),
        ):
            self._give(name, day)
        # three others lie between the two
        early = self._give("Tea", "2026-01-01")
        with self.assertRaises(ValidationError):
            early.date = "2026-02-15"
        with self.assertRaises(ValidationError):
            early.name = "book"
        early.name = "Cup"

    def test_an_archived_gift_was_none_and_comes_back_checked(self):
        first = self._give("Tea", "2026-01-01")
        first.active = False
        self._give("Tea", "2026-02-01")
        with self.assertRaises(ValidationError):
            first.active = True

    def test_erased_gifts_are_no_repetition(self):
        self._give("Tea", "2026-01-01")
        self._give("Pen", "2026-02-01")
        self.people[0].consent = "withdrawn"
        self.assertEqual(self.people[0].sudo().gift_ids.mapped("name"), ["***"] * 2)

    def test_gifts_stay_within_the_policy_of_the_person(self):
        self.people[0].gift_limit = 50
        gifts = self.people[0].gift_ids
        with self.assertRaisesRegex(ValidationError, "above the limit"):
            gifts.create(
                {
                    "personal_data_id": self.people[0].id,
                    "name": "Watch",
                    "amount": 50.01,
                    "date": "2026-01-01",
                }
            )
