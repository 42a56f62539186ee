from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DAY
from .lifecycle_common import LifecycleCase

NAME = "customer_lifecycle_stage_id"
OLD, RECENT = "2020-01-10", "2026-11-01"


@tagged("post_install", "-at_install")
class TestLifecycleWindow(LifecycleCase):
    """The stage on contacts, as a plain internal user sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._create_user(
            "lifecycle_plain", "base.group_user,base.group_allow_export"
        )
        cls.mature = cls._create_customer("Mature", OLD, RECENT)
        cls.new = cls._create_customer("New", RECENT, RECENT)
        cls.without = cls._create_partner("Without")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.new.partner_id.id}
        )
        cls.partners = (cls.mature | cls.new).partner_id | cls.without | cls.contact

    def setUp(self):
        super().setUp()
        self._assign(DAY, self.mature | self.new)
        self.env.flush_all()
        self.env.invalidate_all()

    def _search(self, *domain, order="id"):
        partners = self.env["res.partner"].with_user(self.plain)
        everybody = ("id", "in", self.partners.ids)
        return partners.search([everybody, *domain], order=order).mapped("name")

    def test_contacts_are_found_sorted_grouped_and_exported_by_stage(self):
        stage = self.stages["new"]
        self.assertEqual(self._search((NAME, "=", stage.id)), ["New", "Contact"])
        self.assertEqual(self._search((NAME, "=", False)), ["Without"])
        self.assertEqual(self._search((NAME, "!=", stage.id)), ["Mature", "Without"])
        self.assertEqual(self._search((NAME, "ilike", "matu")), ["Mature"])
        self.assertEqual(
            self._search(order=f"{NAME}, id"), ["New", "Contact", "Mature", "Without"]
        )
        partners = self.env["res.partner"].with_user(self.plain)
        groups = partners.formatted_read_group(
            [("id", "in", self.partners.ids)], [NAME], ["__count"]
        )
        self.assertEqual(
            {(row[NAME] or (0, ""))[1]: row["__count"] for row in groups},
            {"New": 2, "Mature": 1, "": 1},
        )
        exported = self.contact.with_user(self.plain).export_data(["name", NAME])
        self.assertEqual(exported["datas"], [["Contact", "New"]])

    def test_portal_users_learn_no_stage(self):
        portal = self._create_user("lifecycle_portal", "base.group_portal")
        partners = self.env["res.partner"].with_user(portal)
        for call in (
            lambda: partners.search([(NAME, "=", self.stages["new"].id)]),
            lambda: partners.sudo().search([(NAME, "!=", False)]),
            lambda: partners.search([], order=NAME),
            lambda: partners.formatted_read_group([], [NAME], ["__count"]),
            lambda: portal.partner_id.with_user(portal).read([NAME]),
            lambda: self.env["customer.lifecycle.stage"].with_user(portal).search([]),
        ):
            with self.assertRaises(AccessError):
                call()
