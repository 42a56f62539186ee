from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerActionKind(models.Model):
    """What sort of work an action is, and what follows when it is done."""

    _name = "customer.action.kind"
    _description = "Kind of Action"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name for imports; never changes.")
    sequence = fields.Integer(default=10)
    channel_id = fields.Many2one(
        "customer.channel",
        ondelete="restrict",
        index="btree_not_null",
        help="The channel of the interaction that a done action logs.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("res_model", "in", [False, "customer.care.action"])],
        help="How the action shows among the activities of its responsible person.",
    )
    is_contact = fields.Boolean(
        "Logs an Interaction",
        help="We talk with the customer: a done action leaves an interaction.",
    )
    is_visit = fields.Boolean(
        "Visit",
        help="People meet: minutes are promised within the hours of the policy.",
    )
    is_bulk = fields.Boolean(
        "Sent to Many",
        help="One text for many customers: no activity for each of them, marked as done"
        " in the list, never an effective interaction.",
    )
    is_gift = fields.Boolean("Gift", help="Something is given: gift rules apply.")
    is_training = fields.Boolean("Training")
    is_review = fields.Boolean(
        "Business Review", help="Both sides look at the business done together."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "Another kind of action has this code."
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: playbooks and actions of other companies count as well
        for model in ("customer.playbook.step", "customer.care.action"):
            rows_sudo = self.env[model].sudo().with_context(active_test=False)
            used = rows_sudo.search([("kind_id", "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "%(kind)s is used in %(records)s: archive it instead of"
                        " deleting it.",
                        kind=used.kind_id.name,
                        records=self.env["ir.model"]._get(model).name,
                    )
                )
