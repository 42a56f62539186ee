from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.customer_profile import HEALTH


class CustomerScorecardTrial(models.TransientModel):
    """What a scorecard would change in a company: tried, not applied.

    Scored by the statement of every run on the stored figures; only rows of this
    wizard are written.
    """

    _name = "customer.scorecard.trial"
    _description = "Scorecard Trial"
    _rec_name = "scorecard_id"
    _inherit = ["customer.scorecard.trial.tables"]

    scorecard_id = fields.Many2one(
        "customer.scorecard", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(related="scorecard_id.kind")
    state = fields.Selection(related="scorecard_id.state")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("As of", required=True, readonly=True)
    active_id = fields.Many2one(
        "customer.scorecard",
        "Active Now",
        readonly=True,
        ondelete="set null",
        help="The version that was active when this was tried.",
    )
    customer_count = fields.Integer("Customers", readonly=True)
    moved_count = fields.Integer("Would Move", readonly=True)
    up_count = fields.Integer("Up", readonly=True)
    down_count = fields.Integer("Down", readonly=True)
    anyway_count = fields.Integer(
        "Would Move Anyway",
        readonly=True,
        help="The active version gives them the same tier by today's figures.",
    )
    moved_amount = fields.Monetary("Their Amount in 12 Months", readonly=True)
    points = fields.Json(readonly=True)
    move_ids = fields.One2many("customer.scorecard.trial.move", "trial_id", "Moves")
    name_ids = fields.One2many(
        "customer.scorecard.trial.name", "trial_id", "Customers Who Would Move"
    )
    apply_now = fields.Boolean(
        "Let tiers move today",
        help="Otherwise each customer's tier moves at his next review.",
    )

    # === ACTION METHODS === #

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_scorecard_trial_action"
        )
        return {**action, "res_id": self.id}

    def action_open_activation(self):
        """Open the dialog that says what activation will do."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_scorecard_activation_action"
        )
        return {**action, "res_id": self.id}

    def action_open_scorecard(self):
        """Go back to the scorecard that was tried."""
        self.ensure_one()
        self.check_access("read")
        return self.scorecard_id._open_draft(self.scorecard_id)

    def action_activate(self):
        """Activate the scorecard that was tried, unless another one was meanwhile."""
        self.ensure_one()
        self.check_access("read")
        card = self.scorecard_id
        card.check_access("write")
        active = card._get_active(self.company_id, card.kind)
        if active != self.active_id and active != card:
            raise UserError(
                self.env._(
                    "%s was activated in the meantime: try this scorecard again to see"
                    " what it would change now.",
                    active.display_name,
                )
            )
        card.action_activate(apply_now=self.apply_now and card.kind == "tier")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s is active. Scores follow now.", card.display_name
                ),
                "next": self.action_open_scorecard(),
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _try(self, card):
        """Score the customers of a company by a scorecard and keep the comparison.

        Of the scorecard's own company, else of the current one.
        """
        card.check_access("write")
        card._check_set()
        company = card.company_id or self.env.company
        today = company._get_customer_today()
        trial = self.create(
            {
                "scorecard_id": card.id,
                "company_id": company.id,
                "date": today,
                "active_id": card._get_active(company, card.kind).id,
            }
        )
        formula = self.env["customer.formula"]
        if card.kind == "tier" or formula._get_cards(company)["tier"]:
            self.env.flush_all()
            self.env["customer.run"]._prepare_transaction()
            trial._fill(
                self.env.execute_query_dict(formula._select_trial(company, today, card))
            )
        return trial

    def _fill(self, rows):
        """Keep the rows of the statement, see ``customer.formula._select_trial``."""
        moves = [row for row in rows if row["part"] == "move"]
        created = self.env["customer.scorecard.trial.move"].create(
            [self._prepare_move_vals(row) for row in moves]
        )
        by_codes = {(move.old_code, move.new_code): move.id for move in created}
        self.env["customer.scorecard.trial.name"].create(
            [
                self._prepare_name_vals(row, by_codes)
                for row in rows
                if row["part"] == "name"
            ]
        )
        moved = created.filtered(lambda move: move.old_code != move.new_code)
        self.write(
            {
                "customer_count": sum(created.mapped("customer_count")),
                "moved_count": sum(moved.mapped("customer_count")),
                "up_count": self._count(moved, "up"),
                "down_count": self._count(moved, "down"),
                "anyway_count": sum(moved.mapped("anyway_count")),
                "moved_amount": sum(moved.mapped("amount")),
                "points": self._prepare_points(rows),
            }
        )

    def _count(self, moves, direction):
        found = moves.filtered(lambda move: move.direction == direction)
        return sum(found.mapped("customer_count"))

    def _prepare_points(self, rows):
        """Return ``{metric id: {points: customers}}``, points 0 for unknown."""
        points = {}
        for row in rows:
            if row["part"] == "points":
                counts = points.setdefault(str(row["record_id"]), {})
                counts[str(row["points"] or 0)] = row["customers"]
        return points

    def _prepare_move_vals(self, row):
        old_code, new_code = row["old_code"], row["new_code"]
        return {
            "trial_id": self.id,
            "old_code": old_code,
            "new_code": new_code,
            "direction": self._get_direction(old_code, new_code),
            "customer_count": row["customers"],
            "anyway_count": row["points"],
            "amount": row["amount"],
        }

    def _prepare_name_vals(self, row, by_codes):
        codes = row["old_code"] or False, row["new_code"] or False
        return {
            "trial_id": self.id,
            "move_id": by_codes[codes],
            "profile_id": row["record_id"],
            "amount": row["amount"],
            "old_total": row["old_total"],
            "new_total": row["new_total"],
        }

    def _get_direction(self, old_code, new_code):
        """Return up or down by the lower bounds, or by the health bands."""
        old = self._get_bounds("old").get(old_code)
        new = self._get_bounds("new").get(new_code)
        if old is None or new is None or old == new:
            return "same"
        return "up" if new > old else "down"

    def _get_bounds(self, side):
        """Return what orders the codes of a side of the comparison, best last."""
        if self.kind == "health":
            return {code: -place for place, (code, _label) in enumerate(HEALTH)}
        card = self.active_id if side == "old" else self.scorecard_id
        return {tier.code: tier.lower_bound for tier in card.tier_ids}

    def _get_labels(self, side):
        """Return the names of the codes: tiers as a side calls them, bands of health."""
        if self.kind == "health":
            field = self.env["customer.profile"]._fields["health"]
            labels = dict(field._description_selection(self.env))
            return {**labels, False: self.env._("Unknown")}
        card = self.active_id if side == "old" else self.scorecard_id
        labels = {tier.code: tier.name for tier in card.tier_ids}
        return {**labels, False: self.env._("Not rated")}


class CustomerScorecardTrialMove(models.TransientModel):
    """One cell of the migration matrix of a trial."""

    _name = "customer.scorecard.trial.move"
    _description = "Move in a Scorecard Trial"

    trial_id = fields.Many2one(
        "customer.scorecard.trial",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="trial_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(related="trial_id.kind")
    old_code = fields.Char(readonly=True)
    new_code = fields.Char(readonly=True)
    direction = fields.Selection(
        [("up", "Up"), ("down", "Down"), ("same", "Same")], readonly=True
    )
    customer_count = fields.Integer("Customers", readonly=True)
    anyway_count = fields.Integer("Would Move Anyway", readonly=True)
    amount = fields.Monetary("Amount in 12 Months", readonly=True)
    name_ids = fields.One2many("customer.scorecard.trial.name", "move_id", "Names")
    name_count = fields.Integer(compute="_compute_name_count")

    @api.depends("old_code", "new_code", "trial_id")
    def _compute_display_name(self):
        for move in self:
            old = move.trial_id._get_labels("old")
            new = move.trial_id._get_labels("new")
            move.display_name = self.env._(
                "%(old)s → %(new)s",
                old=old.get(move.old_code, move.old_code),
                new=new.get(move.new_code, move.new_code),
            )

    @api.depends("name_ids")
    def _compute_name_count(self):
        for move in self:
            move.name_count = len(move.name_ids)


class CustomerScorecardTrialName(models.TransientModel):
    """A customer who would move, with what he brings."""

    _name = "customer.scorecard.trial.name"
    _description = "Customer in a Scorecard Trial"
    _order = "amount desc, id"
    _rec_name = "profile_id"

    trial_id = fields.Many2one(
        "customer.scorecard.trial",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "customer.scorecard.trial.move",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    # of the customer, not of the trial: the company rule is about him
    company_id = fields.Many2one(
        related="profile_id.company_id", store=True, precompute=True, required=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    is_dormant = fields.Boolean(related="profile_id.is_dormant")
    old_code = fields.Char(related="move_id.old_code")
    new_code = fields.Char(related="move_id.new_code")
    direction = fields.Selection(related="move_id.direction")
    amount = fields.Monetary("Amount in 12 Months", readonly=True)
    old_total = fields.Float("Total Now", digits=(6, 2), readonly=True)
    new_total = fields.Float("Total Then", digits=(6, 2), readonly=True)

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.profile_id.get_formview_action()
