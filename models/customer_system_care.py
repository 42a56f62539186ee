from odoo import models

# From this month on the dates of the next year have to be there.
WARNING_MONTH = 10


class CustomerSystemCheck(models.AbstractModel):
    """Looks whether the care calendar has the days of the year."""

    _inherit = "customer.system.check"

    def _get_quick_checks(self, company):
        return [*super()._get_quick_checks(company), self._check_care_days(company)]

    def _check_care_days(self, company):
        """Warn when a holiday of this year has no date yet in the year that comes."""
        today = company._get_customer_today()
        years = [today.year]
        if today.month >= WARNING_MONTH:
            years.append(today.year + 1)
        days = self.env["customer.care.day"]
        missing = {year: days._get_missing_names(company, year) for year in years}
        state, text = "ok", self.env._("The holidays have their dates.")
        for year, names in missing.items():
            if names:
                state = "warning"
                text = self.env._(
                    "No date in %(year)s yet: %(names)s. Customers are greeted on dated"
                    " holidays only.",
                    year=year,
                    names=", ".join(names),
                )
                break
        return self._prepare_check(
            "care_days",
            self.env._("Care calendar"),
            state,
            text,
            (
                self.env._("Care calendar"),
                "customer_success.customer_care_day_action",
            ),
        )
