from odoo import Command
from odoo.tests import freeze_time

from .common import DAY, CustomerSuccessCase

LATER = "2027-02-10"


class TierRequestCase(CustomerSuccessCase):
    """A customer of tier B (22.5), his owner, a colleague, managers, a stranger.

    Ten points for value, the ratings unknown: 40 x (10 + 1.5 + 5.5 + 5.5) / 40 = 22.5.
    With both ratings at 10 it is A: 40 x (10 + 1.5 + 10 + 5.5) / 40 = 27.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).customer_excluded_domain = str(
            [("name", "not like", "Request%")]
        )
        cls.sales = cls._create_user("request_sales", "user", name="Li Wei")
        cls.colleague = cls._create_user("request_colleague", "user")
        cls.stranger = cls._create_user("request_stranger", "user")
        cls.manager = cls._create_user("request_manager", "manager")
        cls.second = cls._create_user("request_second", "manager")
        cls.foreigner = cls._create_user(
            "request_foreigner", "manager", company=cls.other_company
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Requests",
                "company_id": False,
                "user_id": cls.manager.id,
                "crm_team_member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (cls.sales, cls.colleague)
                ],
            }
        )
        cls.profile = cls._create_customer("Request Customer")

    @classmethod
    def _create_customer(cls, name, rating=0):
        partner = cls._create_partner(name, user_id=cls.sales.id)
        cls._create_opening(partner, "2026-10-01", 3_000_000, 1)
        profile = cls.env["customer.profile"]._get_or_create(partner, cls.company)
        cls._rate(profile, rating, "2026-11-01")
        return profile

    @classmethod
    def _rate(cls, profile, rating, day):
        profile.write(
            {
                "outlook_rating": rating,
                "outlook_date": rating and day,
                "expansion_rating": rating,
                "expansion_date": rating and day,
            }
        )

    def _ask(self, code="A", until=LATER, user=None, day=DAY, profile=None, **vals):
        """Let a user (the owner) ask for a tier on a day; returns his request."""
        requests = self.env["customer.tier.request"].with_user(user or self.sales)
        with freeze_time(f"{day} 12:00:00"):
            return requests.create(
                {
                    "profile_id": (profile or self.profile).id,
                    "wished_tier_id": self.tiers[code].id,
                    "date_end": until,
                    "reason": "Framework contract signed",
                    **vals,
                }
            )

    def _approve(self, request, user=None, day=DAY):
        with freeze_time(f"{day} 12:00:00"):
            request.with_user(user or self.manager).action_approve()
        self.env.flush_all()
        self.env.invalidate_all()

    def _refuse(self, request, note="Not yet", user=None):
        wizard = (
            self.env["customer.tier.refusal"]
            .with_user(user or self.manager)
            .create({"request_id": request.id, "note": note})
        )
        wizard.action_refuse()

    def _hold(self, code="A", until=LATER, day=DAY, profile=None):
        """Return a request that the owner asked and a manager approved on a day."""
        request = self._ask(code, until, day=day, profile=profile)
        self._approve(request, day=day)
        return request.sudo()

    def _run_night(self, day):
        self._run_cron(day=day, at="02:05:00")
        self._run_cron("review_tiers", day=day, at="02:10:00")

    def _get_moves(self, profile=None):
        return [
            (
                str(change.date),
                change.from_tier_id.code or "",
                change.to_tier_id.code or "",
                change.reason,
            )
            for change in (profile or self.profile).tier_change_ids.sorted("id")
        ]

    def _get_reviews(self, request):
        return [
            (str(line.date), line.moment, line.tier_id.code or "", line.total)
            for line in request.sudo().review_ids
        ]
