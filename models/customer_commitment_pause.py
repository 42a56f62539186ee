from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Kept by the clock: a pause ends when somebody resumes the promise.
SYSTEM_FIELDS = {"commitment_id", "start_datetime", "end_datetime"}


class CustomerCommitmentPause(models.Model):
    """A time in which the clock of a promise stands still, with its reason.

    We wait for the customer, for instance. Pauses are never changed afterwards.
    """

    _name = "customer.commitment.pause"
    _description = "Pause of a Promise"
    _order = "start_datetime, id"

    commitment_id = fields.Many2one(
        "customer.commitment",
        "Promise",
        required=True,
        ondelete="cascade",
        index=True,
    )
    profile_id = fields.Many2one(
        related="commitment_id.profile_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="commitment_id.company_id", store=True, index=True
    )
    start_datetime = fields.Datetime(
        "Paused At", required=True, default=fields.Datetime.now, readonly=True
    )
    end_datetime = fields.Datetime("Resumed At", readonly=True)
    reason = fields.Char(required=True, help="For instance: waiting for the customer.")

    _order_ok = models.Constraint(
        "CHECK (end_datetime IS NULL OR end_datetime >= start_datetime)",
        "A pause ends after it begins.",
    )
    _open_uniq = models.UniqueIndex(
        "(commitment_id) WHERE end_datetime IS NULL", "The clock is paused already."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("start_datetime", "end_datetime")
    def _check_order(self):
        for pause in self:
            if pause.end_datetime and pause.end_datetime < pause.start_datetime:
                raise ValidationError(
                    self.env._(
                        "%s: a pause ends after it begins.",
                        pause.commitment_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        promises = self.env["customer.commitment"]
        now = fields.Datetime.now()
        default_id = self.env.context.get("default_commitment_id")
        for vals in vals_list:
            promise = promises.browse(vals.get("commitment_id", default_id))
            promise.check_access("write")
            if not (vals.get("reason") or "").strip():
                raise UserError(self.env._("Say why the clock rests."))
            promise._freeze_overdue(now)
            promise._check_running()
            # whoever pauses says why, the clock says when
            vals.update(start_datetime=now, end_datetime=False)
        pauses = super().create(vals_list)
        pauses.commitment_id._follow_pauses()
        return pauses

    def write(self, vals):
        if not self.env.su and SYSTEM_FIELDS & set(vals):
            raise UserError(self.env._("The time of a pause cannot be changed."))
        return super().write(vals)
