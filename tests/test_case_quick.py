from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .case_portal_common import CasePortalCase


@tagged("post_install", "-at_install")
class TestCaseQuick(CasePortalCase):
    """Cases written down on the phone or from an interaction, and the link to one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.phone = "+86 (21) 6262-0042"
        cls.other = cls._create_user("case_other", "user")
        cls.plain = cls._create_user("case_plain", "base.group_user")

    def _take_call(self, user=None, **values):
        """Fill in the form of a call; returns the case."""
        before = self.env["customer.case"].search([])
        form = Form(self.env["customer.case.quick"].with_user(user or self.sales))
        for name, value in {"subject": "Second pump", **values}.items():
            form[name] = value
        self.result = form.save().action_open_case()
        return self.env["customer.case"].search([]) - before

    # === PHONE === #

    def test_a_number_finds_its_contact_however_it_is_written(self):
        for number in ("02162620042", "0086 21 62620042", "6262 0042", "21-6262-0042"):
            with self.subTest(number=number):
                form = Form(self.env["customer.case.quick"].with_user(self.sales))
                form.contact_phone = number
                self.assertEqual(form.partner_id, self.contact)

    def test_two_contacts_with_a_number_are_offered_and_none_is_chosen(self):
        self.colleague.phone = "021 62620042"
        form = Form(self.env["customer.case.quick"].with_user(self.sales))
        form.contact_phone = "62620042"
        self.assertFalse(form.partner_id)
        self.assertEqual(form.found_count, 2)

    def test_a_few_digits_find_nobody(self):
        form = Form(self.env["customer.case.quick"].with_user(self.sales))
        form.contact_phone = "0042"
        self.assertFalse(form.partner_id)

    def test_a_call_opens_a_case_of_the_caller(self):
        case = self._take_call(contact_phone="62620042", kind="complaint")
        self.assertRecordValues(
            case,
            [
                {
                    "source": "phone",
                    "kind": "complaint",
                    "partner_id": self.contact.id,
                    "profile_id": self.profile.id,
                    "state": "received",
                    "user_id": self.sales.id,
                }
            ],
        )
        self.assertEqual(self.result["res_id"], case.id)

    def test_a_call_answered_at_once_keeps_the_promise(self):
        case = self._take_call(contact_phone="62620042", is_answered=True)
        self.assertEqual((case.state, case.reply_count), ("acknowledged", 1))

    def test_an_unknown_caller_makes_no_contact(self):
        before = self.env["res.partner"].search_count([])
        case = self._take_call(contact_name="Li", contact_company="New Ltd")
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(case.profile_id)
        self.assertEqual((case.contact_name, case.contact_company), ("Li", "New Ltd"))

    def test_a_call_for_a_customer_of_somebody_else_reaches_him(self):
        case = self._take_call(self.other, contact_phone="62620042")
        self.assertEqual(case.user_id, self.sales)
        self.assertFalse(case.with_user(self.other).has_access("read"))
        self.assertEqual(self.result["tag"], "display_notification")

    def test_saving_twice_opens_one_case(self):
        wizard = (
            self.env["customer.case.quick"]
            .with_user(self.sales)
            .create({"subject": "Once", "partner_id": self.contact.id})
        )
        actions = [wizard.action_open_case() for _time in range(2)]
        self.assertEqual(actions[0]["res_id"], actions[1]["res_id"])

    def test_people_without_the_role_take_no_calls(self):
        with self.assertRaises(AccessError):
            self._take_call(self.plain)

    # === INTERACTION === #

    def _log(self, **values):
        return (
            self.env["customer.interaction"]
            .with_user(self.sales)
            .create(
                {
                    "profile_id": self.profile.id,
                    "partner_ids": [(6, 0, self.contact.ids)],
                    "name": "Visit in hall 3",
                    "feedback": "The second pump leaks.",
                    "interaction_datetime": fields.Datetime.now(),
                    **values,
                }
            )
        )

    def test_an_interaction_becomes_a_case(self):
        interaction = self._log()
        action = interaction.action_make_case()
        wizard = self.env["customer.case.quick"].browse(action["res_id"])
        wizard.with_user(self.sales).action_open_case()
        self.assertRecordValues(
            interaction.case_ids,
            [
                {
                    "source": "interaction",
                    "subject": "Visit in hall 3",
                    "description": "The second pump leaks.",
                    "partner_id": self.contact.id,
                    "profile_id": self.profile.id,
                }
            ],
        )
        self.assertEqual(interaction.case_count, 1)
        domain = interaction.action_view_cases()["domain"]
        self.assertEqual(self.env["customer.case"].search(domain), interaction.case_ids)

    def test_who_left_the_customer_is_not_the_contact(self):
        interaction = self._log()
        self.contact.parent_id = self.foreign
        action = interaction.action_make_case()
        wizard = self.env["customer.case.quick"].browse(action["res_id"])
        self.assertFalse(wizard.partner_id)
        wizard.partner_id = self.contact
        with self.assertRaisesRegex(UserError, "does not belong to"):
            wizard.with_user(self.sales).action_open_case()

    def test_nobody_makes_a_case_of_an_interaction_he_may_not_see(self):
        interaction = self._log().with_user(self.other)
        with self.assertRaises(AccessError):
            interaction.action_make_case()
        wizards = self.env["customer.case.quick"].with_user(self.other)
        with self.assertRaises(AccessError):
            wizards.create({"subject": "X", "interaction_id": interaction.id})

    # === LINK === #

    def test_who_may_see_a_case_gets_its_link_and_can_make_a_new_one(self):
        case = self._open()
        action = case.with_user(self.sales).action_customer_link()
        wizard = self.env["customer.case.link"].browse(action["res_id"])
        wizard = wizard.with_user(self.sales)
        old = wizard.url
        self.assertIn(f"/my/cases/{case.id}?access_token={case.access_token}", old)
        self.assertIn(old, wizard.message)
        again = self.env["customer.case.link"].browse(wizard.action_rotate()["res_id"])
        self.assertNotEqual(again.with_user(self.sales).url, old)

    def test_nobody_else_gets_the_link(self):
        case = self._open()
        with self.assertRaises(AccessError):
            case.with_user(self.other).action_customer_link()
        with self.assertRaises(AccessError):
            wizard = (
                self.env["customer.case.link"]
                .with_user(self.other)
                .create({"case_id": case.id})
            )
            wizard.read(["url"])

    def test_a_duplicate_leads_to_the_case_it_became_part_of(self):
        case, duplicate = self._open(), self._open()
        foreign = self._open(self.stranger)
        duplicate.merged_into_id = case
        self.assertEqual(duplicate._get_survivor_for_customer(), case)
        duplicate.merged_into_id = foreign
        self.assertFalse(duplicate._get_survivor_for_customer())
