from odoo import models


class CustomerSheet(models.AbstractModel):
    """The customer sheet: what the form of a customer says, on one page."""

    _name = "report.customer_success.report_customer_sheet"
    _description = "Customer Sheet"

    def _get_report_values(self, docids, data=None):
        profiles = self.env["customer.profile"].browse(docids)
        profiles.check_access("read")
        return {
            "doc_ids": docids,
            "docs": profiles,
            "relations": {
                profile.id: profile._get_sheet_relation() for profile in profiles
            },
            # of all customers in one statement
            "explained": self.env["customer.explanation"]._explain_profiles(profiles),
        }
