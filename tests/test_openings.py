from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import CustomerSuccessCase

COLUMNS = ["partner_id", "month", "amount", "orders"]


@tagged("post_install", "-at_install")
class TestOpenings(CustomerSuccessCase):
    """Opening amounts, the history start, and the import of a CSV file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("opening_manager", "manager")

    # === METRICS === #

    def test_opening_amounts_count_as_invoiced_and_as_ordered(self):
        partner = self._create_partner("Opened")
        self._create_opening(partner, "2025-06-01", 1000, 2)
        self._create_opening(partner, "2026-01-01", 5000, 3)
        self._create_invoice(partner, "2026-06-01", 20)
        self._create_order(partner, "2026-06-01", 300)
        for source, amount in (("invoiced", 5020), ("ordered", 5300)):
            self.company.customer_money_source = source
            row = self._measure(partner)
            self.assertEqual(row["amount_12m"], amount)
            self.assertEqual(row["amount_prev_12m"], 1000)
            self.assertEqual(row["values"]["orders_12m"], (4, 4, None))
            self.assertEqual(str(row["date_first_fact"]), "2025-06-01")

    def test_opening_month_counts_from_its_last_day(self):
        partner = self._create_partner("Month")
        self._create_opening(partner, "2026-02-01", 100, 1)
        self.assertEqual(
            self._measure(partner, "2026-02-27")["rating_state"], "not_rated"
        )
        self.assertEqual(self._measure(partner, "2026-02-28")["amount_12m"], 100)
        self.assertEqual(self._measure(partner, "2027-02-27")["amount_12m"], 100)
        self.assertEqual(self._measure(partner, "2027-02-28")["amount_12m"], 0)

    def test_window_before_the_history_start_is_unknown_and_not_new(self):
        self.company.customer_history_start = "2026-06-01"
        partner = self._create_partner("Before history")
        self._create_invoice(partner, "2026-07-01", 1000)
        row = self._measure(partner)
        unknown = (None, None, "before_history")
        for code in ("amount_12m", "orders_12m", "tenure_years", "growth_rate"):
            self.assertEqual(row["values"][code], unknown, code)
        self.assertEqual(row["rating_state"], "rated")
        self.assertFalse(row["is_dormant"])
        # 40 x (5.5 + 5.5 + 5.5 + 10 for risk: overdue) / 40
        self.assertEqual(row["points"]["Stability"], None)

    def test_opening_data_make_the_window_before_the_history_start_known(self):
        self.company.customer_history_start = "2026-06-01"
        partner = self._create_partner("With opening")
        self._create_opening(partner, "2024-10-01", 100, 1)
        self._create_opening(partner, "2025-10-01", 1000, 1)
        self._create_invoice(partner, "2026-07-01", 2000)
        values = self._measure(partner)["values"]
        self.assertEqual(values["amount_12m"], (2000, 1, None))
        self.assertEqual(values["growth_rate"], (1, 10, None))
        self.assertEqual(values["tenure_years"], (2.08, 5, None))

    def test_window_that_starts_on_the_history_start_is_known(self):
        partner = self._create_partner("Edge")
        self._create_invoice(partner, "2026-07-01", 1000)
        # The first day of the window that ends on 2026-11-21 is 2025-11-22.
        self.company.customer_history_start = "2025-11-22"
        self.assertEqual(self._measure(partner)["amount_12m_state"], "known")
        self.company.customer_history_start = "2025-11-23"
        self.assertEqual(self._measure(partner)["amount_12m_state"], "before_history")

    def test_growth_of_an_old_customer_is_unknown_for_history_and_not_for_youth(self):
        self.company.customer_history_start = "2025-06-01"
        partner = self._create_partner("Known to us since")
        self._create_invoice(partner, "2025-07-01", 1000)
        values = self._measure(partner)["values"]
        self.assertEqual(values["amount_12m"], (0, 1, None))
        self.assertEqual(values["growth_rate"], (None, None, "before_history"))
        self.assertEqual(values["tenure_years"], (None, None, "before_history"))
        self._get_profile(partner).date_customer_since = "2020-11-21"
        values = self._measure(partner)["values"]
        self.assertEqual(values["tenure_years"], (6, 8, None))
        self.assertEqual(values["growth_rate"], (None, None, "before_history"))

    # === IMPORT === #

    def _load(self, *rows):
        """Import rows as a manager; PostgreSQL's own refusals are not logged."""
        openings = self.env["customer.opening"].with_user(self.manager)
        with freeze_time("2026-11-21 12:00:00"), mute_logger("odoo.sql_db"):
            result = openings.load(COLUMNS, [list(row) for row in rows])
        self.env.invalidate_all()
        return result

    def _assert_refused(self, result, record, *words):
        """Assert that nothing came in and every error is about one row.

        Odoo also lists the error of the whole batch, at its first row.
        """
        self.assertFalse(result["ids"])
        errors = [one for one in result["messages"] if one["type"] == "error"]
        own = [error for error in errors if error.get("record") == record]
        texts = {error["message"] for error in own}
        self.assertLessEqual({error["message"] for error in errors}, texts)
        text = " ".join(f"{one['message']} {one.get('field_name', '')}" for one in own)
        for word in words:
            self.assertIn(word.lower(), text.lower())

    def test_import_finds_or_creates_the_customer_by_the_name_of_the_contact(self):
        known, new = (
            self._create_partner("Known import"),
            self._create_partner("New import"),
        )
        profile = self._get_profile(known)
        result = self._load(
            ["Known import", "2023-01-15", "12500.00", "3"],
            ["Known import", "2023-02-01", "8200.50", "2"],
            ["New import", "2023-01-01", "-10", "0"],
        )
        self.assertFalse(result["messages"])
        openings = self.env["customer.opening"].browse(result["ids"])
        self.assertEqual(openings[:2].profile_id, profile)
        self.assertEqual(openings[2].partner_id, new)
        self.assertEqual(openings.mapped("amount"), [12500.0, 8200.5, -10.0])
        self.assertEqual(str(openings[0].month), "2023-01-01")

    def test_import_of_a_contact_person_lands_on_his_company(self):
        partner = self._create_partner("Import company")
        self.env["res.partner"].create({"name": "Zoe Import", "parent_id": partner.id})
        result = self._load(["Import company, Zoe Import", "2023-01-01", "5", "1"])
        self.assertFalse(result["messages"])
        self.assertEqual(
            self.env["customer.opening"].browse(result["ids"]).partner_id, partner
        )

    def test_bad_row_refuses_the_whole_file_and_names_row_and_field(self):
        self._create_partner("Import customer")
        good = ["Import customer", "2023-01-01", "100", "1"]
        for bad, words in (
            (["Import customer", "2023-02-01", "abc", "1"], ["abc", "amount"]),
            (["Import customer", "2023-02-01", "nan", "1"], ["nan", "amount"]),
            (["Import customer", "2023-02-01", "inf", "1"], ["inf", "amount"]),
            (["Import customer", "2023-02-01", "1e400", "1"], ["inf", "amount"]),
            (["Import customer", "2023-02-01", "10", "1.5"], ["1.5", "orders"]),
            (["Import customer", "2023-13-01", "10", "1"], ["2023-13-01", "month"]),
            (["Import customer", "", "10", "1"], ["month"]),
            (["Import customer", "2026-12-01", "10", "1"], ["month", "future"]),
            (["Nobody of this name", "2023-02-01", "10", "1"], ["nobody of this name"]),
            (["", "2023-02-01", "10", "1"], ["customer"]),
            (["Import customer", "2023-02-01", "10", "-1"], ["orders"]),
        ):
            with self.subTest(bad=bad):
                self._assert_refused(self._load(good, bad), 1, *words)
                self.assertFalse(self._count("Import customer"))

    def _count(self, name):
        return self.env["customer.opening"].search_count(
            [("profile_id.partner_id.name", "=", name)]
        )

    def test_second_amount_of_a_month_is_refused(self):
        self._create_partner("Import twice")
        result = self._load(
            ["Import twice", "2023-01-01", "100", "1"],
            ["Import twice", "2023-01-31", "100", "1"],
        )
        self._assert_refused(result, 1, "one opening amount per month")
        self.assertFalse(self._count("Import twice"))

    def test_current_month_may_be_imported_and_the_next_not(self):
        self._create_partner("Import now")
        self.assertFalse(self._load(["Import now", "2026-11-30", "1", "1"])["messages"])
        self._assert_refused(
            self._load(["Import now", "2026-12-01", "1", "1"]), 0, "month", "future"
        )

    def test_user_without_the_manager_role_cannot_import(self):
        self._create_partner("Import user")
        user = self._create_user("opening_user", "user_all")
        openings = self.env["customer.opening"].with_user(user)
        result = openings.load(COLUMNS, [["Import user", "2023-01-01", "1", "1"]])
        self.assertFalse(result["ids"])
        self.assertFalse(self._count("Import user"))
