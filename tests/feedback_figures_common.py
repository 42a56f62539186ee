from datetime import date

from odoo import Command

from .service_common import ServiceCase

QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


class FeedbackFiguresCase(ServiceCase):
    """A company of its own with two customers, its manager and one of its users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["res.company"].create({"name": "Shop"})
        cls.shop.write(
            {
                "customer_tz": "Asia/Shanghai",
                "customer_case_start": "2026-01-01",
                "customer_interaction_start": "2026-01-01",
            }
        )
        cls.env.user.company_ids |= cls.shop
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.shop.ids)
        )
        cls.env.user.company_id = cls.shop
        values = {
            "company": cls.shop,
            "company_ids": [Command.set(cls.shop.ids)],
        }
        cls.manager = cls._create_user("service_manager", "manager", **values)
        cls.user = cls._create_user("service_user", "user", **values)
        cls.stranger = cls._create_user("service_stranger", "user", **values)
        cls.alpha = cls._create_buyer("Alpha", "2026-02-10")
        cls.beta = cls._create_buyer("Beta", "2026-09-30")
        cls.alpha.tier_id = cls.tiers["A"]

    def setUp(self):
        super().setUp()
        self._freeze("2026-11-03 12:00:00")

    @classmethod
    def _create_buyer(cls, name, day):
        partner = cls._create_partner(name)
        cls._create_order(partner, day, 100, company=cls.shop)
        profile = cls.env["customer.profile"]._get_or_create(partner, cls.shop)
        profile.user_id = cls.user
        return profile

    def _receive(self, at, profile=None, **vals):
        """Receive a complaint of Alpha at an instant, without its promises."""
        case = self._create_case(at, profile=profile or self.alpha, **vals)
        case.commitment_ids.unlink()
        return case

    def _set(self, case, **vals):
        """Write what the steps of a case keep."""
        case.sudo().write(vals)
        if case._name == "customer.commitment":
            case._after_clocks()
        self.env.flush_all()
        return case

    def _figures(self, start=QUARTER[0], end=QUARTER[1]):
        return self.env["customer.service.figures"]._get_service_figures(
            self.shop, start, end
        )

    def _values(self, *days):
        """Return value or state, and the one before, by key."""
        return {
            key: tuple(pair[0] if pair[1] == "known" else pair[1] for pair in row[:2])
            for key, row in self._figures(*days)["figures"].items()
        }

    def _say(self, day, measure="csat", value=5, profile=None, **vals):
        """Write down an answer; anonymous ones are nobody's."""
        answer = self._answer(day, measure, value, profile or self.alpha, **vals)
        if vals.get("is_anonymous"):
            answer.sudo().write({"profile_id": False, "company_id": self.shop.id})
        return answer
