from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY
from .owner_common import OwnerCase


@tagged("post_install", "-at_install")
class TestOwnersHandover(OwnerCase):
    """Everything of one person goes to another."""

    def _open(self, giver, taker, user=None):
        user = user or self.manager
        return (
            self.env["customer.handover"]
            .with_user(user)
            .create({"from_user_id": giver.id, "to_user_id": taker.id})
        )

    def _plan(self, profile, user, summary="Call"):
        return profile.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_call", DAY, summary=summary, user_id=user.id
        )

    def test_customers_archived_ones_and_activities_move(self):
        active = self._create_customer("Active", self.leaver)
        archived = self._create_customer("Archived", self.leaver, active=False)
        theirs = self._create_customer("Theirs", self.seller)
        activity = self._plan(active, self.leaver)
        elsewhere = self._plan(theirs, self.leaver)
        other = self._plan(active, self.seller)
        handover = self._open(self.leaver, self.mate)
        self.assertEqual(handover.profile_ids, active | archived)
        self.assertEqual(
            (handover.profile_count, handover.archived_count, handover.activity_count),
            (2, 1, 2),
        )
        handover.action_hand_over()
        self.assertEqual((active | archived).user_id, self.mate)
        self.assertTrue(active.is_user_manual and archived.is_user_manual)
        self.assertFalse(archived.active)
        self.assertEqual(theirs.user_id, self.seller)
        self.assertEqual((activity | elsewhere).user_id, self.mate)
        self.assertEqual(other.user_id, self.seller)
        # the sheet still lists what moved
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.profile_ids, active | archived)
        self.assertEqual(handover.activity_count, 2)

    def test_the_main_use_is_a_person_who_is_archived(self):
        profile = self._create_customer("Left behind", self.leaver)
        self.leaver.active = False
        handover = self._open(self.leaver, self.mate)
        self.assertIn(self.leaver, handover.from_user_ids)
        self.assertNotIn(self.leaver, handover.to_user_ids)
        handover.action_hand_over()
        self.assertEqual(profile.user_id, self.mate)

    def test_every_customer_keeps_a_note(self):
        profile = self._create_customer("Noted", self.leaver)
        self._open(self.leaver, self.mate).action_hand_over()
        values = profile.message_ids.tracking_value_ids
        self.assertEqual(
            (values.old_value_char, values.new_value_char), ("Leaver", "Mate")
        )

    def test_the_new_person_gets_one_message_for_everything(self):
        for number in range(2):
            profile = self._create_customer(f"Customer {number}", self.leaver)
            self._plan(profile, self.leaver)
        notifications = self.env["mail.notification"]
        mine = [("res_partner_id", "=", self.mate.partner_id.id)]
        before = notifications.search(mine)
        handover = self._with_tracking(self._open(self.leaver, self.mate), self.manager)
        handover.action_hand_over()
        messages = (notifications.search(mine) - before).mail_message_id
        self.assertEqual(
            messages.mapped("subject"), ["2 customers of Leaver are yours now"]
        )

    def test_open_tier_requests_stay_and_are_listed(self):
        profile = self._create_customer("Asked", self.leaver)
        request = self.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "kind": "downgrade",
                "wished_tier_id": self.tiers["B"].id,
            }
        )
        handover = self._open(self.leaver, self.mate)
        self.assertEqual(handover.request_ids, request)
        handover.action_hand_over()
        self.assertEqual(request.state, "waiting")
        self.assertEqual(handover.request_ids, request)

    def test_the_taker_must_have_the_role_and_the_company(self):
        profile = self._create_customer("Kept", self.leaver)
        abroad = self._create_user(
            "owner_abroad", "user", name="Abroad", company=self.other_company
        )
        self.stranger.active = False
        for user, message in (
            (self.stranger, "Stranger is archived"),
            (self.plain, "Plain has no Customer Success role"),
            (self.portal, "Portal has no Customer Success role"),
            (abroad, "Abroad has no access to"),
        ):
            with self.subTest(user=user.name):
                with self.assertRaisesRegex(UserError, message):
                    self._open(self.leaver, user).action_hand_over()
                self.assertEqual(profile.user_id, self.leaver)

    def test_users_hand_over_within_their_team_only(self):
        profile = self._create_customer("Team's", self.leaver)
        self.leaver.active = False
        for giver, taker in (
            (self.leaver, self.stranger),
            (self.stranger, self.mate),
        ):
            handover = self._open(giver, taker, self.seller)
            with (
                self.subTest(giver=giver.name),
                self.assertRaisesRegex(AccessError, "Stranger is not in your"),
            ):
                handover.action_hand_over()
        handover = self._open(self.leaver, self.mate, self.seller)
        self.assertEqual(handover.from_user_ids, self.leaver)
        self.assertEqual(handover.to_user_ids, self.seller | self.mate)
        handover.action_hand_over()
        self.assertEqual(profile.user_id, self.mate)

    def test_customers_of_other_companies_stay_and_are_named(self):
        here = self._create_customer("Here", self.leaver)
        there = self._create_customer("There", self.leaver, self.other_company)
        activity = self._plan(there, self.leaver)
        handover = self._open(self.leaver, self.mate)
        self.assertEqual(handover.profile_ids, here)
        self.assertFalse(handover.elsewhere)  # the manager has one company
        self.manager.company_ids |= self.other_company
        one = handover.with_context(allowed_company_ids=self.company.ids)
        one.invalidate_recordset(["elsewhere"])
        self.assertEqual(one.elsewhere, f"{self.other_company.name} (1)")
        one.action_hand_over()
        self.assertEqual((there.user_id, activity.user_id), (self.leaver, self.leaver))

    def test_a_customer_who_became_part_of_another_follows_him(self):
        survivor = self._create_customer("Survivor", self.leaver)
        merged = self._create_customer("Merged")
        merged._merge_into(survivor)
        handover = self._open(self.leaver, self.mate)
        self.assertEqual(handover.profile_ids, survivor)
        handover.action_hand_over()
        self.assertEqual(merged.user_id, self.mate)

    def test_nothing_is_handed_over_twice_to_oneself_or_without_customers(self):
        self._create_customer("One", self.leaver)
        handover = self._open(self.leaver, self.mate)
        handover.action_hand_over()
        with self.assertRaisesRegex(UserError, "already"):
            handover.action_hand_over()
        with self.assertRaisesRegex(UserError, "two different people"):
            self._open(self.mate, self.mate).action_hand_over()
        with self.assertRaisesRegex(UserError, "Leaver is responsible for no customer"):
            self._open(self.leaver, self.mate).action_hand_over()

    def test_portal_and_plain_people_cannot_open_it(self):
        for user in (self.portal, self.plain):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._open(self.leaver, self.mate, user)

    # === PAPER === #

    def test_the_sheet_says_what_is_open(self):
        large = self._create_customer("Large & Co", self.leaver)
        self._create_customer("Small", self.leaver, active=False)
        self._create_invoice(large.partner_id, "2026-10-01", 1000)
        self._score(large.partner_id)
        self._plan(large, self.leaver, "Call about the offer")
        self._plan(large, self.leaver, "Later").date_deadline = "2026-12-24"
        handover = self._open(self.leaver, self.mate)
        sheet = handover._get_sheet()
        self.assertEqual(
            [row["profile"].partner_id.name for row in sheet["rows"]],
            ["Large & Co", "Small"],
        )
        self.assertEqual(sheet["rows"][0]["activity"].summary, "Call about the offer")
        self.assertIn("Overdue", sheet["rows"][0]["points"])
        report = self.env["ir.actions.report"].with_user(self.manager)
        html = report._render_qweb_html(
            "customer_success.report_customer_handover", handover.ids
        )[0].decode()
        for text in ("Leaver", "Mate", "Large &amp; Co", "1,000.00", "Call about"):
            self.assertIn(text, html)
        self.assertIn("(archived)", html)
