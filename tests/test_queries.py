from odoo.tests import freeze_time, tagged

from .common import DAY
from .robust import RobustCase

FEW, MANY = 5, 50
LIST_FIELDS = (
    "partner_id", "user_id", "tier_id", "tier_score", "health", "health_score",
    "amount_12m", "amount_12m_state", "is_overdue", "is_high_value",
    "date_next_review", "date_figures", "is_quarantined",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestQueries(RobustCase):
    """The number of statements does not depend on the number of customers or rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        more = cls.env["res.partner"].create(
            [{"name": f"Robust more {n}", "is_company": True} for n in range(80)]
        )
        profiles = cls.env["customer.profile"]._get_or_create(more, cls.company)
        cls.env["customer.opening"].create(
            [
                {
                    "profile_id": profile.id,
                    "company_id": cls.company.id,
                    "month": "2026-02-01",
                    "amount": 100,
                    "orders": 1,
                }
                for profile in profiles
            ]
        )
        cls.profiles = profiles
        cls.user = cls._create_user("queries_user", "user_all")

    def _count(self, function, *args):
        """Return the statements a call takes, the second time it is made."""
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            function(*args)
            self.env.flush_all()
        return self.cr.sql_log_count - before

    def _score(self, profiles):
        with freeze_time(f"{DAY} 12:00:00"):
            profiles.with_user(self.user).action_score_now()

    def test_scoring_now_takes_the_same_statements_for_few_and_many(self):
        few = self._count(self._score, self.profiles[:FEW])
        many = self._count(self._score, self.profiles[FEW : FEW + MANY])
        self.assertEqual(few, many)
        self.assertLessEqual(few, 24)

    def test_run_takes_the_same_statements_for_few_and_many(self):
        self._run_after_loss()
        (self.profiles - self.profiles[:FEW]).partner_id.active = False
        few = self._count(self._run_after_loss)
        self.profiles[:MANY].partner_id.active = True
        many = self._count(self._run_after_loss)
        self.assertEqual(self._get_runs()[0].staged_count, MANY + 6)
        self.assertEqual(few, many)

    def _run_after_loss(self):
        """Run when the snapshot of every customer has to be written again."""
        self._execute("UPDATE customer_snapshot SET amount_12m = 0")
        self._run_cron()

    def _get_form_fields(self):
        """Return what the web client asks for when it opens the form."""
        view = self.env.ref("customer_success.customer_profile_view_form")
        model = self.env["customer.profile"].with_user(self.user)
        models = model.get_views([(view.id, "form")])["models"]
        return self._specify(models["customer.profile"]["fields"])

    def _specify(self, names):
        return {
            name: {"fields": {"display_name": {}}} if self._is_relation(name) else {}
            for name in names
        }

    def _read_form(self, profile, specification):
        profile.with_user(self.user).web_read(specification)

    def _is_relation(self, name):
        return self.env["customer.profile"]._fields[name].relational

    def test_form_takes_the_same_statements_for_a_small_and_a_large_customer(self):
        small, large = self.profiles[0], self.profiles[1]
        self._score(small | large)
        self._create_history(large)
        specification = self._get_form_fields()
        few = self._count(self._read_form, small, specification)
        many = self._count(self._read_form, large, specification)
        self.assertLessEqual(many, few)
        self.assertLessEqual(few, 35)

    def _create_history(self, profile):
        """Give a customer a hundred score rows and thirty opening months."""
        self._execute(
            """INSERT INTO customer_score (profile_id, company_id, kind, date,
                      scorecard_id, total, confidence, signature, detail, tier_id)
               SELECT profile_id, company_id, kind, date - day, scorecard_id, total,
                      confidence, signature, detail, tier_id
                 FROM customer_score, GENERATE_SERIES(1, 100) day
                WHERE profile_id = %s AND kind = 'tier'""",
            profile.id,
        )
        self._execute(
            """INSERT INTO customer_opening (profile_id, company_id, month, amount, orders)
               SELECT profile_id, company_id, (month - MAKE_INTERVAL(months => n))::date,
                      5, 1
                 FROM customer_opening, GENERATE_SERIES(1, 30) n
                WHERE profile_id = %s""",
            profile.id,
        )

    def _read_list(self, count):
        model = self.env["customer.profile"].with_user(self.user)
        found = model.web_search_read([], self._specify(LIST_FIELDS), limit=count)
        self.assertEqual(len(found["records"]), count)

    def test_list_of_eighty_takes_the_same_statements_as_one_of_ten(self):
        self._score(self.profiles)
        few = self._count(self._read_list, 10)
        many = self._count(self._read_list, 80)
        self.assertEqual(few, many)
        self.assertLess(many, 20)
