from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase
from .paper_common import PaperCase

REVIEW = "customer_success.report_customer_tier_review"


class TierReviewCase(PaperCase, CustomerSuccessCase):
    """Customers whose tier moved from 30 June to 30 September 2026, and the paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("review_sales", "user", lang="en_US", name="Sally")
        cls.colleague = cls._create_user("review_other", "user", name="Carl")
        cls.manager = cls._create_user("review_manager", "manager", lang="en_US")
        # those of the seeded ledger have no tier before the first run
        cls.env["customer.tier.change"].search([]).profile_id.active = False

    def _create_customer(self, name, user=None):
        return self._get_profile(
            self._create_partner(name, user_id=(user or self.sales).id)
        )

    def _add_tier(self, profile, day, old, new, total=20.0, reason="review"):
        """Write down a tier and its score, as a review does."""
        metrics = self.tier_card.dimension_ids.metric_ids
        points = {"amount_12m": round(total / 4)}
        score = self.env["customer.score"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "kind": "tier",
                "date": day,
                "scorecard_id": self.tier_card.id,
                "total": total,
                "detail": {
                    "dimensions": {},
                    "metrics": {
                        str(metric.id): [1000 * total, points[metric.code], None]
                        if metric.code in points
                        else [None, None, "no_fact"]
                        for metric in metrics
                    },
                },
            }
        )
        ranks = "CBAS"
        direction = "first" if not old else "cleared" if not new else None
        self.env["customer.tier.change"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "from_tier_id": old and self.tiers[old].id,
                "to_tier_id": new and self.tiers[new].id,
                "total": total,
                "direction": direction
                or ("up" if ranks.index(new) > ranks.index(old) else "down"),
                "reason": reason,
                "score_id": score.id,
            }
        )

    def _create_movers(self):
        """One goes up by 6,000, one down, one stays, one is new, one leaves."""
        movers = {
            name: self._create_customer(name)
            for name in ("Up & Co", "上海华信科技有限公司", "Stay", "New", "Gone")
        }
        up, down, stay, new, gone = movers.values()
        self._create_invoice(up.partner_id, "2026-09-30", 26000)
        self._create_invoice(up.partner_id, "2026-10-01", 500)  # a day too late
        self._create_invoice(down.partner_id, "2026-05-01", 15000)
        self._create_invoice(stay.partner_id, "2025-10-01", 4000)
        self._create_invoice(stay.partner_id, "2025-09-30", 700)  # a day too early
        self._add_tier(up, "2026-06-30", None, "B", 20)
        self._add_tier(up, "2026-09-30", "B", "A", 26)
        self._add_tier(down, "2026-03-31", None, "A", 24)
        self._add_tier(down, "2026-08-15", "A", "B", 18, "review_now")
        self._add_tier(stay, "2026-06-30", None, "C", 10)
        self._add_tier(new, "2026-07-01", None, "C", 12)
        self._add_tier(gone, "2026-06-30", None, "C", 12)
        self._add_tier(gone, "2026-09-30", "C", None, 12, "no_fact")
        # after the review day: not on this paper
        self._add_tier(stay, "2026-10-01", "C", "S", 33)
        return movers

    def _prepare(self, user=None, **values):
        wizards = self.env["customer.tier.review.print"].with_user(user or self.sales)
        with freeze_time(f"{DAY} 12:00:00"):
            return wizards.create(values)

    def _print(self, wizard):
        """Return the PDF of a review, printed by the person who asked for it."""
        return self._print_paper(REVIEW, wizard, wizard.env.user)
