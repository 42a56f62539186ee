from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .draft_common import DraftCase

SHIPPED = [5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6]


@tagged("post_install", "-at_install")
class TestScorecardDraftsCurrency(DraftCase):
    """A company with another currency gets a scorecard of its own, by its numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env["res.currency"].create(
            {"name": "DRF", "symbol": "D", "rounding": 0.01}
        )
        cls.abroad = cls.env["res.company"].create(
            {"name": "Draft abroad", "currency_id": cls.currency.id}
        )
        cls.manager.company_ids |= cls.abroad
        cls.card = cls.tier_card.with_user(cls.manager).with_company(cls.abroad)

    def _copy(self):
        return self.card.browse(self.card.action_copy_for_company()["res_id"])

    def _add_rate(self, rate, day="2026-01-01", currency=None):
        self.env["res.currency.rate"].create(
            {
                "currency_id": (currency or self.tier_card.currency_id).id,
                "name": day,
                "rate": rate,
                "company_id": self.abroad.id,
            }
        )

    def _convert(self, draft):
        with freeze_time(f"{DAY} 12:00:00"):
            draft.action_convert_thresholds()

    def test_card_in_another_currency_says_so_in_that_company_only(self):
        self.assertTrue(self.card.is_other_currency)
        self.assertFalse(self.tier_card.with_company(self.company).is_other_currency)
        health = self.health_card.with_company(self.abroad)
        self.assertFalse(health.is_other_currency)

    def test_copy_keeps_the_numbers_and_asks(self):
        draft = self._copy()
        self.assertEqual(
            (draft.company_id, draft.currency_id), (self.abroad, self.currency)
        )
        self.assertEqual(draft.source_currency_id, self.tier_card.currency_id)
        self.assertEqual(self._get_metric(card=draft)._get_thresholds(), SHIPPED)
        draft.action_keep_thresholds()
        self.assertFalse(draft.source_currency_id)
        self.assertEqual(self._get_metric(card=draft)._get_thresholds(), SHIPPED)

    def test_numbers_are_converted_at_todays_rate_and_read_well(self):
        # one unit of the new currency is 0.14 of the old one; a later rate is not used
        self._add_rate(0.14)
        self._add_rate(99, "2026-12-01")
        draft = self._copy()
        self._convert(draft)
        # 5,000 / 0.14 = 35,714 and so on
        self.assertEqual(
            self._get_metric(card=draft)._get_thresholds(),
            [4e4, 8e4, 1.5e5, 4e5, 8e5, 1.5e6, 4e6, 8e6, 1.5e7],
        )
        self.assertFalse(draft.source_currency_id)
        tenure = self._get_metric("tenure_years", draft)
        self.assertEqual(tenure.threshold_1, 0.5)

    def test_without_a_rate_nothing_is_converted(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.tier_card.currency_id.id)]
        ).unlink()
        draft = self._copy()
        with self.assertRaisesRegex(UserError, "no exchange rate for"):
            self._convert(draft)
        self.assertEqual(self._get_metric(card=draft)._get_thresholds(), SHIPPED)

    def test_new_version_in_the_same_currency_asks_nothing(self):
        draft = self.card.browse(self.card.action_new_version()["res_id"])
        self.assertFalse(draft.source_currency_id)

    def test_own_draft_is_tried_in_its_own_company(self):
        draft = self._copy().with_company(self.company)
        self.assertEqual(self._try(draft).company_id, self.abroad)
