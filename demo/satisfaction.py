"""What customers of the demo company think of it: answers, ratings, improvement.

Questionnaires of a year, ratings of solved cases, one answer by phone; each one through
the models' own methods, dated as its story says.
"""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from .ledger import ref

NOON = time(4)
QUESTIONS = ("attitude", "efficiency", "completeness", "overall", "nps")
SKIP = None


class Answer(NamedTuple):
    """One person's answers: days ago, five values (None was skipped), words."""

    customer: str
    person: str
    days: int
    values: tuple
    words: str = ""


ANSWERS = (
    Answer("huadong", "huadong_plant", 330, (4, 4, 3, 4, 8)),
    Answer("huadong", "huadong_plant", 235, (4, 3, 4, 4, 8),
           "响应快了,资料还可以更完整。"),
    Answer("huadong", "huadong_plant", 140, (5, 4, 4, 5, 9)),
    Answer("huadong", "huadong_plant", 45, (5, 5, 4, 5, 10),
           "新的质量报告很有用,请继续。"),
    Answer("hengtong", "hengtong_fleet", 320, (4, 4, 4, 4, 8)),
    Answer("hengtong", "hengtong_fleet", 130, (3, 2, 3, 3, 5),
           "备件又晚到,车队停了两辆车。"),
    Answer("ruian", "ruian_buyer", 300, (5, 4, 5, 5, 9)),
    Answer("ruian", "ruian_buyer", 110, (5, 5, 5, 5, 10), "服务人员很专业。"),
    Answer("zhongke", "zhongke_project", 210, (4, SKIP, 4, 4, 7)),
    Answer("zhongke", "zhongke_project", 25, (4, 4, SKIP, 4, 8),
           "希望每月有一份故障统计。"),
    Answer("jinqiao", "jinqiao_cfo", 190, (3, 3, 2, 3, 4), "发票抬头错了两次。"),
    Answer("tiancheng", "tiancheng_buyer", 160, (4, 3, 4, 4, 7)),
    Answer("ruian", "ruian_buyer", 75, (5, 5, 4, 5, 10), "愿意推荐给同行。"),
    Answer("fumanlou", "fumanlou_owner", 60, (4, 4, 3, 4, 7)),
)  # fmt: skip
# Invited and silent: customer, person, days ago.
SILENT = (("tiancheng", "tiancheng_buyer", 12), ("fumanlou", "fumanlou_owner", 3))
# Ratings of the solved cases in the order of their arrival; None was not rated.
RATINGS = (4, 5, 5, 2, None, 3, 5, 4, None, 2, 4, 3, 5, None, 4, None, 4, 5)
WORDS = {2: "处理太慢,同样的问题又出现。", 3: "结果可以,过程太长。", 5: "很及时,谢谢。"}


class Satisfaction:
    """What people answered up to a day."""

    def __init__(self, env, company, today):
        self.env = env
        self.company = company
        self.today = today
        self.invitations = env["customer.survey.invitation"]

    def add(self):
        for answer in ANSWERS:
            self._answer(answer)
        for customer, person, days in SILENT:
            self._invite(customer, person, days)
        # sudo: mails of the system; nobody gets mail of the demo
        self.env["mail.mail"].search(
            [("model", "=", self.invitations._name)]
        ).sudo().unlink()
        self._rate_cases()
        self._answer_by_phone()
        self._improve()

    def _invite(self, customer, person, days):
        partner = ref(self.env, f"partner_{customer}")
        profile = self.env["customer.profile"]._get_or_create(partner, self.company)
        cadence = self._get_cadence(profile)
        day = self.today - timedelta(days=days)
        if self.invitations.search_count(
            [
                ("profile_id", "=", profile.id),
                ("survey_id", "=", cadence.survey_id.id),
                ("period", "=", self.invitations._get_period(day, cadence.months)),
            ]
        ):
            return self.invitations  # his tier is asked less often
        contact = ref(self.env, f"partner_{person}")
        return self.invitations._invite(
            cadence, {profile.id: contact.id}, self.company, day
        )

    def _get_cadence(self, profile):
        for cadence, codes in self.invitations._get_cadences(self.company):
            if profile.tier_id.code in codes:
                return cadence
        return self.env.ref("customer_success.customer_survey_cadence_bc")

    def _answer(self, story):
        """Fill in a questionnaire two days after its invitation."""
        invitation = self._invite(story.customer, story.person, story.days + 2)
        answer = invitation.user_input_id
        if not answer:
            return
        texts = {"suggestions": story.words}
        values = dict(zip(QUESTIONS, story.values, strict=True))
        for question in answer.survey_id.question_and_page_ids:
            name = question.customer_measure
            value = texts.get(name, "") if name in texts else values.get(name)
            answer._save_lines(question, "" if value is None else str(value))
        answer.write({"state": "done", "end_datetime": self._get_moment(story.days)})
        answer._count_satisfaction()

    def _get_moment(self, days):
        return datetime.combine(self.today - timedelta(days=days), NOON)

    def _rate_cases(self):
        cases = self.env["customer.case"].search(
            [("company_id", "=", self.company.id), ("solved_datetime", "!=", False)],
            order="received_datetime, id",
        )
        for case, value in zip(cases, RATINGS, strict=False):
            if not value or not case._can_be_rated():
                continue
            case._rate_by_customer(value, WORDS.get(value))
            at = min(case.solved_datetime + timedelta(hours=5), self._get_moment(0))
            case.satisfaction_ids.write(
                {"answered_datetime": at, "date": self.company._get_customer_day(at)}
            )

    def _answer_by_phone(self):
        profile = self.env["customer.profile"]._get_or_create(
            ref(self.env, "partner_mingda"), self.company
        )
        self.env["customer.satisfaction.phone"].create(
            {
                "profile_id": profile.id,
                "date": self.today - timedelta(days=20),
                "attitude": "4",
                "efficiency": "4",
                "overall": "4",
                "nps": "8",
                "comment": "总体满意,希望交期更稳定。",
            }
        ).action_save()

    def _improve(self):
        """Let plans that are older than a season be done, and one of them be late."""
        plans = self.env["customer.improvement"].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        for number, plan in enumerate(plans):
            day = plan.satisfaction_id.date or self.today
            plan.date_deadline = day + timedelta(days=14)
            if number % 3 == 0 or (self.today - day).days > 90:
                plan.write(
                    {
                        "cause": "备件库存没有安全线 (No safety stock of spare parts)",
                        "measures": "关键备件设安全库存,每周盘点一次。",
                        "result": "之后三个月没有再发生 (Not again for three months)",
                        "state": "done",
                    }
                )
                plan.date_done = plan.date_deadline
            elif number % 3 == 1:
                plan.write(
                    {
                        "cause": "升级路径不清楚 (Nobody knew whom to ask)",
                        "measures": "公布升级联系人,夜班同样适用。",
                        "state": "running",
                    }
                )
