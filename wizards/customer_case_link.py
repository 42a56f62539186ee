from odoo import api, fields, models


class CustomerCaseLink(models.TransientModel):
    """Shows the secret link of one case, to be pasted into a chat with the customer."""

    _name = "customer.case.link"
    _description = "Link for the Customer"
    _inherit = ["customer.seen.dialog"]

    case_id = fields.Many2one("customer.case", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    url = fields.Char("Link", compute="_compute_url")
    message = fields.Text("Ready to Send", compute="_compute_url")

    # === COMPUTE METHODS === #

    @api.depends("case_id")
    def _compute_url(self):
        for wizard in self:
            case = wizard.case_id
            case.check_access("read")
            # sudo: who may see the case may send its link
            case_sudo = case.sudo()
            wizard.url = case_sudo._get_customer_link()
            lang = case_sudo.lang or case_sudo.partner_id.lang or self.env.lang
            wizard.message = self.with_context(lang=lang).env._(
                "You can follow your message %(reference)s to %(company)s here, and add"
                " to it: %(url)s",
                reference=case_sudo.name,
                company=case_sudo.company_id.name,
                url=wizard.url,
            )

    # === CONSTRAINT METHODS === #

    def _check_seen(self):
        """Override: the case."""
        self.case_id.check_access("read")

    # === ACTION METHODS === #

    def action_rotate(self):
        """Make a new link; the one that was sent so far stops working."""
        self.ensure_one()
        self.case_id.check_access("write")
        self.case_id._rotate_link()
        return self._open_for(self.case_id)

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, case):
        """Open the dialog for one case."""
        case.ensure_one()
        case.check_access("read")
        case._portal_ensure_token()  # now: reading must not write
        return {
            "name": self.env._("Link for the Customer"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.create({"case_id": case.id}).id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }
