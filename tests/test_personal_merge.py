from odoo.tests import freeze_time, tagged

from .common import DAY
from .personal_common import PersonalCase


@tagged("post_install", "-at_install")
class TestPersonalMerge(PersonalCase):
    """Two contacts who are one person, two customers who are one."""

    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = kept.union(*others)
        wizard._merge(partners.ids, kept)

    def _create_both(self):
        """Return an older row of one person and a newer one of the other."""
        with freeze_time("2026-03-01 12:00:00"):
            older = self._create_data(
                birthday_day=1, birthday_month=5, interests="Go", notes="Old", trust=2
            )
            self._create_gift(older, name="Tea")
        with freeze_time(f"{DAY} 12:00:00"):
            newer = self._create_data(
                self.other_person, interests="Opera", trust=4, no_gift=False
            )
            self._create_gift(newer, name="Book")
        return older, newer

    def test_the_newer_row_wins_field_by_field_and_all_gifts_stay(self):
        for kept in (self.person, self.other_person):
            with self.env.cr.savepoint() as savepoint:
                self._create_both()
                self._merge(kept, (self.person | self.other_person) - kept)
                data = self.env["customer.personal.data"].search(
                    [("profile_id", "=", self.profile.id)]
                )
                self.assertRecordValues(
                    data,
                    [
                        {
                            "partner_id": kept.id,
                            "birthday_day": 1,
                            "birthday_month": 5,
                            "interests": "Opera",
                            "notes": "Old",
                            "trust": 4,
                            "consent": "given",
                        }
                    ],
                )
                self.assertEqual(str(data.date_expiry), "2028-11-21")
                self.assertEqual(sorted(data.gift_ids.mapped("name")), ["Book", "Tea"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_later_withdrawal_holds_for_the_one_person(self):
        older, newer = self._create_both()
        with freeze_time("2026-11-22 12:00:00"):
            older.consent = "withdrawn"
        self._merge(self.person, self.other_person)
        data = (older | newer).exists()
        self.assertEqual(data.consent, "withdrawn")
        self.assertFalse(data.interests)
        self.assertFalse(data.trust)
        self.assertEqual(data.gift_ids.mapped("name"), ["***", "***"])

    def test_a_withdrawal_of_the_same_day_holds_too(self):
        older, newer = self._create_both()
        with freeze_time(f"{DAY} 13:00:00"):
            older.consent = "withdrawn"
        self._merge(self.person, self.other_person)
        data = (older | newer).exists()
        self.assertEqual(data.consent, "withdrawn")
        self.assertFalse(data.interests)

    def test_a_limit_that_was_lowered_does_not_stop_a_merge(self):
        older, newer = self._create_both()
        (older | newer).write({"gift_limit": 1, "no_gift": True})
        self._merge(self.person, self.other_person)
        data = (older | newer).exists()
        self.assertEqual(len(data.gift_ids), 2)
        self.assertTrue(data.no_gift)

    def test_birthdays_that_were_cared_for_stay_a_day_twice_is_once(self):
        older, newer = self._create_both()
        milestones = self.env["customer.milestone"]
        for data, day in ((older, "2025-05-01"), (older, "2024-05-01"),
                          (newer, "2025-05-01")):  # fmt: skip
            milestones |= milestones.create(
                {
                    "profile_id": self.profile.id,
                    "kind": "birthday",
                    "date": day,
                    "state": "done",
                    "personal_data_id": data.id,
                }
            )
        self._merge(self.other_person, self.person)
        self.assertEqual(
            sorted(str(row.date) for row in milestones.exists()),
            ["2024-05-01", "2025-05-01"],
        )
        self.assertEqual(milestones.exists().personal_data_id, (older | newer).exists())

    def test_merged_customers_bring_their_people(self):
        older, newer = self._create_both()
        company = self._create_partner("Twin", user_id=self.ann.id)
        twin = self._get_profile(company)
        with freeze_time("2026-11-22 12:00:00"):
            person = self._create_person("Third", company)
            data = self._create_data(person, profile_id=twin.id, trust=5)
            self._create_gift(data, name="Pen")
        self._merge(self.partner, company)
        self.assertEqual((older | newer | data).profile_id, self.profile)
        self.assertEqual(data.gift_ids.profile_id, self.profile)
        self.assertEqual(len((older | newer | data).exists()), 3)
        self.assertTrue(data.with_user(self.ann).has_access("write"))

    def test_one_person_known_at_two_customers_is_one_when_they_merge(self):
        older, _newer = self._create_both()
        company = self._create_partner("Twin")
        twin = self._get_profile(company)
        data = older.sudo().create(
            {"profile_id": twin.id, "consent": "given",
             "partner_id": self._create_person("Same", company).id, "trust": 1}
        )  # fmt: skip
        # he changed to the other company: as core would leave it
        self.env.cr.execute(
            "UPDATE customer_personal_data SET partner_id = %s WHERE id = %s",
            (self.person.id, data.id),
        )
        self.env.invalidate_all()
        twin._merge_into(self.profile)
        left = (older | data).exists()
        self.assertEqual(len(left), 1)
        self.assertRecordValues(
            left, [{"profile_id": self.profile.id, "partner_id": self.person.id}]
        )
        self.assertEqual(left.interests, "Go")

    def test_a_person_merged_into_a_company_stops_nothing(self):
        older, newer = self._create_both()
        company = self._create_partner("Company")
        self._merge(company, self.person, self.other_person)
        data = (older | newer).exists()
        self.assertEqual(len(data), 1)
        self.assertEqual(data.partner_id, company)
