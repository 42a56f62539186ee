from contextlib import nullcontext
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase

from .common import CustomerSuccessCase


class InteractionCase(CustomerSuccessCase):
    """A customer with one contact, his first responsible and a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("inter_sales", "user", lang="en_US")
        cls.colleague = cls._create_user("inter_colleague", "user")
        cls.stranger = cls._create_user("inter_stranger", "user")
        cls.plain = cls._create_user("inter_plain", "base.group_user")
        cls.partner = cls._create_partner("Inter Customer", user_id=cls.sales.id)
        cls.contact = cls._create_contact("Ann Inter", cls.partner)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.channels = {
            channel.code: channel for channel in cls.env["customer.channel"].search([])
        }
        cls.now = fields.Datetime.now().replace(microsecond=0)

    @classmethod
    def _create_contact(cls, name, partner, **values):
        values.setdefault("email", f"{name.split()[0].lower()}@example.com")
        return cls._create_partner(
            name, is_company=False, parent_id=partner.id, **values
        )

    @classmethod
    def _log(cls, channel="phone", profile=None, user=None, **values):
        """Log an interaction with the contact, as the first responsible."""
        return (
            cls.env["customer.interaction"]
            .with_user(user or cls.sales)
            .create(
                {
                    "profile_id": (profile or cls.profile).id,
                    "channel_id": cls.channels[channel].id,
                    "partner_ids": [Command.set(cls.contact.ids)],
                    **values,
                }
            )
        )

    @classmethod
    def _create_event(cls, people=None, hours=2, organiser=None, **values):
        """Create a meeting that ended some hours ago, of one hour."""
        organiser = organiser or cls.sales
        people = cls.contact if people is None else people
        stop = cls.now - timedelta(hours=hours)
        return (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True)
            .create(
                {
                    "name": "Price talk",
                    "start": stop - timedelta(hours=1),
                    "stop": stop,
                    "user_id": organiser.id,
                    "partner_ids": [Command.set((people | organiser.partner_id).ids)],
                    **values,
                }
            )
        )

    @classmethod
    def _create_message(cls, record, author, recipients=None, **values):
        """Create a message of the last hour on a document, without sending it."""
        values.setdefault("message_type", "comment")
        message = cls.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "author_id": author.id,
                "date": cls.now - timedelta(minutes=30),
                "subtype_id": cls.env.ref("mail.mt_comment").id,
                "body": "<p>secret body</p>",
                "record_company_id": cls.company.id,
                **values,
            }
        )
        cls.env["mail.notification"].create(
            [
                {
                    "mail_message_id": message.id,
                    "res_partner_id": partner.id,
                    "notification_type": "inbox" if partner.user_ids else "email",
                }
                for partner in recipients or ()
            ]
        )
        return message

    def _propose(self):
        """Let the job run; returns the proposals of the customer."""
        cron = self.env.ref("customer_success.ir_cron_propose_interactions")
        self.env.flush_all()
        is_http = isinstance(self, HttpCase)  # in that mode all the time
        with nullcontext() if is_http else self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.env.invalidate_all()
        return self._get_proposals()

    def _get_proposals(self, profile=None):
        return self.env["customer.interaction"].search(
            [
                ("profile_id", "=", (profile or self.profile).id),
                ("state", "=", "proposed"),
            ]
        )
