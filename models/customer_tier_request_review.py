from odoo import fields, models


class CustomerTierRequestReview(models.Model):
    """What a tier review would have done with a tier that a request holds.

    Also the reviews of the two quarters after it: how it turned out. Written by the
    review, see ``customer.tier.request._write_staged``.
    """

    _name = "customer.tier.request.review"
    _description = "Tier Review of a Held Customer"
    _order = "date, id"
    _rec_name = "date"
    _log_access = False

    request_id = fields.Many2one(
        "customer.tier.request", required=True, readonly=True, ondelete="cascade"
    )
    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date("As of", required=True, readonly=True)
    moment = fields.Selection(
        [("held", "While Held"), ("end", "At the end"), ("after", "Afterwards")],
        required=True,
        readonly=True,
    )
    total = fields.Float(digits=(6, 2), readonly=True, aggregator="avg")
    tier_id = fields.Many2one(
        "customer.tier",
        "Tier by the Figures",
        readonly=True,
        ondelete="restrict",
        help="Empty: not rated.",
    )

    _request_date_uniq = models.Constraint(
        "UNIQUE (request_id, date)", "One review of a day counts once."
    )
