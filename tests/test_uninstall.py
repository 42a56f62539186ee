import base64
import csv
import io
import json
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..wizards import customer_uninstall
from .test_score_history import HistoryCase


@tagged("post_install", "-at_install")
class TestUninstall(HistoryCase):
    """What goes with the addon, and the history as files before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids += cls.env.ref("base.group_allow_export")
        cls.wizard = cls.env["customer.uninstall"].with_user(cls.manager).create({})

    # === LIST === #

    def test_every_table_of_the_addon_is_listed(self):
        # by the database's own records, not by the way the list is made
        own = self.env["ir.model.data"].search(
            [("module", "=", "customer_success"), ("model", "=", "ir.model")]
        )
        models = self.env["ir.model"].browse(own.mapped("res_id"))
        expected = {
            model.model
            for model in models
            if self.env[model.model]._original_module == "customer_success"
            and self.env[model.model]._auto
            and not self.env[model.model]._abstract
        }
        listed = {row["model"] for row in self.wizard._get_tables()}
        self.assertEqual(listed, expected)
        self.assertLessEqual(
            {"customer.profile", "customer.score", "customer.tier.change"}, listed
        )

    def test_every_table_that_begins_with_customer_is_listed(self):
        self.env.cr.execute(
            """SELECT tab.table_name FROM information_schema.tables tab
                 JOIN information_schema.columns col USING (table_schema, table_name)
                WHERE tab.table_schema = 'public' AND tab.table_type = 'BASE TABLE'
                  AND tab.table_name LIKE 'customer\\_%%' AND col.column_name = 'id'"""
        )
        tables = {row[0] for row in self.env.cr.fetchall()}
        listed = {row["table"] for row in self.wizard._get_tables()}
        self.assertEqual(tables - listed, set())

    def test_rows_are_counted(self):
        def count():
            rows = self.wizard._get_tables()
            return {row["model"]: row["count"] for row in rows}

        before = count()
        profile = self._create_customer("Counted", self.seller)
        self._create_score(profile, "2026-06-30", 20)
        after = count()
        self.assertEqual(after["customer.score"] - before["customer.score"], 1)
        self.assertEqual(after["customer.profile"] - before["customer.profile"], 1)
        self.assertIsNone(after["customer.uninstall"])

    def test_fields_on_contacts_and_companies_are_listed(self):
        rows = {
            (row["model"], row["field"]): row["is_stored"]
            for row in self.wizard._get_fields_elsewhere()
        }
        self.assertIs(rows["res.company", "customer_money_source"], True)
        self.assertIs(rows["res.partner", "customer_tier_id"], False)
        self.assertNotIn(("res.partner", "name"), rows)
        self.assertIn("customer_money_source", self.wizard.content)
        self.assertIn("customer_score", self.wizard.content)

    # === EXPORT === #

    def _export(self, wizard=None):
        action = (wizard or self.wizard).action_export()
        number = int(action["url"].split("/")[3].split("?")[0])
        attachment = self.env["ir.attachment"].browse(number)
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(attachment.datas)))
        return {
            name: list(
                csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))
            )
            for name in archive.namelist()
        }

    def test_scores_and_tier_changes_come_out_as_they_are(self):
        profile = self._create_customer("=1+1 华东", self.seller)
        self._create_score(
            profile, "2026-06-30", 24.5, tier_id=self.tiers["A"].id, confidence=0.75
        )
        self._create_change(profile, "2026-06-30", "B", "A", 24.5)
        files = self._export()
        [score] = [
            row for row in files["scores.csv"] if int(row["profile_id"]) == profile.id
        ]
        self.assertEqual(
            [score[name] for name in ("kind", "date", "total", "tier", "confidence")],
            ["tier", "2026-06-30", "24.5", "A", "0.75"],
        )
        self.assertEqual(score["customer"], "'=1+1 华东")
        self.assertEqual(set(json.loads(score["detail"])), {"dimensions", "metrics"})
        [change] = [
            row
            for row in files["tier_changes.csv"]
            if int(row["profile_id"]) == profile.id
        ]
        self.assertEqual(
            [change[name] for name in ("from_tier", "to_tier", "total", "reason")],
            ["B", "A", "24.5", "review"],
        )

    def test_no_row_is_lost_between_batches(self):
        profile = self._create_customer("Many", self.seller)
        for month in range(1, 8):
            self._create_score(profile, f"2026-{month:02d}-01", month)
        with patch.object(customer_uninstall, "EXPORT_BATCH", 3):
            rows = self._export()["scores.csv"]
        totals = [
            float(row["total"]) for row in rows if int(row["profile_id"]) == profile.id
        ]
        self.assertEqual(totals, [1, 2, 3, 4, 5, 6, 7])

    def test_only_the_companies_that_are_switched_on_are_exported(self):
        here = self._create_customer("Here", self.seller)
        there = self._create_customer("There", company=self.other_company)
        for profile in (here, there):
            self._create_score(profile, "2026-06-30", 20)
            self._create_change(profile, "2026-06-30", None, "B", 20)
        for rows in self._export().values():
            names = {row["customer"] for row in rows}
            self.assertIn("Here", names)
            self.assertNotIn("There", names)

    def test_only_managers_who_may_export_do(self):
        for user in (self.seller, self.plain, self.portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.env["customer.uninstall"].with_user(user).create({})
        self.manager.group_ids -= self.env.ref("base.group_allow_export")
        with self.assertRaisesRegex(AccessError, "right to export data"):
            self.wizard.action_export()

    def test_nobody_reads_the_file_or_the_dialog_of_somebody_else(self):
        # his colleague may have other companies switched on
        action = self.wizard.action_export()
        number = int(action["url"].split("/")[3].split("?")[0])
        other = self._create_user("owner_other_manager", "manager")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["ir.attachment"].with_user(other).browse(number).read(["datas"])
        profile = self._create_customer("Seen by both")
        for model, values in (
            ("customer.uninstall", {}),
            ("customer.assign", {}),
            ("customer.handover", {"from_user_id": self.seller.id}),
            ("customer.score.compare", {"profile_id": profile.id}),
        ):
            record = self.env[model].with_user(self.manager).create(values)
            record.read(["company_id"])
            self.env.invalidate_all()
            with self.subTest(model=model), self.assertRaises(AccessError):
                record.with_user(other).read(["company_id"])
