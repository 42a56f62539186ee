from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

HEALTH = [("healthy", "Healthy"), ("watch", "Watch"), ("at_risk", "At Risk")]


class CustomerProfile(models.Model):
    """The hall of the house: one row per commercial partner and company.

    It computes nothing itself. People write the owner, the ratings and the flags;
    tier and health come from ``customer.tier.change`` and ``customer.score``.
    """

    _name = "customer.profile"
    _description = "Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "customer.finite.mixin"]
    _order = "tier_score desc nulls last, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,  # few companies: an index would only cost writes
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    merged_into_id = fields.Many2one(
        "customer.profile",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="This contact was merged with another or became part of it. The rows"
        " stay here; the other customer shows them too.",
    )
    merged_profile_ids = fields.One2many(
        "customer.profile",
        "merged_into_id",
        "Merged Customers",
        context={"active_test": False},
    )

    # people
    user_id = fields.Many2one(
        "res.users",
        "First Responsible Person",
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        help="Follows the salesperson of the contact until somebody edits it here.",
    )
    is_user_manual = fields.Boolean(
        "Responsible Set by Hand", help="No longer follows the contact's salesperson."
    )
    team_id = fields.Many2one(related="user_id.sale_team_id", string="Sales Team")
    is_not_rated = fields.Boolean(
        "Leave Unrated",
        tracking=True,
        help="This customer is never scored; an existing tier is cleared.",
    )
    is_strategic = fields.Boolean(
        "Strategic", tracking=True, help="Key account for other reasons than amounts."
    )
    date_customer_since = fields.Date(
        "Customer Since",
        tracking=True,
        help="Entered by hand, it beats the first document in this database.",
    )
    outlook_rating = fields.Integer(
        "Industry Outlook",
        tracking=True,
        help="1 (shrinking) to 10 (booming). Valid for 12 months from its date.",
    )
    outlook_date = fields.Date("Outlook Rated On", copy=False)
    expansion_rating = fields.Integer(
        "Expansion Plans",
        tracking=True,
        help="1 (none) to 10 (large). Valid for 12 months from its date.",
    )
    expansion_date = fields.Date("Expansion Rated On", copy=False)

    # tier and health: written by the run
    tier_id = fields.Many2one(
        "customer.tier",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Set by the first rating, then by each quarterly tier review.",
    )
    rating_state = fields.Selection(
        [
            ("waiting", "Waiting for the first run"),
            ("rated", "Rated"),
            ("not_rated", "Not rated: no order, invoice or opening amount"),
            ("excluded", "Not rated: left out"),
        ],
        "Rating",
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
    )
    tier_score = fields.Float(
        "Tier Total",
        digits=(6, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Total of today, 4 to 40. Tiers move at the next review.",
    )
    tier_today_id = fields.Many2one(
        "customer.tier",
        "Tier by Today's Figures",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    tier_confidence = fields.Float(
        "Data Completeness (tier)",
        digits=(5, 4),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Share of the metric weights whose figures are known (0-1).",
    )
    is_dormant = fields.Boolean(
        "Dormant", readonly=True, copy=False, help="No sale in 12 months."
    )
    date_next_review = fields.Date("Next Tier Review", readonly=True, copy=False)
    health = fields.Selection(HEALTH, readonly=True, copy=False)
    health_score = fields.Float(
        digits=(6, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="0 to 100: mean of the known dimensions. Empty when none is known.",
    )
    health_confidence = fields.Float(
        "Data Completeness (health)",
        digits=(5, 4),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Share of the metric weights whose figures are known (0-1).",
    )

    # latest metrics, by way of the snapshot
    snapshot_id = fields.Many2one(
        "customer.snapshot", readonly=True, copy=False, ondelete="set null"
    )
    amount_12m = fields.Monetary(related="snapshot_id.amount_12m")
    amount_12m_state = fields.Selection(related="snapshot_id.amount_12m_state")
    amount_prev_12m = fields.Monetary(related="snapshot_id.amount_prev_12m")
    amount_prev_12m_state = fields.Selection(
        related="snapshot_id.amount_prev_12m_state"
    )
    order_count_12m = fields.Integer(related="snapshot_id.order_count_12m")
    order_count_12m_state = fields.Selection(
        related="snapshot_id.order_count_12m_state"
    )
    date_first_fact = fields.Date(related="snapshot_id.date_first_fact")
    date_last_sale = fields.Date(related="snapshot_id.date_last_sale")
    is_overdue = fields.Boolean(related="snapshot_id.is_overdue")
    is_high_value = fields.Boolean(
        "High Value",
        compute="_compute_is_high_value",
        search="_search_is_high_value",
        help="Amount of 12 months above the high-value amount of the company.",
    )
    quarantine_ids = fields.One2many("customer.quarantine", "profile_id")
    is_quarantined = fields.Boolean(
        "Could Not Be Computed",
        compute="_compute_counts",
    )
    score_ids = fields.One2many("customer.score", "profile_id", "Score History")
    tier_change_ids = fields.One2many("customer.tier.change", "profile_id")
    score_count = fields.Integer(compute="_compute_counts")
    tier_change_count = fields.Integer(compute="_compute_counts")
    date_figures = fields.Date(
        "Figures as of",
        compute="_compute_counts",
        help="Day of the last finished scoring run of the company.",
    )

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE merged_into_id IS NULL",
        "This contact already is a customer of the company.",
    )
    _ratings_range = models.Constraint(
        "CHECK (COALESCE(outlook_rating, 0) BETWEEN 0 AND 10"
        " AND COALESCE(expansion_rating, 0) BETWEEN 0 AND 10)",
        "Ratings lie between 1 and 10.",
    )

    def init(self):
        """Leave room in each page: a run updates rows in place, without their indexes.

        No column that a run writes is indexed, for the same reason.
        """
        self.env.cr.execute("ALTER TABLE customer_profile SET (fillfactor = 50)")

    # === COMPUTE METHODS === #

    @api.depends("amount_12m", "amount_12m_state", "company_id")
    def _compute_is_high_value(self):
        for profile in self:
            profile.is_high_value = (
                profile.amount_12m_state == "known"
                and profile.amount_12m > profile.company_id.customer_high_value_amount
            )

    def _search_is_high_value(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: the limit of each company is not secret
        companies_sudo = self.env["res.company"].sudo().search([])
        high = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("snapshot_id.amount_12m_state", "=", "known")
            & Domain("snapshot_id.amount_12m", ">", company.customer_high_value_amount)
            for company in companies_sudo
        )
        if True in value and False in value:
            return Domain.TRUE
        return high if True in value else ~high

    @api.depends("score_ids", "tier_change_ids", "quarantine_ids", "merged_profile_ids")
    def _compute_counts(self):
        """Say what else there is about a customer, in one statement for all of them."""
        rows = {row["id"]: row for row in self._read_counts()}
        dates = (
            {} if rows else self.env["customer.run"]._get_last_dates(self.company_id)
        )
        for profile in self:
            row = rows.get(profile._origin.id, {})
            if row and not row["has_merged"]:  # nobody needs to ask again
                profile._fields["merged_profile_ids"]._insert_cache(profile, [()])
            profile.score_count = row.get("score_count", 0)
            profile.tier_change_count = row.get("tier_change_count", 0)
            profile.is_quarantined = row.get("is_quarantined", False)
            profile.date_figures = row.get(
                "date_figures", dates.get(profile.company_id.id, False)
            )

    def _read_counts(self):
        """Return rows of history, quarantine and last run by customer.

        The reader may read the customer, so also the rows of those merged into him;
        that he is in quarantine everybody may know, why is for managers.
        """
        if not self._origin.ids:
            return []
        for model in ("score", "tier.change", "quarantine", "run", "profile"):
            self.env[f"customer.{model}"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """WITH RECURSIVE family AS (
                        SELECT id AS root_id, id
                          FROM customer_profile WHERE id = ANY(%s)
                         UNION
                        SELECT fam.root_id, pro.id
                          FROM customer_profile pro
                          JOIN family fam ON fam.id = pro.merged_into_id)
                   SELECT pro.id,
                          (SELECT COUNT(*) > 1 FROM family fam
                            WHERE fam.root_id = pro.id) AS has_merged,
                          (SELECT COUNT(*)
                             FROM family fam
                             JOIN customer_score scr ON scr.profile_id = fam.id
                            WHERE fam.root_id = pro.id) AS score_count,
                          (SELECT COUNT(*)
                             FROM family fam
                             JOIN customer_tier_change chg ON chg.profile_id = fam.id
                            WHERE fam.root_id = pro.id) AS tier_change_count,
                          EXISTS (SELECT FROM customer_quarantine qua
                                   WHERE qua.profile_id = pro.id) AS is_quarantined,
                          (SELECT MAX(run.date) FROM customer_run run
                            WHERE run.company_id = pro.company_id
                              AND run.job = 'refresh'
                              AND run.state = 'done') AS date_figures
                     FROM customer_profile pro
                    WHERE pro.id = ANY(%s)""",
                self._origin.ids,
                self._origin.ids,
            )
        )

    def _with_merged(self):
        """Return these customers and those merged into them, at any depth."""
        family = self
        while merged := family.merged_profile_ids - family:
            family |= merged
        return family

    # === BUSINESS METHODS === #

    @api.model
    def _get_or_create(self, partners, company):
        """Return the customers of contacts in a company, creating missing ones."""
        commercial = partners.commercial_partner_id
        profiles = self.with_context(active_test=False).search(
            [
                ("partner_id", "in", commercial.ids),
                ("company_id", "=", company.id),
                ("merged_into_id", "=", False),
            ]
        )
        missing = commercial - profiles.partner_id
        return profiles | self.create(
            [
                {"partner_id": partner.id, "company_id": company.id}
                for partner in missing
            ]
        )

    def _score_now(self, review=False):
        """Score these customers as of today; return how many could not be computed.

        Never commits and takes no lock of the nightly run.
        """
        quarantined = 0
        # Just these: reading every field of a row takes longer than scoring it.
        self.fetch(["active", "company_id", "partner_id", "tier_id"])
        for company, profiles in self.grouped("company_id").items():
            # sudo: results are written by the system; access was checked by the caller
            quarantined += (
                self.env["customer.run"]
                .sudo()
                ._score_profiles(company.sudo(), profiles.ids, review)
            )
        return quarantined
