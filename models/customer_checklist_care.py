from odoo import api, models
from odoo.fields import Domain


class CustomerChecklist(models.AbstractModel):
    """The line about playbooks and the plans that they launch."""

    _inherit = "customer.checklist"

    @api.model
    def get_checklist(self):
        """Override: playbooks are looked at before the system is checked."""
        lines = super().get_checklist()
        lines.insert(-1, self._get_playbooks_line(self.env.company))
        return lines

    def _get_playbooks_line(self, company):
        own = Domain("company_id", "=", company.id)
        plans = self.env["customer.care.plan"]
        rated = self.env["customer.profile"].search_count(
            own & Domain("tier_id", "!=", False)
        )
        planned = plans._read_group(
            own & Domain("state", "=", "running"), [], ["profile_id:count_distinct"]
        )[0][0]
        books = self.env["customer.playbook"]._select_for(company)
        text = self.env._(
            "Playbooks that launch plans by themselves: %(books)s. Customers with a"
            " running plan: %(planned)s of %(rated)s rated ones.",
            books=len(books),
            planned=planned,
            rated=rated,
        )
        return self._prepare_line(
            "playbooks",
            self.env._("Playbooks and care plans"),
            text,
            bool(planned),
            self._prepare_button(
                self.env._("Open the playbooks"),
                "customer_success.customer_playbook_action",
            ),
            self._prepare_button(
                self.env._("Open the plans"),
                "customer_success.customer_care_plan_action",
            ),
        )
