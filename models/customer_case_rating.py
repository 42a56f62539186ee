from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..intake import clean_text
from ..satisfaction import CSAT_SCALE, is_on_scale
from .customer_case_figures import SOLVED_STATES
from .customer_improvement import OPEN_STATES

# Plans that were given up improve nothing.
PLAN_STATES = (*OPEN_STATES, "done")


class CustomerCase(models.Model):
    """What the customer thinks of how his case was handled: one rating for each round.

    The same link answers the same rating: who uses it twice, or passes it on, changes
    what was said and adds nothing.
    """

    _name = "customer.case"
    _inherit = ["customer.case", "rating.mixin"]

    satisfaction_ids = fields.One2many(
        "customer.satisfaction", "case_id", readonly=True
    )
    improvement_ids = fields.One2many(
        "customer.improvement", "case_id", "Improvement Plans"
    )
    improvement_count = fields.Integer(
        "Number of Improvement Plans", compute="_compute_improvement_count"
    )
    round_rating_id = fields.Many2one(
        "rating.rating",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_system",
    )
    rating_round = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        groups="base.group_system",
        help="Times it had been reopened when the rating was asked for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("improvement_ids")
    def _compute_improvement_count(self):
        counts = dict(
            self.env["customer.improvement"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.improvement_count = counts.get(case._origin, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override: who wrote became known, or is somebody else: so is who answered."""
        former = {case: case.profile_id for case in self if "profile_id" in vals}
        result = super().write(vals)
        for case, profile in former.items():
            if case.profile_id != profile:
                case._move_answers(profile)
        return result

    def _move_answers(self, former):
        """Let ratings and plans follow their case from one customer to another.

        What somebody of the former customer said by phone is his.
        """
        self.ensure_one()
        # sudo: answers and plans follow their case
        case_sudo = self.sudo().with_context(active_test=False)
        answers = case_sudo.satisfaction_ids.filtered(
            lambda row: (
                not row.profile_id
                or (row.source == "rating" and row.profile_id == former)
            )
        )
        answers.filtered("profile_id").write({"partner_id": self.partner_id.id})
        answers.write({"profile_id": self.profile_id.id})
        case_sudo.improvement_ids.filtered(
            lambda row: row.profile_id in (former, row.profile_id.browse())
        ).write({"profile_id": self.profile_id.id})

    # === ACTION METHODS === #

    def action_open_improvements(self):
        """Open the improvement plans of the case."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_improvement_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {
            "default_case_id": self.id,
            "default_profile_id": self.profile_id.id,
        }
        return action

    def action_answer_by_phone(self):
        """Enter what the customer says by phone about this case."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_satisfaction_phone_action"
        )
        action["context"] = {
            "default_case_id": self.id,
            "default_profile_id": self.profile_id.id,
            "default_partner_id": self.partner_id.id,
            "default_survey_id": False,
        }
        return action

    # === RATING === #

    def _can_be_rated(self):
        """Return whether the customer has something to rate."""
        self.ensure_one()
        return self.state in SOLVED_STATES and not self.merged_into_id

    def _rate_by_customer(self, rating, feedback=None):
        """Write down what the customer gives this round, 1–5; again: he changed it.

        The caller has checked that it is the customer.
        """
        self.ensure_one()
        if not self._can_be_rated():
            raise UserError(self.env._("There is nothing to rate yet."))
        if isinstance(rating, bool) or not isinstance(rating, int):
            raise UserError(self.env._("A rating is a number from 1 to 5."))
        if not is_on_scale(rating, CSAT_SCALE):
            raise UserError(self.env._("A rating is a number from 1 to 5."))
        # sudo: the customer has no right on cases
        case_sudo = self.sudo()
        return case_sudo.rating_apply(
            rating, rating=case_sudo._get_round_rating(), feedback=feedback
        )

    def _get_round_rating(self):
        """Return the one rating of this round, as superuser; made when missing."""
        case_sudo = self.sudo()  # sudo: ratings hold the key to answer
        rating = case_sudo.round_rating_id
        if not rating or case_sudo.rating_round != self.reopen_count:
            rating = rating.create(
                {
                    "partner_id": self.partner_id.id,
                    "rated_partner_id": self._rating_get_operator().id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                }
            )
            case_sudo.write(
                {"round_rating_id": rating.id, "rating_round": self.reopen_count}
            )
        return rating

    def _rating_get_access_token(self, partner=None):
        """Override of rating: one rating for each round, whoever asks for its link."""
        self.check_access("read")
        return self._get_round_rating().access_token

    def _rating_apply_get_default_subtype_id(self):
        """Override of rating: a note for us; followers of the customer get no mail."""
        return self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")

    def rating_apply(self, rate, token=None, rating=None, feedback=None, **kwargs):
        """Override of rating: count what the customer gave.

        Our own people cannot give it for him: what he says by phone is entered as such.
        """
        self._check_rated_by_customer()
        if token and not rating:
            rating = self.env["rating.rating"].search([("access_token", "=", token)])
        if rating and (rating.res_model, rating.res_id) != (self._name, self.id):
            raise ValueError("rating of another record")
        feedback = clean_text(feedback or "") or None
        applied = super().rating_apply(
            rate, token=token, rating=rating, feedback=feedback, **kwargs
        )
        self._count_rating(applied)
        return applied

    def _check_rated_by_customer(self):
        user = self.env.user
        is_system = self.env.uid == 1
        if user._is_internal() and not is_system:
            raise AccessError(
                self.env._(
                    "Only the customer rates his case. Enter what he says by phone with"
                    " the button Answer by Phone."
                )
            )

    def _count_rating(self, rating):
        """Write down a rating as satisfaction: one row for each rating."""
        # sudo: the customer answers
        rows_sudo = self.env["customer.satisfaction"].sudo()
        before = rows_sudo.with_context(active_test=False).search(
            [("rating_id", "=", rating.id)], limit=1
        )
        if not is_on_scale(rating.rating, CSAT_SCALE):
            before.write({"active": False})
            return
        case_sudo = self.sudo()._get_survivor()
        at = fields.Datetime.now()
        rows_sudo._record(
            before,
            {
                **rows_sudo._prepare_measure_vals("csat", rating.rating, CSAT_SCALE),
                **case_sudo._prepare_answer_vals(at),
                "partner_id": rating.partner_id.id,
                "comment": rating.feedback,
                "source": "rating",
                "rating_id": rating.id,
            },
        )

    def _prepare_answer_vals(self, at):
        """Return what an answer about this case says of the case."""
        return {
            "case_id": self.id,
            "profile_id": self.profile_id.id,
            "company_id": self.company_id.id,
            "user_id": (self.user_id or self.profile_id.user_id).id,
            "answered_datetime": at,
            "date": self.company_id._get_customer_day(at),
        }

    def _move_results(self, survivor):
        """Override: what was answered about a duplicate counts for the case that stays."""
        result = super()._move_results(survivor)
        # sudo: answers and plans follow their case
        case_sudo = self.sudo().with_context(active_test=False)
        case_sudo.satisfaction_ids.write({"case_id": survivor.id})
        case_sudo.improvement_ids.write({"case_id": survivor.id})
        (self | survivor)._refresh_csat()
        return result

    # === SATISFACTION OF THE CASE === #

    def _refresh_csat(self):
        """Take over the latest answer about these cases that counts."""
        # sudo: answers of everybody count
        for case in self.sudo():
            latest = (
                self.env["customer.satisfaction"]
                .sudo()
                .search(
                    [("case_id", "=", case.id), ("measure", "=", "csat")],
                    order="answered_datetime desc, id desc",
                    limit=1,
                )
            )
            value = latest.value if latest else None
            is_known = case.csat_state == "known"
            if is_known != bool(latest) or (latest and case.csat != value):
                case._set_csat(value)

    def _explain_not_closed(self):
        """Override: an unsatisfied customer needs an improvement plan."""
        reason = super()._explain_not_closed()
        if reason:
            return reason
        # sudo: whether there is a plan, whoever owns it
        case_sudo = self.sudo()
        latest = case_sudo.satisfaction_ids.filtered(lambda row: row.measure == "csat")
        if latest[:1].band == "low" and not case_sudo.improvement_ids.filtered(
            lambda plan: plan.state in PLAN_STATES
        ):
            return self.env._(
                "%(case)s: the customer gave %(value)s of 5. Start an improvement plan"
                " first (field Improvement Plans).",
                case=self.display_name,
                value=f"{latest[0].value:g}",
            )
        return False
