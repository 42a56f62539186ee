import json
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged

from .clone import create_clone, drop_clone, run_odoo


@tagged("post_install", "-at_install")
class TestLifecycle(BaseCase):
    """Update, uninstall and reinstall with data in place, on a cloned database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clone = f"{get_db_name()}_lifecycle"
        cls.addClassCleanup(drop_clone, clone)
        create_clone(clone)
        output, log = run_odoo(
            "shell", "-d", clone, "--no-http", "--log-level=warn",
            scripts=[Path(__file__).with_name("lifecycle_runs.py")],
        )  # fmt: skip
        lines = [line for line in output.splitlines() if line.startswith("FINDINGS ")]
        if not lines:
            raise AssertionError(f"the scenes ended early:\n{output}\n{log}")
        cls.findings = json.loads(lines[0].removeprefix("FINDINGS "))

    def test_update_keeps_every_row(self):
        counts = self.findings["counts"]
        for name in ("profile", "snapshot", "score", "tier_change", "opening", "run"):
            with self.subTest(table=name):
                self.assertGreater(counts[name], 0)
        self.assertTrue(self.findings["same_rows"])

    def test_update_keeps_thresholds_and_schedules_that_users_edited(self):
        self.assertEqual(self.findings["edits"], [33.5, 3333333, 2])

    def test_uninstall_leaves_nothing_behind(self):
        for what, left in self.findings["leftovers"].items():
            with self.subTest(what=what):
                self.assertEqual(left, [])

    def test_reinstalled_addon_rates_the_customers_again(self):
        self.assertGreaterEqual(self.findings["rated_again"], 20)
