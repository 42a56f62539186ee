from datetime import timedelta

from odoo.tests import tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractionMail(InteractionCase):
    """Mail with customers is proposed, not what is sent to many."""

    def test_mail_to_and_from_a_contact_is_proposed_without_its_body(self):
        order = self._create_order(self.partner, "2026-01-01", 100)
        sent = self._create_message(
            self.contact, self.sales.partner_id, self.contact, subject="Offer"
        )
        received = self._create_message(
            order,
            self.contact,
            self.sales.partner_id,
            message_type="email",
            subject="Answer",
        )
        proposals = self._propose().sorted(lambda row: row.mail_message_id.id)
        self.assertRecordValues(
            proposals,
            [
                {
                    "mail_message_id": message.id,
                    "direction": direction,
                    "channel_id": self.channels["email"].id,
                    "user_ids": self.sales.ids,
                    "partner_ids": self.contact.ids,
                    "name": False,
                    "content": False,
                }
                for message, direction in ((sent, "outgoing"), (received, "incoming"))
            ],
        )
        self.assertEqual(
            proposals.with_user(self.sales).mapped("subject"), ["Offer", "Answer"]
        )

    def test_running_again_proposes_nothing_twice(self):
        self._create_message(self.contact, self.contact, message_type="email")
        proposal = self._propose()
        self.assertEqual(len(proposal), 1)
        proposal.with_user(self.sales).action_dismiss()
        self.assertFalse(self._propose())

    def test_a_conversation_is_proposed_once_a_day(self):
        for hours in (5, 4, 3):
            author = self.contact if hours % 2 else self.sales.partner_id
            self._create_message(
                self.contact,
                author,
                self.contact | self.sales.partner_id,
                message_type="email" if hours % 2 else "comment",
                date=self.now.replace(hour=12) - timedelta(days=2, hours=hours),
            )
        self.assertEqual(len(self._propose()), 1)
        self._create_message(
            self.contact,
            self.contact,
            message_type="email",
            date=self.now.replace(hour=12) - timedelta(days=2),
        )
        self._create_message(
            self.contact,
            self.contact,
            message_type="email",
            date=self.now.replace(hour=12) - timedelta(days=1),
        )
        self.assertEqual(len(self._propose()), 2)

    def test_what_the_portal_user_writes_came_over_the_portal(self):
        self._create_message(self.partner, self.contact, message_type="comment")
        proposal = self._propose()
        self.assertEqual(proposal.channel_id.code, "portal")
        self.assertEqual(proposal.direction, "incoming")
        self.assertFalse(proposal.user_ids)
        proposal.with_user(self.sales).action_confirm()
        self.assertEqual(proposal.user_ids, self.sales)

    def test_what_is_no_conversation_with_a_customer_is_not_proposed(self):
        sales, contact = self.sales.partner_id, self.contact
        activity = self.env.ref("mail.mail_activity_data_call")
        for values in (
            {"message_type": "notification"},
            {"message_type": "auto_comment"},
            {"is_internal": True},
            {"mail_activity_type_id": activity.id},
            {"date": self.now - timedelta(days=15)},
        ):
            self._create_message(contact, sales, contact, **values)
        self._create_message(contact, sales, self.colleague.partner_id)  # a log note
        self._create_message(self._create_event(hours=-5), sales, contact)
        self._create_message(contact, sales, contact, model="discuss.channel")
        self.assertFalse(self._propose())

    def test_mail_to_many_is_not_proposed(self):
        others = [self._create_partner(f"Bulk {number}") for number in range(5)]
        profiles = [self._get_profile(partner) for partner in others]
        contacts = [self._create_contact(f"Bulk{p.id}", p) for p in others]
        for contact in [self.contact, *contacts]:
            self._create_message(
                contact, self.sales.partner_id, contact, subject="News of November"
            )
        everybody = self.contact.union(*contacts)
        self._create_message(
            self.partner, self.sales.partner_id, everybody, subject="To all of you"
        )
        self._propose()
        self.assertFalse(self._get_proposals())
        self.assertFalse(self._get_proposals(profiles[0]))
        for contact in contacts[:4]:
            self._create_message(
                contact, self.sales.partner_id, contact, subject="Five of you"
            )
        self._create_message(
            self.contact, self.sales.partner_id, self.contact, subject="Five of you"
        )
        self.assertEqual(len(self._propose()), 1)

    def test_mail_of_another_company_stays_there(self):
        elsewhere = self._get_profile(self.partner, self.other_company)
        self._create_message(
            self.contact,
            self.contact,
            message_type="email",
            record_company_id=self.other_company.id,
        )
        self.assertFalse(self._propose())
        self.assertEqual(len(self._get_proposals(elsewhere)), 1)
