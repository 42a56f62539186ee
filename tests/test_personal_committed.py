import json
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged

from .clone import create_clone, drop_clone, run_odoo


@tagged("post_install", "-at_install")
class TestPersonalCommitted(BaseCase):
    """Nothing is left of an erased person in a full dump and in the files.

    ``personal_runs`` plants and erases him once on a cloned database.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clone = f"{get_db_name()}_personal"
        cls.addClassCleanup(drop_clone, clone)
        create_clone(clone)
        output, log = run_odoo(
            "shell", "-d", clone, "--no-http", "--log-level=warn",
            scripts=[Path(__file__).with_name("personal_runs.py")],
        )  # fmt: skip
        lines = [line for line in output.splitlines() if line.startswith("FINDINGS ")]
        if not lines:
            raise AssertionError(f"the scenes ended early:\n{output}\n{log}")
        cls.findings = json.loads(lines[0].removeprefix("FINDINGS "))

    def test_forty_canaries_are_planted(self):
        self.assertGreaterEqual(self.findings["planted"], 40)
        self.assertEqual(self.findings["before"], self.findings["planted"])

    def test_none_is_left_in_the_dump_and_the_files(self):
        self.assertEqual(self.findings["left"], [], self.findings["where"])
        self.assertFalse(self.findings["phone"])

    def test_figures_stay(self):
        self.assertTrue(self.findings["same_figures"])
        self.assertEqual(self.findings["figures"]["gifts"], [10.5, 20.25, 30])
        self.assertEqual(len(self.findings["figures"]["talks"]), 3)

    def test_the_access_report_lists_forty_of_them(self):
        self.assertGreaterEqual(len(self.findings["reported"]), 40)
        # of the contact's own chatter (twice), what is in a file, a note in a queue
        self.assertEqual(len(self.findings["missing"]), 4)
