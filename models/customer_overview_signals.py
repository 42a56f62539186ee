from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import HEALTH_FALL, WORSE_DAYS


class CustomerProfile(models.Model):
    """What got worse at a customer, as filters, and the buttons that answer it.

    Compared with the latest score dated a week ago or earlier, and only under the
    same scorecard: what the rules changed is not the customer's doing.
    """

    _inherit = "customer.profile"

    would_fall = fields.Boolean(
        "Would Fall a Tier",
        compute="_compute_would_fall",
        search="_search_would_fall",
        help="Today's figures give a lower tier than the one he has, and no request"
        " holds it.",
    )
    has_got_worse = fields.Boolean(
        "Got Worse Since Last Week",
        compute="_compute_has_got_worse",
        search="_search_has_got_worse",
        help="Would fall a tier now and not a week ago, health at least 10 lower than a"
        " week ago, or overdue now and not a week ago.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id", "tier_today_id", "tier_request_id")
    def _compute_would_fall(self):
        falling = self.with_context(active_test=False).search(
            [("id", "in", self.ids), ("would_fall", "=", True)]
        )
        for profile in self:
            profile.would_fall = profile in falling

    @api.depends("tier_id", "tier_today_id", "health_score", "is_overdue")
    def _compute_has_got_worse(self):
        worse = self.with_context(active_test=False).search(
            [("id", "in", self.ids), ("has_got_worse", "=", True)]
        )
        for profile in self:
            profile.has_got_worse = profile in worse

    def _search_would_fall(self, operator, value):
        return self._domain_of_signal(operator, value, self._select_would_fall)

    def _search_has_got_worse(self, operator, value):
        return self._domain_of_signal(operator, value, self._select_got_worse)

    def _domain_of_signal(self, operator, value, select):
        """Return the domain of a condition that is never NULL, or of its opposite."""
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        for name in ("customer.profile", "customer.score", "customer.snapshot"):
            self.env[name].sudo().flush_model()  # sudo: no value is read here

        def to_sql(_model, alias, _query):
            return select(SQL.identifier(alias))

        found = Domain.custom(to_sql=to_sql)
        return found if True in value else ~found

    # === ACTION METHODS === #

    def action_open_overdue(self):
        """Open the overdue invoices of this customer that the user may see."""
        self.ensure_one()
        self.check_access("read")
        return self._open_documents(
            "account.action_move_out_invoice_type",
            Domain("id", "in", self._get_overdue_move_ids()),
            Domain.TRUE,
            self.env._("Overdue Invoices"),
        )

    def _get_overdue_move_ids(self):
        """Return the documents with a receivable past its due day, instalments too."""
        # sudo: the list shows those among them that the user may see
        lines_sudo = self.env["account.move.line"].sudo()
        domain = [
            ("partner_id", "child_of", self.partner_id.ids),
            ("company_id", "=", self.company_id.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", ">", 0),
            ("date_maturity", "<", self.company_id._get_customer_today()),
        ]
        return lines_sudo.search(domain).move_id.ids

    def action_rate(self):
        """Open the two ratings by people in a dialog."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("customer_success.customer_profile_view_form_rating")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Growth potential of %s", self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_assign_me(self):
        """Become the first responsible person of customers nobody is responsible for."""
        self.check_access("write")
        for profile in self:
            if profile.user_id:
                raise UserError(
                    self.env._(
                        "%(user)s is responsible for %(customer)s already.",
                        user=profile.user_id.name,
                        customer=profile.display_name,
                    )
                )
        self.user_id = self.env.user

    # === SQL HELPERS === #

    def _get_base_day(self, company=None):
        """Return the day with which today is compared."""
        company = company or self.env.company
        return company._get_customer_today() - timedelta(days=WORSE_DAYS)

    def _select_would_fall(self, pro):
        """Return whether today's figures give a lower tier than the one he has.

        A tier that an approved request holds does not fall.
        """
        return SQL(
            """(%(pro)s.tier_request_id IS NULL
                AND %(pro)s.tier_today_id IS DISTINCT FROM %(pro)s.tier_id AND EXISTS (
                  SELECT FROM customer_tier tod, customer_tier hel
                   WHERE tod.id = %(pro)s.tier_today_id AND hel.id = %(pro)s.tier_id
                     AND tod.lower_bound < hel.lower_bound))""",
            pro=pro,
        )

    def _select_got_worse(self, pro):
        """Return whether a customer got worse since the base day of his company."""
        same = {}
        for company in self.env.companies:
            cards = self.env["customer.scorecard"]._load_active(company)
            key = cards["tier"], cards["health"], self._get_base_day(company)
            same.setdefault(key, []).append(company.id)
        return SQL(
            "(%s)",
            SQL(" OR ").join(
                self._select_worse_under(pro, tuple(company_ids), *rules)
                for rules, company_ids in same.items()
            ),
        )

    def _select_worse_under(self, pro, company_ids, tier_card, health_card, base):
        """Return whether a customer of companies with the same scorecards got worse.

        Each change writes a score row, so only who has one since then is looked up.
        The lookups speak about ``new``: as a join filter they are made for those only
        (each takes 10 to 20 microseconds).
        """
        return SQL(
            """(%(pro)s.rating_state = 'rated'
                AND EXISTS (SELECT FROM customer_score new
                             WHERE new.profile_id = %(pro)s.id
                               AND new.company_id IN %(companies)s
                               AND new.date > %(base)s
                               AND ((%(fall)s AND %(new_fall)s)
                                    OR (new.kind = 'health'
                                        AND (%(health)s OR %(overdue)s)))))""",
            pro=pro,
            companies=company_ids,
            base=base,
            fall=self._select_would_fall(pro),
            new_fall=self._select_new_fall(pro, tier_card, base),
            health=self._select_worse_health(pro, health_card, base),
            overdue=self._select_newly_overdue(pro, health_card, base),
        )

    def _select_old(self, card, base):
        """Return the latest score dated on or before the base day."""
        return SQL(
            """SELECT scr.scorecard_id, scr.total, scr.tier_id, scr.detail
                 FROM customer_score scr
                WHERE scr.profile_id = new.profile_id AND scr.kind = %s
                  AND scr.date <= %s
             ORDER BY scr.date DESC LIMIT 1""",
            card.kind or "",
            base,
        )

    def _select_new_fall(self, pro, card, base):
        """Return whether the base day's figures did not give today's tier or less."""
        return SQL(
            """NOT EXISTS (
                  SELECT FROM (%(old)s) old
                    JOIN customer_tier was ON was.id = old.tier_id
                    JOIN customer_tier tod ON tod.id = %(pro)s.tier_today_id
                   WHERE old.scorecard_id <> %(card)s
                      OR was.lower_bound <= tod.lower_bound)""",
            old=self._select_old(card, base),
            pro=pro,
            card=card.id or 0,
        )

    def _select_worse_health(self, pro, card, base):
        """Return whether health lost at least ten points."""
        return SQL(
            """(%(pro)s.health_score <= 100 - %(fall)s AND EXISTS (
                  SELECT FROM (%(old)s) old
                   WHERE old.scorecard_id = %(card)s
                     AND old.total >= %(pro)s.health_score + %(fall)s))""",
            old=self._select_old(card, base),
            pro=pro,
            card=card.id or 0,
            fall=HEALTH_FALL,
        )

    def _select_newly_overdue(self, pro, card, base):
        """Return whether something is overdue of which the older score had nothing."""
        metric = card.metric_ids.filtered(lambda line: line.code == "overdue_rate")
        return SQL(
            """(%(pro)s.snapshot_id IN (SELECT id FROM customer_snapshot WHERE is_overdue)
                AND EXISTS (
                  SELECT FROM (%(old)s) old
                   WHERE old.scorecard_id = %(card)s
                     AND COALESCE((old.detail->'metrics'->%(metric)s->>0)::numeric, 0)
                         = 0))""",
            old=self._select_old(card, base),
            pro=pro,
            card=(metric and card.id) or 0,
            metric=str(metric[:1].id),
        )
