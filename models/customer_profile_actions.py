from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import SCORE_NOW_LIMIT
from ..periods import window


class CustomerProfile(models.Model):
    """The buttons of a customer."""

    _inherit = "customer.profile"

    # === ACTION METHODS === #

    def action_score_now(self):
        """Score these customers as of today; more than a thousand in the background."""
        if not self.env.user.has_group("customer_success.group_customer_success_user"):
            raise AccessError(
                self.env._("Only Customer Success users can score customers.")
            )
        self.check_access("read")
        if len(self) > SCORE_NOW_LIMIT:
            self.env["customer.run"]._request_refresh()
            return self._notify_user(
                self.env._("Scoring all customers in the background.")
            )
        quarantined = self._score_now()
        if quarantined:
            return self._notify_user(
                self.env._(
                    "%s customers could not be computed; a manager sees why under"
                    " Configuration.",
                    quarantined,
                ),
                "warning",
            )
        return self._notify_user(self.env._("Scored as of today."))

    def _notify_user(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_review_now(self):
        """Review the tier as of today without moving the next review (managers)."""
        if not self.env.user.has_group(
            "customer_success.group_customer_success_manager"
        ):
            raise AccessError(self.env._("Only managers can review a tier."))
        self.check_access("write")
        self._score_now(review=True)
        held = self.filtered("tier_request_id")
        if held:
            return self._notify_user(
                "\n".join(profile._describe_held() for profile in held), "warning"
            )
        return self._notify_user(self.env._("Tier reviewed as of today."))

    def action_follow_salesperson(self):
        """Let the first responsible person follow the contact's salesperson again."""
        self.check_access("write")
        for profile in self:
            profile.with_context(customer_follow_user=True).write(
                {"user_id": profile.partner_id.user_id.id, "is_user_manual": False}
            )

    def action_open_scores(self):
        """Open the score history, that of merged customers included."""
        self.ensure_one()
        return self._open_family("customer_success.customer_score_action")

    def action_open_tier_changes(self):
        """Open the tier changes, those of merged customers included."""
        self.ensure_one()
        return self._open_family("customer_success.customer_tier_change_action")

    def _open_family(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("profile_id", "in", self._with_merged().ids)]
        action["context"] = {"active_test": False}
        return action

    def action_open_orders(self):
        """Open the orders that were counted; customers without any count invoices."""
        self.ensure_one()
        self.check_access("read")  # related figures are read as superuser
        if self.order_count_12m and not self.snapshot_id.date_last_order:
            return self._open_invoices()
        return self._open_orders()

    def action_open_amount(self):
        """Open the documents that make up the amount of 12 months."""
        self.ensure_one()
        self.check_access("read")  # related figures are read as superuser
        if self.company_id.customer_money_source == "ordered":
            return self._open_orders()
        return self._open_invoices()

    def _open_orders(self):
        year = self._get_window()
        return self._open_documents(
            "sale.action_orders",
            Domain("state", "=", "sale"),
            Domain("date_order", ">=", year.start_utc)
            & Domain("date_order", "<", year.end_utc),
            self.env._("Orders in 12 Months"),
        )

    def _open_invoices(self):
        year = self._get_window()
        action = self._open_documents(
            "account.action_move_out_invoice_type",
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            Domain("invoice_date", ">", year.start)
            & Domain("invoice_date", "<=", year.date),
            self.env._("Invoices in 12 Months"),
        )
        form_id = self._get_invoice_form_id()
        if form_id:
            action["views"] = [
                (form_id if kind == "form" else view_id, kind)
                for view_id, kind in action["views"]
            ]
        return action

    @api.model
    def _get_invoice_form_id(self):
        """Return the form in which a user without payments can read an invoice.

        Core's own form reads them; False for whoever may.
        """
        if self.env["account.payment"].has_access("read"):
            return False
        return self.env.ref("customer_success.account_move_view_form_customer").id

    def _get_window(self):
        company = self.company_id
        return window(company._get_customer_today(), company._get_customer_tz())

    def _open_documents(self, xmlid, documents, in_window, title):
        """Open this customer's documents of 12 months, all when there is none.

        The user sees those among them that his other roles let him see.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        documents &= Domain(
            "partner_id.commercial_partner_id", "=", self.partner_id.id
        ) & Domain("company_id", "=", self.company_id.id)
        # sudo: only whether one exists
        model_sudo = self.env[action["res_model"]].sudo()
        if model_sudo.search_count(documents & in_window, limit=1):
            documents &= in_window
            action["name"] = action["display_name"] = title
        action["domain"] = list(documents)
        action["context"] = {"create": False}
        action["help"] = Markup(
            "<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>"
        ) % (
            self.env._("No document that you may see"),
            self.env._(
                "The figures count every document of the customer, also those of"
                " colleagues."
            ),
        )
        return action
