from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerClosedSeason(models.Model):
    """Days on which customers do not order because everybody is on holiday.

    They are left out wherever the days without an order are counted. Shipped archived:
    the public holiday of the Spring Festival, as published by the State Council up to
    2026, from 2027 on the eight days from the eve to the seventh day.
    """

    _name = "customer.closed.season"
    _description = "Closed Season"
    _order = "date_from desc, id"

    name = fields.Char("Season", required=True, translate=True)
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    active = fields.Boolean(default=True)

    _dates_range = models.Constraint(
        "CHECK (date_to >= date_from AND date_to - date_from < 92)",
        "A closed season ends on or after its first day and lasts at most 92 days.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to", "company_id", "active")
    def _check_overlap(self):
        """A day that is counted twice would make a silence too short."""
        for season in self.filtered("active"):
            domain = (
                Domain("id", "!=", season.id)
                & Domain("date_from", "<=", season.date_to)
                & Domain("date_to", ">=", season.date_from)
            )
            if season.company_id:
                domain &= Domain("company_id", "in", [season.company_id.id, False])
            # sudo: a shared season meets those of companies the manager may not see
            if other := self.sudo().search(domain, limit=1):
                raise ValidationError(
                    self.env._(
                        "%(season)s overlaps another closed season (%(start)s to"
                        " %(end)s). Put them together in one.",
                        season=season.name,
                        start=other.date_from,
                        end=other.date_to,
                    )
                )
