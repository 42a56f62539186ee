from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractions(InteractionCase):
    """What an interaction is, when it counts, and its next step."""

    # === EFFECTIVE === #

    def test_an_interaction_is_effective_by_rule_and_says_why_not(self):
        nobody = [Command.clear()]
        cases = [
            ({"feedback": "Likes it"}, True, "Effective"),
            ({"next_step": "Send offer"}, True, "Effective"),
            (
                {"content": "We talked"},
                False,
                "Not effective: neither feedback nor a next step",
            ),
            (
                {"feedback": "  "},
                False,
                "Not effective: neither feedback nor a next step",
            ),
            (
                {"feedback": "x", "partner_ids": nobody},
                False,
                "Not effective: nobody of the customer took part",
            ),
            (
                {"feedback": "x", "user_ids": nobody},
                False,
                "Not effective: nobody of ours took part",
            ),
            ({"feedback": "x", "is_bulk": True}, False, "Not effective: sent to many"),
            (
                {"feedback": "x", "state": "proposed"},
                False,
                "Not counted: nobody confirmed it",
            ),
            (
                {"feedback": "x", "state": "dismissed"},
                False,
                "Not counted: nobody confirmed it",
            ),
        ]
        for values, is_effective, text in cases:
            with self.subTest(values=values):
                interaction = self._log(**values)
                self.assertEqual(interaction.is_effective, is_effective)
                self.assertEqual(interaction.effective_text, text)

    def test_a_live_stream_is_never_effective_even_when_the_tick_is_removed(self):
        interaction = self._log("live_stream", feedback="Great show")
        self.assertTrue(interaction.is_bulk)
        interaction.is_bulk = False
        self.assertFalse(interaction.is_effective)
        self.assertEqual(interaction.effective_text, "Not effective: sent to many")

    def test_confirming_makes_a_proposal_count(self):
        interaction = self._log(state="proposed", feedback="x", user_ids=False)
        interaction.action_confirm()
        self.assertEqual(interaction.user_ids, self.sales)
        self.assertTrue(interaction.is_effective)

    # === TIME AND PEOPLE === #

    def test_the_day_is_that_of_the_company(self):
        self.company.customer_tz = "Asia/Shanghai"
        interaction = self._log(interaction_datetime="2026-11-20 16:30:00")
        self.assertEqual(str(interaction.date), "2026-11-21")
        interaction.interaction_datetime = "2026-11-20 15:30:00"
        self.assertEqual(str(interaction.date), "2026-11-20")

    def test_what_has_not_happened_yet_cannot_be_logged(self):
        with freeze_time("2026-11-21 12:00:00"):
            self._log(interaction_datetime="2026-11-22 12:00:00")
            with self.assertRaisesRegex(ValidationError, "has not happened yet"):
                self._log(interaction_datetime="2026-11-22 12:00:01")

    def test_nobody_of_another_company_takes_part_for_the_customer(self):
        foreign = self._create_contact("Bob", self._create_partner("Elsewhere"))
        interaction = self._log()
        with self.assertRaisesRegex(ValidationError, "Bob does not belong to"):
            interaction.partner_ids = [Command.link(foreign.id)]
        with self.assertRaisesRegex(ValidationError, "does not belong to"):
            self._log(partner_ids=[Command.set(self.colleague.partner_id.ids)])

    def test_who_left_the_customer_stays_in_what_happened(self):
        interaction = self._log(feedback="x")
        self.contact.parent_id = self._create_partner("New employer")
        other = self._create_contact("Carl", self.partner)
        interaction.partner_ids = [Command.link(other.id)]
        self.assertEqual(interaction.partner_ids, self.contact | other)

    def test_a_deleted_contact_leaves_the_interaction_as_it_counted(self):
        interaction = self._log(feedback="x")
        self.contact.unlink()
        self.env.invalidate_all()
        self.assertTrue(interaction.exists())
        self.assertFalse(interaction.partner_ids)
        self.assertTrue(interaction.is_effective)

    def test_clients_write_no_result_and_no_activity_of_others(self):
        activity = self.profile.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.colleague.id
        )
        interaction = self._log(is_effective=True, next_activity_id=activity.id)
        self.assertFalse(interaction.is_effective)
        self.assertFalse(interaction.next_activity_id)
        for name, value in {
            "is_effective": True,
            "is_executive_visit": True,
            "date": "2020-01-01",
            "next_activity_id": activity.id,
        }.items():
            with self.subTest(name=name), self.assertRaises(AccessError):
                interaction.write({name: value})
        by_default = (
            self.env["customer.interaction"]
            .with_user(self.sales)
            .with_context(default_next_activity_id=activity.id)
            .create({"profile_id": self.profile.id})
        )
        self.assertFalse(by_default.next_activity_id)
        with self.assertRaises(AccessError):
            other = self._get_profile(self._create_partner("Other"))
            interaction.profile_id = other

    # === LOGGING === #

    def test_the_dialog_proposes_now_me_and_the_only_contact(self):
        action = self.profile.with_user(self.sales).action_log_interaction()
        form = Form(
            self.env["customer.interaction"]
            .with_user(self.sales)
            .with_context(**action["context"]),
            view=action["views"][0][0],
        )
        self.assertEqual(form.profile_id, self.profile)
        self.assertEqual(form.user_ids[:], self.sales)
        self.assertEqual(form.partner_ids[:], self.contact)
        self.assertEqual(form.channel_id.code, "phone")
        interaction = form.save()
        self.assertEqual(interaction.state, "confirmed")
        self.assertAlmostEqual(
            interaction.interaction_datetime, self.now, delta=timedelta(minutes=5)
        )

    def test_the_dialog_takes_the_channel_that_the_contact_prefers(self):
        self.env["customer.stakeholder"].create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.contact.id,
                "role_id": self.env["customer.stakeholder.role"]
                .search([("code", "=", "user")])
                .id,
                "preferred_channel_id": self.channels["wechat"].id,
            }
        )
        for source in (self.profile, self.contact):
            action = source.with_user(self.sales).action_log_interaction()
            form = Form(
                self.env["customer.interaction"]
                .with_user(self.sales)
                .with_context(**action["context"]),
                view=action["views"][0][0],
            )
            self.assertEqual(form.channel_id.code, "wechat", source)
            self.assertEqual(form.partner_ids[:], self.contact)

    def test_a_prospect_without_a_document_can_be_talked_to(self):
        partner = self._create_partner("Prospect")
        action = partner.with_user(self.sales).action_log_interaction()
        profile = self._get_profile(partner)
        self.assertEqual(action["context"]["default_profile_id"], profile.id)

    def test_many_contacts_are_searched_few_are_ticked(self):
        interaction = self._log()
        self.assertFalse(interaction.has_many_contacts)
        for number in range(12):
            self._create_contact(f"Extra {number}", self.partner)
        interaction.invalidate_recordset(["has_many_contacts"])
        self.assertTrue(interaction.has_many_contacts)
        lonely = self._get_profile(self._create_partner("Without Contacts"))
        interaction = self._log(profile=lonely, partner_ids=False)
        self.assertTrue(interaction.has_many_contacts)  # one can be created there
