from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .interaction_common import InteractionCase


@tagged("post_install", "-at_install")
class TestInteractionProposals(InteractionCase):
    """Meetings with customers are proposed, once, and follow their meeting."""

    def test_a_meeting_that_ended_is_proposed_with_who_and_when(self):
        event = self._create_event()
        proposal = self._propose()
        self.assertRecordValues(
            proposal,
            [
                {
                    "calendar_event_id": event.id,
                    "interaction_datetime": event.start,
                    "company_id": self.company.id,
                    "channel_id": self.channels["meeting"].id,
                    "user_ids": self.sales.ids,
                    "partner_ids": self.contact.ids,
                    "name": False,
                    "content": False,
                    "is_effective": False,
                    "next_step_state": "none",
                }
            ],
        )
        self.assertEqual(str(proposal.date), str(event.start.date()))
        self.assertEqual(proposal.with_user(self.sales).subject, "Price talk")

    def test_running_again_proposes_nothing_twice(self):
        self._create_event()
        proposal = self._propose()
        self.assertEqual(self._propose(), proposal)
        proposal.with_user(self.sales).action_dismiss()
        self.assertFalse(self._propose())
        self.assertEqual(proposal.state, "dismissed")
        proposal.with_user(self.sales).action_confirm()
        self.assertFalse(self._propose())
        proposal.with_user(self.sales).active = False
        self.assertFalse(self._propose())

    def test_what_is_no_meeting_with_a_customer_is_not_proposed(self):
        nobody = self.env["res.partner"]
        outsider = self._create_contact("Zoe", self._create_partner("No customer"))
        self.sales.with_user(self.sales).calendar_default_privacy = "public"
        self.colleague.with_user(self.colleague).calendar_default_privacy = "private"
        self._create_event(hours=-5)  # not over yet
        self._create_event(hours=24 * 15)  # longer ago than the setting says
        self._create_event(privacy="private")
        self._create_event(privacy="confidential")
        self._create_event(organiser=self.colleague)
        self._create_event(people=nobody)
        self._create_event(people=self.colleague.partner_id)
        self._create_event(people=outsider)
        self._create_event(active=False)
        declined = self._create_event()
        declined.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.contact
        ).state = "declined"
        self.assertFalse(self._propose())
        self.company.customer_proposal_days = 16
        self.assertEqual(len(self._propose()), 1)

    def test_a_meeting_that_moves_or_is_cancelled_takes_its_proposal_along(self):
        event = self._create_event(hours=5)
        proposal = self._propose()
        start = event.start - timedelta(days=1)
        event.write({"start": start, "stop": start + timedelta(hours=1)})
        self.assertEqual(self._propose(), proposal)
        self.assertEqual(proposal.interaction_datetime, start)
        self.assertEqual(proposal.date, start.date())
        for change in (
            {"privacy": "private"},
            {"active": False},
            {"partner_ids": [Command.unlink(self.contact.id)]},
        ):
            with self.subTest(change=change):
                event.write(change)
                self.assertFalse(self._propose())
                event.write(
                    {
                        "privacy": "public",
                        "active": True,
                        "partner_ids": [Command.link(self.contact.id)],
                    }
                )
                self.assertEqual(len(self._propose()), 1)
        event.unlink()
        self.assertFalse(self._propose())

    def test_a_confirmed_interaction_stays_when_its_meeting_is_deleted(self):
        event = self._create_event()
        proposal = self._propose()
        proposal.with_user(self.sales).write({"state": "confirmed", "feedback": "x"})
        event.unlink()
        self.assertFalse(self._propose())
        self.assertTrue(proposal.exists().is_effective)

    def test_a_meeting_with_two_customers_is_proposed_for_both(self):
        other = self._create_partner("Second Customer")
        second = self._get_profile(other)
        people = self.contact | self._create_contact("Ben", other)
        self._create_event(people=people)
        self._propose()
        self.assertEqual(self._get_proposals().partner_ids, self.contact)
        self.assertEqual(self._get_proposals(second).partner_ids.name, "Ben")

    def test_the_customer_of_the_organisers_company_gets_the_proposal(self):
        elsewhere = self._get_profile(self.partner, self.other_company)
        foreigner = self._create_user(
            "inter_foreigner", "user", company=self.other_company
        )
        self._create_event()
        self._create_event(organiser=foreigner, name="Theirs")
        self._propose()
        mine, theirs = self._get_proposals(), self._get_proposals(elsewhere)
        self.assertEqual((len(mine), len(theirs)), (1, 1))
        self.assertEqual(mine.user_ids, self.sales)
        self.assertEqual(theirs.user_ids, foreigner)
        self.assertEqual(theirs.company_id, self.other_company)
        self.assertFalse(mine.with_user(foreigner).has_access("read"))

    def test_a_source_that_cannot_be_proposed_does_not_stop_the_others(self):
        events = [self._create_event(hours=hours) for hours in (9, 7, 5)]
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE customer_interaction ADD CONSTRAINT poison"
            " CHECK (calendar_event_id IS DISTINCT FROM %s)",
            [events[1].id],
        )
        with self.assertLogs(
            "odoo.addons.customer_success.models.customer_interaction_proposal",
            "WARNING",
        ) as log:
            proposals = self._propose()
        self.assertEqual(
            set(proposals.calendar_event_id.ids), {events[0].id, events[2].id}
        )
        self.assertEqual(len(log.output), 1)
        self.env.cr.execute("ALTER TABLE customer_interaction DROP CONSTRAINT poison")
        self.assertEqual(len(self._propose()), 3)
