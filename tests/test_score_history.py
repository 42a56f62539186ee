from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DAY
from .owner_common import OwnerCase


class HistoryCase(OwnerCase):
    """Score rows of past days, written as a run would have written them."""

    @classmethod
    def _create_score(cls, profile, day, total, kind="tier", card=None, **values):
        card = card or (cls.tier_card if kind == "tier" else cls.health_card)
        dimensions = card.dimension_ids
        values = {
            "dimensions": {str(part.id): 5.0 for part in dimensions},
            "metrics": {
                str(metric.id): [None, None, "no_fact"]
                for metric in dimensions.metric_ids
            },
            **values.pop("detail", {}),
            **values,
        }
        detail = {name: values.pop(name) for name in ("dimensions", "metrics")}
        return cls.env["customer.score"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "kind": kind,
                "date": day,
                "scorecard_id": card.id,
                "total": total,
                "detail": detail,
                **values,
            }
        )

    @classmethod
    def _create_change(cls, profile, day, old, new, total, **values):
        return cls.env["customer.tier.change"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "from_tier_id": old and cls.tiers[old].id,
                "to_tier_id": cls.tiers[new].id,
                "total": total,
                "direction": "up",
                "reason": "review",
                **values,
            }
        )

    @classmethod
    def _create_version(cls):
        """Create a later version of the tier scorecard with another bound for A."""
        card = cls.tier_card.copy({"name": "Second card"})
        card.tier_ids.filtered(lambda tier: tier.code == "A").lower_bound = 26
        return card


@tagged("post_install", "-at_install")
class TestScoreHistory(HistoryCase):
    """What the charts on the History page are drawn from."""

    def _get_history(self, profile, user=None):
        self.env.flush_all()
        return profile.with_user(user or self.seller).get_score_history()

    def test_a_customer_without_scores_has_no_chart(self):
        profile = self._create_customer("New", self.seller)
        self.assertEqual(self._get_history(profile)["charts"], [])

    def test_one_row_is_a_chart_with_the_tiers_as_bands(self):
        profile = self._create_customer("One", self.seller)
        self._create_score(profile, "2026-06-30", 24.5, tier_id=self.tiers["A"].id)
        [chart] = self._get_history(profile)["charts"]
        self.assertEqual((chart["kind"], chart["max"]), ("tier", 40))
        self.assertEqual(
            [(band["low"], band["high"]) for band in chart["bands"]],
            [(0, 16), (16, 24), (24, 32), (32, None)],
        )
        self.assertEqual(
            {(band["from"], band["to"]) for band in chart["bands"]},
            {("2026-06-30", None)},
        )
        [line] = chart["lines"]
        self.assertTrue(line["is_open"])
        self.assertEqual(
            line["points"],
            [
                {
                    "date": "2026-06-30",
                    "total": 24.5,
                    "text": f"06/30/2026: 24.5, {self.tiers['A'].name}",
                }
            ],
        )
        self.assertEqual((chart["cards"], chart["changes"]), ([], []))

    def test_a_new_scorecard_is_marked_and_changes_the_bands_from_then_on(self):
        profile = self._create_customer("Changed", self.seller)
        self._create_score(profile, "2026-03-31", 25)
        self._create_score(profile, "2026-04-30", 25.5)
        self._create_score(profile, "2026-06-30", 25, card=self._create_version())
        [chart] = self._get_history(profile)["charts"]
        [mark] = chart["cards"]
        self.assertEqual(mark["date"], "2026-06-30")
        self.assertIn("06/30/2026: new scorecard, Second card", mark["text"])
        bounds = {
            (band["from"], band["to"], band["low"])
            for band in chart["bands"]
            if band["name"] == self.tiers["A"].name
        }
        self.assertEqual(
            bounds, {("2026-03-31", "2026-06-30", 24), ("2026-06-30", None, 26)}
        )

    def test_tier_changes_are_dots_with_from_to_and_reason(self):
        profile = self._create_customer("Moved", self.seller)
        self._create_score(profile, "2026-03-31", 24.5)
        self._create_change(profile, "2026-03-31", "B", "A", 24.5)
        [chart] = self._get_history(profile)["charts"]
        [change] = chart["changes"]
        self.assertEqual((change["date"], change["total"]), ("2026-03-31", 24.5))
        self.assertEqual(
            change["text"],
            f"03/31/2026: {self.tiers['B'].name} → {self.tiers['A'].name},"
            " total 24.5, Tier review",
        )

    def test_health_has_its_own_chart_and_an_unknown_score_stays_unknown(self):
        profile = self._create_customer("Health", self.seller)
        self._create_score(profile, "2026-03-31", 20)
        self._create_score(profile, "2026-03-31", 71, "health", health="healthy")
        unknown = self._create_score(profile, "2026-04-30", 0, "health")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_score SET total = NULL WHERE id = %s", [unknown.id]
        )
        tier, health = self._get_history(profile)["charts"]
        self.assertEqual(
            [point["total"] for point in health["lines"][0]["points"]], [71, None]
        )
        self.assertIn("Unknown", health["lines"][0]["points"][1]["text"])
        self.assertEqual([band["low"] for band in health["bands"]], [0, 40, 70])
        self.assertEqual(len(tier["lines"][0]["points"]), 1)

    def test_merged_customers_keep_a_line_of_their_own(self):
        survivor = self._create_customer("Survivor", self.seller)
        merged = self._create_customer("Merged", self.seller)
        self._create_score(survivor, "2026-03-31", 30)
        self._create_score(merged, "2026-02-28", 12)
        self._create_change(merged, "2026-02-28", None, "C", 12)
        merged._merge_into(survivor)
        [chart] = self._get_history(survivor)["charts"]
        self.assertEqual(
            [
                (
                    line["name"],
                    line["is_open"],
                    [row["total"] for row in line["points"]],
                )
                for line in chart["lines"]
            ],
            [("", True, [30]), ("Merged", False, [12])],
        )
        self.assertEqual(len(chart["changes"]), 1)

    def test_two_hundred_rows_take_as_many_statements_as_one(self):
        def count(number):
            profile = self._create_customer(f"Rows {number}", self.seller)
            for index in range(number):
                self._create_score(
                    profile,
                    f"20{10 + index // 12}-{index % 12 + 1:02d}-01",
                    20 + index % 9,
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            [chart] = self._get_history(profile)["charts"]
            self.assertEqual(len(chart["lines"][0]["points"]), number)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(200), count(2))

    def test_who_may_not_see_the_customer_gets_no_history(self):
        profile = self._create_customer("Hidden", self.seller)
        foreign = self._create_customer("Foreign", company=self.other_company)
        for row in (profile, foreign):
            self._create_score(row, DAY, 20)
        for user in (self.stranger, self.plain, self.portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._get_history(profile, user)
        with self.assertRaises(AccessError):
            self._get_history(foreign, self.manager)
