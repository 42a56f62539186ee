from lxml import etree
from odoo.tests import tagged

from .evidence_common import EvidenceCase

# The goal of the issue; counting the records is a call of its own.
LIMIT = 12


@tagged("post_install", "-at_install")
class TestFormQueries(EvidenceCase):
    """What the web client reads to open a customer, as his sales person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_tz = False  # from the company's contact
        team = cls.env["crm.team"].create({"name": "Team", "company_id": False})
        cls.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": cls.sales.id}
        )
        cls.small = cls._create_partner("Small", user_id=cls.sales.id)
        cls._create_order(cls.small, "2026-10-01", 100)
        cls._fill_large(cls.partner)

    @classmethod
    def _fill_large(cls, partner):
        """Give a customer contacts, products, terms, invoices and a history."""
        term = cls.env["account.payment.term"].create({"name": "Sixty days"})
        partner.with_company(cls.company).property_payment_term_id = term
        for number in range(5):
            contact = cls._create_partner(
                f"Child {number}", parent_id=partner.id, is_company=False
            )
            category = cls.env["product.category"].create(
                {"name": f"Category {number}"}
            )
            cls.product = cls.env["product.product"].create(
                {"name": "Large", "type": "service", "categ_id": category.id}
            )
            cls._create_order(contact, "2026-10-01", 100 + number)
            cls._create_invoice(contact, "2026-09-01", 100, "2026-10-01")
            cls._create_opening(partner, f"2025-0{number + 1}-01", 10, 1)

    @classmethod
    def _create_history(cls, profile):
        """Write thirty scores and tier changes as thirty months would."""
        score = profile.score_ids[:1]
        change = profile.tier_change_ids[:1]
        for number in range(1, 13):
            for year in (2023, 2024, 2025):
                day = f"{year}-{number:02}-28"
                score.sudo().copy({"date": day})
                change.sudo().copy({"date": day})

    def _get_specification(self, profile):
        """Return what the web client asks for, from the arch it is given."""
        view = self.env.ref("customer_success.customer_profile_view_form")
        arch = profile.get_view(view.id, "form")["arch"]
        return self._specify(etree.fromstring(arch), profile)

    def _specify(self, node, model):
        specification = {}
        for child in node.iterchildren(tag=etree.Element):
            if child.tag != "field":
                specification |= self._specify(child, model)
                continue
            field = model._fields[child.get("name")]
            wanted = specification.setdefault(field.name, {})
            if field.type == "many2one":
                is_hidden = child.get("invisible") in ("1", "True")
                wanted["fields"] = {} if is_hidden else {"display_name": {}}
            elif field.relational:
                wanted["fields"] = self._specify(child, self.env[field.comodel_name])
                wanted["limit"] = 40
        return specification

    def _count(self, profile, user=None):
        profile = profile.with_user(user or self.sales)
        specification = self._get_specification(profile)
        for _time in range(3):  # the first ones fill the registry's caches
            self.env.flush_all()
            self.env.invalidate_all()
            (profile.env.user.name, profile.env.company.name)  # as every request has
            before = self.cr.sql_log_count
            [values] = profile.web_read(specification)
        return self.cr.sql_log_count - before, values

    def test_form_takes_at_most_twelve_statements_small_or_large(self):
        small, large = self._score(self.small), self._score(self.partner)
        self._create_history(large)
        few, values = self._count(small)
        self.assertEqual(values["order_count_12m"], 1)
        self.assertTrue(values["tier_explanation"]["dimensions"])
        many, values = self._count(large)
        self.assertEqual(values["score_count"], 38)
        self.assertEqual(values["payment_term_text"], "Sixty days")
        self.assertEqual(values["category_text"], "Category 4, Category 3, Category 2")
        self.assertLessEqual(few, LIMIT)
        self.assertLessEqual(many, LIMIT)
