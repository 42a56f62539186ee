import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.customer_personal_data import READER
from ..models.customer_tier_request import MANAGER


class CustomerPersonalReport(models.TransientModel):
    """Everything this addon holds about one person, for himself: printed or as JSON.

    For managers who are relationship data readers; every report is logged.
    """

    _name = "customer.personal.report"
    _description = "Access Report of a Person"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        ondelete="cascade",
        domain=[("is_company", "=", False)],
    )
    date = fields.Date(default=fields.Date.context_today, readonly=True)
    is_logged = fields.Boolean(readonly=True, copy=False)
    content = fields.Binary(compute="_compute_content")

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Access report")

    @api.depends("partner_id", "is_logged")
    def _compute_content(self):
        for wizard in self:
            saved = wizard._origin
            is_logged = saved.is_logged and saved.partner_id == wizard.partner_id
            report = wizard._get_report() if is_logged else []
            text = json.dumps(
                {"date": str(wizard.date), "company": wizard.company_id.name,
                 "person": wizard.partner_id.id, "data": report},
                ensure_ascii=False,
                indent=2,
            )  # fmt: skip
            wizard.content = base64.b64encode(text.encode())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "is_logged": False} for vals in vals_list])

    def write(self, vals):
        if "partner_id" in vals or ("is_logged" in vals and not self.env.su):
            vals = {**vals, "is_logged": False}  # it is the log that says so
        return super().write(vals)

    # === ACTION METHODS === #

    def action_print(self):
        """Print the report in the language of the user."""
        self._start()
        return self.env.ref(
            "customer_success.customer_personal_report_action_report"
        ).report_action(self, config=False)

    def action_download(self):
        """Download the report as JSON."""
        self._start()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content"
            f"?download=true&filename=access_report_{self.partner_id.id}.json",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    def _start(self):
        """Check who asks, and log it, before anything is shown."""
        self.ensure_one()
        self.check_access("read")
        self._check_officer()
        self.partner_id.check_access("read")
        self.env["customer.personal.access"]._log_person(
            "report", self.partner_id, self.env.companies
        )
        self.sudo().is_logged = True  # sudo: clients cannot say so

    @api.model
    def _check_officer(self):
        """Raise unless the user is a manager and a relationship data reader."""
        user = self.env.user
        if not user.has_group(MANAGER) or not user.has_group(READER):
            raise AccessError(
                self.env._(
                    "Access reports and erasures are for managers who are relationship"
                    " data readers."
                )
            )

    def _get_report(self):
        self.ensure_one()
        self._check_officer()
        return self.env["customer.personal.source"]._get_person_report(
            self.partner_id, self.env.companies
        )
