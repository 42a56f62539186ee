from odoo import api, fields, models

STEPS = [
    ("judge", "First Judgement"),
    ("propose", "Propose a Solution"),
    ("solve", "Solved"),
]
# Which text of the case a step is about.
TEXTS = {"judge": "judgement", "propose": "solution", "solve": "result"}


class CustomerCaseStep(models.TransientModel):
    """Asks for what a step of a case needs: judgement, solution or what was done."""

    _name = "customer.case.step"
    _description = "Step of a Case"
    _inherit = "customer.case.dialog"

    step = fields.Selection(STEPS, required=True, readonly=True)
    text = fields.Text(
        compute="_compute_from_case", compute_sudo=False, store=True, readonly=False
    )
    category_id = fields.Many2one(
        "customer.case.category",
        compute="_compute_from_case",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="['|', ('kind', '=', False), ('kind', '=', kind)]",
    )
    is_complex = fields.Boolean(
        "Complex",
        compute="_compute_from_case",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cause_id = fields.Many2one(
        "customer.case.cause",
        "Root Cause",
        compute="_compute_from_case",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    can_send = fields.Boolean(compute="_compute_can_send")
    is_sent = fields.Boolean("Write It to the Customer")

    # === COMPUTE METHODS === #

    @api.depends("case_id", "step")
    def _compute_from_case(self):
        for dialog in self:
            case = dialog.case_id
            dialog.text = case[TEXTS[dialog.step]] if dialog.step else False
            dialog.category_id = case.category_id
            dialog.is_complex = case.is_complex
            dialog.cause_id = case.cause_id

    @api.depends("case_id")
    def _compute_can_send(self):
        for dialog in self:
            case = dialog.case_id
            dialog.can_send = bool(case.partner_id.email or case.contact_email)

    # === ACTION METHODS === #

    def action_apply(self):
        """Take the step."""
        case = self._get_case()
        vals = {TEXTS[self.step]: self.text}
        if self.step == "judge":
            vals |= {"category_id": self.category_id.id, "is_complex": self.is_complex}
            case._judge(vals)
            return self._finish()
        if self.step == "propose":
            case._propose(vals)
        else:
            case._solve({**vals, "cause_id": self.cause_id.id})
        if self.is_sent:
            case._post_answer_text(self.text)
        return self._finish()
