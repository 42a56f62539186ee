import calendar
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# "Birthday soon": days looked ahead.
BIRTHDAY_DAYS = 30
LEAP_YEAR = 2000


class CustomerPersonalData(models.Model):
    """Birthdays without a year, and what is chosen on the form instead of numbers."""

    _inherit = "customer.personal.data"

    birthday_day = fields.Integer(aggregator=None, copy=False)
    birthday_month = fields.Integer(aggregator=None, copy=False)
    birthday_day_choice = fields.Selection(
        lambda self: [(str(day), str(day)) for day in range(1, 32)],
        "Day of Birth",
        compute="_compute_choices",
        inverse="_inverse_birthday",
    )
    birthday_month_choice = fields.Selection(
        [
            ("1", "January"),
            ("2", "February"),
            ("3", "March"),
            ("4", "April"),
            ("5", "May"),
            ("6", "June"),
            ("7", "July"),
            ("8", "August"),
            ("9", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        "Month of Birth",
        compute="_compute_choices",
        inverse="_inverse_birthday",
    )
    date_next_birthday = fields.Date(
        "Next Birthday",
        compute="_compute_date_next_birthday",
        help="29 February is kept on 28 February in other years.",
    )
    is_birthday_soon = fields.Boolean(
        "Birthday in the Next 30 Days",
        compute="_compute_date_next_birthday",
        search="_search_is_birthday_soon",
    )
    trust_choice = fields.Selection(
        [
            ("0", "Unknown"),
            ("1", "Very low"),
            ("2", "Low"),
            ("3", "Medium"),
            ("4", "High"),
            ("5", "Very high"),
        ],
        "Trust (stars)",
        compute="_compute_choices",
        inverse="_inverse_trust",
    )

    _birthday_range = models.Constraint(
        "CHECK (COALESCE(birthday_day, 0) BETWEEN 0 AND 31"
        " AND COALESCE(birthday_month, 0) BETWEEN 0 AND 12)",
        "A birthday is a day from 1 to 31 and a month from 1 to 12.",
    )
    # === COMPUTE METHODS === #

    @api.depends("birthday_day", "birthday_month", "trust")
    def _compute_choices(self):
        for data in self:
            day, month = data.birthday_day, data.birthday_month
            data.birthday_day_choice = str(day) if day else False
            data.birthday_month_choice = str(month) if month else False
            data.trust_choice = str(data.trust or 0)

    def _inverse_birthday(self):
        for data in self:
            data.write(
                {
                    "birthday_day": int(data.birthday_day_choice or 0),
                    "birthday_month": int(data.birthday_month_choice or 0),
                }
            )

    def _inverse_trust(self):
        for data in self:
            data.trust = int(data.trust_choice or 0)

    @api.depends("birthday_day", "birthday_month", "company_id")
    def _compute_date_next_birthday(self):
        for data in self:
            today = data._get_today()
            data.date_next_birthday = data._get_birthday(today)
            limit = today + timedelta(days=BIRTHDAY_DAYS)
            data.is_birthday_soon = bool(
                data.date_next_birthday and data.date_next_birthday <= limit
            )

    def _search_is_birthday_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_customer_today()
        days = [today + timedelta(days=number) for number in range(BIRTHDAY_DAYS + 1)]
        by_month = {}
        for day in days:
            by_month.setdefault(day.month, set()).add(day.day)
            if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
                by_month[2].add(29)
        soon = Domain.OR(
            Domain("birthday_month", "=", month) & Domain("birthday_day", "in", numbers)
            for month, numbers in by_month.items()
        )
        if True in value and False in value:
            return Domain.TRUE
        return soon if True in value else ~soon

    # === CONSTRAINT METHODS === #

    @api.constrains("birthday_day", "birthday_month")
    def _check_birthday(self):
        for data in self:
            day, month = data.birthday_day or 0, data.birthday_month or 0
            if not day and not month:
                continue
            last = calendar.monthrange(LEAP_YEAR, month)[1] if month else 0
            if not 1 <= day <= last:
                raise ValidationError(
                    self.env._(
                        "Birthday of %(person)s: day %(day)s of month %(month)s does"
                        " not exist.",
                        person=data.partner_id.display_name,
                        day=day,
                        month=month,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_birthday(self, from_day):
        """Return the first birthday on or after a day, False when unknown."""
        day, month = self.birthday_day, self.birthday_month
        if not (1 <= (month or 0) <= 12 and 1 <= (day or 0) <= 31):
            return False
        for year in (from_day.year, from_day.year + 1):
            last = calendar.monthrange(year, month)[1]
            birthday = date(year, month, min(day, last))
            if birthday >= from_day:
                return birthday
        return False

    @api.model
    def _get_birthdays(self, company, date_from, date_to):
        """Return (id, profile id, partner id, day) of birthdays, both days included.

        29 February is kept on 28 February in other years. Of people who are there, at
        customers who are not archived. For the superuser: who sees the days it makes
        out of them is the caller's duty.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """WITH birthdays AS (
                        SELECT dat.id, dat.profile_id, dat.partner_id,
                               mon.first_day + (LEAST(
                                   dat.birthday_day,
                                   EXTRACT(DAY FROM mon.first_day
                                           + INTERVAL '1 month - 1 day')
                               )::int - 1) AS day
                          FROM customer_personal_data dat
                          JOIN customer_profile pro ON pro.id = dat.profile_id
                          JOIN res_partner par ON par.id = dat.partner_id
                    CROSS JOIN GENERATE_SERIES(%(first_year)s, %(last_year)s) yea (year)
                    CROSS JOIN LATERAL (
                               SELECT MAKE_DATE(yea.year, dat.birthday_month, 1)
                                      AS first_day) mon
                         WHERE dat.company_id = %(company)s
                           AND dat.birthday_month > 0 AND dat.birthday_day > 0
                           AND dat.consent <> 'withdrawn'
                           AND pro.active AND par.active
                           AND par.commercial_partner_id = pro.partner_id)
                   SELECT id, profile_id, partner_id, day
                     FROM birthdays
                    WHERE day BETWEEN %(date_from)s AND %(date_to)s
                 ORDER BY day, id""",
                company=company.id,
                first_year=date_from.year,
                last_year=date_to.year,
                date_from=date_from,
                date_to=date_to,
            )
        )
