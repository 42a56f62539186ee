from odoo import api, fields, models
from odoo.exceptions import ValidationError

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CustomerWorkingDay(models.Model):
    """A dated day on which people work although the week says otherwise.

    A make-up Saturday, for instance: the clocks of promises run on it with the hours
    of the weekday it makes up for, also within a holiday.
    """

    _name = "customer.working.day"
    _description = "Extra Working Day"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Reason", required=True, translate=True)
    date = fields.Date(required=True)
    like_weekday = fields.Selection(
        WEEKDAYS,
        "With the Hours of",
        required=True,
        default="4",
        help="The weekday whose working hours this day has.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all working hours.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    active = fields.Boolean(default=True)

    _date_uniq = models.UniqueIndex(
        "(date, COALESCE(calendar_id, 0), COALESCE(company_id, 0)) WHERE active",
        "This day is an extra working day already.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("calendar_id", "like_weekday")
    def _check_hours(self):
        """Refuse a day that would have no hours: nobody would notice."""
        for day in self.filtered("calendar_id"):
            if not day.calendar_id._get_customer_day_hours(
                int(day.like_weekday), day.date
            ):
                labels = dict(
                    self._fields["like_weekday"]._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "%(day)s: “%(calendar)s” has no hours on a %(weekday)s.",
                        day=day.name,
                        calendar=day.calendar_id.name,
                        weekday=labels[day.like_weekday],
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("calendar_id")
    def _onchange_calendar_id(self):
        """Take over the company of the working hours: they are its own."""
        self.company_id = self.company_id or self.calendar_id.company_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days._notice()
        return days

    def write(self, vals):
        self._notice()
        result = super().write(vals)
        self._notice()
        return result

    def unlink(self):
        self._notice()
        return super().unlink()

    def _notice(self):
        """Let the promises that run by these working hours be worked out again."""
        if self:
            calendars = self.calendar_id
            everywhere = any(not day.calendar_id for day in self)
            self.env["customer.commitment"]._notice_calendars(
                None if everywhere else calendars
            )
