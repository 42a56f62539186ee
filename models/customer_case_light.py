from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_case import OPEN_STATES
from .customer_commitment_light import SOON_HOURS
from .customer_service_policy import TARGETS

LIGHTS = [
    ("late", "Past Due"),
    ("soon", "Due Soon"),
    ("running", "On Track"),
    ("paused", "Waiting for the Customer"),
    ("none", "Nothing Promised"),
]


class CustomerCase(models.Model):
    """The traffic light of a case: its earliest promise that is not kept yet.

    The due times are copied from the promises in one statement whenever a clock
    changes, so that a list of a hundred thousand cases sorts and filters on its own
    columns. Yellow and red are worked out when somebody looks.
    """

    _inherit = "customer.case"

    commitment_ids = fields.One2many("customer.commitment", "case_id", "Promises")
    next_due_datetime = fields.Datetime("Next Due", readonly=True, copy=False)
    next_warn_datetime = fields.Datetime("Yellow From", readonly=True, copy=False)
    next_target = fields.Selection(TARGETS, "Promised Next", readonly=True, copy=False)
    is_late = fields.Boolean(
        "Late",
        readonly=True,
        copy=False,
        help="A promise that is still to be kept is past due.",
    )
    was_late = fields.Boolean(
        readonly=True,
        copy=False,
        help="Some promise of this case was not kept in time.",
    )
    promise_decided_count = fields.Integer(
        "Promises Decided",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Kept, or late, whether or not they were kept later.",
    )
    promise_kept_count = fields.Integer(
        "Decided Promises Kept in Time", readonly=True, copy=False, aggregator=None
    )
    light = fields.Selection(
        LIGHTS, "Situation", compute="_compute_light", search="_search_light"
    )
    priority = fields.Integer(
        compute="_compute_priority",
        store=True,
        aggregator=None,
        help="Urgent ones first, then by the tier that the customer had when the case"
        " came in.",
    )

    # === COMPUTE METHODS === #

    @api.depends("urgency", "profile_id")
    def _compute_priority(self):
        """Rank by urgency and the tier of that time: tiers move by night, cases not."""
        for case in self:
            # sudo: the tier decides, whosever customer it is
            tier_sudo = case.profile_id.sudo().tier_id
            case.priority = 1000 * (case.urgency == "urgent") + int(
                tier_sudo.lower_bound
            )

    @api.depends(
        "state", "is_late", "is_waiting", "next_due_datetime", "next_warn_datetime"
    )
    def _compute_light(self):
        now = fields.Datetime.now()
        for case in self:
            case.light = case._get_light(now)

    def _get_light(self, now):
        """Return the light of one case at an instant, also between two jobs."""
        if self.state not in OPEN_STATES:
            return "none"
        due = self.next_due_datetime
        if self.is_late or (due and due < now):
            return "late"
        if due:
            warn = self.next_warn_datetime or due - timedelta(hours=SOON_HOURS)
            return "soon" if warn <= now else "running"
        return "paused" if self.is_waiting else "none"

    def _search_light(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        soon = fields.Datetime.add(now, hours=SOON_HOURS)
        is_open = Domain("state", "in", OPEN_STATES)
        due = Domain("next_due_datetime", "!=", False)
        late = Domain("is_late", "=", True) | Domain("next_due_datetime", "<", now)
        warned = Domain("next_warn_datetime", "<=", now) | (
            Domain("next_warn_datetime", "=", False)
            & Domain("next_due_datetime", "<=", soon)
        )
        waiting = Domain("is_waiting", "=", True)
        domains = {
            "late": is_open & late,
            "soon": is_open & ~late & due & warned,
            "running": is_open & ~late & due & ~warned,
            "paused": is_open & ~late & ~due & waiting,
            "none": ~is_open | ~late & ~due & ~waiting,
        }
        return Domain.OR(domains[name] for name in value if name in domains)

    # === BUSINESS METHODS === #

    def _follow_clocks(self):
        """Copy what the promises of these cases say, in one statement."""
        self.env["customer.commitment"].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH clocks AS (
                   SELECT com.case_id,
                          (ARRAY_AGG(com.target ORDER BY com.due_datetime, com.id)
                             FILTER (WHERE com.state IN ('running', 'paused', 'breached'))
                          )[1] AS target,
                          MIN(com.due_datetime) FILTER (
                              WHERE com.state IN ('running', 'breached')) AS due,
                          (ARRAY_AGG(com.escalate_datetime
                                     ORDER BY com.due_datetime, com.id)
                             FILTER (WHERE com.state IN ('running', 'breached')))[1]
                          AS warn,
                          BOOL_OR(com.state = 'breached') AS is_late,
                          BOOL_OR(COALESCE(com.is_breached, FALSE)) AS was_late,
                          COUNT(*) FILTER (WHERE com.is_breached
                                              OR com.state = 'met') AS decided,
                          COUNT(*) FILTER (WHERE com.is_breached IS NOT TRUE
                                             AND com.state = 'met') AS kept
                     FROM customer_commitment com
                    WHERE com.case_id = ANY(%(ids)s)
                 GROUP BY com.case_id)
                   UPDATE customer_case cas
                      SET next_target = clk.target, next_due_datetime = clk.due,
                          next_warn_datetime = clk.warn, is_late = clk.is_late,
                          was_late = clk.was_late,
                          promise_decided_count = clk.decided,
                          promise_kept_count = clk.kept
                     FROM clocks clk
                    WHERE cas.id = clk.case_id
                      AND (cas.next_target, cas.next_due_datetime,
                           cas.next_warn_datetime, cas.is_late, cas.was_late,
                           cas.promise_decided_count, cas.promise_kept_count)
                          IS DISTINCT FROM
                          (clk.target, clk.due, clk.warn, clk.is_late, clk.was_late,
                           clk.decided, clk.kept)
                RETURNING cas.id""",
                ids=self.ids,
            )
        )
        self.browse(row[0] for row in rows).invalidate_recordset(
            [
                "next_target", "next_due_datetime", "next_warn_datetime", "is_late",
                "was_late", "light", "promise_decided_count", "promise_kept_count",
            ]
        )  # fmt: skip
