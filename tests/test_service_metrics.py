from odoo.tests import tagged

from .service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestServiceMetrics(ServiceCase):
    """Complaints, promises of cases and answers in the metrics of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_case_start = "2025-01-01"

    def _read(self, code, kind="health"):
        return self._measure(self.partner, kind=kind)["values"][code]

    # === COMPLAINTS === #

    def test_complaints_count_by_the_local_day_they_were_received(self):
        self.company.customer_tz = "Asia/Shanghai"
        self._create_case("2025-11-21 15:59:59")  # still the 21st there: a year ago
        self._create_case("2025-11-21 16:00:00")
        self._create_case("2026-08-21 15:59:59")  # the 21st: not within 3 months
        self._create_case("2026-08-21 16:00:00")
        self._create_case("2026-11-21 15:59:59")
        row = self._measure(self.partner)
        self.assertEqual(row["complaint_count_12m"], 4)
        self.assertEqual(row["complaint_count_3m"], 2)
        # thresholds of 12 months 0, 0.5, 1, 1.5, 2, 3, 4, 6, 8: five are below 4... 3
        self.assertEqual(row["values"]["complaints_12m"], (4, 4, None))
        # of 3 months 0, 0.25, 0.5, 0.75, 1, 1.5 are below 2
        self.assertEqual(self._read("complaints_3m"), (2, 4, None))

    def test_other_cases_and_withdrawn_ones_are_no_complaints(self):
        self._create_case("2026-11-01 08:00:00", kind="enquiry")
        self._create_case("2026-11-01 08:00:00", kind="suggestion")
        self._create_case("2026-11-01 08:00:00").sudo().state = "cancelled"
        other = self._get_profile(self.partner, self.other_company)
        self._create_case("2026-11-01 08:00:00", profile=other)
        self.assertEqual(self._read("complaints_12m", "tier"), (0, 10, None))
        self.assertEqual(self._read("complaints_3m"), (0, 10, None))

    def test_no_complaint_is_unknown_until_cases_are_recorded_for_so_long(self):
        self.company.customer_case_start = "2025-11-23"  # one day short of 12 months
        self.assertEqual(
            self._read("complaints_12m", "tier"), (None, None, "cases_not_recorded")
        )
        self.assertEqual(self._read("complaints_3m"), (0, 10, None))
        self.company.customer_case_start = "2025-11-22"
        self.assertEqual(self._read("complaints_12m", "tier"), (0, 10, None))
        self.company.customer_case_start = "2026-08-23"
        self.assertEqual(
            self._read("complaints_3m"), (None, None, "cases_not_recorded_3m")
        )
        self.company.customer_case_start = False
        self.assertEqual(
            self._read("complaints_3m"), (None, None, "cases_not_recorded_3m")
        )

    def test_a_complaint_is_known_however_short_cases_are_recorded(self):
        self.company.customer_case_start = "2026-11-20"
        self._create_case("2026-11-20 08:00:00")
        self.assertEqual(self._read("complaints_12m", "tier"), (1, 8, None))
        self.assertEqual(self._read("complaints_3m"), (1, 6, None))

    def test_the_first_case_says_since_when_cases_are_recorded(self):
        self.company.customer_case_start = False
        self._create_case("2026-11-05 08:00:00", kind="enquiry")
        self._create_case("2026-10-05 08:00:00", kind="enquiry")
        self.assertEqual(str(self.company.customer_case_start), "2026-11-05")

    def test_risk_of_the_tier_reads_complaints_beside_payments(self):
        without = self._measure(self.partner)
        self.assertEqual(without["points"]["Risk (10 = safe)"], 10)
        for hour in range(3):
            self._create_case(f"2026-11-0{hour + 1} 08:00:00")
        # overdue share and days late are unknown: complaints alone, 3 of them earn 5
        self.assertEqual(self._measure(self.partner)["points"]["Risk (10 = safe)"], 5)

    # === PROMISES === #

    def test_promises_of_cases_count_when_they_are_decided(self):
        answered = self._create_case("2026-11-02 08:00:00")
        self._decide(answered, 60)  # within 24 hours
        self._decide(answered, 60 * 30, "judgement")  # 30 hours: 6 too late
        self._create_case("2026-11-03 08:00:00")  # nobody looks
        with self.enter_registry_test_mode():
            self.env["customer.commitment"]._check_clocks(
                self._at("2026-11-10 08:00:00")
            )
        self._create_case("2026-11-21 08:00:00")  # not decided yet
        row = self._measure(self.partner, kind="health")
        # kept 1; late: judgement of the first, answer and judgement of the second
        self.assertEqual(row["case_promise_count_12m"], 4)
        self.assertEqual(row["case_promise_kept_12m"], 1)
        self.assertEqual(row["values"]["sla_rate"], (0.25, 1, None))

    def test_a_promise_decided_a_year_ago_counts_no_more(self):
        self._decide(self._create_case("2025-11-20 08:00:00"), 60)
        self.assertEqual(self._read("sla_rate"), (None, None, "no_promise"))
        self._decide(self._create_case("2025-11-22 08:00:00"), 60)
        self.assertEqual(self._read("sla_rate"), (1, 10, None))

    # === ANSWERS === #

    def test_csat_is_the_mean_of_twelve_months_on_one_to_five(self):
        self.assertEqual(self._read("csat"), (None, None, "no_answer"))
        self._answer("2025-11-21", value=1)  # a year ago
        self._answer("2025-11-22", value=5)
        self._answer("2026-11-21", value=3)
        self._answer("2026-11-22", value=1)  # tomorrow
        # (5 + 3) / 2 = 4: the boundary belongs to the better points
        self.assertEqual(self._read("csat"), (4, 8, None))
        self._answer("2026-11-20", value=2, active=False)  # taken back
        self.assertEqual(self._read("csat"), (4, 8, None))

    def test_answers_on_another_scale_count_by_their_place_on_it(self):
        answers = self.env["customer.satisfaction"]
        vals = answers._prepare_measure_vals("csat", 8, (0, 10))
        self._answer("2026-11-02", **vals)
        self._answer("2026-11-03", value=4)
        # 80 and 75 of 100: 77.5, that is 1 + 4 × 0.775 = 4.1 of 5
        self.assertEqual(self._read("csat"), (4.1, 8, None))

    def test_nps_is_promoters_less_detractors(self):
        for value in (10, 9, 8, 6, 10):
            self._answer("2026-11-02", "nps", value)
        # 3 promoters, 1 detractor of 5: 40
        self.assertEqual(self._read("nps"), (40, 8, None))
        self.assertEqual(self._read("csat"), (None, None, "no_answer"))

    def test_health_has_both_dimensions_when_they_are_known(self):
        self._answer("2026-11-02", value=5)
        row = self._measure(self.partner, kind="health")
        self.assertEqual(row["points"]["Satisfaction"], 10)
        self.assertEqual(row["points"]["Service"], 10)  # no complaint in 3 months

    def test_the_same_facts_stage_nothing_again(self):
        self._decide(self._create_case("2026-11-02 08:00:00"), 60)
        self._answer("2026-11-02", value=5)
        self._run_cron()
        snapshot = self.profile.snapshot_id
        self.assertEqual(snapshot.csat_score_sum_12m, 100)
        self.assertEqual(str(snapshot.date_last_csat), "2026-11-02")
        self.assertEqual(snapshot.case_promise_kept_12m, 1)
        self._run_cron(at="14:00:00")
        last = self.env["customer.run"].search(
            [("company_id", "=", self.company.id), ("job", "=", "refresh")], limit=1
        )
        self.assertEqual(last.staged_count, 0)
