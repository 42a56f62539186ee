from odoo import api, models
from odoo.tools import SQL, format_date

from ..const import RELATION_ROWS
from .customer_insight import NEEDS, SURROUNDINGS
from .customer_tier_persona import PERSONA_FIELDS

# Rows of each kind on the customer sheet: it stays one page.
SHEET_ROWS = {"people": 8, "members": 5, "insights": 5, "nodes": 4, "agreements": 4}
KIND_ORDER = {
    kind: number for number, (kind, _label) in enumerate(NEEDS + SURROUNDINGS)
}


class CustomerProfile(models.Model):
    """The relation panel of a customer: read after the form, in one call.

    Each room describes its part in a method of its own; all of them read under the
    rights of whoever looks.
    """

    _inherit = "customer.profile"

    @api.readonly
    def get_relation_card(self):
        """Return what there is to know about the relation with a customer, in words.

        As many statements for five people as for two hundred.
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "can_write": self.active and self.has_access("write"),
            "churn": self._get_churn_card(),
            "chain": self._get_chain_card(),
            "team": self._get_team_card(),
            "insight": self._get_insight_card(),
            "interaction": self._get_interaction_card(),
            "milestone": self._get_milestone_card(),
            "stage": self._get_stage_card(),
            "agreement": self._get_agreement_card(),
            "care": self._get_care_card(),
            "promise": self._get_commitment_card(),
            "case": self._get_case_card(),
            "company": self._get_company_card(),
            "satisfaction": self._get_satisfaction_card(),
        }

    def _get_sheet_relation(self):
        """Return what the customer sheet says about the relation; paper is passed on.

        No relationship data: no birthdays, interests, trust, gifts.
        """
        self.ensure_one()
        chain, team = self._get_chain_card(), self._get_team_card()
        nodes = [row for row in self._get_milestone_card() if row["kind"] != "birthday"]
        relation = {
            "people": chain["people"][: SHEET_ROWS["people"]],
            "notes": chain["notes"],
            "members": team["members"][: SHEET_ROWS["members"]],
            "insights": self._get_insight_card()["rows"][: SHEET_ROWS["insights"]],
            "talks": self._get_interaction_card()["interactions"],
            "nodes": nodes[: SHEET_ROWS["nodes"]],
            "agreements": self._get_agreement_card()["rows"][
                : SHEET_ROWS["agreements"]
            ],
        }
        more = len(chain["people"]) - len(relation["people"])
        relation["more"] = more and self.env._("and %s more people", more)
        for row in relation["talks"] + relation["nodes"]:
            row["date_text"] = format_date(self.env, row["date"])
        lists = ("people", "members", "insights", "talks", "nodes", "agreements")
        relation["has_any"] = any(relation[name] for name in lists)
        return relation

    def _get_insight_card(self):
        """Return what the customer needs and what happens around him, needs first.

        The newest that still hold; expired ones are in the list only.
        """
        today = self.company_id._get_customer_today()
        insights = self.env["customer.insight"].search_fetch(
            [
                ("profile_id", "=", self.id),
                "|",
                ("date_expiry", "=", False),
                ("date_expiry", ">=", today),
            ],
            ["kind", "name", "date", "stakeholder_id", "competitor_name"],
            limit=RELATION_ROWS + 1,
        )
        shown = insights[:RELATION_ROWS].sorted(lambda row: KIND_ORDER[row.kind])
        labels = dict(insights._fields["kind"]._description_selection(self.env))
        names = self._get_names_of(shown.stakeholder_id)
        return {
            "rows": [
                {
                    "id": insight.id,
                    "kind": insight.kind,
                    "label": labels[insight.kind],
                    "name": insight.name,
                    "about": " · ".join(
                        text
                        for text in (
                            insight.competitor_name,
                            names.get(insight.stakeholder_id.id),
                            format_date(self.env, insight.date),
                        )
                        if text
                    ),
                }
                for insight in shown
            ],
            "has_more": len(insights) > len(shown),
            "persona": self._get_persona_card(),
        }

    def _get_names_of(self, stakeholders):
        """Return who said it, without his contact data; in one statement, not two."""
        if not stakeholders:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT sth.id, par.name
                         FROM customer_stakeholder sth
                         JOIN res_partner par ON par.id = sth.partner_id
                        WHERE sth.id = ANY(%s)""",
                    stakeholders.ids,
                )
            )
        )

    def _get_persona_card(self):
        """Return what customers of this tier usually want; False when nobody wrote it."""
        tier = self.tier_id
        lines = [
            {"label": field._description_string(self.env), "text": tier[field.name]}
            for field in map(tier._fields.__getitem__, PERSONA_FIELDS)
            if tier and tier[field.name]
        ]
        if not lines:
            return False
        return {"title": self.env._("Usual for tier %s", tier.name), "lines": lines}

    def _get_agreement_card(self):
        """Return the running contracts and projects, those that end first on top."""
        agreements = self.env["customer.agreement"].search_fetch(
            [("profile_id", "=", self.id), ("stage", "!=", "closed")],
            ["name", "kind", "stage", "date_end", "amount", "currency_id"],
            limit=RELATION_ROWS + 1,
        )
        shown = agreements[:RELATION_ROWS]
        stages = dict(agreements._fields["stage"]._description_selection(self.env))
        money = self.env["customer.explanation"]._format_money
        return {
            "rows": [
                {
                    "id": agreement.id,
                    "name": agreement.name,
                    "stage": stages[agreement.stage],
                    "about": " · ".join(
                        text
                        for text in (
                            agreement.amount
                            and money(agreement.amount, self.company_id.currency_id),
                            agreement.date_end
                            and self.env._(
                                "until %s", format_date(self.env, agreement.date_end)
                            ),
                        )
                        if text
                    ),
                }
                for agreement in shown
            ],
            "has_more": len(agreements) > len(shown),
        }
