from lxml import etree
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 03:00:00"


@tagged("post_install", "-at_install")
class TestServiceScreens(ServiceCase):
    """What the screens of cases say, and that they keep still about the unknown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("screens_user", "user")
        cls.profile.user_id = cls.user
        cls.case = cls._create_case(RECEIVED, user_id=cls.user.id)

    def _read_view(self, xmlid):
        return etree.fromstring(self.env.ref(f"customer_success.{xmlid}").arch_db)

    def _propose(self, cases):
        """Return the case that the dialog for duplicates proposes."""
        merges = self.env["customer.case.merge"].with_user(self.user)
        return merges.create({"case_ids": cases.ids}).survivor_id

    def test_banner_of_a_late_case_says_it_once(self):
        form = self._read_view("customer_case_view_form")
        [banner] = form.xpath("//div[@invisible=\"light != 'late'\"]")
        self.assertEqual("".join(banner.itertext()).strip(), "")
        self.assertEqual([field.get("name") for field in banner], ["when_text"])
        with freeze_time("2026-11-17 05:00:00"):
            case = self.case.with_user(self.user)
            self.assertEqual(case.when_text, "First Answer late by 2 h")

    def test_list_of_the_analysis_hides_figures_nobody_knows_yet(self):
        rows = self.env["customer.case.report"].with_user(self.user)
        self.env.flush_all()
        state = {"is_answered": False, "is_decided": False, "is_solved": False}
        self.assertRecordValues(rows.browse(self.case.id), [state])
        self._decide(self.case, 60)
        self.case._solve({"result": "Done"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            rows.browse(self.case.id),
            [{"is_answered": False, "is_decided": True, "is_solved": True}],
        )
        view = self._read_view("customer_case_report_view_list")
        hidden = {
            "response_hours": "not is_answered",
            "in_time_percent": "not is_decided",
            "solution_hours": "not is_solved",
            "csat": "csat_state != 'known'",
        }
        for name, condition in hidden.items():
            [field] = view.xpath(f"//field[@name='{name}']")
            self.assertEqual(field.get("invisible"), condition)

    def test_answers_of_the_analysis_show_their_own_measure_only(self):
        view = self._read_view("customer_satisfaction_report_view_list")
        for measure in ("csat", "nps"):
            [field] = view.xpath(f"//field[@name='{measure}']")
            self.assertEqual(field.get("invisible"), f"measure != '{measure}'")

    def test_no_pivot_shows_an_unknown_share_as_nothing_at_all_percent(self):
        # core's "percentage" makes 0% of an unknown one, "customer_rate" nothing
        views = self.env["ir.ui.view"].search(
            [("type", "=", "pivot"), ("model", "=like", "customer.%")]
        )
        self.assertTrue(views)
        for view in views:
            with self.subTest(view.name):
                arch = etree.fromstring(view.arch_db)
                self.assertFalse(arch.xpath("//field[@widget='percentage']"))

    def test_duplicate_is_proposed_only_when_it_is_unmistakable(self):
        self.assertFalse(self._propose(self.case))
        second = self._create_case("2026-11-16 04:00:00", user_id=self.user.id)
        self.assertEqual(self._propose(second), self.case)
        third = self._create_case("2026-11-16 05:00:00", user_id=self.user.id)
        self.assertFalse(self._propose(third))
        self.assertEqual(self._propose(third | second), second)

    def test_questionnaires_of_ours_are_there_in_every_language(self):
        for name in ("csat", "nps", "return_visit"):
            survey = self.env.ref(f"customer_success.survey_customer_{name}")
            self.assertFalse(survey.lang_ids, name)
