from odoo import models
from odoo.tools import SQL

from ..periods import months_before
from .customer_facts_relation import INTERACTION_MONTHS


class CustomerEvidenceRelation(models.AbstractModel):
    """The interactions, roles and contracts behind the metrics of the relation."""

    _inherit = "customer.facts"

    def _select_relation_evidence(self, scope, code):
        """Return the records counted for a metric of what people wrote down."""
        if code == "renewal_rate":
            return self._select_renewal_evidence(scope)
        if code == "coverage_rate":
            return self._select_role_evidence(scope)
        if code == "executive_visits":
            counted = SQL(
                "itr.is_executive_visit AND itr.date > %s", scope.window.start
            )
        else:
            recent = months_before(scope.window.date, INTERACTION_MONTHS)
            counted = SQL("itr.is_effective AND itr.date > %s", recent)
        return SQL(
            "SELECT %s FROM customer_interaction itr WHERE %s AND %s",
            self._select_row(
                id=SQL("itr.id::bigint * 10 + 7"),
                source=SQL("'interaction'"),
                res_model=SQL("'customer.interaction'"),
                res_id=SQL("itr.id"),
                name=SQL("itr.name"),
                date=SQL("itr.date"),
                visible=self._exists_readable("customer.interaction", SQL("itr.id")),
            ),
            self._filter_interactions(scope),
            counted,
        )

    def _select_role_evidence(self, scope):
        """Return the roles held on the day that the tier before it asks for."""
        return SQL(
            """SELECT %(row)s
                 FROM customer_stakeholder stk
                 JOIN customer_stakeholder_role rol ON rol.id = stk.role_id
                 JOIN res_partner par ON par.id = stk.partner_id
                 JOIN customer_profile pro ON pro.id = stk.profile_id
            LEFT JOIN (%(moved)s) mvd ON mvd.profile_id = pro.id
                 JOIN (%(demands)s) dem ON dem.tier_id = CASE
                      WHEN mvd.profile_id IS NULL THEN pro.tier_id
                      ELSE mvd.from_tier_id END
                WHERE stk.company_id = %(company)s AND %(profiles)s AND %(valid)s
                  AND stk.role_id = ANY(dem.role_ids)""",
            row=self._select_row(
                id=SQL("stk.id::bigint * 10 + 8"),
                source=SQL("'role'"),
                res_model=SQL("'customer.stakeholder'"),
                res_id=SQL("stk.id"),
                name=SQL(
                    "par.name || ', ' || COALESCE(rol.name->>%s, rol.name->>'en_US')",
                    self.env.lang or "en_US",
                ),
                date=SQL("stk.date_from"),
                visible=self._exists_readable("customer.stakeholder", SQL("stk.id")),
            ),
            moved=self._select_moved(scope),
            demands=self._select_demands(),
            company=scope.company.id,
            profiles=self._filter_profiles(SQL("stk.profile_id"), scope),
            valid=self._filter_stakeholders(scope),
        )

    def _select_renewal_evidence(self, scope):
        """Return the contracts that ended in 24 months."""
        return SQL(
            "SELECT %s FROM customer_milestone mil WHERE %s",
            self._select_row(
                id=SQL("mil.id::bigint * 10 + 9"),
                source=SQL(
                    """CASE WHEN mil.renewal_state = 'renewed'
                             AND mil.date_decided <= mil.date_end
                            THEN 'renewed' ELSE 'not_renewed' END"""
                ),
                res_model=SQL("'customer.milestone'"),
                res_id=SQL("mil.id"),
                name=SQL("mil.name"),
                date=SQL("mil.date_end"),
                visible=self._exists_readable("customer.milestone", SQL("mil.id")),
            ),
            self._filter_renewals(scope),
        )
