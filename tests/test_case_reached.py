from odoo.tests import freeze_time, tagged

from .case_portal_common import CasePortalCase

WHO = "who@elsewhere.example"


@tagged("post_install", "-at_install")
class TestCaseReached(CasePortalCase):
    """An answer that counts reaches the sender, whichever way it was written."""

    def setUp(self):
        super().setUp()
        self.case = self._open(
            False, partner_id=False, contact_email=WHO, desk_id=self.desk.id
        )
        self.case.user_id = self.sales
        self.before = self._find_mails()

    def _find_mails(self):
        self.env.flush_all()
        return self.env["mail.mail"].sudo().search([])

    def _get_addresses(self):
        """Return who got the mails sent since."""
        mails = self._find_mails() - self.before
        return sorted(
            address
            for mail in mails
            for address in (mail.email_to, *mail.recipient_ids.mapped("email"))
            if address
        )

    def _compose(self, **values):
        composer = self.env["mail.compose.message"].with_user(self.sales)
        context = {"default_model": "customer.case", "default_res_ids": self.case.ids}
        return composer.with_context(**context).create(
            {"composition_mode": "comment", "body": "<p>Hello</p>", **values}
        )

    def test_a_contact_without_an_address_is_reached_where_he_wrote_from(self):
        person = self._create_person("Max Case", self.partner, email=False)
        self.case.with_user(self.sales)._assign_sender(person)
        self.case.with_user(self.sales)._post_answer_text("Hello")
        self.assertEqual(self._get_addresses(), [WHO])
        self._solve(self.case)
        self.assertEqual(self._get_addresses(), [WHO, WHO])

    def test_the_large_composer_reaches_a_sender_who_is_no_contact(self):
        self._compose()._action_send_mail()
        self.assertEqual(self._get_addresses(), [WHO])
        self.assertEqual(self.case.reply_count, 1)

    def test_a_message_for_later_reaches_him_and_counts_when_it_goes(self):
        later = self._compose(scheduled_date="2026-11-25 08:00:00")
        later.action_schedule_message()
        self.assertFalse(self.case.acknowledged_datetime)
        scheduled = self.env["mail.scheduled.message"].search(
            [("model", "=", "customer.case"), ("res_id", "=", self.case.id)]
        )
        with freeze_time("2026-11-25 08:00:00"):
            scheduled.with_user(self.sales).post_message()
        self.assertEqual(self._get_addresses(), [WHO])
        self.assertEqual(str(self.case.acknowledged_datetime), "2026-11-25 08:00:00")

    def test_who_was_made_a_contact_to_write_to_gets_one_mail(self):
        person = self._create_partner("Who", is_company=False, email=WHO)
        self.case.with_user(self.sales).message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=person.ids,
        )
        self.assertEqual(self._get_addresses(), [WHO])

    def test_a_colleague_who_answers_his_mail_reaches_the_sender(self):
        self.case._post_customer_message("Well?", email=WHO)
        self.before = self._find_mails()
        self._reply(self.case, "seller@our.example", "On its way.")
        self.assertEqual(self._get_addresses(), [WHO])
        self.assertEqual(self.case.reply_count, 1)

    def test_a_colleague_who_wrote_to_the_sender_himself_is_not_repeated(self):
        self.case._post_customer_message("Well?", email=WHO)
        self.before = self._find_mails()
        to = f"{self.address}, {WHO}"
        self._reply(self.case, "seller@our.example", "On its way.", to=to)
        self.assertFalse(self._get_addresses())
        self.assertEqual(self.case.reply_count, 1)

    def test_who_read_along_and_left_the_customer_has_no_link_any_more(self):
        case = self._open(self.contact)
        case.message_subscribe(self.colleague.ids)
        link = case._portal_ensure_token()
        self.colleague.parent_id = self.foreign
        self.assertFalse(case._has_link(link))
        self.assertEqual(case.partner_id, self.contact)
        self.assertNotIn(self.colleague, case.message_partner_ids)
        link = case._portal_ensure_token()
        self.stranger.parent_id = self._create_partner("Third")
        self.assertTrue(case._has_link(link))

    def test_who_became_part_of_somebody_elsewhere_has_no_link_any_more(self):
        case = self._open(self.contact)
        link = case._portal_ensure_token()
        people = self.contact | self.stranger
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": people.ids, "dst_partner_id": self.stranger.id}
        ).action_merge()
        self.env.invalidate_all()
        self.assertFalse(case._has_link(link))
        self.assertFalse(case.partner_id)
        self.assertNotIn(self.stranger, case.message_partner_ids)
        self.assertEqual(case.contact_email, "ann@customer.example")
