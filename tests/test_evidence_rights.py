from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import DAY
from .evidence_common import ACCOUNTING, EvidenceCase

RESIDUALS = ("residual", "paid_amount")


@tagged("post_install", "-at_install")
class TestEvidenceRights(EvidenceCase):
    """Whose records are shown, and what a context that was made up opens: nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls._create_user("evidence_stranger", "user", lang="en_US")
        cls.foreigner = cls._create_user(
            "evidence_foreigner", "manager", company=cls.other_company
        )
        cls.both = cls._create_user(
            "evidence_both",
            "manager,sales_team.group_sale_salesman_all_leads",
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )
        cls.outsiders = [
            cls._create_user("evidence_portal", "base.group_portal"),
            cls._create_user("evidence_plain", "base.group_user"),
            cls._create_user("evidence_seller", "sales_team.group_sale_salesman"),
            cls.env.ref("base.public_user"),
        ]
        # nine of fourteen invoices are hers or nobody's
        for number in range(14):
            owner = cls.sales if number < 9 else cls.stranger
            cls._create_invoice(
                cls.partner, "2026-05-04", 100 + number, invoice_user_id=owner.id
            )

    def _browse(self, user, profile, code="amount_12m", score=False, **context):
        """Read the list as a client would who makes up the context himself."""
        self.env.flush_all()
        self.env.invalidate_all()
        given = {"profile": profile.id, "code": code, "score": score}
        return (
            self.env["customer.evidence"]
            .with_user(user)
            .with_context(customer_evidence=given, **context)
        )

    def test_documents_of_colleagues_are_counted_but_not_shown(self):
        profile = self._score(self.partner)
        rows = self._open(profile, "amount_12m")
        self.assertEqual(sorted(rows.mapped("amount")), list(range(100, 109)))
        self.assertEqual(
            self._summarise(profile, "amount_12m")["records"],
            "14 records counted, 9 visible to you",
        )
        counts = profile.with_user(self.sales).get_evidence_counts(["amount_12m"])
        self.assertEqual(
            counts,
            {"amount_12m": {"counted": 14, "text": "14 records, 9 visible to you"}},
        )
        self.assertEqual(len(self._open(profile, "amount_12m", self.accountant)), 14)

    def test_the_customer_of_a_stranger_opens_to_nobody(self):
        profile = self._score(self.partner)
        score = profile.score_ids.filtered(lambda row: row.kind == "tier")
        for user in (self.stranger, self.foreigner, *self.outsiders):
            for score_id in (False, score.id):
                for attempt in (
                    lambda u, s: profile.with_user(u).action_open_evidence(
                        "amount_12m", s
                    ),
                    lambda u, s: profile.with_user(u).get_evidence_counts(
                        ["amount_12m"], s
                    ),
                    lambda u, s: profile.with_user(u).get_evidence_summary(
                        "amount_12m", s
                    ),
                    lambda u, s: self._browse(u, profile, score=s).search([]),
                    lambda u, s: self._browse(u, profile, score=s).search_count([]),
                    lambda u, s: self._browse(u, profile, score=s).web_search_read(
                        [], {"amount": {}}
                    ),
                    lambda u, s: self._browse(u, profile, score=s).formatted_read_group(
                        [], [], ["amount:sum"]
                    ),
                ):
                    self.env.invalidate_all()
                    with self.subTest(user=user.login), self.assertRaises(AccessError):
                        attempt(user, score_id)

    def test_a_company_that_is_not_chosen_stays_closed(self):
        profile = self._score(self.partner)
        rows = self._browse(self.both, profile)
        self.assertTrue(rows.search_count([]))
        rows = self._browse(
            self.both, profile, allowed_company_ids=self.other_company.ids
        )
        with self.assertRaises(AccessError):
            rows.search([])

    def test_a_score_opens_with_its_own_customer_only(self):
        mine = self._score(self.partner)
        hers = self._score(self._create_partner("Hers", user_id=self.stranger.id))
        foreign = self.env["customer.score"].create(
            {
                "profile_id": hers.id,
                "company_id": self.company.id,
                "kind": "tier",
                "date": DAY,
                "scorecard_id": self.tier_card.id,
            }
        )
        with self.assertRaises(AccessError):
            self._browse(self.sales, mine, score=foreign.id).search([])
        self.assertFalse(
            self._browse(self.accountant, mine, score=foreign.id).search([])
        )

    def test_a_made_up_context_gives_no_rows_and_no_error(self):
        profile = self._score(self.partner)
        rows = self.env["customer.evidence"].with_user(self.sales)
        for given in (
            None, [], "x", 7, {}, {"profile": profile.id},
            {"profile": profile.id, "code": "name; DROP TABLE"},
            {"profile": str(profile.id), "code": "amount_12m"},
            {"profile": [profile.id], "code": "amount_12m"},
            {"profile": True, "code": "amount_12m"},
            {"profile": 2**62, "code": "amount_12m"},
            {"profile": -1, "code": "amount_12m"},
            {"profile": profile.id, "code": "amount_12m", "score": "1"},
            {"profile": profile.id, "code": "amount_12m", "score": {"a": 1}},
            {"profile": profile.id, "code": ["amount_12m"]},
        ):  # fmt: skip
            with self.subTest(given=given):
                made_up = rows.with_context(customer_evidence=given)
                self.assertFalse(made_up.search([]))
                self.assertEqual(made_up.search_count([]), 0)
        self.assertFalse(rows.search([]))
        self.assertFalse(profile.with_user(self.sales).action_open_evidence("nothing"))

    def test_rows_cannot_be_written(self):
        profile = self._score(self.partner)
        rows = self._browse(self.both, profile)
        row = rows.search([], limit=1)
        for attempt in (
            lambda: row.write({"amount": 1}),
            lambda: row.unlink(),
            lambda: rows.create({"amount": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_open_and_paid_amounts_need_an_accounting_group(self):
        profile = self._score(self.partner)
        for user in (self.sales, self.both):
            rows = self._browse(user, profile, "overdue_rate")
            self.assertTrue(rows.search([]))
            self.assertFalse(set(RESIDUALS) & set(rows.fields_get()))
            view = rows.get_view(view_type="list")["arch"]
            for name in RESIDUALS:
                self.assertNotIn(f'name="{name}"', view)
                for attempt in (
                    lambda r=rows, n=name: r.search([(n, ">", 0)]),
                    lambda r=rows, n=name: r.search([]).read([n]),
                    lambda r=rows, n=name: r.formatted_read_group([], [], [f"{n}:sum"]),
                    lambda r=rows, n=name: r.search([], order=n),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        rows = self._browse(self.accountant, profile, "overdue_rate").search([])
        self.assertEqual(sum(rows.mapped("residual")), 14 * 100 + 91)
        view = rows.get_view(view_type="list")["arch"]
        self.assertIn('name="residual"', view)

    def test_sales_person_without_any_right_on_invoices_still_sees_the_count(self):
        profile = self._score(self.partner)
        # sudo: as an administrator who takes rights away
        self.env["ir.model.access"].sudo().search(
            [("model_id.model", "=", "account.move"), ("group_id", "!=", False)]
        ).filtered(
            lambda line: line.group_id <= self.sales.all_group_ids
        ).perm_read = False
        summary = self._summarise(profile, "amount_12m")
        self.assertEqual(summary["records"], "14 records counted, 0 visible to you")
        self.assertFalse(self._open(profile, "amount_12m"))

    def test_row_rule_holds_without_the_check_of_the_context(self):
        """The rules of the model alone keep a stranger out."""
        profile = self._score(self.partner)
        rows = self._browse(self.stranger, profile)
        rule = self.env["ir.rule"]._compute_domain
        domain = rule.__func__(
            self.env["ir.rule"].with_user(self.stranger), "customer.evidence", "read"
        )
        everything = self._browse(self.both, profile).sudo().search(domain)
        self.assertFalse(everything)
        self.assertTrue(self._browse(self.both, profile).sudo().search([]))
        self.assertEqual(rows._name, "customer.evidence")

    def test_calls_over_rpc_are_checked_like_clicks(self):
        profile = self._score(self.partner)
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["customer.profile"].with_user(self.stranger)
        for method in (
            "action_open_evidence", "get_evidence_counts", "get_evidence_summary"
        ):  # fmt: skip
            with self.subTest(method=method), self.assertRaises(AccessError):
                call_kw(model, method, [profile.ids], {})
        self.assertTrue(self.accountant.has_group(ACCOUNTING))
