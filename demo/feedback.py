"""What the demo company made of what its customers told it: two feedback meetings.

That of the quarter before the last is held and followed up, that of the last quarter
is as the nightly job leaves it.
"""

from datetime import timedelta

from odoo import Command

from ..periods import past_quarter_ends
from .ledger import ref

# Days until it was to be done, counted from today; who; what; result; how it ended.
RESOLUTIONS = (
    (-40, "user_sales", "投诉值班表 (A duty roster for complaints)",
     "周一至周六有人值班,平均响应缩短。", "done"),
    (-8, "user_sales2", "华南更换承运商 (Another forwarder in the south)", "", "running"),
    (25, "user_sales", "发票抬头由系统带出 (Names on invoices from the system)", "",
     "planned"),
)  # fmt: skip


class Feedback:
    """Adds the meetings of a company, as of a day."""

    def __init__(self, env, company, today):
        self.env, self.company, self.today = env, company, today
        self.meetings = env["customer.feedback.meeting"]

    def add(self):
        before, last = past_quarter_ends(self.today, 2)
        self.meetings._create_due(self.company, before + timedelta(days=1))
        held = self.meetings.search(
            [("company_id", "=", self.company.id), ("date_to", "=", before)]
        )
        if held:
            self._hold(held, before)
        self.meetings._create_due(self.company, last + timedelta(days=1))

    def _hold(self, meeting, before):
        people = ref(self.env, "user_sales") | ref(self.env, "user_sales2")
        meeting.write(
            {
                "date": before + timedelta(days=12),
                "user_ids": [Command.set(people.ids)],
                "strengths": "技术咨询答复及时 (Technical questions are answered fast)",
                "gaps": "交期类投诉反复出现 (Late deliveries come up again and again)",
                "conclusion": "先解决交期与发票 (Deliveries and invoices first)",
            }
        )
        resolutions = self.env["customer.feedback.resolution"].create(
            [
                {
                    "meeting_id": meeting.id,
                    "name": name,
                    "user_id": ref(self.env, user).id,
                    "date_deadline": self.today + timedelta(days=days),
                    "result": result,
                }
                for days, user, name, result, _state in RESOLUTIONS
            ]
        )
        for resolution, row in zip(resolutions, RESOLUTIONS, strict=True):
            if row[-1] != "planned":
                resolution.action_begin()
            if row[-1] == "done":
                resolution.action_done()
        meeting.with_user(ref(self.env, "user_csmanager")).action_hold()
        # sudo: a system field
        meeting.sudo().date_held = meeting.date
