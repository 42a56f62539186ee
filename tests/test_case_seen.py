from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .service_common import ServiceCase

RECEIVED = "2026-11-16 02:00:00"  # Monday


@tagged("post_install", "-at_install")
class TestCaseSeen(ServiceCase):
    """Whoever may not see a case learns nothing of it by pointing to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user("case_seen_user", "user")
        cls.colleague = cls._create_user("case_seen_colleague", "user")
        cls.profile.user_id = cls.colleague
        cls.hidden = cls._create_case(RECEIVED, user_id=cls.colleague.id)
        cls.talk = cls.env["customer.interaction"].create(
            {
                "profile_id": cls.profile.id,
                "direction": "outgoing",
                "interaction_datetime": RECEIVED,
            }
        )
        cls.own = cls.env["customer.profile"]._get_or_create(
            cls._create_partner("Own"), cls.company
        )
        cls.own.user_id = cls.user
        cls.case = cls._create_case(RECEIVED, profile=cls.own, user_id=cls.user.id)

    def test_nothing_of_ones_own_points_to_a_hidden_case_or_interaction(self):
        case, talk = self.hidden.id, self.talk.id
        own, mine = self.own.id, self.case.id
        plan = {"name": "Plan", "profile_id": own}
        for model, vals, pointer in (
            ("customer.improvement", plan, {"case_id": case}),
            ("customer.case.link", {"case_id": mine}, {"case_id": case}),
            ("customer.case.answer", {"case_id": mine}, {"case_id": case}),
            ("customer.case.merge", {"case_ids": [mine]}, {"survivor_id": case}),
            ("customer.satisfaction.phone", {"profile_id": own}, {"case_id": case}),
            ("customer.case.quick", {"subject": "S"}, {"interaction_id": talk}),
        ):
            records = self.env[model].with_user(self.user)
            with self.subTest(model=model):
                with self.assertRaises(AccessError):
                    records.create({**vals, **pointer})
                with self.assertRaises(AccessError):
                    records.create(vals).write(pointer)
        with self.assertRaises(AccessError):
            self.env["customer.case"].with_user(self.user).create(
                {"subject": "S", "profile_id": own, "interaction_id": talk}
            )

    def test_a_case_of_an_unknown_sender_is_not_given_to_a_hidden_customer(self):
        for model, vals in (
            ("customer.case", {"subject": "Who"}),
            ("customer.improvement", {"name": "Plan"}),
        ):
            row = self.env[model].with_user(self.user).create(vals)
            with self.subTest(model=model), self.assertRaises(AccessError):
                row.profile_id = self.profile

    def test_a_handler_works_on_the_plan_of_his_case_whosever_customer_it_is(self):
        self.hidden.user_id = self.user
        with freeze_time("2026-11-16 03:00:00"):
            self.hidden._solve({"result": "Done"})
            self.hidden._rate_by_customer(1, "Bad")
        plan = self.hidden.improvement_ids.with_user(self.user)
        self.assertEqual(plan.user_id, self.user)
        plan.measures = "Call first"
        self.assertEqual(plan.activity_ids.user_id, self.user)

    def test_the_contact_of_a_case_belongs_to_its_customer(self):
        stranger = self._create_partner("Stranger")
        own = self.own.partner_id
        cases = self.env["customer.case"].with_user(self.user)
        with self.assertRaises(ValidationError):
            cases.create(
                {"subject": "S", "profile_id": self.own.id, "partner_id": stranger.id}
            )
        mine = self.case.with_user(self.user)
        with self.assertRaises(ValidationError):
            mine.partner_id = stranger
        mine.partner_id = own
        self.assertEqual(self.case.partner_id, own)

    def test_a_handler_finds_his_case_in_the_analysis(self):
        report = self.env["customer.case.report"].with_user(self.user)
        domain = [("case_id", "=", self.hidden.id)]
        self.assertFalse(report.search(domain))
        self.hidden.user_id = self.user
        self.assertEqual(len(report.search(domain)), 1)

    def test_what_was_proposed_needs_no_judgement_whatever_it_becomes(self):
        case = self._create_case(RECEIVED, kind="enquiry")
        with freeze_time("2026-11-16 03:00:00"):
            case._note_answer(self._at("2026-11-16 03:00:00"))
            case._solve({"result": "Done"})
        with freeze_time("2026-11-20 03:00:00"):
            case.kind = "complaint"
        self.assertFalse(
            case.commitment_ids.filtered(lambda row: row.target == "judgement")
        )
