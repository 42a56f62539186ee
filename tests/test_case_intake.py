from unittest.mock import patch

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .service_common import ServiceCase

NOW = "2026-11-16 02:00:00"


@tagged("post_install", "-at_install")
class TestCaseIntake(ServiceCase):
    """The one door by which cases come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_partner(
            "Person",
            parent_id=cls.partner.id,
            is_company=False,
            email="person@served.example",
            phone="+86 10 1234",
        )

    def _open(self, key=None, **vals):
        vals = {
            "subject": "Pump",
            "source": "form",
            "company_id": self.company.id,
            **vals,
        }
        with freeze_time(NOW):
            return self.env["customer.case"]._open_case(vals, key=key)

    # === WHO WROTE === #

    def test_the_address_of_one_contact_makes_the_case_his_customers(self):
        case = self._open(contact_email='"P." <PERSON@served.example>')
        self.assertRecordValues(
            case,
            [
                {
                    "partner_id": self.person.id,
                    "profile_id": self.profile.id,
                    "contact_name": "Person",
                    "contact_phone": "+86 10 1234",
                }
            ],
        )

    def test_a_contact_becomes_a_customer_when_he_writes(self):
        self._create_partner("Fresh", email="new@fresh.example")
        case = self._open(contact_email="new@fresh.example")
        self.assertEqual(case.profile_id.partner_id.name, "Fresh")

    def test_unknown_addresses_make_no_contact(self):
        before = self.env["res.partner"].search_count([])
        case = self._open(contact_email="who@unknown.example", contact_name="Who")
        self.assertFalse(case.profile_id)
        self.assertFalse(case.partner_id)
        self.assertEqual(case.contact_email, "who@unknown.example")
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_no_case_is_given_to_one_of_two_customers_with_the_same_address(self):
        self._create_partner("Another", email="person@served.example")
        case = self._open(contact_email="person@served.example")
        self.assertFalse(case.profile_id)
        self.assertIn("Several customers", case.message_ids[0].body)

    def test_two_contacts_of_one_customer_leave_the_person_open_not_the_customer(self):
        self._create_partner(
            "Second",
            parent_id=self.partner.id,
            is_company=False,
            email="person@served.example",
        )
        case = self._open(contact_email="person@served.example")
        self.assertEqual(case.profile_id, self.profile)
        self.assertFalse(case.partner_id)
        self.assertEqual(case.contact_email, "person@served.example")

    def test_archived_contacts_and_those_of_another_company_are_not_found(self):
        for vals in ({"active": False}, {"company_id": self.other_company.id}):
            with self.subTest(vals=vals):
                self._create_partner("Gone", email="gone@gone.example", **vals)
                self.assertFalse(
                    self._open(contact_email="gone@gone.example").profile_id
                )

    def test_our_own_people_are_no_customers(self):
        user = self._create_user("intake_colleague", "user")
        user.partner_id.email = "colleague@ours.example"
        case = self._open(contact_email="colleague@ours.example")
        self.assertFalse(case.profile_id)

    def test_a_case_without_any_sender_is_opened_too(self):
        case = self._open(subject="", description="")
        self.assertEqual(case.subject, "(no subject)")

    # === WHAT MAY COME IN === #

    def test_fields_that_are_not_on_the_list_are_left_out(self):
        case = self._open(
            state="confirmed",
            judgement="Mine",
            priority=9,
            reward_state="granted",
            cause_id=1,
            intake_key="x",
            message_follower_ids=[(5,)],
        )
        self.assertRecordValues(
            case,
            [
                {
                    "state": "received",
                    "judgement": False,
                    "priority": 0,
                    "reward_state": "none",
                    "cause_id": False,
                    "intake_key": False,
                }
            ],
        )

    def test_text_is_cleaned_and_kept_as_it_was_written(self):
        case = self._open(
            subject="=cmd\x00()\u202e",
            description="<script>1</script>\x00",
            contact_name="+Who",
            contact_company="@home",
            lang="../../etc",
            contact_email="+x@y.example",
        )
        self.assertRecordValues(
            case,
            [
                {
                    "subject": "=cmd()",
                    "description": "<script>1</script>",
                    "contact_name": "+Who",
                    "contact_company": "@home",
                    "contact_email": "+x@y.example",
                    "contact_email_normalized": "+x@y.example",
                    "lang": False,
                }
            ],
        )
        listed = self._open(description="- leaks\n- squeaks")
        self.assertEqual(listed.description, "- leaks\n- squeaks")

    def test_the_desk_says_which_company_was_written_to(self):
        desk = self.env["customer.service.desk"].create(
            {"name": "Other", "company_id": self.other_company.id}
        )
        case = self._open(desk_id=desk.id)
        self.assertEqual(case.company_id, self.other_company)

    # === ONE-TIME KEY === #

    def test_the_same_key_gives_the_case_it_opened(self):
        first = self._open(key="key-1", description="Leaks")
        self.assertEqual(self._open(key="key-1", description="Leaks"), first)

    def test_the_same_key_with_other_words_is_refused(self):
        self._open(key="key-1", description="Leaks")
        with self.assertRaisesRegex(UserError, "sent already"):
            self._open(key="key-1", description="Something else")

    def test_two_at_the_same_moment_are_tried_again_not_doubled(self):
        self._open(key="key-1", description="Leaks")
        unseen = self.env["customer.case"].browse()
        cases = type(self.env["customer.case"])
        with (
            patch.object(cases, "_find_by_key", lambda *_args: unseen),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            self._open(key="key-1", description="Leaks")

    # === RECEIPT === #

    def test_one_receipt_an_hour_for_an_address(self):
        first = self._open(contact_email="who@unknown.example")
        second = self._open(contact_email="WHO@unknown.example")
        with freeze_time(NOW):
            self.assertTrue(first._acknowledge_receipt())
            self.assertFalse(second._acknowledge_receipt())
        with freeze_time("2026-11-16 03:00:01"):
            self.assertTrue(second._acknowledge_receipt())
        nobody = self._open()
        self.assertFalse(nobody._acknowledge_receipt())

    # === SAYING WHO IT WAS === #

    def test_a_person_says_who_wrote_and_the_clocks_follow_his_tier(self):
        user = self._create_user("intake_user", "user")
        case = self._open(kind="complaint", contact_email="who@unknown.example")
        self.profile.tier_id = self.tiers["A"]
        with freeze_time("2026-11-16 02:30:00"):
            self.env["customer.case.sender"].with_user(user).create(
                {"case_id": case.id, "partner_id": self.person.id}
            ).action_assign()
        self.assertEqual(case.profile_id, self.profile)
        self.assertEqual(case.commitment_ids.profile_id, self.profile)
        self.assertEqual(case.next_due_datetime, self._at("2026-11-16 04:00:00"))
        self.assertTrue(
            case.commitment_ids.filtered(
                lambda row: row.target == "solution" and row.state == "running"
            )
        )
        with self.assertRaisesRegex(UserError, "already"):
            case._assign_sender(self.partner)

    def test_a_new_contact_is_made_by_a_person_only(self):
        user = self._create_user("intake_user", "user,base.group_partner_manager")
        case = self._open(
            contact_name="Who",
            contact_email="who@unknown.example",
            contact_phone="12345",
        )
        with freeze_time(NOW):
            self.env["customer.case.sender"].with_user(user).create(
                {"case_id": case.id, "is_new": True}
            ).action_assign()
        self.assertRecordValues(
            case.partner_id,
            [{"name": "Who", "email": "who@unknown.example", "phone": "12345"}],
        )

    def test_nobody_gives_a_case_to_a_customer_he_may_not_see(self):
        user = self._create_user("intake_user", "user")
        self.profile.user_id = self._create_user("intake_owner", "user")
        case = self._open(contact_email="who@unknown.example")
        dialog = self.env["customer.case.sender"].with_user(user)
        with self.assertRaises(AccessError):
            dialog.create(
                {"case_id": case.id, "partner_id": self.person.id}
            ).action_assign()
        self.assertFalse(case.profile_id)
