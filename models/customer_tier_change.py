from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..periods import next_quarter_end
from .customer_score import PROFILE_COLUMNS

REASONS = [
    ("first_rating", "First rating"),
    ("review", "Tier review"),
    ("review_now", "Tier review by hand"),
    ("scorecard", "New scorecard"),
    ("excluded", "Left out of rating"),
    ("no_fact", "No order, invoice or opening amount any more"),
    ("request", "Approved request"),
    ("request_end", "End of a request"),
    ("downgrade", "Approved downgrade"),
]


class CustomerTierChange(models.Model):
    """A tier that took effect. Append-only, and the only writer of a tier."""

    _name = "customer.tier.change"
    _description = "Tier Change"
    _order = "date desc, id desc"
    _rec_name = "date"

    profile_id = fields.Many2one(
        "customer.profile",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="profile_id.user_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, help="Day it took effect.")
    from_tier_id = fields.Many2one(
        "customer.tier", "From", readonly=True, ondelete="restrict"
    )
    to_tier_id = fields.Many2one(
        "customer.tier", "To", readonly=True, ondelete="restrict"
    )
    total = fields.Float(digits=(6, 2), readonly=True, aggregator="avg")
    direction = fields.Selection(
        [
            ("first", "First tier"),
            ("up", "Up"),
            ("down", "Down"),
            ("cleared", "Cleared"),
        ],
        readonly=True,
        required=True,
    )
    mode = fields.Selection(
        [("automatic", "Automatic"), ("manual", "Manual")],
        readonly=True,
        required=True,
        default="automatic",
    )
    reason = fields.Selection(REASONS, readonly=True, required=True)
    score_id = fields.Many2one(
        "customer.score",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The score that decided.",
    )
    run_id = fields.Many2one(
        "customer.run",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The run that moved the tier; empty for first tiers.",
    )

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Tier changes are history and cannot be edited."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("Tier changes are history and cannot be deleted."))

    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._(
                "%(customer)s: %(old)s → %(new)s",
                customer=change.profile_id.display_name,
                old=change.from_tier_id.name or self.env._("not rated"),
                new=change.to_tier_id.name or self.env._("not rated"),
            )

    # === BUSINESS METHODS === #

    def _write_staged(self, staged, date, run_id, review=None, has_results=False):
        """Let the tiers of staged customers take effect where they differ.

        Without a review only first ratings and exclusions do; a ``review`` (reason)
        moves everybody. Inserts the change and sets the tier in one statement.

        :param has_results: set today's totals and the next review along with the tier:
            each further update of a row checks all its foreign keys again
        :return: how many customers have been written
        """
        wanted = SQL("(stg.rating_state = 'excluded' OR pro.tier_id IS NULL)")
        if review:
            wanted = SQL("TRUE")
        rows = self.env.execute_query(
            SQL(
                """WITH changed AS MATERIALIZED (
                      SELECT %(columns)s, pro.id AS customer_id, pro.company_id,
                             pro.tier_id, snp.id AS snapshot_id,
                             pro.tier_request_id
                        FROM customer_run_stage stg
                        JOIN customer_profile pro ON pro.id = stg.profile_id
                   LEFT JOIN customer_snapshot snp ON snp.profile_id = stg.profile_id
                       WHERE %(staged)s AND stg.bad IS NULL AND pro.active
                         AND pro.merged_into_id IS NULL AND %(wanted)s
                         AND pro.tier_id IS DISTINCT FROM stg.tier_today_id
                         AND %(free)s
                   ), moved AS (
                      INSERT INTO customer_tier_change (profile_id, company_id, date,
                             from_tier_id, to_tier_id, total, direction, mode, reason,
                             score_id, run_id, create_uid, create_date, write_uid,
                             write_date)
                      SELECT chg.customer_id, chg.company_id, %(date)s,
                             chg.tier_id, chg.tier_today_id, chg.tier_total,
                             CASE WHEN chg.tier_id IS NULL THEN 'first'
                                  WHEN chg.tier_today_id IS NULL THEN 'cleared'
                                  WHEN new.lower_bound > old.lower_bound THEN 'up'
                                  ELSE 'down' END,
                             %(mode)s,
                             CASE WHEN chg.rating_state = 'excluded' THEN 'excluded'
                                  WHEN chg.rating_state = 'not_rated' THEN 'no_fact'
                                  WHEN chg.tier_request_id IS NOT NULL THEN 'request_end'
                                  WHEN chg.tier_id IS NULL THEN 'first_rating'
                                  ELSE %(reason)s END,
                             scr.id, CASE WHEN chg.tier_id IS NULL THEN NULL
                                          ELSE %(run)s::integer END,
                             %(uid)s::integer, NOW() AT TIME ZONE 'UTC',
                             %(uid)s::integer, NOW() AT TIME ZONE 'UTC'
                        FROM changed chg
                   LEFT JOIN customer_tier old ON old.id = chg.tier_id
                   LEFT JOIN customer_tier new ON new.id = chg.tier_today_id
                   LEFT JOIN LATERAL (
                             SELECT id, total FROM customer_score
                              WHERE profile_id = chg.customer_id AND kind = 'tier'
                                AND date <= %(date)s
                           ORDER BY date DESC LIMIT 1) scr
                          ON scr.total = chg.tier_total
                       WHERE old.code IS DISTINCT FROM new.code
                    ORDER BY chg.customer_id)
                   UPDATE customer_profile pro
                      SET tier_id = chg.tier_today_id%(results)s
                     FROM changed chg
                    WHERE pro.id = chg.customer_id
                RETURNING pro.id""",
                date=date,
                mode="manual" if review == "review_now" else "automatic",
                reason=review or "first_rating",
                run=run_id,
                # no author of what the system did: two foreign keys less to check
                uid=self.env.uid if review == "review_now" else None,
                staged=staged,
                wanted=wanted,
                free=self.env["customer.tier.request"]._filter_free(date, review),
                columns=SQL(", ").join(
                    SQL.identifier("stg", name) for name in PROFILE_COLUMNS.values()
                ),
                results=self._assign_results(date) if has_results else SQL(""),
            )
        )
        return len(rows)

    def _apply_request(self, request):
        """Let the tier of a request that a manager approves take effect today.

        Always updates the customer's row, also when the tier stays: a run that has
        read it before meets a concurrent change instead of overlooking the request.
        """
        profile, new = request.profile_id, request.wished_tier_id
        today = request.company_id._get_customer_today()
        if profile.tier_id.code != new.code:
            is_rated = profile.rating_state == "rated"
            self.create(
                {
                    "profile_id": profile.id,
                    "company_id": request.company_id.id,
                    "date": today,
                    "from_tier_id": profile.tier_id.id,
                    "to_tier_id": new.id,
                    "total": request.total or (is_rated and profile.tier_score),
                    "direction": self._get_direction(profile.tier_id, new),
                    "mode": "manual",
                    "reason": "request" if request.kind == "wish" else "downgrade",
                }
            )
        vals = {
            "tier_id": new.id,
            "date_next_review": profile.date_next_review or next_quarter_end(today),
        }
        if request.kind == "wish":
            vals["tier_request_id"] = request.id
        profile.write(vals)
        self.env["customer.run"]._request_care()

    def _get_direction(self, old, new):
        if not old:
            return "first"
        return "up" if new.lower_bound > old.lower_bound else "down"

    def _assign_results(self, date):
        """Return what changes with a tier: today's totals, a first review's day."""
        return SQL(
            """, %(results)s, date_next_review = CASE WHEN chg.tier_today_id IS NULL
                 THEN pro.date_next_review
                 ELSE COALESCE(pro.date_next_review, %(next)s::date) END""",
            results=self.env["customer.score"]._assign_results(
                "chg", SQL("chg.snapshot_id")
            ),
            next=next_quarter_end(date),
        )

    def _schedule_reviews(self, staged, due):
        """Move staged customers on to their next review after the one of a due day.

        By the months of the tier, to a month end. Who cannot be computed stays due.
        (The first review is set with the first tier; "review now" moves nothing.)
        """
        self.env.execute_query(
            SQL(
                """UPDATE customer_profile pro
                      SET date_next_review = (DATE_TRUNC('month', %(due)s::date
                          + MAKE_INTERVAL(months => COALESCE(tir.retier_months, 3)))
                          + INTERVAL '1 month' - INTERVAL '1 day')::date
                     FROM customer_run_stage stg
                LEFT JOIN customer_tier tir ON tir.id = stg.tier_today_id
                    WHERE pro.id = stg.profile_id AND %(staged)s
                      AND pro.active AND stg.bad IS NULL
                      AND pro.date_next_review = %(due)s
                RETURNING pro.id""",
                due=due,
                staged=staged,
            )
        )

    def _carry_over(self, old_card, new_card):
        """Point customers from the tiers of a card to those of the one that replaces it.

        The tier stays the same (same code), so no change is recorded. A company's own
        first card takes over from the shared one, for its customers only.
        """
        companies = SQL("TRUE")
        if new_card.company_id:
            companies = SQL("pro.company_id = %s", new_card.company_id.id)
        self.env["customer.tier.request"]._carry_over(old_card, new_card, companies)
        # the months of retention too: a chart over years shows one set of tiers
        for model in ("customer.profile", "customer.retention"):
            self.env[model].flush_model()
            self.env.execute_query(
                SQL(
                    """UPDATE %(table)s pro
                          SET tier_id = new.id
                         FROM customer_tier old
                         JOIN customer_tier new ON new.code = old.code
                                               AND new.scorecard_id = %(new)s
                        WHERE pro.tier_id = old.id AND old.scorecard_id = %(old)s
                          AND %(companies)s
                    RETURNING pro.id""",
                    table=SQL.identifier(self.env[model]._table),
                    new=new_card.id,
                    old=old_card.id,
                    companies=companies,
                )
            )
            self.env[model].invalidate_model(["tier_id"], flush=False)
