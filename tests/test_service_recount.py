from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from odoo.tests import tagged

from ..periods import period_before
from .feedback_figures_common import QUARTER, FeedbackFiguresCase

SHANGHAI = timedelta(hours=8)
PERIODS = (
    QUARTER,
    (date(2026, 7, 1), date(2026, 7, 31)),
    (date(2026, 4, 1), date(2026, 9, 30)),
    (date(2026, 8, 13), date(2026, 9, 2)),
)
STATES = ("received", "acknowledged", "judged", "solved", "confirmed", "cancelled")


@tagged("post_install", "-at_install")
class TestServiceRecount(FeedbackFiguresCase):
    """Every figure again, slowly and row by row, on cases and answers by chance.

    Instants lie thickly at the ends of months in Shanghai; answers are named or come in
    anonymous groups of one to four.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = Random(20261122)
        cls.gamma = cls.env["customer.profile"]._get_or_create(
            cls._create_partner("Gamma"), cls.shop
        )
        cls.gamma.is_not_rated = True
        cls.delta = cls._create_buyer("Delta", "2026-04-01")
        cls.surveys = (
            cls.env["survey.survey"].sudo().create([{"title": "One"}, {"title": "Two"}])
        )
        cls.people = cls.alpha | cls.beta | cls.gamma | cls.delta
        for _number in range(70):
            cls._receive_by_chance()
        for _number in range(60):
            cls._answer_by_chance()
        for number in range(1, 5):
            for measure in ("csat", "nps"):
                cls._whisper_by_chance(number, measure)
        cls.env["customer.commitment"].search([])._after_clocks()
        cls.env.flush_all()

    @classmethod
    def _pick_instant(cls):
        """Return an instant, every other time a second around midnight in Shanghai."""
        month = cls.chance.choice([4, 5, 6, 7, 8, 9, 10])
        if cls.chance.random() < 0.5:
            edge = datetime(2026, month, 1) - SHANGHAI
            return edge + timedelta(seconds=cls.chance.choice([-1, 0, 1]))
        return datetime(2026, month, 1) + timedelta(
            minutes=cls.chance.randrange(29 * 1440)
        )

    @classmethod
    def _receive_by_chance(cls):
        chance, at = cls.chance, cls._pick_instant()
        profile = chance.choice(cls.people)
        case = cls._create_case(
            str(at),
            profile=profile,
            kind=chance.choice(["complaint", "complaint", "enquiry"]),
            urgency=chance.choice(["normal", "urgent"]),
        ).sudo()
        if chance.random() < 0.15:
            case.profile_id = False
        state = chance.choice(STATES)
        answered = state != "received" or chance.random() < 0.3
        case.write(
            {
                "state": state,
                "acknowledged_datetime": answered
                and at + timedelta(seconds=chance.randrange(36000)),
                "reply_count": chance.randrange(3),
                "reopen_count": chance.choice([0, 0, 1, 2]),
                "is_calmed": chance.random() < 0.5,
            }
        )
        for promise in case.commitment_ids:
            cls._decide_by_chance(promise, at)

    @classmethod
    def _decide_by_chance(cls, promise, at):
        outcome = cls.chance.choice(["running", "met", "late", "breached", "cancelled"])
        later = at + timedelta(days=cls.chance.randrange(40))
        is_late = outcome in ("late", "breached")
        promise.write(
            {
                "state": "met" if outcome == "late" else outcome,
                "is_breached": is_late,
                # one that was taken back as a duplicate keeps its instant
                "breached_datetime": (is_late or outcome == "cancelled")
                and at + timedelta(hours=30),
                "met_datetime": outcome in ("met", "late") and later,
            }
        )

    @classmethod
    def _answer_by_chance(cls):
        chance, measure = cls.chance, cls.chance.choice(["csat", "nps"])
        value = chance.randrange(11)
        if measure == "csat":
            value = Fraction(chance.randrange(3, 16), 3)
            value = Decimal(value.numerator) / value.denominator
        answer = cls._answer(
            (cls._pick_instant() + SHANGHAI).date(),
            measure,
            value,
            chance.choice(cls.people),
        )
        answer.sudo().active = chance.random() < 0.85

    @classmethod
    def _whisper_by_chance(cls, number, measure):
        day = date(2026, cls.chance.choice([5, 8]), 1 + 6 * number)
        for _answer in range(number):
            value = cls.chance.randrange(1, 6)
            cls._answer(
                day,
                measure,
                value,
                is_anonymous=True,
                source="survey",
                survey_id=cls.surveys[number % 2].id,
            ).sudo().write({"profile_id": False, "company_id": cls.shop.id})

    # === THE SLOW WAY === #

    def _recount(self, start, end):
        """Return value or None, and the records, of each figure."""
        cases = [
            case
            for case in self.env["customer.case"].sudo().search([])
            if case.company_id == self.shop
            and case.state != "cancelled"
            and start <= (case.received_datetime + SHANGHAI).date() <= end
        ]
        complaints = [case for case in cases if case.kind == "complaint"]
        return {
            "cases": (len(cases), cases),
            "complaints": (len(complaints), complaints),
            **self._recount_cases(cases, complaints),
            "complaint_rate": self._recount_rate(cases, complaints, end),
            "in_time": self._recount_promises(start, end),
            **self._recount_answers(start, end),
        }

    def _recount_cases(self, cases, complaints):
        answered = [case for case in cases if case.acknowledged_datetime]
        urgent = [case for case in answered if case.urgency == "urgent"]
        late = [
            case
            for case in complaints
            if any(row.is_breached for row in case.commitment_ids)
        ]
        closed = [
            case
            for case in complaints
            if case.state == "confirmed" and case not in late
        ]
        done = [case for case in complaints if case.state in ("solved", "confirmed")]
        once = [c for c in done if c.reply_count <= 1 and not c.reopen_count]
        ever = [
            case
            for case in cases
            if case.state in ("solved", "confirmed") or case.reopen_count
        ]
        heard = [case for case in complaints if case.acknowledged_datetime]
        return {
            "response_hours": (self._mean(map(self._hours, answered)), answered),
            "urgent_minutes": (
                self._mean(60 * self._hours(case) for case in urgent),
                urgent,
            ),
            "closed_in_time": self._part(closed, {*closed, *late}),
            "first_contact": self._part(once, done),
            "reopened": self._part([c for c in ever if c.reopen_count], ever),
            "calmed": self._part([c for c in heard if c.is_calmed], heard),
        }

    def _recount_rate(self, cases, complaints, end):
        """Customers with a complaint of those who bought in a year or wrote."""
        bought = (
            (self.alpha, date(2026, 2, 10)),
            (self.delta, date(2026, 4, 1)),
            (self.beta, date(2026, 9, 30)),
        )
        buyers = {profile for profile, day in bought if day <= end}
        active = buyers | {case.profile_id for case in cases if case.profile_id}
        complainers = {case.profile_id for case in complaints if case.profile_id}
        return Fraction(len(complainers), len(active)), complainers

    def _recount_promises(self, start, end):
        found = []
        for row in self.env["customer.commitment"].sudo().search([]):
            at = row.breached_datetime if row.is_breached else row.met_datetime
            is_decided = row.is_breached or row.state == "met"
            is_ours = row.company_id == self.shop and row.case_id and is_decided
            if is_ours and start <= (at + SHANGHAI).date() <= end:
                found.append(row)
        return self._part([row for row in found if not row.is_breached], found)

    def _recount_answers(self, start, end):
        named, groups = [], {}
        answers = self.env["customer.satisfaction"].sudo().search([("active", "=", 1)])
        for row in answers.filtered(lambda row: row.company_id == self.shop):
            if row.is_anonymous:
                quarter = (row.date.month - 1) // 3
                key = (row.survey_id, row.measure, quarter)
                groups.setdefault(key, []).append(row)
            elif start <= row.date <= end:
                named.append(row)
        for (_survey, _measure, quarter), rows in groups.items():
            first = date(2026, 3 * quarter + 1, 1)
            last = date(2026, 3 * quarter + 4, 1) - timedelta(days=1)
            if len(rows) >= 3 and start <= first and last <= end:
                named += rows
        csat = [row for row in named if row.measure == "csat"]
        nps = [row for row in named if row.measure == "nps"]
        return {
            "csat": (self._mean(self._exact(row) for row in csat), csat),
            "nps": (
                self._mean(100 * ((r.value >= 9) - (r.value <= 6)) for r in nps),
                nps,
            ),
            "answers": (len(named), named),
        }

    def _exact(self, answer):
        """Return a mean of three whole numbers, of which two decimals are kept."""
        return Fraction(round(Fraction(str(answer.value)) * 3), 3)

    def _hours(self, case):
        seconds = (case.acknowledged_datetime - case.received_datetime).total_seconds()
        return Fraction(int(seconds), 3600)

    def _mean(self, values):
        values = [Fraction(value) for value in values]
        return sum(values) / len(values) if values else None

    def _part(self, part, whole):
        return (Fraction(len(part), len(whole)) if whole else None), list(whole)

    # === COMPARED === #

    def test_every_figure_is_the_one_counted_slowly(self):
        for start, end in PERIODS:
            found = self._figures(start, end)["figures"]
            slow = self._recount(start, end)
            first = period_before(start, end)
            before = self._recount(first, start - timedelta(days=1))
            for key, (value, _records) in slow.items():
                with self.subTest(key=key, start=start, end=end):
                    self._compare(found[key][0], value)
                    self._compare(found[key][1], before[key][0])

    def _compare(self, pair, expected):
        value, state = pair
        if expected is None:
            self.assertIsNone(value)
            self.assertNotEqual(state, "known")
        else:
            self.assertEqual(state, "known")
            self.assertAlmostEqual(value, float(expected), 4)

    def test_every_figure_opens_exactly_what_was_counted(self):
        figures = self.env["customer.service.figures"].with_user(self.manager)
        for start, end in PERIODS:
            for key, (_value, records) in self._recount(start, end).items():
                action = figures._get_records_action(key, self.shop, start, end)
                model = self.env[action["res_model"]].with_user(self.manager)
                opened = model.search(action["domain"])
                with self.subTest(key=key, start=start, end=end):
                    if action["res_model"] == "customer.satisfaction.report":
                        named = [row for row in records if not row.is_anonymous]
                        self.assertEqual(
                            set(opened.satisfaction_id.ids), {row.id for row in named}
                        )
                        self.assertEqual(len(opened), len(records))
                    else:
                        self.assertEqual(set(opened.ids), {row.id for row in records})

    def test_pivot_meeting_and_papers_say_the_same(self):
        start, end = QUARTER
        slow = self._recount(start, end)
        meeting = self.env["customer.feedback.meeting"].with_user(self.manager)
        meeting = meeting.create({"date_from": start, "date_to": end})
        period = self.env["customer.service.period"].with_user(self.manager)
        period = period.create({"date_from": start, "date_to": end})
        screen = {row.key: row.value_text for row in period.line_ids}
        self.assertEqual(
            screen, {row.key: row.value_text for row in meeting.figure_ids}
        )
        for name, model in (
            ("complaint", "report.customer_success.report_customer_complaints"),
            ("satisfaction", "report.customer_success.report_customer_satisfaction"),
        ):
            paper = self.env[model].with_user(self.manager)
            page = paper._get_report_values(period.ids)["pages"][0]
            labels = dict(period.line_ids._fields["key"].selection)
            for line in page["lines"]:
                [key] = [key for key, label in labels.items() if label == line["name"]]
                with self.subTest(paper=name, key=key):
                    self.assertEqual(line["value"], screen[key])
        rows = self.env["customer.satisfaction.report"].with_user(self.manager)
        [[csat, nps, count]] = rows._read_group(
            [("date_from", ">=", start), ("date", "<=", end)],
            [],
            ["csat:avg", "nps:avg", "answer_count:sum"],
        )
        self.assertAlmostEqual(csat, float(slow["csat"][0]), 4)
        self.assertAlmostEqual(nps, float(slow["nps"][0]), 4)
        self.assertEqual(count, slow["answers"][0])
        cases = self.env["customer.case.report"].with_user(self.manager)
        [[response, again, calmed, complaints, count]] = cases._read_group(
            [("date", ">=", start), ("date", "<=", end)],
            [],
            ["response_hours:avg", "reopened_percent:avg", "calmed_percent:avg",
             "complaint_count:sum", "__count"],
        )  # fmt: skip
        self.assertAlmostEqual(response, float(slow["response_hours"][0]), 4)
        self.assertAlmostEqual(again, 100 * float(slow["reopened"][0]), 4)
        self.assertAlmostEqual(calmed, 100 * float(slow["calmed"][0]), 4)
        self.assertEqual((complaints, count), (slow["complaints"][0], slow["cases"][0]))
