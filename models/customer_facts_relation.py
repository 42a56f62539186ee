from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..periods import months_before

# Months over which interactions are counted against the target of a tier.
INTERACTION_MONTHS = 3


class CustomerFactsRelation(models.AbstractModel):
    """The facts people write down: interactions, the decision chain, renewals.

    They belong to the customer himself, not to a contact on a document. What a tier
    asks for is that of the tier before the day: a run never reads its own result, and
    a replay finds the tier of its day.
    """

    _inherit = "customer.facts"

    def _join_relation(self, scope):
        """Return the joins of what people wrote down, on the customer ``pro``."""
        return SQL(
            """LEFT JOIN (%(interactions)s) itr ON itr.profile_id = pro.id
               LEFT JOIN (%(renewals)s) ren ON ren.profile_id = pro.id
               LEFT JOIN (%(chain)s) chn ON chn.profile_id = pro.id
               LEFT JOIN (%(moved)s) mvd ON mvd.profile_id = pro.id
               LEFT JOIN (%(demands)s) dem ON dem.tier_id = CASE
                    WHEN mvd.profile_id IS NULL THEN pro.tier_id
                    ELSE mvd.from_tier_id END""",
            interactions=self._select_interactions(scope),
            renewals=self._select_renewals(scope),
            chain=self._select_chain(scope),
            moved=self._select_moved(scope),
            demands=self._select_demands(),
        )

    def _select_relation_columns(self, scope):
        """Return the snapshot columns of what people wrote down."""
        recent = months_before(scope.window.date, INTERACTION_MONTHS)
        return SQL(
            """CASE WHEN %(recorded)s
                    THEN COALESCE(itr.recent_count, 0) END::integer
                   AS interaction_count_3m,
               CASE WHEN NOT %(recorded)s THEN 'not_recorded'
                    WHEN dem.tier_id IS NULL THEN 'no_tier'
                    WHEN dem.interaction_target > 0 THEN 'known'
                    ELSE 'none_required' END AS interaction_state,
               dem.interaction_target,
               itr.date_last_interaction,
               CASE WHEN %(recorded_year)s
                    THEN COALESCE(itr.executive_count, 0) END::integer
                   AS executive_visit_count_12m,
               CASE WHEN NOT %(recorded_year)s THEN 'not_recorded'
                    WHEN dem.tier_id IS NULL THEN 'no_tier'
                    WHEN dem.has_executive THEN 'known'
                    ELSE 'none_required' END AS executive_visit_state,
               CASE WHEN %(covered)s = 'known' THEN ROUND((
                    SELECT COUNT(*) FROM UNNEST(dem.role_ids) role_id
                     WHERE role_id = ANY(chn.role_ids))::numeric
                    / CARDINALITY(dem.role_ids), 4) END AS coverage_rate,
               %(covered)s AS coverage_state,
               COALESCE(ren.ended, 0)::integer AS renewal_ended_24m,
               COALESCE(ren.renewed, 0)::integer AS renewal_renewed_24m""",
            recorded=self._is_recorded_since(scope, recent),
            recorded_year=self._is_recorded_since(scope, scope.window.start),
            covered=SQL(
                """CASE WHEN chn.profile_id IS NULL THEN 'no_chain'
                        WHEN dem.tier_id IS NULL THEN 'no_tier'
                        WHEN dem.role_ids IS NULL THEN 'none_required'
                        ELSE 'known' END"""
            ),
        )

    def _is_recorded_since(self, scope, start):
        """Return whether the company wrote its interactions down since ``start``."""
        since = scope.company.customer_interaction_start
        return SQL("%s", bool(since and since <= start + timedelta(days=1)))

    # === FACTS === #

    def _select_interactions(self, scope):
        """Return the effective interactions of 3 months, executive visits of 12."""
        recent = months_before(scope.window.date, INTERACTION_MONTHS)
        return SQL(
            """SELECT itr.profile_id,
                      MAX(itr.date) AS date_last_interaction,
                      COUNT(*) FILTER (WHERE itr.is_effective AND itr.date > %(recent)s)
                          AS recent_count,
                      COUNT(*) FILTER (WHERE itr.is_executive_visit
                                         AND itr.date > %(start)s) AS executive_count
                 FROM customer_interaction itr
                WHERE %(counted)s
             GROUP BY itr.profile_id""",
            recent=recent,
            start=scope.window.start,
            counted=self._filter_interactions(scope),
        )

    def _select_renewals(self, scope):
        """Return the contracts ended in 24 months, and those renewed in time."""
        return SQL(
            """SELECT mil.profile_id,
                      COUNT(*) AS ended,
                      COUNT(*) FILTER (WHERE mil.renewal_state = 'renewed'
                                         AND mil.date_decided <= mil.date_end)
                          AS renewed
                 FROM customer_milestone mil
                WHERE %s
             GROUP BY mil.profile_id""",
            self._filter_renewals(scope),
        )

    def _select_chain(self, scope):
        """Return the roles held on the day; no row when nobody ever held one."""
        return SQL(
            """SELECT stk.profile_id,
                      ARRAY_AGG(DISTINCT stk.role_id) FILTER (WHERE %(valid)s)
                          AS role_ids
                 FROM customer_stakeholder stk
                WHERE stk.company_id = %(company)s AND stk.date_from <= %(date)s
                  AND %(profiles)s
             GROUP BY stk.profile_id""",
            valid=self._filter_stakeholders(scope),
            company=scope.company.id,
            date=scope.window.date,
            profiles=self._filter_profiles(SQL("stk.profile_id"), scope),
        )

    def _select_moved(self, scope):
        """Return the tier that customers moved on or after the day had before it."""
        return SQL(
            """SELECT DISTINCT ON (chg.profile_id) chg.profile_id, chg.from_tier_id
                 FROM customer_tier_change chg
                WHERE chg.company_id = %(company)s AND chg.date >= %(date)s
                  AND %(profiles)s
             ORDER BY chg.profile_id, chg.date, chg.id""",
            company=scope.company.id,
            date=scope.window.date,
            profiles=self._filter_profiles(SQL("chg.profile_id"), scope),
        )

    def _select_demands(self):
        """Return what each tier asks for: interactions, roles there, an executive."""
        tier = self.env["customer.tier"]
        roles = tier._fields["required_role_ids"]
        team = tier._fields["required_team_role_ids"]
        return SQL(
            """SELECT tir.id AS tier_id,
                      tir.interaction_target::numeric AS interaction_target,
                      (SELECT ARRAY_AGG(rol.id)
                         FROM %(roles)s rel
                         JOIN customer_stakeholder_role rol ON rol.id = rel.%(role)s
                        WHERE rel.%(role_tier)s = tir.id AND rol.active) AS role_ids,
                      EXISTS (SELECT FROM %(team)s rel
                                JOIN customer_team_role rol ON rol.id = rel.%(member)s
                               WHERE rel.%(team_tier)s = tir.id AND rol.active
                                 AND rol.is_executive) AS has_executive
                 FROM customer_tier tir""",
            roles=SQL.identifier(roles.relation),
            role=SQL.identifier(roles.column2),
            role_tier=SQL.identifier(roles.column1),
            team=SQL.identifier(team.relation),
            member=SQL.identifier(team.column2),
            team_tier=SQL.identifier(team.column1),
        )

    # === WHAT COUNTS === #

    def _filter_profiles(self, column, scope):
        """Return the condition that keeps the scope's customers."""
        if scope.commercial_ids is None:
            return SQL("TRUE")
        return SQL(
            """%s IN (SELECT own.id FROM customer_profile own
                       WHERE own.company_id = %s AND own.partner_id = ANY(%s)
                         AND own.merged_into_id IS NULL)""",
            column,
            scope.company.id,
            scope.commercial_ids,
        )

    def _filter_interactions(self, scope):
        """Return which interactions count up to the day."""
        return SQL(
            """itr.company_id = %s AND itr.state = 'confirmed' AND itr.active
               AND itr.date <= %s AND %s""",
            scope.company.id,
            scope.window.date,
            self._filter_profiles(SQL("itr.profile_id"), scope),
        )

    def _filter_renewals(self, scope):
        """Return which contracts count: those that ended in 24 months."""
        return SQL(
            """mil.company_id = %s AND mil.kind = 'renewal' AND mil.active
               AND mil.date_end > %s AND mil.date_end <= %s AND %s""",
            scope.company.id,
            scope.window.prev_start,
            scope.window.date,
            self._filter_profiles(SQL("mil.profile_id"), scope),
        )

    def _filter_stakeholders(self, scope):
        """Return which roles are held on the day."""
        return SQL(
            """stk.date_from <= %(date)s
               AND (stk.date_to IS NULL OR stk.date_to > %(date)s)""",
            date=scope.window.date,
        )
