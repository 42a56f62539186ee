from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday


@tagged("post_install", "-at_install")
class TestCaseMerge(ServiceCase):
    """Duplicates, merged customers, and people who want to be forgotten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("merge_user", "user")
        cls.case = cls._create_case(RECEIVED, user_id=cls.user.id)
        cls.double = cls._create_case("2026-11-16 03:00:00", user_id=cls.user.id)

    # === DUPLICATES === #

    def test_a_duplicate_ends_and_its_conversation_goes_on_in_the_other(self):
        self.double._post_customer_message("Look", [("photo.txt", b"broken")])
        message = self.double.message_ids.filtered(
            lambda row: row.message_type == "comment"
        )
        dialog = self.env["customer.case.merge"].with_user(self.user)
        dialog = dialog.create({"case_ids": self.double.ids})
        self.assertEqual(dialog.survivor_id, self.case)
        dialog.action_merge()
        self.assertRecordValues(
            self.double, [{"state": "cancelled", "merged_into_id": self.case.id}]
        )
        self.assertEqual(set(self.double.commitment_ids.mapped("state")), {"cancelled"})
        self.assertEqual(message.res_id, self.case.id)
        self.assertEqual(message.attachment_ids.res_id, self.case.id)
        self.assertIn(self.double, self.case.duplicate_ids)
        with self.assertRaisesRegex(UserError, "became part of"):
            self.double._reopen("Wrong")

    def test_what_only_the_duplicate_knew_is_kept(self):
        self.double.write({"urgency": "urgent", "contact_phone": "12345"})
        with freeze_time("2026-11-16 03:10:00"):
            self.double._merge_into(self.case)
        self.assertRecordValues(
            self.case, [{"urgency": "urgent", "contact_phone": "12345"}]
        )

    def test_cases_of_two_customers_never_become_one(self):
        partner = self._create_partner("Other")
        profile = self.env["customer.profile"]._get_or_create(partner, self.company)
        other = self._create_case(RECEIVED, profile)
        with self.assertRaisesRegex(UserError, "not of the same customer"):
            self.double._merge_into(other)
        with self.assertRaises(UserError):
            self.double._merge_into(self.double)

    def test_unknown_senders_are_the_same_with_the_same_address_only(self):
        first, same, other, silent = (
            self._create_case(RECEIVED, profile_id=False, contact_email=email)
            for email in ("a@who.example", "A@Who.example", "b@who.example", False)
        )
        for case in (other, silent):
            with self.assertRaisesRegex(UserError, "not of the same customer"):
                case._merge_into(first)
        with self.assertRaises(UserError):
            silent._merge_into(
                self._create_case(RECEIVED, profile_id=False, contact_email=False)
            )
        same._merge_into(first)
        self.assertEqual(same.merged_into_id, first)

    def test_ended_cases_take_nothing_over(self):
        self.case._withdraw("A mistake")
        with self.assertRaisesRegex(UserError, "has ended"):
            self.double._merge_into(self.case)

    # === CUSTOMERS === #

    def test_cases_and_return_visits_go_with_a_merged_customer(self):
        partner = self._create_partner("Survivor")
        survivor = self.env["customer.profile"]._get_or_create(partner, self.company)
        person = self._create_partner(
            "Person", parent_id=self.partner.id, is_company=False
        )
        self.case.partner_id = person
        self.case._solve({"result": "Done"})
        visit = self.env["customer.case.contact.try"].create(
            {"case_id": self.case.id, "result": "not_reached"}
        )
        rounds = self.case.commitment_ids.mapped("round")
        self.profile._merge_into(survivor)
        cases = self.case | self.double
        self.assertEqual(cases.profile_id, survivor)
        self.assertEqual(visit.profile_id, survivor)
        self.assertEqual(cases.commitment_ids.profile_id, survivor)
        self.assertEqual(self.case.commitment_ids.mapped("round"), rounds)

    def test_the_panel_of_the_customer_shows_open_cases_only(self):
        self.double._withdraw("A mistake")
        with freeze_time("2026-11-16 05:00:00"):
            card = self.profile.with_user(self.user).get_relation_card()["case"]
        self.assertEqual(
            card,
            {
                "rows": [
                    {
                        "id": self.case.id,
                        "title": f"{self.case.name} Broken",
                        "kind": "Complaint",
                        "state": "Received",
                        "light": "running",
                        "label": "On Track",
                        "when": "First Answer in 21 h",
                        "user": self.user.name,
                    }
                ],
                "has_more": False,
            },
        )

    # === PEOPLE === #

    def test_a_person_finds_his_cases_in_the_report_and_is_erased_from_them(self):
        person = self._create_partner(
            "Zacharias Quill",
            parent_id=self.partner.id,
            is_company=False,
            email="zq@served.example",
            phone="+49 30 987654",
        )
        sources = self.env["customer.personal.source"]
        case = self.env["customer.case"]._open_case(
            {
                "subject": "Zacharias Quill asks",
                "description": "My own words",
                "contact_email": "zq@served.example",
            }
        )
        case._post_customer_message("Words of mine")
        linked = sources._find_linked(person, self.company)
        self.assertEqual(linked["customer.case"], case)
        terms = sources._get_terms(person)
        decisions = sources._get_decisions(person, terms, self.company)
        sources._erase_person(person, terms, self.company, decisions)
        case.invalidate_recordset()
        text = " ".join(
            str(value)
            for value in case.read(
                [
                    "subject", "description", "contact_name", "contact_email",
                    "contact_email_normalized", "contact_phone",
                ]
            )[0].values()
        )  # fmt: skip
        for word in ("Zacharias", "own words", "zq@", "987654"):
            self.assertNotIn(word, text)
        self.assertNotIn("Words of mine", " ".join(case.message_ids.mapped("body")))
