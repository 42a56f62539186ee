from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

# Rows shown on the card, and characters of what was said.
CARD_ROWS, CARD_TEXT = 3, 120


class CustomerProfile(models.Model):
    """How often we talk with a customer, against what his tier asks for."""

    _inherit = "customer.profile"

    interaction_text = fields.Char(
        "Effective This Month",
        compute="_compute_interaction_text",
        help="Effective interactions of this month, and how many the tier asks for.",
    )
    is_below_interaction_target = fields.Boolean(
        "Below Interaction Target",
        compute="_compute_is_below_interaction_target",
        search="_search_is_below_interaction_target",
        help="Fewer effective interactions this month than the tier asks for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id")
    def _compute_interaction_text(self):
        rows = {row["id"]: row for row in self._read_interaction_counts()}
        for profile in self:
            row = rows.get(profile._origin.id)
            profile.interaction_text = row and self.env._(
                "%(count)s of %(target)s",
                count=row["effective_month"],
                target=f"{row['target']:g}",
            )

    @api.depends("tier_id")
    def _compute_is_below_interaction_target(self):
        rows = {row["id"]: row for row in self._read_interaction_counts()}
        for profile in self:
            row = rows.get(profile._origin.id)
            profile.is_below_interaction_target = bool(
                row and row["effective_month"] < row["target"]
            )

    def _search_is_below_interaction_target(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        for model in ("customer.interaction", "customer.profile", "customer.tier"):
            self.env[model].flush_model()
        below = Domain.OR(
            Domain("id", "in", self._select_below_target(company))
            for company in self.env.companies
        )
        return below if True in value else ~below

    # === BUSINESS METHODS === #

    def _get_interaction_card(self):
        """Return what was last said with this customer, and how often we talk.

        In two statements, for who may read the customer: his interactions have the
        same rules.
        """
        self.ensure_one()
        [counts] = self._read_interaction_counts()
        today = self.company_id._get_customer_today()
        rows = self._read_last_interactions()
        for row in rows:
            text = " ".join(html2plaintext(row.pop("content") or "").split())
            row["content"] = text[:CARD_TEXT] + ("…" if len(text) > CARD_TEXT else "")
            is_open = row["next_step_state"] == "open"
            row["is_late"] = bool(
                is_open and row["date_next_step"] and row["date_next_step"] < today
            )
            for name in ("date", "date_next_step"):
                row[name] = fields.Date.to_string(row[name]) if row[name] else False
        return {
            "interactions": rows,
            "proposed_count": counts["proposed"],
            "effective_month": counts["effective_month"],
            "target": counts["target"],
            "average_3m": round(counts["effective_3m"] / 3, 1),
            "is_below_target": counts["effective_month"] < counts["target"],
            "executive_visits": {
                "total": counts["visits"],
                "outgoing": counts["visits_outgoing"],
                "incoming": counts["visits_incoming"],
                "both": counts["visits_both"],
            },
        }

    # === SQL HELPERS === #

    def _read_last_interactions(self):
        """Return the last confirmed interactions of this customer, newest first."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT itr.id, itr.date, itr.is_effective, itr.is_executive_visit,
                          COALESCE(chn.name->>%(lang)s, chn.name->>'en_US') AS channel,
                          (SELECT ARRAY_AGG(par.name ORDER BY par.name)
                             FROM customer_interaction_user_rel rel
                             JOIN res_users usr ON usr.id = rel.user_id
                             JOIN res_partner par ON par.id = usr.partner_id
                            WHERE rel.interaction_id = itr.id) AS ours,
                          (SELECT ARRAY_AGG(par.name ORDER BY par.name)
                             FROM customer_interaction_partner_rel rel
                             JOIN res_partner par ON par.id = rel.partner_id
                            WHERE rel.interaction_id = itr.id) AS theirs,
                          itr.name, LEFT(itr.content, 4000) AS content, itr.feedback,
                          itr.next_step, itr.date_next_step, itr.next_step_state
                     FROM customer_interaction itr
                     JOIN customer_channel chn ON chn.id = itr.channel_id
                    WHERE itr.profile_id = %(profile)s AND itr.state = 'confirmed'
                      AND itr.active
                 ORDER BY itr.date DESC, itr.interaction_datetime DESC, itr.id DESC
                    LIMIT %(limit)s""",
                lang=self.env.lang or "en_US",
                profile=self.id,
                limit=CARD_ROWS,
            )
        )

    def _read_interaction_counts(self):
        """Return what is counted of the interactions of each of these customers.

        Months are complete calendar months, of the company's zone; visits those of
        12 months.
        """
        if not self._origin.ids:
            return []
        self.env["customer.interaction"].flush_model()
        self.env["customer.tier"].flush_model(["interaction_target"])
        self.flush_recordset(["tier_id"])
        found = []
        for company, profiles in self._origin.grouped("company_id").items():
            found += self.env.execute_query_dict(
                self._select_interaction_counts(company, profiles.ids)
            )
        return found

    def _select_interaction_counts(self, company, ids):
        today = company._get_customer_today()
        month = today.replace(day=1)
        return SQL(
            """SELECT pro.id, COALESCE(tir.interaction_target, 0)::float AS target,
                      COUNT(*) FILTER (WHERE itr.state = 'proposed') AS proposed,
                      COUNT(*) FILTER (WHERE itr.is_effective
                          AND itr.date >= %(month)s AND itr.date <= %(today)s)
                          AS effective_month,
                      COUNT(*) FILTER (WHERE itr.is_effective
                          AND itr.date >= %(quarter)s AND itr.date < %(month)s)
                          AS effective_3m,
                      COUNT(vis.id) AS visits,
                      COUNT(vis.id) FILTER (WHERE vis.direction = 'outgoing')
                          AS visits_outgoing,
                      COUNT(vis.id) FILTER (WHERE vis.direction = 'incoming')
                          AS visits_incoming,
                      COUNT(vis.id) FILTER (WHERE vis.direction = 'both')
                          AS visits_both
                 FROM customer_profile pro
            LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
            LEFT JOIN customer_interaction itr ON itr.profile_id = pro.id
                      AND itr.active
                      AND (itr.date > %(year)s OR itr.state = 'proposed')
            LEFT JOIN customer_interaction vis ON vis.id = itr.id
                      AND vis.is_executive_visit AND vis.date > %(year)s
                      AND vis.date <= %(today)s
                WHERE pro.id = ANY(%(ids)s)
             GROUP BY pro.id, tir.id""",
            ids=ids,
            today=today,
            month=month,
            quarter=month - relativedelta(months=3),
            year=today - relativedelta(months=12),
        )

    @api.model
    def _select_below_target(self, company):
        """Return the SQL of the customers of a company below the target of their tier."""
        today = company._get_customer_today()
        return SQL(
            """(SELECT pro.id
                  FROM customer_profile pro
                  JOIN customer_tier tir ON tir.id = pro.tier_id
             LEFT JOIN (SELECT itr.profile_id, COUNT(*) AS effective
                          FROM customer_interaction itr
                         WHERE itr.company_id = %(company)s AND itr.active
                           AND itr.is_effective
                           AND itr.date >= %(month)s AND itr.date <= %(today)s
                      GROUP BY itr.profile_id) cnt ON cnt.profile_id = pro.id
                 WHERE pro.company_id = %(company)s
                   AND COALESCE(cnt.effective, 0) < tir.interaction_target)""",
            company=company.id,
            month=today.replace(day=1),
            today=today,
        )
