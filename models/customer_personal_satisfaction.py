from odoo import api, models
from odoo.tools import SQL

from .customer_personal_life import ERASED


class CustomerPersonalSource(models.AbstractModel):
    """What a person answered in the data map: his words go, the figure stays."""

    _inherit = "customer.personal.source"

    @api.model
    def _get_personal_sources(self):
        return {
            "customer.satisfaction": ["partner_id"],
            "customer.survey.invitation": ["partner_id"],
            **super()._get_personal_sources(),
        }

    @api.model
    def _get_decisions(self, partners, terms, companies, with_contact=False):
        """Propose to erase what these people said in their answers."""
        decisions = super()._get_decisions(partners, terms, companies, with_contact)
        answers = self._find_linked(partners, companies)["customer.satisfaction"]
        own = answers.filtered("comment").ids
        key = ("customer.satisfaction", "comment")
        left = [
            row
            for row in decisions
            if (row["model_name"], row["field_name"]) != key or row["res_id"] not in own
        ]
        return left + [
            {
                "model_name": key[0],
                "res_id": res_id,
                "field_name": key[1],
                "treatment": "erase",
            }
            for res_id in own
        ]

    @api.model
    def _erase_linked(self, linked):
        """Override: what was filled in loses its person and its words."""
        result = super()._erase_linked(linked)
        none = self.env["customer.satisfaction"]
        answers = linked.get("customer.satisfaction", none)
        inputs = answers.user_input_id
        invitations = linked.get("customer.survey.invitation")
        if invitations:
            inputs |= invitations.user_input_id
        self.env.flush_all()
        # by SQL: no write date may change
        for statement, records in (
            ("UPDATE customer_satisfaction SET partner_id = NULL", answers),
            (
                "UPDATE rating_rating SET partner_id = NULL, feedback = NULL",
                answers.rating_id,
            ),
            (
                "UPDATE survey_user_input"
                " SET partner_id = NULL, email = NULL, nickname = NULL",
                inputs,
            ),
        ):
            if records:
                self.env.cr.execute(
                    SQL("%s WHERE id IN %s", SQL(statement), tuple(records.ids))
                )
        if inputs:
            self.env.cr.execute(
                SQL(
                    """UPDATE survey_user_input_line
                          SET value_char_box = CASE WHEN value_char_box <> ''
                                               THEN %(erased)s END,
                              value_text_box = CASE WHEN value_text_box <> ''
                                               THEN %(erased)s END
                        WHERE user_input_id IN %(ids)s""",
                    erased=ERASED,
                    ids=tuple(inputs.ids),
                )
            )
        self.env.invalidate_all()
        return result
