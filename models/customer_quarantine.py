from odoo import fields, models
from odoo.tools import SQL


class CustomerQuarantine(models.Model):
    """A customer whose figures cannot be computed, with the reason.

    The row goes away with the first run that can compute them.
    """

    _name = "customer.quarantine"
    _description = "Customer That Could Not Be Computed"
    _order = "create_date desc, id desc"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date("As of", required=True, readonly=True)
    reason = fields.Char("Cause", required=True, readonly=True)
    reason_text = fields.Char("Reason", compute="_compute_reason_text")

    _profile_uniq = models.Constraint(
        "UNIQUE (profile_id)", "A customer is listed here once."
    )

    def _compute_reason_text(self):
        snapshot_fields = self.env["customer.snapshot"].sudo()._fields  # sudo: labels
        for quarantine in self:
            field = snapshot_fields.get(quarantine.reason)
            if field is None:
                quarantine.reason_text = quarantine.reason
                continue
            quarantine.reason_text = self.env._(
                "%(figure)s is not a number that can be used: look for a document with"
                " an amount or date that cannot be right.",
                figure=field._description_string(self.env),
            )

    # === ACTION METHODS === #

    def action_retry(self):
        """Score these customers again as of today."""
        self.check_access("read")
        return self.profile_id.action_score_now()

    # === BUSINESS METHODS === #

    def _write_staged(self, staged, date):
        """List staged customers that cannot be computed, release those that can."""
        self.env.execute_query(
            SQL(
                """DELETE FROM customer_quarantine qua
                    USING customer_run_stage stg
                    WHERE stg.profile_id = qua.profile_id AND %s AND stg.bad IS NULL
                RETURNING qua.id""",
                staged,
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_quarantine (profile_id, company_id, date,
                          reason, create_uid, create_date, write_uid, write_date)
                   SELECT pro.id, pro.company_id, %(date)s, stg.bad, %(uid)s,
                          NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                     FROM customer_run_stage stg
                     JOIN customer_profile pro ON pro.id = stg.profile_id
                    WHERE %(staged)s AND stg.bad IS NOT NULL
              ON CONFLICT (profile_id) DO UPDATE
                      SET reason = excluded.reason, date = excluded.date
                    WHERE customer_quarantine.reason <> excluded.reason
                RETURNING id""",
                date=date,
                uid=self.env.uid,
                staged=staged,
            )
        )
