"""What the demo company plans, does and promises: plans, actions, evaluations.

Everything goes through the models' own methods, in the order of the nightly job; the
rest is decided by the place of an action in its list, never by chance.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command, fields

from .ledger import ref

# Customers whose plan has a past: (contact, what becomes of the actions that are over).
# One letter each, again from the start: d done in time, l done late, u unmet,
# a unmet and planned again, o left open and late.
PAST = (
    ("huadong", "dddlo"),
    ("hengtong", "ddau"),
    ("ruian", "dddd"),
    ("zhongke", "ddo"),
    ("jinqiao", "ldud"),
    ("tiancheng", "ddo"),
    ("xinrui", "ddd"),
)
# Days before today on which these plans began.
PAST_DAYS = 150
FEEDBACK = (
    "认可质量报告,希望缩短交期 (Wants shorter delivery times)",
    "对服务满意,夜班需第二联系人 (Content, wants a night contact)",
    "明年计划新产线,请报价 (Wants an offer for a new line)",
    "资料有用,已转给两位同事 (Found the material useful)",
)
UNMET = (
    ("unavailable", "客户高层整周参展 (At a trade fair all week)"),
    ("resources", "两名工程师均在其他客户处 (Engineers were elsewhere)"),
)
# What an action may cost, by the flag of its kind; in the company's currency.
BUDGETS = {"is_visit": 800, "is_gift": 300, "is_training": 500, "is_review": 400}
# What customers got of their package: contact, kind, days ago, how much, topic.
GRANTED = (
    ("huadong", "training", 40, 2, "Maintenance of the new control"),
    ("huadong", "training", 12, 1, "Reading the quality report"),
    ("huadong", "consulting", 25, 6, "Layout of the second hall"),
    ("hengtong", "consulting", 18, 3, "Tracking of returns"),
)
TRAININGS = (
    (20, "Service standard 2: the first 30 seconds", "done", False),
    (-14, "Complaint talks: listen, judge, promise", "planned", True),
)


class Care:
    """The plans of a company and what became of them up to a day."""

    def __init__(self, env, company, today):
        self.env = env
        self.company = company
        self.today = today
        self.actions = env["customer.care.action"]
        self.plans = env["customer.care.plan"]
        self.reviews = env["customer.review"]

    def add(self):
        profiles = self._launch_past()
        self.plans._launch_due(self.company, self.today)
        self.actions._share_out(self.company, self.today)
        self.actions._open_due(self.company, self.today)
        for name, profile in profiles.items():
            self._carry_out(profile, dict(PAST)[name])
        self._add_today(profiles["huadong"])
        self._grant()
        self._evaluate()
        self.actions._raise_activities(self.company, self.today)
        self.env["customer.commitment"]._refresh(self.company, self.today)
        self._keep_some(profiles["ruian"])
        # what is late by now is overdue, whoever has to know is told
        self.env["customer.commitment"]._check_clocks(fields.Datetime.now())
        self._teach()

    def _get_profile(self, name):
        partner = ref(self.env, f"partner_{name}")
        return self.env["customer.profile"]._get_or_create(partner, self.company)

    def _day(self, days):
        return self.today - timedelta(days=days)

    # === PLANS === #

    def _launch_past(self):
        """Launch the plans of some customers as of months ago; returns the customers."""
        books = self.env["customer.playbook"]._select_for(self.company)
        start = self._day(PAST_DAYS)
        profiles = {}
        for name, _outcomes in PAST:
            profile = profiles[name] = self._get_profile(name)
            book = books.filtered(
                lambda play, own=profile: (
                    play.trigger == "tier"
                    and own.tier_id.code in play._get_tier_codes()
                    and (not play.stage_ids or own.lifecycle_stage_id in play.stage_ids)
                )
            )[:1]
            if book:
                self.plans._launch(book, profile, start)
        return profiles

    # === WHAT BECAME OF THE ACTIONS === #

    def _carry_out(self, profile, outcomes):
        """Let the actions of a customer that are over by now have been done or not."""
        over = self.actions.search(
            [
                ("profile_id", "=", profile.id),
                ("state", "in", ("planned", "due")),
                ("date_deadline", "<", self.today),
            ],
            order="date_deadline, id",
        )
        self._budget(profile)
        for number, action in enumerate(over):
            outcome = outcomes[number % len(outcomes)]
            # sudo: system fields; whoever is responsible did it
            action = action.with_user(action.user_id or profile.user_id).sudo()
            if outcome in "dl":
                self._do(action, -2 if outcome == "d" else 3, number)
            elif outcome in "ua":
                self._miss(action, outcome == "a", number)

    def _budget(self, profile):
        """Say what visits and gifts may cost, as a manager would."""
        actions = self.actions.search(
            [("profile_id", "=", profile.id), ("state", "in", ("planned", "due"))]
        )
        for name, amount in BUDGETS.items():
            actions.filtered(f"kind_id.{name}").write({"budget_amount": amount})

    def _do(self, action, days, number):
        day = action.date_deadline + timedelta(days=days)
        vals = {
            "date_done": min(max(day, action.date_start), self.today),
            "feedback": False if action.is_bulk else FEEDBACK[number % len(FEEDBACK)],
            "is_standard_met": True,
        }
        if action.budget_state == "known":
            # a little less or more than planned
            vals["actual_amount"] = action.budget_amount * (0.9, 1.15)[number % 2]
        action._set_done(vals)

    def _miss(self, action, is_planned_again, number):
        code, note = UNMET[number % len(UNMET)]
        cause = self.env["customer.unmet.cause"].search([("code", "=", code)], limit=1)
        action._set_unmet(cause, note)
        if is_planned_again:
            action._plan_again(self.today + timedelta(days=10))

    def _add_today(self, profile):
        """Add an action of its own that is to be done today."""
        kind = self.env["customer.action.kind"].search(
            [("is_contact", "=", True), ("is_visit", "=", False)], limit=1
        )
        self.actions.create(
            {
                "profile_id": profile.id,
                "name": "Call back about the delivery times",
                "kind_id": kind.id,
                "user_id": profile.user_id.id,
                "date_start": self.today,
                "date_deadline": self.today,
                "completion_standard": "客户知道后三批交期 (They know the next three deliveries)",
                "is_core": True,
            }
        )

    def _keep_some(self, profile):
        """Do two things ahead of their deadline: promises that were kept."""
        ahead = self.actions.search(
            [("profile_id", "=", profile.id), ("state", "=", "due")],
            order="date_deadline, id",
            limit=2,
        )
        for action in ahead:
            # sudo: system fields; he stays the one who did it
            action.with_user(action.user_id).sudo()._set_done(
                {"feedback": FEEDBACK[0], "is_standard_met": True}
            )

    # === PACKAGES === #

    def _grant(self):
        package = self.env["customer.entitlement"]
        uses = self.env["customer.entitlement.use"]
        for name, kind, days, quantity, topic in GRANTED:
            profile = self._get_profile(name)
            entitlement = package._get_package(profile).filtered(
                lambda row, kind=kind: row.kind == kind
            )[:1]
            if entitlement:
                uses.create(
                    {
                        "profile_id": profile.id,
                        "entitlement_id": entitlement.id,
                        "date": self._day(days),
                        "quantity": quantity,
                        "topic": topic,
                        "user_id": profile.user_id.id,
                    }
                )

    # === EVALUATIONS === #

    def _evaluate(self):
        """Hold the evaluations of the month before the last, leave those of the last."""
        month = self.today.replace(day=1) - relativedelta(months=1)
        self.reviews._create_due(self.company, month)
        held = self.reviews.search(
            [("company_id", "=", self.company.id), ("state", "=", "draft")]
        )
        for review in held:
            if review.unmet_action_ids.filtered(lambda row: row.state == "due"):
                continue  # what is late has to be decided about first
            # sudo: system fields; he stays the one who held it
            self._hold(review.with_user(review.user_id or self.env.user).sudo())
        self.reviews._create_due(self.company, self.today)

    def _hold(self, review):
        review.write(
            {
                "conclusion": "The plan works: the visits were wanted, delivery times"
                " are the open point.",
                "user_ids": [Command.set(review.user_id.ids)],
            }
        )
        self.env["customer.review.decision"].create(
            {
                "review_id": review.id,
                "name": "Agree on delivery times with production",
                "user_id": (review.user_id or self.env.user).id,
                "date_deadline": self.today + timedelta(days=21),
            }
        )
        review.action_hold()

    # === OURSELVES === #

    def _teach(self):
        """Write down what the team learned and what it still lacks."""
        sales = ref(self.env, "user_sales") | ref(self.env, "user_sales2")
        self.env["customer.team.training"].create(
            [
                {
                    "name": name,
                    "company_id": self.company.id,
                    "date": self._day(days),
                    "user_ids": [Command.set(sales.ids)],
                    "state": state,
                    "gap_note": "投诉答复太慢 (Answers take too long)"
                    if gap
                    else False,
                }
                for days, name, state, gap in TRAININGS
            ]
        )
