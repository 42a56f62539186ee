from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import DAY, CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestRelationMetrics(CustomerSuccessCase):
    """What people wrote down in health: interactions, chain, executives, renewals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_interaction_start = "2025-01-01"
        cls.partner = cls._create_partner("Related")
        cls.contact = cls._create_partner(
            "Contact", is_company=False, parent_id=cls.partner.id
        )
        cls._create_order(cls.partner, "2026-01-15", 100)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.owner = cls._create_user("relation_owner", "user")
        cls.roles = {
            role.code: role for role in cls.env["customer.stakeholder.role"].search([])
        }
        cls.wanted = cls.tiers["C"]
        cls.wanted.write(
            {
                "required_role_ids": [
                    Command.set(
                        [
                            cls.roles[code].id
                            for code in ("decision_maker", "champion", "influencer")
                        ]
                    )
                ],
                "required_team_role_ids": [Command.clear()],
                "interaction_target": 2,
            }
        )
        cls._set_tier(cls.profile, "C", "2026-02-01")

    @classmethod
    def _set_tier(cls, profile, code, day, before=None):
        """Give a customer a tier as a review of a day does."""
        profile.sudo().tier_id = cls.tiers[code]
        score = cls.env["customer.score"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "kind": "tier",
                "date": day,
                "scorecard_id": cls.tier_card.id,
            }
        )
        cls.env["customer.tier.change"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "direction": "up" if before else "first",
                "reason": "review" if before else "first_rating",
                "from_tier_id": before and cls.tiers[before].id,
                "to_tier_id": cls.tiers[code].id,
                "score_id": score.id,
            }
        )

    def _add_role(self, code, day="2026-01-01", profile=None, **values):
        return self.env["customer.stakeholder"].create(
            {
                "profile_id": (profile or self.profile).id,
                "partner_id": self.contact.id,
                "role_id": self.roles[code].id,
                "date_from": day,
                **values,
            }
        )

    def _log(self, day, **values):
        return self.env["customer.interaction"].create(
            {
                "profile_id": self.profile.id,
                "interaction_datetime": f"{day} 10:00:00",
                "user_ids": [Command.set(self.owner.ids)],
                "partner_ids": [Command.set(self.contact.ids)],
                "feedback": "Waiting for budget",
                **values,
            }
        )

    def _end_contract(self, day, state, decided=False):
        return self.env["customer.milestone"].create(
            {
                "profile_id": self.profile.id,
                "kind": "renewal",
                "name": "Service",
                "date_start": "2023-01-01",
                "date_end": day,
                "renewal_state": state,
                "date_decided": decided,
            }
        )

    def _read(self, code, day=DAY):
        return self._measure(self.partner, day, kind="health")["values"][code]

    # === INTERACTIONS === #

    def test_effective_interactions_of_three_months_are_a_share_of_the_target(self):
        for day in ("2026-08-21", "2026-08-22", "2026-10-01", "2026-11-21"):
            self._log(day)
        self._log("2026-11-22")
        self._log("2026-11-02", feedback=False)
        self._log("2026-11-03", state="proposed")
        self._log("2026-11-04").active = False
        # 3 of 3 x 2: the first day of the window and the day after do not count
        self.assertEqual(self._read("interaction_rate"), (0.5, 6, None))
        self.wanted.interaction_target = 0.5
        self.assertEqual(self._read("interaction_rate"), (2.0, 10, None))
        profile = self._score(self.partner)
        self.assertEqual(profile.snapshot_id.interaction_count_3m, 3)
        self.assertEqual(str(profile.snapshot_id.date_last_interaction), "2026-11-21")

    def test_no_interaction_is_none_only_where_they_are_recorded(self):
        self.assertEqual(self._read("interaction_rate"), (0, 1, None))
        self.company.customer_interaction_start = "2026-08-22"
        self.assertEqual(self._read("interaction_rate"), (0, 1, None))
        unknown = (None, None, "not_recorded")
        for start in ("2026-08-23", False):
            self.company.customer_interaction_start = start
            self.assertEqual(self._read("interaction_rate"), unknown, start)

    def test_interactions_are_unknown_without_target_tier_or_three_months(self):
        self.wanted.interaction_target = 0
        self.assertEqual(self._read("interaction_rate"), (None, None, "none_required"))
        self.wanted.interaction_target = 2
        self.profile.date_customer_since = "2026-08-22"
        self.assertEqual(self._read("interaction_rate"), (None, None, "too_new"))
        self.profile.date_customer_since = "2026-08-21"
        self.assertEqual(self._read("interaction_rate"), (0, 1, None))
        self.assertEqual(
            self._read("interaction_rate", "2026-02-01"),
            (None, None, "no_tier"),
        )

    # === DECISION CHAIN === #

    def test_coverage_is_the_share_of_wanted_roles_held_on_the_day(self):
        self.assertEqual(self._read("coverage_rate"), (None, None, "no_chain"))
        self._add_role("user", "2026-03-01")
        self.assertEqual(
            self._read("coverage_rate", "2026-02-28"), (None, None, "no_chain")
        )
        self.assertEqual(self._read("coverage_rate"), (0, 1, None))
        self._add_role("champion", "2026-04-01")
        # 1 of 3 wanted roles; that of user is not wanted
        self.assertEqual(self._read("coverage_rate"), (0.3333, 4, None))
        self._add_role("decision_maker", "2026-05-01", date_to="2026-06-01")
        self.assertEqual(self._read("coverage_rate", "2026-05-31"), (0.6667, 7, None))
        self.assertEqual(self._read("coverage_rate", "2026-06-01"), (0.3333, 4, None))
        self.roles["decision_maker"].copy({"code": "second"})
        self._add_role("influencer", "2026-06-01")
        self._add_role("decision_maker", "2026-06-01")
        self.assertEqual(self._read("coverage_rate"), (1, 10, None))

    def test_coverage_is_unknown_when_the_tier_wants_nobody(self):
        self._add_role("champion")
        self.wanted.required_role_ids = False
        self.assertEqual(self._read("coverage_rate"), (None, None, "none_required"))

    def test_tier_before_the_day_says_what_is_wanted(self):
        """A run that moves a tier finds the same health when it runs again."""
        self._add_role("champion")
        self.tiers["B"].required_role_ids = self.roles["champion"]
        self._set_tier(self.profile, "B", DAY, before="C")
        self.assertEqual(self._read("coverage_rate"), (0.3333, 4, None))
        self.assertEqual(self._read("coverage_rate", "2026-11-22"), (1, 10, None))
        self.assertEqual(
            self._read("coverage_rate", "2026-02-01"), (None, None, "no_tier")
        )

    def test_second_run_of_the_day_of_a_first_rating_writes_nothing(self):
        partner = self._create_partner("First")
        self._create_order(partner, "2026-10-15", 100)
        profile = self._get_profile(partner)
        self.contact.parent_id = partner
        self._add_role("champion", profile=profile)
        self._run_cron()
        self.assertTrue(profile.tier_id)
        self._run_cron()
        run = self.env["customer.run"].search(
            [("job", "=", "refresh"), ("company_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(run.staged_count, 0)

    # === EXECUTIVES === #

    def test_executive_visits_count_where_the_tier_wants_an_executive(self):
        self.assertEqual(self._read("executive_visits"), (None, None, "none_required"))
        executive = self.env.ref("customer_success.customer_team_role_executive")
        self.wanted.required_team_role_ids = executive
        self.assertEqual(self._read("executive_visits"), (0, 1, None))
        self._add_role("decision_maker", is_executive=True)
        self.env["customer.team.member"].create(
            {
                "profile_id": self.profile.id,
                "user_id": self.owner.id,
                "role_id": executive.id,
                "date_from": "2026-01-01",
            }
        )
        visit = self.env["customer.channel"]._get_by_code("visit")
        for day, direction in (
            ("2026-02-01", "outgoing"),
            ("2026-05-01", "incoming"),
        ):
            self._log(day, channel_id=visit.id, direction=direction)
        self._log("2026-06-01")  # a phone call
        self.assertEqual(self._read("executive_visits"), (2, 5, None))
        self.assertEqual(self._read("executive_visits", "2027-02-01"), (1, 3, None))

    # === RENEWALS === #

    def test_renewal_rate_counts_contracts_of_24_months_renewed_in_time(self):
        self.assertEqual(self._read("renewal_rate"), (None, None, "no_contract"))
        self._end_contract("2024-11-21", "lost")  # before the window
        self._end_contract("2024-11-22", "renewed", "2024-11-22")
        self._end_contract("2026-03-31", "renewed", "2026-03-01")
        self._end_contract("2026-04-30", "renewed", "2026-05-01")  # too late
        self._end_contract("2026-11-21", "open")
        self._end_contract("2026-11-22", "lost")  # not yet
        # 2 of 4
        self.assertEqual(self._read("renewal_rate"), (0.5, 4, None))
        self.assertEqual(self._read("renewal_rate", "2026-11-22"), (0.25, 2, None))

    # === EVIDENCE === #

    def test_figures_open_the_records_they_counted(self):
        self._log("2026-10-01", name="Budget")
        self._log("2026-10-02", feedback=False)
        self._add_role("champion")
        self._add_role("user")
        self._end_contract("2026-03-31", "lost")
        profile = self._score(self.partner)
        profile.user_id = self.owner
        profile = profile.with_user(self.owner)
        with freeze_time(f"{DAY} 12:00:00"):
            for code, rows in (
                ("interaction_rate", [("interaction", "2026-10-01")]),
                ("coverage_rate", [("role", "2026-01-01")]),
                ("renewal_rate", [("not_renewed", "2026-03-31")]),
                ("executive_visits", []),
            ):
                action = profile.action_open_evidence(code)
                found = (
                    self.env["customer.evidence"]
                    .with_user(self.owner)
                    .with_context(**action["context"])
                    .search([])
                )
                self.assertEqual(
                    [(row.source, str(row.date)) for row in found], rows, code
                )

    def test_rows_of_a_merged_customer_count_for_the_survivor(self):
        other = self._create_partner("Bought")
        self.contact.parent_id = other
        bought = self._get_profile(other)
        self._add_role("champion", profile=bought)
        self.assertEqual(self._read("coverage_rate"), (None, None, "no_chain"))
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (other | self.partner).ids, self.partner
        )
        self.assertEqual(self._read("coverage_rate"), (0.3333, 4, None))
