from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase


class DraftCase(CustomerSuccessCase):
    """Customers with an opening amount of October and one order, and a draft.

    Their total is the points of the amount + 1.5 (stability: 0.08 years 1 point, one
    order 2 points) + 5.5 + 5.5 (growth and risk unknown): B from 4 points on, 20,000.
    """

    AMOUNTS = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The seeded customers of the database are somebody else's subject.
        cls.env["customer.profile"].search([]).active = False
        cls.env["res.company"].search([]).customer_excluded_domain = str(
            [("name", "not like", "Draft%")]
        )
        cls.manager = cls._create_user("draft_manager", "manager")
        cls.profiles = cls._create_customers(cls.AMOUNTS)
        cls.draft = cls.tier_card.with_user(cls.manager).copy()

    @classmethod
    def _create_customers(cls, amounts):
        """Return one customer per amount of October, scored as of the day."""
        profiles = cls.env["customer.profile"]
        for amount in amounts:
            partner = cls._create_partner(f"Draft {amount}")
            cls._create_opening(partner, "2026-10-01", amount, 1)
            profiles |= profiles._get_or_create(partner, cls.company)
        with freeze_time(f"{DAY} 12:00:00"):
            profiles._score_now()
        return profiles

    def _get_metric(self, code="amount_12m", card=None):
        metrics = (card or self.draft).dimension_ids.metric_ids
        return metrics.filtered(lambda metric: metric.code == code)

    def _get_tier(self, code, card=None):
        return (card or self.draft).tier_ids.filtered(lambda tier: tier.code == code)

    def _set_thresholds(self, *values, code="amount_12m"):
        self._get_metric(code).write(
            {f"threshold_{number}": value for number, value in enumerate(values, 1)}
        )

    def _try(self, card=None, day=DAY):
        card = card or self.draft
        with freeze_time(f"{day} 12:00:00"):
            action = card.action_try()
        return card.env["customer.scorecard.trial"].browse(action["res_id"])

    def _get_moves(self, trial):
        """Return {(from, to): (customers, amount)} of a trial."""
        return {
            (move.old_code, move.new_code): (move.customer_count, move.amount)
            for move in trial.move_ids
        }
