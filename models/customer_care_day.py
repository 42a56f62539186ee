from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CustomerCareDay(models.Model):
    """A dated day on which customers of some tiers are greeted.

    Lunar holidays move every year, so every year has its own rows.
    """

    _name = "customer.care.day"
    _description = "Care Calendar Day"
    _order = "date, id"

    name = fields.Char("Holiday", required=True, translate=True)
    date = fields.Date(required=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    active = fields.Boolean(default=True)

    _company_date_name_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), date, (name->>'en_US'))",
        "The care calendar has this day already.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        old = {day: (day.date, day.active) for day in self}
        result = super().write(vals)
        moved = self.filtered(lambda day: old[day] != (day.date, day.active))
        moved._drop_upcoming()
        return result

    def _drop_upcoming(self):
        """Delete the greetings to come of days that moved or are over.

        The job makes them again on the right day.
        """
        # sudo: milestones and activities of customers that the manager may not see
        self.env["customer.milestone"].sudo().search(
            [
                ("care_day_id", "in", self.ids),
                ("is_automatic", "=", True),
                ("state", "=", "upcoming"),
            ]
        ).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_greeted(self):
        # sudo: milestones of customers that the manager may not see count as well
        milestones = self.env["customer.milestone"].sudo()
        milestones = milestones.with_context(active_test=False)
        if milestones.search_count([("care_day_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Customers were greeted on this day: archive it instead.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_missing_names(self, company, year):
        """Return the holidays of the year before that have no day in a year."""
        own = Domain("company_id", "in", [company.id, False])
        names = [
            set(
                self.search(
                    own
                    & Domain("date", ">=", f"{each}-01-01")
                    & Domain("date", "<=", f"{each}-12-31")
                ).mapped("name")
            )
            for each in (year - 1, year)
        ]
        return sorted(names[0] - names[1])
