from odoo.exceptions import AccessError
from odoo.tests import tagged

from .security_common import SecurityCase

WINDOWS = ("customer_tier_id", "customer_health", "customer_health_score")


@tagged("post_install", "-at_install")
class TestPartnerWindows(SecurityCase):
    """Tier and health of contacts as a plain internal user sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        cls.profiles = {}
        for code, health, score in (
            ("S", "healthy", 91.25),
            ("A", "watch", 55.5),
            ("C", "at_risk", 12),
        ):
            partner = cls._create_partner(f"Window {code}")
            profile = cls.env["customer.profile"]._get_or_create(partner, cls.company)
            profile.write(
                {
                    "tier_id": cls.tiers[code].id,
                    "health": health,
                    "health_score": score,
                }
            )
            cls.profiles[code] = profile
            cls.partners |= partner
        cls.unrated = cls._create_partner("Window unrated")
        cls.partners |= cls.unrated
        cls.contact = cls.env["res.partner"].create(
            {"name": "Window contact", "parent_id": cls.partners[0].id}
        )
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.own = cls.env["res.partner"].with_user(cls.users["plain"])

    def _search(self, *domain, order="id"):
        everybody = ("id", "in", (self.partners | self.contact).ids)
        names = self.own.search([everybody, *domain], order=order).mapped("name")
        return [name.removeprefix("Window ") for name in names]

    # === FILTER === #

    def test_contacts_are_found_by_tier_and_health(self):
        tier = self.tiers["S"].id
        for condition, expected in (
            (("customer_tier_id", "=", tier), ["S", "contact"]),
            (("customer_tier_id", "!=", tier), ["A", "C", "unrated"]),
            (("customer_tier_id", "=", False), ["unrated"]),
            (("customer_tier_id", "!=", False), ["S", "A", "C", "contact"]),
            (("customer_tier_id.code", "in", ["A", "C"]), ["A", "C"]),
            (("customer_tier_id", "ilike", "core"), ["S", "contact"]),
            (("customer_health", "=", "at_risk"), ["C"]),
            (("customer_health", "=", False), ["unrated"]),
            (("customer_health", "in", ["watch", False]), ["A", "unrated"]),
            (("customer_health_score", ">", 50), ["S", "A", "contact"]),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self._search(condition), expected)

    def test_contacts_are_found_by_customer_record(self):
        ids = {code: profile.id for code, profile in self.profiles.items()}
        for condition, expected in (
            (("customer_profile_id", "=", ids["A"]), ["A"]),
            (("customer_profile_id", "!=", ids["A"]), ["S", "C", "unrated", "contact"]),
            (("customer_profile_id", "in", [ids["A"], ids["C"]]), ["A", "C"]),
            (("customer_profile_id", "in", [ids["A"], False]), ["A", "unrated"]),
            (("customer_profile_id", "not in", [ids["S"]]), ["A", "C", "unrated"]),
            (("customer_profile_id", "=", False), ["unrated"]),
            (("customer_profile_id", "!=", False), ["S", "A", "C", "contact"]),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self._search(condition), expected)

    def test_conditions_on_the_customer_need_rights_on_the_customer(self):
        condition = ("customer_profile_id", "any", [("health_score", ">", 50)])
        negated = ("customer_profile_id", "not any", [("health_score", ">", 50)])
        for domain in (
            condition,
            negated,
            ("customer_profile_id.health_score", ">", 5),
        ):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                self._search(domain)
        with self.assertRaises(AccessError):
            self._search(("customer_tier_id.scorecard_id.note", "=", "x"))
        self.own = self.own.with_user(self.users["user"])
        self.assertEqual(self._search(condition), ["S", "A", "contact"])
        self.assertEqual(self._search(negated), ["C", "unrated"])
        # rules hold: the customer of another team does not answer
        self.profiles["S"].user_id = self.users["stranger"]
        self.assertEqual(self._search(condition), ["A"])

    # === SORT, GROUP, READ === #

    def test_contacts_without_a_customer_sort_last_in_both_directions(self):
        for name, ascending in (
            ("customer_tier_id", ["S", "A", "C"]),
            ("customer_health", ["C", "S", "A"]),  # at_risk, healthy, watch
            ("customer_health_score", ["C", "A", "S"]),
        ):
            with self.subTest(field=name):
                domain = ("parent_id", "=", False)
                self.assertEqual(
                    self._search(domain, order=name), [*ascending, "unrated"]
                )
                self.assertEqual(
                    self._search(domain, order=f"{name} desc"),
                    [*reversed(ascending), "unrated"],
                )

    def test_contacts_are_grouped_by_tier_and_health(self):
        domain = [("id", "in", (self.partners | self.contact).ids)]
        tiers = self.own.formatted_read_group(
            domain, ["customer_tier_id"], ["__count"], order="customer_tier_id desc"
        )
        self.assertEqual(
            [(row["customer_tier_id"] or (0, ""))[0] for row in tiers],
            [self.tiers[code].id for code in "CAS"] + [0],
        )
        self.assertEqual([row["__count"] for row in tiers], [1, 1, 2, 1])
        for row in tiers:
            found = self.own.search_count([*domain, *row["__extra_domain"]])
            self.assertEqual(found, row["__count"])
        healths = self.own.formatted_read_group(
            domain, ["customer_health"], ["customer_health_score:avg"]
        )
        self.assertEqual(
            {
                row["customer_health"]: row["customer_health_score:avg"]
                for row in healths
            },
            {"healthy": 91.25, "watch": 55.5, "at_risk": 12.0, False: False},
        )

    def test_a_contact_person_shows_the_customer_of_his_company(self):
        contact = self.contact.with_user(self.users["plain"])
        self.assertEqual(contact.customer_tier_id.code, "S")
        self.assertEqual(contact.customer_health, "healthy")
        self.assertEqual(contact.customer_health_score, 91.25)

    def test_windows_are_exported_and_shown_in_lists(self):
        partner = self.partners[1].with_user(self.users["plain"])
        exported = partner.export_data(["name", *WINDOWS])["datas"]
        self.assertEqual(exported, [["Window A", self.tiers["A"].name, "Watch", 55.5]])
        spec = {
            "customer_tier_id": {"fields": {"display_name": {}}},
            **{name: {} for name in WINDOWS[1:]},
        }
        rows = self.own.web_search_read([("id", "=", partner.id)], spec)["records"]
        self.assertEqual(rows[0]["customer_health"], "watch")
        self.assertEqual(rows[0]["customer_tier_id"]["id"], self.tiers["A"].id)

    # === COMPANIES, ARCHIVE, MERGE === #

    def test_windows_show_the_customer_of_the_current_company(self):
        partner = self.partners[0]
        other = self.env["customer.profile"]._get_or_create(partner, self.other_company)
        other.write({"tier_id": self.tiers["B"].id, "health": "watch"})
        seen = {}
        for company in (self.company, self.other_company):
            mine = partner.with_user(self.users["both"]).with_company(company)
            code = mine.customer_tier_id.code
            seen[company] = code
            found = mine.search([("customer_tier_id.code", "=", code)])
            self.assertIn(partner, found)
            wrong = mine.search(
                [("customer_tier_id.code", "=", "SB".replace(code, ""))]
            )
            self.assertNotIn(partner, wrong)
        self.assertEqual(list(seen.values()), ["S", "B"])

    def test_archived_and_merged_customers_are_no_longer_shown(self):
        self.profiles["A"].active = False
        self.profiles["C"].write(
            {"active": False, "merged_into_id": self.profiles["S"].id}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for index in (1, 2):
            partner = self.partners[index].with_user(self.users["plain"])
            self.assertFalse(partner.customer_tier_id)
        self.assertEqual(
            self._search(("customer_tier_id", "=", False)), ["A", "C", "unrated"]
        )
        self.assertEqual(
            self._search(("customer_health", "!=", False)), ["S", "contact"]
        )

    # === COST === #

    def test_the_nightly_run_does_not_write_contacts(self):
        partner = self._create_partner("Untouched")
        self._create_order(partner, "2026-10-01", 100)
        self.env.flush_all()
        query = (
            "SELECT id, write_date, write_uid, xmin::text FROM res_partner ORDER BY id"
        )
        self.env.cr.execute(query)
        before = self.env.cr.fetchall()
        self._run_cron()
        self.assertTrue(partner.customer_tier_id)
        self.env.flush_all()
        self.env.cr.execute(query)
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_a_list_of_contacts_costs_two_more_queries_at_any_size(self):
        for count in (50, 450):  # 50, then 500 customers
            self._create_many(count)
            plain, windows = self._count_queries()
            self.assertEqual(windows - plain, 2)

    def _create_many(self, count):
        partners = self.env["res.partner"].create(
            [{"name": f"Many {number}", "is_company": True} for number in range(count)]
        )
        profiles = self.env["customer.profile"]._get_or_create(partners, self.company)
        profiles.write({"tier_id": self.tiers["B"].id, "health": "watch"})

    def _count_queries(self):
        counts = []
        for extra in (
            {},
            {
                "customer_tier_id": {"fields": {"display_name": {}}},
                "customer_health": {},
            },
        ):
            spec = {"name": {}, **extra}
            domain = [("name", "like", "Many ")]
            self.own.web_search_read(domain, spec, limit=80)  # warm
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.own.web_search_read(domain, spec, limit=80)
            counts.append(self.env.cr.sql_log_count - start)
        return tuple(counts)
