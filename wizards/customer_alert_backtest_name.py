from odoo import fields, models


class CustomerAlertBacktestName(models.TransientModel):
    """A customer for whom a rule would have raised an alert."""

    _name = "customer.alert.backtest.name"
    _description = "Customer in a Backtest"
    _rec_name = "profile_id"
    _order = "date, id"
    _transient_max_hours = 48

    backtest_id = fields.Many2one(
        "customer.alert.backtest", required=True, readonly=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "customer.alert.backtest.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    profile_id = fields.Many2one(
        "customer.profile", "Customer", readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    tier_id = fields.Many2one(related="profile_id.tier_id")
    key = fields.Char("Gap or Event", readonly=True)
    value = fields.Float("Figure", digits=(16, 2), readonly=True, aggregator=None)
    date = fields.Date("Raised On", readonly=True)
    date_due = fields.Date("Still So On", readonly=True)
    date_last = fields.Date("Last Order Then", readonly=True)
    date_next = fields.Date("Ordered Again On", readonly=True)
    verdict = fields.Selection(
        [("right", "Right"), ("wrong", "False")],
        readonly=True,
        help="Right: no order in the days looked ahead.",
    )
    lead_days = fields.Integer("Days Early", readonly=True, aggregator="avg")
    is_watched = fields.Boolean(
        "Known Rhythm",
        readonly=True,
        help="Had ordered twice, the last time in the months before.",
    )

    def action_open_customer(self):
        """Open the customer."""
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }
