from odoo import api, fields, models
from odoo.exceptions import UserError

# Milestones shown on the panel of a customer.
CARD_MILESTONES = 5


class CustomerProfile(models.Model):
    """What is coming up at a customer."""

    _inherit = "customer.profile"

    milestone_ids = fields.One2many("customer.milestone", "profile_id", "Milestones")

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "active"} & set(vals):
            self._hand_over_milestones()
        return result

    def _hand_over_milestones(self):
        """Let activities of milestones follow the first responsible person at once.

        The person before must not go on seeing what only his successor may see.
        """
        # sudo: activities of somebody else
        self.env["customer.milestone"].sudo().search(
            [
                ("profile_id", "in", self.ids),
                ("raised_user_id", "!=", False),
                ("state", "=", "upcoming"),
            ]
        )._remind()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_milestones(self):
        # sudo: milestones count whoever may see them
        milestones = self.env["customer.milestone"].sudo()
        milestone = milestones.with_context(active_test=False).search(
            [("profile_id", "in", self.ids)], limit=1
        )
        if milestone:
            raise UserError(
                self.env._(
                    "%s has milestones: archive the contact instead of deleting it.",
                    milestone.profile_id.display_name,
                )
            )

    # === ACTION METHODS === #

    def action_open_milestones(self):
        """Open the milestones of one customer; a new one is his."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_milestone_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {"default_profile_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _move_facts(self, survivor):
        """Move the milestones; of two that the system made for one day, archive one."""
        result = super()._move_facts(survivor)
        milestones = self.env["customer.milestone"].with_context(active_test=False)
        rows = milestones.search([("profile_id", "in", self.ids)])
        kept = milestones.search(
            [("profile_id", "=", survivor.id), ("active", "=", True)]
        )
        taken = {row._get_key() for row in kept}
        double = milestones
        for row in rows.filtered(lambda row: row.is_automatic and row.active):
            if row._get_key() in taken:
                double |= row
            taken.add(row._get_key())
        double.write({"active": False})
        double.flush_recordset()  # before the rows meet in the unique index
        rows.write({"profile_id": survivor.id})
        rows.filtered("raised_user_id")._remind()
        return result

    def _get_milestone_card(self):
        """Return the next milestones of one customer, as plain data.

        A list of ``{"id", "kind", "kind_label", "name", "date", "days", "is_late",
        "state"}``, late ones and open renewals first by their date; only what the
        reader may read, so birthdays only for who is entitled.
        """
        self.ensure_one()
        today = self.company_id._get_customer_today()
        milestones = self.env["customer.milestone"].search(
            [("profile_id", "=", self.id), ("state", "=", "upcoming")],
            order="date, id",
            limit=CARD_MILESTONES,
        )
        kinds = dict(milestones._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": milestone.id,
                "kind": milestone.kind,
                "kind_label": kinds[milestone.kind],
                "name": milestone.title,
                "date": fields.Date.to_string(milestone.date),
                "days": (milestone.date - today).days,
                "is_late": milestone.date < today,
                "state": milestone.renewal_state or milestone.state,
            }
            for milestone in milestones
        ]
