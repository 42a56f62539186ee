from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_care_action import UNFINISHED

# Where a deadline lies; the first four are columns of the day's work.
BUCKETS = [
    ("late", "Late"),
    ("today", "Today"),
    ("week", "This Week"),
    ("later", "Later"),
    ("finished", "Finished"),
]
DAYS_OF_WEEK = 7


class CustomerCareAction(models.Model):
    """Where a deadline lies: the columns in which people see their day."""

    _inherit = "customer.care.action"

    deadline_bucket = fields.Selection(
        BUCKETS,
        "When",
        compute="_compute_deadline_bucket",
        search="_search_deadline_bucket",
        group_expand="_expand_deadline_bucket",
        help="Where the deadline lies, seen from today. A week ends on Sunday.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "date_deadline", "company_id")
    def _compute_deadline_bucket(self):
        for company, actions in self.grouped("company_id").items():
            today = (company or self.env.company)._get_customer_today()
            sunday = self._get_sunday(today)
            for action in actions:
                deadline = action.date_deadline
                if action.state not in UNFINISHED:
                    action.deadline_bucket = "finished"
                elif not deadline or deadline > sunday:
                    action.deadline_bucket = "later"
                elif deadline > today:
                    action.deadline_bucket = "week"
                else:
                    action.deadline_bucket = "late" if deadline < today else "today"

    def _search_deadline_bucket(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = tuple(item for item in value if item)
        if not wanted:
            return Domain.FALSE
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s", model._select_bucket(alias), wanted
            ),
            predicate=lambda action: action.deadline_bucket in wanted,
        )

    def _expand_deadline_bucket(self, values, domain):
        """Show the four columns of open work always, that of finished when it is asked."""
        return [key for key, _label in BUCKETS if key != "finished" or key in values]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Group by the place of the deadline."""
        if field_expr == "deadline_bucket":
            return self._select_bucket(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _select_bucket(self, alias):
        """Return the SQL of the place of the deadline, by today of each company."""
        company = SQL.identifier(
            alias, "company_id", to_flush=self._fields["company_id"]
        )
        state = SQL.identifier(alias, "state", to_flush=self._fields["state"])
        deadline = SQL.identifier(
            alias, "date_deadline", to_flush=self._fields["date_deadline"]
        )
        days = {
            one.id: one._get_customer_today()
            for one in self.env.companies or self.env.company
        }
        default = self.env.company._get_customer_today()
        today = SQL(
            "(CASE %s %s ELSE %s::date END)",
            company,
            SQL(" ").join(
                SQL("WHEN %s THEN %s::date", number, day)
                for number, day in days.items()
            ),
            default,
        )
        return SQL(
            """(CASE WHEN %(state)s NOT IN %(open)s THEN 'finished'
                     WHEN %(deadline)s < %(today)s THEN 'late'
                     WHEN %(deadline)s = %(today)s THEN 'today'
                     WHEN %(deadline)s <= %(today)s + 7
                          - EXTRACT(ISODOW FROM %(today)s)::int THEN 'week'
                     ELSE 'later' END)""",
            state=state,
            open=UNFINISHED,
            deadline=deadline,
            today=today,
        )

    @api.model
    def _get_sunday(self, day):
        """Return the last day of the week of a day."""
        return day + timedelta(days=DAYS_OF_WEEK - day.isoweekday())
