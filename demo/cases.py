"""What customers of the demo company asked, complained about and suggested.

Half a year of cases in every state. Each one is taken through its steps by the
model's own methods at the hours of its story, so that its clocks are true.
"""

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import Command, fields

from .ledger import ref

STEP = re.compile(r"([a-z])(\d+)")
# Half past nine in the morning in China.
MORNING = time(1, 30)
TARGETS = ("acknowledge", "judgement", "solution", "confirmation")
# Letters of return visits: outcome and what the customer said.
VISITS = {
    "n": ("not_reached",),
    "u": ("not_satisfied", "问题又出现了。 (It came back.)"),
    "v": ("confirmed", "客户表示满意。 (Content.)"),
}


class Story(NamedTuple):
    """A case and what became of it.

    ``steps``: a letter and the hours since the arrival each. a answered, c the customer
    wrote, e escalated, j judged, m mediated, n not reached, p proposed, r rewarded,
    s solved, u not satisfied, v satisfied, w waiting, x withdrawn.
    """

    customer: str
    contact: str
    days: int
    kind: str
    category: str
    subject: str
    text: str
    steps: str = ""
    cause: str = ""
    urgency: str = "normal"
    source: str = "mail"


STORIES = (
    Story("mingda", "", 172, "complaint", "delivery",
          "备件晚到五天 (Spare parts five days late)",
          "产线停了半天,等你们的备件等了五天。", "a3 j8 p20 s60 v96", "delivery"),
    Story("huadong", "huadong_plant", 160, "enquiry", "technical",
          "控制器参数怎样备份? (How to back up the controller?)",
          "更换主板之前想先备份参数,请指导。", "a1 s2 v26", "question", source="phone"),
    Story("ruian", "ruian_buyer", 149, "suggestion", "product_idea",
          "希望有中文操作视频 (Videos in Chinese, please)",
          "新员工很多,有短视频就不用每次打电话了。", "a5 p48 s90 v140 r150", "question",
          source="portal"),
    Story("lanhai", "", 141, "complaint", "billing",
          "发票抬头错了两次 (Wrong name on the invoice, twice)",
          "上个月已经说过一次,这个月又错。", "a30 j40 p44 s70 n120 n150", "process"),
    Story("zhongke", "zhongke_project", 133, "enquiry", "contract",
          "年度框架合同能否延长? (Can the frame contract go on?)",
          "现有框架明年一月到期,想了解续签条件。", "a2 c20 a22 s30 v80", "question"),
    Story("ruian", "ruian_buyer", 124, "complaint", "quality",
          "三台传感器读数漂移 (Three sensors drift)",
          "夜班发现读数漂移,整批产品要复检。", "a1 j5 p10 s40 u60 p70 s110 v150",
          "quality", "urgent"),
    Story("xinrui", "xinrui_founder", 116, "suggestion", "product_idea",
          "接口文档希望公开 (Open the interface documents)",
          "我们的机器人可以直接接你们的传感器。", "a6 s100 v160", "question"),
    Story("tiancheng", "tiancheng_buyer", 108, "complaint", "service",
          "电话打了三次没人接 (Called three times, nobody answered)",
          "周五下午生产线停了,打了三次电话没人接。", "a26 j30 p32 s50 v100",
          "communication", "urgent", "phone"),
    Story("mingda", "", 97, "enquiry", "delivery",
          "能否分两批发货? (Delivery in two parts?)", "仓库满了,第一批先发一半可以吗?",
          "a1 s3 v30", "question", source="phone"),
    Story("mingda", "", 88, "complaint", "quality",
          "电池续航不到标称一半 (Battery lasts half as long)",
          "十二块电池都这样,操作工意见很大。", "a2 j9 w12 c60 p70 s120 v190", "supplier"),
    Story("fumanlou", "fumanlou_owner", 80, "complaint", "technical",
          "设备说明书看不懂 (Cannot understand the manual)",
          "字太小,全是专业词。", "a20 j22 p30 s46 n90 n130", "expectation"),
    Story("lanhai", "", 72, "complaint", "contract",
          "合同价格与报价不符 (Price differs from the offer)",
          "签的合同比报价高了百分之三,请说明。",
          "a4 j20 e22 m60 p200 s400 v450", "promise"),
    Story("huadong", "huadong_plant", 63, "enquiry", "technical",
          "新产线接线图 (Wiring of the new line)", "请发最新版接线图。", "a1 s1 v25",
          "question"),
    Story("zhongke", "zhongke_cto", 52, "suggestion", "service",
          "每月出一份故障统计 (Monthly list of faults, please)",
          "有统计我们自己也能提前准备备件。", "a8 p60 s120 v170", "question"),
    Story("ruian", "ruian_buyer", 44, "complaint", "delivery",
          "外包装破损 (Packaging damaged)", "六箱外包装破损,内部完好,但客户拒收。",
          "a2 j6 p8 s30 v80", "supplier", source="portal"),
    Story("hongyuan", "", 38, "enquiry", "billing", "能否月结? (Pay once a month?)",
          "采购量上来了,希望改为月结。", "a5 x60"),
    Story("fumanlou", "fumanlou_owner", 31, "complaint", "service",
          "新店现场没人指导 (Nobody guides us at the new shop)",
          "答应派工程师,到现在没来。", "a20 j30 e32 p50 s100 u140 p150 s190 v230",
          "promise"),
    Story("xinrui", "xinrui_founder", 24, "enquiry", "technical",
          "固件升级后要重新标定吗? (Calibrate after the update?)",
          "升级了两台,读数有差别。", "a1 c30 a31 s33 v60", "question"),
    Story("tiancheng", "tiancheng_buyer", 16, "complaint", "delivery",
          "年底交付有风险 (Delivery before the year ends at risk)",
          "总经理关注:十二月的交付请书面保证。", "a1 j4 p20 s90", "delivery", "urgent"),
    Story("tiancheng", "tiancheng_buyer", 9, "enquiry", "technical",
          "清洗剂会不会腐蚀外壳? (Does the cleaner harm the case?)",
          "换了新清洗剂,成分表见附件。", "a2 w3"),
    Story("ruian", "ruian_buyer", 5, "complaint", "quality",
          "第二车间停线两小时 (Hall 2 stood still for two hours)",
          "停线两小时,请给出原因和防止再发的措施。", "a1 j10 p20"),
    Story("tiancheng", "tiancheng_buyer", 3, "complaint", "service",
          "现场工程师态度问题 (Manner of an engineer on site)",
          "沟通时不耐烦,项目组不希望再派同一位。", "a3 j20 e24"),
    Story("ruian", "ruian_buyer", 2, "complaint", "delivery",
          "急件还没有发出 (The express parcel is not sent)",
          "手术用的备件,周二必须到。", "", urgency="urgent", source="portal"),
    Story("xinrui", "xinrui_founder", 1, "suggestion", "product_idea",
          "增加低功耗模式 (A mode that saves power)", "电池供电的机器人很需要。", "a3",
          source="portal"),
    Story("huadong", "huadong_plant", 0, "enquiry", "technical",
          "备件清单能否发一份? (A list of spare parts, please)", "年度检修要用。"),
)  # fmt: skip
# Who wrote is not known: name, company, e-mail, days ago, kind, subject, text.
STRANGERS = (
    ("李工 (Engineer Li)", "苏州某设备厂", "li@unknown.example.com", 1, "enquiry",
     "想了解传感器价格 (What do the sensors cost?)", "看到展会资料,请联系我。"),
    ("匿名 (Anonymous)", "", "", 4, "complaint",
     "售后电话一直占线 (The service line is always busy)", "上午打了四次。"),
    ("王女士 (Ms Wang)", "杭州", "wang@unknown.example.com", 12, "suggestion",
     "二维码放在机器上 (Put the QR code on the machine)", "扫码报修会方便很多。"),
)  # fmt: skip


class Cases:
    """The cases of a company up to a day."""

    def __init__(self, env, company, today):
        self.env = env
        self.company = company
        self.today = today
        self.cases = env["customer.case"]
        # the story ends a minute before somebody looks
        self.end = min(
            fields.Datetime.now(), datetime.combine(today, time(23, 59))
        ) - timedelta(minutes=1)

    def add(self):
        if self.cases.search_count([("company_id", "=", self.company.id)], limit=1):
            return
        self._promise_since_long()
        for story in STORIES:
            self._tell(story)
        strangers = [self._add_stranger(*stranger) for stranger in STRANGERS]
        strangers[2]._note_answer(self._at(11, 3))
        self._add_double()
        self._share_work()
        self.env["customer.commitment"]._check_clocks(fields.Datetime.now())

    def _promise_since_long(self):
        """Let the shipped service policies hold for the whole half year."""
        policies = self.env["customer.service.policy"].search(
            [("target", "in", TARGETS)]
        )
        policies.date_from = self.today - timedelta(days=365)

    def _at(self, days, hours=0):
        day = self.today - timedelta(days=days)
        moment = datetime.combine(day, MORNING) + timedelta(hours=hours)
        return min(moment, self.end)

    def _word(self, model, code):
        return self.env.ref(f"customer_success.customer_case_{model}_{code}")

    # === ONE CASE === #

    def _tell(self, story):
        partner = ref(self.env, f"partner_{story.customer}")
        contact = (
            ref(self.env, f"partner_{story.contact}") if story.contact else partner
        )
        profiles = self.env["customer.profile"]
        case = self.cases.create(
            {
                "profile_id": profiles._get_or_create(partner, self.company).id,
                "partner_id": contact.id,
                "contact_name": contact.name,
                "contact_email": contact.email,
                "kind": story.kind,
                "urgency": story.urgency,
                "category_id": self._word("category", story.category).id,
                "subject": story.subject,
                "description": story.text,
                "source": story.source,
                "received_datetime": self._at(story.days),
                "lang": "zh_CN" if self._has_chinese() else False,
            }
        )
        for letter, hours in STEP.findall(story.steps):
            self._step(case, letter, self._at(story.days, int(hours)), story)
        return case

    def _has_chinese(self):
        return "zh_CN" in dict(self.env["res.lang"].get_installed())

    def _step(self, case, letter, at, story):
        """Take one step of a story at its time."""
        if letter in VISITS:
            self._visit(case, at, *VISITS[letter])
        elif letter == "a":
            case.is_calmed = case.kind == "complaint"
            case._note_answer(at)
            self._say(case, self._us(case), at, "已收到,马上处理。 (We look into it.)")
        elif letter == "c":
            self._say(case, case.partner_id, at, "补充资料如附。 (Here is more.)")
            case._note_customer(at)
        elif letter == "j":
            case._judge(
                {"judgement": "我方责任,需技术部协助。 (Ours; engineers help.)"}, at
            )
        elif letter == "p":
            solution = "免费更换并上门检查。 (Replaced, checked on site.)"
            case._propose({"solution": solution}, at)
            self._say(case, self._us(case), at, solution)
        elif letter == "s":
            cause = story.cause and self._word("cause", story.cause)
            vals = {"cause_id": cause.id} if cause else {}
            case._solve({"result": "已处理完毕。 (Done.)", **vals}, at)
        else:
            self._step_aside(case, letter, at)

    def _step_aside(self, case, letter, at):
        """Take one of the steps that few cases need."""
        if letter == "e":
            case._escalate("客户要求书面答复 (Wants a written answer)", case.user_id)
        elif letter == "m":
            case.write(
                {
                    "mediation_state": "settled",
                    "mediator": "市消费者权益保护委员会 (Consumer council)",
                    "mediation_date": at.date(),
                    "mediation_note": "双方各让一步。 (Both gave way.)",
                }
            )
        elif letter == "r":
            case._propose_reward()
            case.reward_note = "感谢信与礼品卡 (Letter of thanks and a voucher)"
        elif letter == "w":
            case._wait("客户补充照片 (Photos of the customer)", at)
        elif letter == "x":
            case._withdraw("客户撤回 (Taken back by the customer)", at)

    def _us(self, case):
        return (case.user_id or self.env.user).partner_id

    def _visit(self, case, at, result, note=False):
        self.env["customer.case.contact.try"].create(
            {
                "case_id": case.id,
                "try_datetime": at,
                "user_id": (case.user_id or self.env.user).id,
                "result": result,
                "note": note,
            }
        )

    def _say(self, case, author, at, text):
        """Write a message without sending anything."""
        self.env["mail.message"].create(
            {
                "model": case._name,
                "res_id": case.id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": author.id,
                "date": at,
                "body": text,
            }
        )

    # === OTHERS === #

    def _add_stranger(self, name, company, email, days, kind, subject, text):
        return self.cases.create(
            {
                "contact_name": name,
                "contact_company": company,
                "contact_email": email,
                "kind": kind,
                "subject": subject,
                "description": text,
                "source": "form",
                "company_id": self.company.id,
                "received_datetime": self._at(days),
            }
        )

    def _add_double(self):
        """The same matter written down twice: by mail and by phone."""
        story = next(row for row in STORIES if row.days == 5)
        case = self.cases.search([("subject", "=", story.subject)], limit=1)
        double = self._tell(
            story._replace(steps="", source="phone", subject="停线 (Stop)")
        )
        double._merge_into(case)

    def _share_work(self):
        """Engineers help with what one department cannot solve."""
        helper = ref(self.env, "user_sales2")
        complaints = self.cases.search(
            [("kind", "=", "complaint"), ("state", "in", ("judged", "proposed"))]
        )
        complaints.write({"group_user_ids": [Command.link(helper.id)]})
