from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestCaseMergePromises(ServiceCase):
    """One matter counts once, and merging hides nothing that was late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("merge_user", "user")
        cls.case, cls.double = (
            cls._create_case(f"2026-11-16 0{hour}:00:00", user_id=cls.user.id)
            for hour in (2, 3)
        )

    def _promise(self, case, target="acknowledge"):
        return case.commitment_ids.filtered(lambda row: row.target == target)

    def _merge(self, at="2026-11-18 09:00:00"):
        with freeze_time(at):
            self.double.with_user(self.user)._merge_into(self.case)

    def _count(self):
        """Return the decided promises of the customer, and those kept in time."""
        self.env.flush_all()
        start, end = self._to_date("2026-11-01"), self._to_date("2026-11-30")
        figures = self.env["customer.service.figures"]
        [row] = self.env.execute_query(
            figures._select_promises(self.company, start, end)
        )
        return row

    def test_what_both_kept_in_time_is_kept_once(self):
        self._decide(self.case, 60)
        double = self._decide(self.double, 30)
        self.assertEqual(self._count(), (2, 2))
        self._merge("2026-11-16 04:00:00")
        self.assertEqual(self._count(), (1, 1))
        self.assertEqual((double.state, double.met_datetime), ("cancelled", False))
        self.assertIn("Counts with", double.message_ids[0].body)
        self.assertIn(self.case.name, double.message_ids[0].body)

    def test_what_both_were_late_with_is_late_once_since_the_earlier(self):
        for case in (self.double, self.case):
            self._decide(case, 60 * 24 * 2)
        self._merge("2026-11-18 04:00:00")
        kept = self._promise(self.case)
        self.assertTrue(kept.is_breached)
        self.assertEqual(kept.breached_datetime, self._at("2026-11-17 02:00:00"))
        self.assertFalse(self._promise(self.double).is_breached)

    def test_merging_does_not_hide_what_was_late(self):
        self._decide(self.case, 60)
        self._decide(self.double, 60 * 24 * 2)
        self._merge("2026-11-18 04:00:00")
        self.assertRecordValues(
            self._promise(self.case),
            [
                {
                    "state": "met",
                    "is_breached": True,
                    "met_datetime": self._at("2026-11-16 03:00:00"),
                    "breached_datetime": self._at("2026-11-17 03:00:00"),
                }
            ],
        )
        self.assertTrue(self.case.was_late)
        self.assertFalse(self.double.was_late)

    def test_a_clock_that_runs_is_late_when_that_of_the_duplicate_was(self):
        self._promise(self.double).sudo().write(
            {
                "state": "breached",
                "is_breached": True,
                "breached_datetime": "2026-11-16 03:30:00",
            }
        )
        self._merge("2026-11-16 04:00:00")
        self.assertRecordValues(
            self._promise(self.case),
            [{"state": "breached", "due_datetime": self._at("2026-11-16 03:30:00")}],
        )
        self.assertTrue(self.case.is_late)

    def test_an_answer_in_the_duplicate_is_one_of_the_matter(self):
        self._decide(self.double, 30)
        with freeze_time("2026-11-16 03:30:00"):
            self.double._advance("acknowledged", self._at("2026-11-16 03:30:00"))
        self._merge("2026-11-16 04:00:00")
        self.assertRecordValues(
            self.case,
            [
                {
                    "state": "acknowledged",
                    "acknowledged_datetime": self._at("2026-11-16 03:30:00"),
                }
            ],
        )
        self.assertEqual(self._promise(self.case).state, "met")

    def test_what_only_the_duplicate_had_promised_stays_as_it_ended(self):
        self._promise(self.case, "judgement").unlink()
        self.case.invalidate_recordset(["commitment_ids"])
        self._decide(self.double, 60, "judgement")
        self._merge("2026-11-16 05:00:00")
        self.assertEqual(self._promise(self.double, "judgement").state, "met")
