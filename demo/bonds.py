"""Who decides at the customers of the stories, what they need and what was said.

No ORM and no chance, days count back from today as in ``stories.py``; a day ahead is
negative. Contacts are in ``res.partner-people.csv``.
"""

from typing import NamedTuple


class Person(NamedTuple):
    """A role in the decision chain."""

    contact: str
    role: str
    stance: str = "unknown"
    influence: str | None = None
    above: str | None = None  # contact he reports to
    since: int = 700
    executive: bool = False
    channel: str | None = None
    left: int | None = None  # days ago


class Member(NamedTuple):
    """One of us, and whom of theirs he faces."""

    user: str
    role: str
    faces: str | None = None


class Talk(NamedTuple):
    """An interaction."""

    day: int
    channel: str
    ours: tuple
    theirs: tuple
    name: str
    feedback: str = ""
    next_step: str = ""
    next_day: int | None = None
    is_done: bool = False
    state: str = "confirmed"


class Note(NamedTuple):
    """An insight."""

    day: int
    kind: str
    name: str
    who: str | None = None
    source: str = "interview"
    competitor: str | None = None


class Deal(NamedTuple):
    """A contract or project."""

    name: str
    kind: str
    stage: str
    start: int
    end: int | None
    amount: float


class Node(NamedTuple):
    """A milestone that somebody wrote down."""

    kind: str
    name: str
    day: int


class Birthday(NamedTuple):
    """What the first responsible person knows about somebody, with his consent."""

    contact: str
    day: int
    interests: str
    trust: int
    gift: tuple = ()  # days ago, name, amount


class Bond(NamedTuple):
    """The relation with one customer."""

    people: tuple = ()
    team: tuple = ()
    talks: tuple = ()
    notes: tuple = ()
    deals: tuple = ()
    nodes: tuple = ()
    birthdays: tuple = ()
    company: dict = {}


BONDS = {
    # everything is there; one who spoke for us has left
    "huadong": Bond(
        people=(
            Person("huadong_ceo", "decision_maker", "supportive", "high",
                   executive=True, channel="visit"),
            Person("huadong_cfo", "economic_buyer", "neutral", "high", "huadong_ceo",
                   executive=True, channel="meeting"),
            Person("huadong_plant", "technical", "supportive", "medium", "huadong_ceo",
                   channel="wechat"),
            Person("huadong_buyer", "champion", "supportive", "medium", "huadong_cfo",
                   channel="phone"),
            Person("huadong_buyer", "purchasing", "supportive", "medium", "huadong_cfo",
                   channel="phone"),
            Person("huadong_left", "influencer", "supportive", "high", "huadong_ceo",
                   left=40),
        ),
        team=(
            Member("csmanager", "success_manager", "huadong_plant"),
            Member("viewer", "executive", "huadong_ceo"),
            Member("sales", "account_manager", "huadong_buyer"),
        ),
        talks=(
            Talk(8, "visit", ("sales", "viewer"), ("huadong_ceo", "huadong_cfo"),
                 "二号产线 (Second line)",
                 "春季上二号产线,希望服务只有一个对接人"
                 " (Second line in spring; wants one contact for service)",
                 "提交服务合同报价 (Offer for the service contract)", -8),
            Talk(21, "phone", ("sales",), ("huadong_buyer",), "交期 (Delivery dates)",
                 "第49周到货即可 (Delivery in week 49 is enough)",
                 "确认第49周排产 (Confirm the slot)", 14, is_done=True),
            Talk(36, "wechat", ("csmanager",), ("huadong_plant",), "停机 (Downtime)",
                 "二号线停一天损失三万 (A day without line 2 costs 30,000)"),
            Talk(96, "visit", ("viewer", "csmanager"), ("huadong_ceo",),
                 "季度经营复盘 (Business review)",
                 "对交付满意,备件太慢 (Delivery good, spare parts too slow)"),
            Talk(3, "meeting", ("sales",), ("huadong_plant",), "", state="proposed"),
        ),
        notes=(
            Note(36, "pain", "停机一小时损失四千 (An hour of downtime costs 4,000)",
                 "huadong_plant"),
            Note(96, "itch", "备件最好次日到 (Spare parts by the next day)",
                 "huadong_ceo"),
            Note(8, "short_goal", "春季二号产线投产 (Second line runs in spring)",
                 "huadong_ceo", "meeting"),
            Note(200, "long_strategy", "三年内建成数字化工厂 (Digital plant in 3 years)",
                 "huadong_ceo"),
            Note(50, "competitor", "报价低8% (Offers 8% less)", "huadong_buyer",
                 competitor="宏科自动化 (Hongke)"),
            Note(430, "industry_note", "装备行业补贴到期 (Subsidies end)",
                 source="industry_report"),
        ),
        deals=(
            Deal("年度框架合同 (Frame contract)", "contract", "after_sales", 323, -42,
                 1500000),
            Deal("二号产线 (Second line)", "project", "negotiation", 8, -200, 600000),
        ),
        nodes=(Node("delivery", "传感器批次验收 (Acceptance of the sensors)", -16),),
        birthdays=(Birthday("huadong_ceo", -2, "围棋 (Go)", 4, (300, "茶叶 (Tea)", 60)),),
        company={
            "industry": "C", "main_business": "数控机床与自动化产线 (Machine tools)",
            "employee_range": "250_999", "loyalty": "strategic", "group": "huadong",
        },
    ),
    # silent, and the one who bought has gone: everything hangs on one contact
    "hengtong": Bond(
        people=(
            Person("hengtong_ceo", "decision_maker", "unknown", "high", executive=True),
            Person("hengtong_fleet", "user", "neutral", "low", "hengtong_ceo"),
            Person("hengtong_left", "champion", "supportive", "high", "hengtong_ceo",
                   left=55),
        ),
        team=(Member("sales", "account_manager", "hengtong_fleet"),),
        talks=(
            Talk(61, "phone", ("sales",), ("hengtong_fleet",), "订单 (Orders)",
                 "新采购总监要重新比价 (The new director compares prices)",
                 "拜访新采购总监 (Visit the new director)", 30),
        ),
        notes=(
            Note(61, "organisation", "采购总监离职 (Purchasing director has left)",
                 "hengtong_fleet"),
            Note(61, "competitor", "正在试用竞品 (Tries another supplier)",
                 "hengtong_fleet", competitor="迅达仓储 (Xunda)"),
            Note(150, "pain", "旺季交货迟 (Late deliveries in season)",
                 "hengtong_fleet", "service"),
        ),
        deals=(
            Deal("仓储设备年度合同 (Yearly contract)", "contract", "after_sales", 350,
                 -15, 700000),
        ),
        company={"industry": "H", "employee_range": "1000", "loyalty": "loyal",
                 "main_business": "公路运输与仓储 (Road transport, storage)"},
    ),
    # wants to pay later: the finance manager is against us
    "jinqiao": Bond(
        people=(
            Person("jinqiao_owner", "decision_maker", "supportive", "high"),
            Person("jinqiao_cfo", "economic_buyer", "opposed", "high", "jinqiao_owner"),
        ),
        team=(Member("sales", "account_manager", "jinqiao_owner"),),
        talks=(
            Talk(12, "phone", ("sales",), ("jinqiao_cfo",), "逾期款 (Overdue amounts)",
                 "等业主付款 (Waits for money of his client)",
                 "约定付款计划 (Agree on a payment plan)", -3),
        ),
        notes=(
            Note(12, "pain", "业主回款慢 (His clients pay late)", "jinqiao_cfo"),
            Note(70, "latent_need", "适合分期付款 (Instalments would suit him)"),
        ),
        deals=(
            Deal("跨江大桥项目 (River bridge)", "project", "implementation", 136, -90,
                 67500),
        ),
        company={"industry": "F", "employee_range": "50_249",
                 "main_business": "桥梁与道路施工 (Bridges, roads)"},
    ),
    "zhongke": Bond(
        people=(
            Person("zhongke_cto", "decision_maker", "supportive", "high",
                   executive=True),
            Person("zhongke_project", "champion", "supportive", "medium",
                   "zhongke_cto"),
        ),
        team=(
            Member("sales", "account_manager", "zhongke_cto"),
            Member("csmanager", "technical", "zhongke_project"),
        ),
        talks=(
            Talk(30, "visit", ("sales", "csmanager"), ("zhongke_project",),
                 "验收 (Acceptance)", "一次通过 (Passed at the first try)",
                 "明年项目预算 (Budget of next year)", -20),
        ),
        notes=(
            Note(30, "delight", "验收当天就有人在现场 (Somebody on site that day)",
                 "zhongke_project", "meeting"),
            Note(90, "long_strategy", "转向整体方案 (From parts to whole systems)",
                 "zhongke_cto"),
        ),
        deals=(
            Deal("智能检测三期 (Inspection, phase 3)", "project", "after_sales", 220,
                 None, 420000),
        ),
        nodes=(Node("delivery", "四期方案评审 (Review of phase 4)", -28),),
        company={"industry": "J", "employee_range": "50_249", "loyalty": "loyal",
                 "main_business": "机器视觉系统 (Machine vision)"},
    ),
    "fumanlou": Bond(
        people=(Person("fumanlou_owner", "decision_maker", "supportive", "high"),),
        company={"industry": "I", "employee_range": "1_9",
                 "main_business": "节令糕点 (Festive pastry)"},
    ),
    # just begun: requirement research
    "xinrui": Bond(
        people=(Person("xinrui_founder", "decision_maker", "neutral", "high", since=30),),
        talks=(
            Talk(4, "meeting", ("sales",), ("xinrui_founder",), "需求 (Requirements)",
                 "先小批量试用 (Starts with a small batch)",
                 "送样机 (Send a sample)", -6),
        ),
        notes=(
            Note(4, "latent_need", "量产后需要整线 (Will need a whole line)",
                 "xinrui_founder", "meeting"),
        ),
        deals=(
            Deal("样机试用 (Trial of samples)", "project", "requirement", 24, None, 0),
        ),
        company={"industry": "C", "employee_range": "10_49",
                 "main_business": "协作机器人 (Robots)"},
    ),
    "wuye": Bond(company={"group": "huadong"}),
}  # fmt: skip
