from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .customer_personal_data import READER


class CustomerPersonalAccess(models.Model):
    """Who took relationship data out of the system or erased it: numbers, no names.

    Rows are added by the system and stay as they are.
    """

    _name = "customer.personal.access"
    _description = "Access to Relationship Data"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    access_datetime = fields.Datetime(
        "Time", required=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        "Done By",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    kind = fields.Selection(
        [
            ("export", "Export"),
            ("report", "Access report"),
            ("erasure", "Erasure"),
            ("withdrawal", "Consent withdrawn"),
            ("purge", "Time over"),
        ],
        required=True,
    )
    record_count = fields.Integer("Records", aggregator="sum")
    model_name = fields.Char("Model")
    record_ids = fields.Char(
        "Numbers", help="Numbers of the records, separated by commas."
    )
    field_names = fields.Char("Fields")

    # === COMPUTE METHODS === #

    @api.depends("kind", "access_datetime")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row._description} #{row.id}"

    # === CRUD METHODS === #

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What was logged cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(self.env._("What was logged cannot be changed."))

    # === BUSINESS METHODS === #

    @api.model
    def _log_export(self, records, paths):
        """Log who exports which fields; raise unless he is a relationship data reader.

        An export of other records that shows no more than the neutral name is none.
        """
        names = {(path.split("/") if isinstance(path, str) else path or [""])[0]
                 for path in paths} - {"", "display_name"}  # fmt: skip
        if not records or not names:
            return
        if not self.env.su and not self.env.user.has_group(READER):
            raise AccessError(
                self.env._(
                    "Only relationship data readers take relationship data out of the"
                    " system."
                )
            )
        self._log("export", records, names)

    @api.model
    def _log(self, kind, records, field_names=()):
        """Add one row per company of the records (with ``company_id``)."""
        # sudo: nobody may write the log himself
        rows_sudo = self.sudo()
        for company, rows in records.sudo().grouped("company_id").items():
            rows_sudo.create(
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "model_name": records._name,
                    "record_count": len(rows),
                    "record_ids": ",".join(map(str, sorted(rows.ids))),
                    "field_names": ",".join(sorted(field_names)) or False,
                }
            )

    @api.model
    def _log_person(self, kind, partner, companies):
        """Add one row per company about a contact."""
        # sudo: nobody may write the log himself
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "model_name": partner._name,
                    "record_count": 1,
                    "record_ids": str(partner.id),
                }
                for company in companies
            ]
        )
