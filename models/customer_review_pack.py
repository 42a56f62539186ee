from odoo import models


class CustomerReview(models.Model):
    """The pack that the customer gets: sent through the standard mail dialog."""

    _inherit = "customer.review"

    def action_send_pack(self):
        """Open the mail dialog with the review pack, in the customer's language."""
        self.ensure_one()
        self.check_access("read")
        template = self.env.ref("customer_success.mail_template_review_pack")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to the Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "customer_success.mail_layout_review_pack",
                "force_email": True,
            },
        }
