import json
from pathlib import Path

from odoo.tests import BaseCase, get_db_name, tagged

from .clone import create_clone, drop_clone, run_odoo


@tagged("post_install", "-at_install")
class TestCommitted(BaseCase):
    """Runs that really commit: killed, met by another process, edited into.

    ``committed_runs`` plays the scenes once on a cloned database.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clone = f"{get_db_name()}_committed"
        cls.addClassCleanup(drop_clone, clone)
        create_clone(clone)
        output, log = run_odoo(
            "shell", "-d", clone, "--no-http", "--log-level=warn",
            scripts=map(
                Path(__file__).with_name, ("committed_runs.py", "committed_care.py")
            ),
        )  # fmt: skip
        lines = [line for line in output.splitlines() if line.startswith("FINDINGS ")]
        if not lines:
            raise AssertionError(f"the scenes ended early:\n{output}\n{log}")
        cls.findings = json.loads(lines[0].removeprefix("FINDINGS "))
        cls.log = log

    def _assert_clean_end(self, found):
        self.assertEqual(found["code"], 0)
        self.assertEqual(found["states"], ["done"])
        self.assertTrue(found["lock_is_free"])
        self.assertEqual(found["rows"]["run_stage"], 0)
        rows = self.findings["kills"]["rows"]
        for table in ("profile", "snapshot"):
            self.assertEqual(found["rows"][table], rows[table])

    def test_killed_care_job_ends_as_an_undisturbed_one(self):
        care = self.findings["care"]
        self.assertGreaterEqual(care["count"], 150)
        self.assertEqual(len(care["kills"]), 5)
        for number, kill in enumerate(care["kills"]):
            with self.subTest(kill=number):
                self.assertTrue(kill["same"])
                self.assertEqual(kill["rows"], care["count"])
        self.assertTrue(any(kill["in_the_middle"] for kill in care["kills"]))

    def test_killed_run_ends_as_an_undisturbed_one(self):
        kills = self.findings["kills"]["kills"]
        self.assertEqual(len(kills), 5)
        for number, kill in enumerate(kills):
            with self.subTest(kill=number):
                self.assertTrue(kill["killed"])
                self.assertTrue(kill["same_state"])
                self.assertTrue(kill["same_rows"])
        self.assertTrue(any(kill["in_the_middle"] for kill in kills))
        self.assertGreaterEqual(self.findings["kills"]["rows"]["profile"], 150)
        self.assertEqual(self.findings["kills"]["rows"]["run_stage"], 0)

    def test_second_run_at_once_does_nothing_and_says_so(self):
        found = self.findings["meeting"]
        self.assertTrue(found["second_did_nothing"])
        self.assertEqual(
            found["said"], ["another scoring run is at work; nothing to do"]
        )
        self._assert_clean_end(found)

    def test_customer_is_scored_now_while_a_run_is_at_work(self):
        found = self.findings["meeting"]
        # the second order of each customer was not yet written by the run
        self.assertEqual(found["scored_now"], 2)
        self.assertLess(found["seconds_of_score_now"], 5)

    def test_edits_during_a_run_wait_less_than_a_second_and_are_kept(self):
        found = self.findings["meeting"]
        self.assertGreaterEqual(found["edited"], 15)
        self.assertEqual(found["kept"], found["edited"])
        self.assertLess(found["longest_wait"], 1)

    def test_range_is_written_again_after_a_serialization_failure(self):
        found = self.findings["conflict"]
        # three orders of each customer, one more of the first
        self.assertEqual(found["counts"], [3, 4])
        self.assertFalse(found["kept"])
        self._assert_clean_end(found)

    def test_range_is_written_again_after_a_deadlock(self):
        found = self.findings["deadlock"]
        self.assertFalse(found["we_gave_way"])
        self._assert_clean_end(found)

    def test_nothing_but_expected_errors_of_postgresql_is_logged(self):
        self.assertNotIn("Traceback", self.log)
