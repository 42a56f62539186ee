from odoo import models


class CustomerProfile(models.Model):
    """What people wrote down about a customer, as a whole."""

    _inherit = "customer.profile"

    def _move_facts(self, survivor):
        """Give what was written down about these customers to the one they join.

        Override to move the rows of a model. Scores and tier changes stay: they are
        results about the customer that was. Called as the superuser.
        """
