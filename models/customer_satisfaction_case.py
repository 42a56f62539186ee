from odoo import api, fields, models


class CustomerSatisfaction(models.Model):
    """An answer about one case: the latest that counts stands on the case."""

    _inherit = "customer.satisfaction"

    case_id = fields.Many2one(
        "customer.case",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _follow_answer(self):
        """Override: the plan comes first, so that a low answer has one."""
        result = super()._follow_answer()
        self.case_id._refresh_csat()
        return result

    def _follow_validity(self):
        """Override."""
        result = super()._follow_validity()
        self.case_id._refresh_csat()
        return result


class CustomerImprovement(models.Model):
    """An improvement plan for one case."""

    _inherit = "customer.improvement"

    case_id = fields.Many2one(
        "customer.case",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans.case_id.check_access("read")  # its name would tell
        return plans

    def write(self, vals):
        result = super().write(vals)
        if "case_id" in vals:
            self.case_id.check_access("read")
        return result
