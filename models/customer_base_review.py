from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..periods import last_period
from .customer_base_figures import FIGURES

SYSTEM_FIELDS = {"company_id", "date_figures", "date_held", "held_user_id", "state"}
HELD_FIELDS = {
    "conclusion", "date_from", "date_to", "figure_ids", "gaps", "strengths", "user_ids"
}  # fmt: skip
# Months of the period that a new review proposes.
BASE_MONTHS = 6


class CustomerBaseReview(models.Model):
    """The managers' review of all customers: five questions, answered by figures.

    The figures are frozen; managers say which are strengths and which are gaps.
    """

    _name = "customer.base.review"
    _description = "Review of the Customer Base"
    _inherit = ["mail.thread"]
    _order = "date_to desc, id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._get_default_period()[0]
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._get_default_period()[1]
    )
    date_figures = fields.Date("Figures As Of", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "To Hold"), ("held", "Held")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        "customer_base_review_users_rel",
        "review_id",
        "user_id",
        "Participants",
        domain=[("share", "=", False)],
    )
    figure_ids = fields.One2many(
        "customer.base.review.figure", "review_id", "Figures", copy=False
    )
    strengths = fields.Text()
    gaps = fields.Text()
    conclusion = fields.Text(help="What follows for goals, plans and resources.")
    date_held = fields.Date("Held On", readonly=True, copy=False)
    held_user_id = fields.Many2one(
        "res.users", "Held By", readonly=True, copy=False, ondelete="restrict"
    )

    _company_period_uniq = models.Constraint(
        "UNIQUE (company_id, date_from, date_to)",
        "There is a review of the customer base for this period already.",
    )
    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it starts."
    )

    # === DEFAULTS === #

    @api.model
    def _get_default_period(self):
        return last_period(self.env.company._get_customer_today(), BASE_MONTHS)

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Customer base, %(start)s - %(end)s",
                start=format_date(self.env, review.date_from),
                end=format_date(self.env, review.date_to),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for review in self:
            if fields.Date.add(review.date_from, years=1) <= review.date_to:
                raise ValidationError(
                    self.env._(
                        "%s, From: the period of a review is one year at most.",
                        review.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in SYSTEM_FIELDS & set(vals):
                    del vals[name]
                vals.pop("figure_ids", None)
        reviews = super().create(vals_list)
        reviews._freeze()
        return reviews

    def write(self, vals):
        if not self.env.su:
            self._check_not_held(vals)
        result = super().write(vals)
        if {"date_from", "date_to"} & set(vals):
            self._freeze()
        return result

    def _check_not_held(self, vals):
        names = SYSTEM_FIELDS & set(vals)
        held = self.filtered(lambda review: review.state == "held")
        if names or (held and HELD_FIELDS & set(vals)):
            raise UserError(
                self.env._(
                    "%s cannot be changed like this: reopen it first.",
                    (held or self)[:1].display_name,
                )
            )

    # === ACTION METHODS === #

    def action_hold(self):
        """Hold these reviews; strengths, gaps and conclusion have to be there."""
        self.check_access("write")
        for review in self:
            texts = (review.strengths, review.gaps, review.conclusion)
            if not all((text or "").strip() for text in texts):
                raise UserError(
                    self.env._(
                        "%s: write strengths, gaps and conclusion first.",
                        review.display_name,
                    )
                )
            # sudo: what buttons write
            review.sudo().write(
                {
                    "state": "held",
                    "date_held": review.company_id._get_customer_today(),
                    "held_user_id": self.env.uid,
                }
            )

    def action_reopen(self):
        """Take back that these reviews were held."""
        self.check_access("write")
        # sudo: what buttons write
        self.sudo().write({"state": "draft", "date_held": False, "held_user_id": False})

    def action_take_figures(self):
        """Take the figures again; what managers said about them stays."""
        self.check_access("write")
        self._check_not_held(dict.fromkeys(HELD_FIELDS))
        self._freeze()

    def action_propose_texts(self):
        """Write the figures marked as strength or gap into the texts."""
        self.check_access("write")
        self._check_not_held(dict.fromkeys(HELD_FIELDS))
        for review in self:
            for verdict, name in (("strength", "strengths"), ("gap", "gaps")):
                lines = review.figure_ids.filtered(
                    lambda row, verdict=verdict: row.verdict == verdict
                )
                review[name] = "\n".join(
                    filter(
                        None,
                        [(review[name] or "").strip(), *lines._word_new(review[name])],
                    )
                )

    # === BUSINESS METHODS === #

    def _freeze(self):
        """Work the figures out and keep them; verdicts of managers stay."""
        for review in self:
            # sudo: a review is about all customers of its company; managers only
            review_sudo = review.sudo()
            figures = (
                self.env["customer.base.figures"]
                .sudo()
                ._read_base(review.company_id, review.date_from, review.date_to)
            )
            verdicts = {
                row.key: (row.verdict, row.note) for row in review_sudo.figure_ids
            }
            review_sudo.figure_ids.unlink()
            review_sudo.env["customer.base.review.figure"].create(
                [
                    review._prepare_figure_vals(number, row, figures, verdicts)
                    for number, row in enumerate(FIGURES, 1)
                ]
            )
            review_sudo.date_figures = review.company_id._get_customer_today()

    def _prepare_figure_vals(self, number, row, figures, verdicts):
        key, _label, question, unit = row
        now, before, count = figures[key]
        verdict, note = verdicts.get(key, (False, False))
        return {
            "review_id": self.id,
            "company_id": self.company_id.id,
            "sequence": number,
            "question": question,
            "key": key,
            "unit": unit,
            "figure": now[0] or 0,
            "state": now[1],
            "figure_before": before[0] or 0,
            "state_before": before[1],
            "source_count": count or 0,
            "verdict": verdict,
            "note": note,
        }
