import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractionRights(InteractionCase):
    """An interaction shows nothing of a meeting or mail its reader may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_user("inter_boss", "user_all")
        cls.portal = cls._create_user("inter_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.partner

    def _dump(self, interaction, user):
        """Return everything a user can read about an interaction, as text."""
        self.env.invalidate_all()
        row = interaction.with_user(user)
        names = list(row.fields_get())
        self.assertIn("subject", names)
        self.assertNotIn("mail_message_id", names)  # its name is its subject
        rows = row.search([("id", "=", row.id)])
        return json.dumps(
            [
                row.read(names),
                rows.search_read([("id", "=", row.id)], ["subject", "display_name"]),
                rows.export_data(["subject", "calendar_event_id", "display_name"])
                if user.has_group("base.group_allow_export")
                else "",
                row.web_read(
                    {
                        "subject": {},
                        "calendar_event_id": {"fields": {"display_name": {}}},
                    }
                ),
                row.sudo(False).profile_id._get_interaction_card(),
            ],
            default=str,
        )

    def test_a_meeting_made_private_shows_its_subject_to_nobody_else(self):
        event = self._create_event(name="Secret merger", description="canary body")
        proposal = self._propose()
        self.assertIn("Secret merger", self._dump(proposal, self.boss))
        for state in ("proposed", "confirmed"):
            event.privacy = "public"
            proposal.write({"state": state})
            event.privacy = "private"
            text = self._dump(proposal, self.boss)
            self.assertNotIn("Secret merger", text)
            self.assertNotIn("canary", text)
            self.assertIn("Secret merger", self._dump(proposal, self.sales))
            opened = proposal.with_user(self.sales).action_open_source()
            self.assertEqual(opened["res_id"], event.id)

    def test_mail_on_a_document_shows_nothing_to_who_may_not_read_the_document(self):
        invoice = self._create_invoice(
            self.partner, "2026-11-01", 100, invoice_user_id=self.colleague.id
        )
        message = self._create_message(
            invoice, self.contact, message_type="email", subject="Secret discount"
        )
        proposal = self._propose()
        self.assertEqual(proposal.mail_message_id, message)
        reader = self._create_user(
            "inter_reader", "user_all,account.group_account_invoice"
        )
        self.assertFalse(invoice.with_user(self.sales).has_access("read"))
        for action in (False, "action_confirm"):
            if action:
                proposal.with_user(self.sales).action_confirm()
            text = self._dump(proposal, self.sales)
            self.assertNotIn("Secret discount", text)
            self.assertNotIn("secret body", text)
            with self.assertRaises(UserError):
                proposal.with_user(self.sales).action_open_source()
        self.assertIn("Secret discount", self._dump(proposal, reader))
        opened = proposal.with_user(reader).action_open_source()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), ("account.move", invoice.id)
        )

    def test_nobody_searches_for_the_subject_of_a_source(self):
        self._create_event(name="Secret merger", privacy="public")
        rows = self.env["customer.interaction"].with_user(self.boss)
        with self.assertRaises(ValueError):
            rows.search([("subject", "ilike", "merger")])
        with self.assertRaises(ValueError):
            rows.formatted_read_group([], ["subject"], ["__count"])

    def test_the_portal_sees_nothing(self):
        interaction = self._log(feedback="x", name="About you")
        mine = interaction.with_user(self.portal)
        for attempt in (
            lambda: mine.read(["name"]),
            lambda: mine.search([]),
            lambda: mine.action_confirm(),
            lambda: self.env["customer.channel"].with_user(self.portal).search([]),
            lambda: self.partner.with_user(self.portal).action_log_interaction(),
            lambda: (
                self._create_event().with_user(self.portal).action_log_interaction()
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertFalse(
            self.env["mail.message"]
            .with_user(self.portal)
            .search([("model", "=", "customer.interaction")])
        )

    def test_another_sales_person_sees_nothing_of_it(self):
        interaction = self._log(feedback="x")
        mine = interaction.with_user(self.stranger)
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError):
            mine.action_confirm()
        with self.assertRaises(AccessError):
            self._log(user=self.stranger)

    def test_users_dismiss_or_archive_only_managers_delete(self):
        interaction = self._log()
        with self.assertRaises(AccessError):
            interaction.unlink()
        manager = self._create_user("inter_manager", "manager")
        interaction.with_user(manager).unlink()

    def test_attachments_are_for_the_readers_of_the_interaction(self):
        interaction = self._log()
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.sales)
            .create(
                {
                    "name": "screenshot.png",
                    "raw": b"canary",
                    "res_model": "customer.interaction",
                    "res_id": interaction.id,
                }
            )
        )
        self.assertTrue(attachment.with_user(self.boss).raw)
        for user in (self.stranger, self.portal, self.plain):
            with self.assertRaises(AccessError):
                attachment.with_user(user).raw

    def test_pasted_html_is_cleaned(self):
        interaction = self._log(
            content="<p onclick='x()'>Hi<script>alert(1)</script></p>",
            user_ids=[Command.set(self.sales.ids)],
        )
        self.assertEqual(interaction.content, "<p>Hi</p>")

    def test_a_pasted_image_belongs_to_its_interaction(self):
        images = self.env["ir.attachment"].with_user(self.sales)
        mine, other = images.create(
            [
                {"name": name, "raw": b"x", "res_model": model, "res_id": 0}
                for name, model in (
                    ("mine.png", "customer.interaction"),
                    ("other.png", "res.partner"),
                )
            ]
        )
        interaction = self._log(
            content=f"<p><img src='/web/image/{mine.id}-1a/mine.png'/>"
            f"<img src='/web/image/{other.id}-1a/other.png'/></p>"
        )
        self.assertEqual(mine.res_id, interaction.id)
        self.assertFalse(other.res_id)
