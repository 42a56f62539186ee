from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.tools import SQL

from ..scoring import word_number

# Answers shown in the relation panel of a customer.
CARD_ROWS = 4
# Colours of a band; its word stands beside it.
BAND_COLOURS = {
    "good": "text-bg-success",
    "promoter": "text-bg-success",
    "middling": "text-bg-warning",
    "passive": "text-bg-secondary",
    "low": "text-bg-danger",
    "detractor": "text-bg-danger",
}


class CustomerProfile(models.Model):
    """What a customer thinks of us, and what we change about it."""

    _inherit = "customer.profile"

    def action_open_satisfaction(self):
        """Open what people of this customer answered."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_satisfaction_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {"default_profile_id": self.id}
        return action

    def action_answer_by_phone(self):
        """Enter what somebody of this customer says by phone."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_satisfaction_phone_action"
        )
        action["context"] = {"default_profile_id": self.id}
        return action

    # === RELATION PANEL === #

    def _get_satisfaction_card(self):
        """Return what people of the customer answered, and what we are changing."""
        self.ensure_one()
        today = self.company_id._get_customer_today()
        self.env.flush_all()
        [row] = self.env.execute_query_dict(self._select_satisfaction(today))
        plans = row["plans"] or []
        for plan in plans:
            plan["is_late"] = plan["date"] < fields.Date.to_string(today)
        answers = [self._prepare_answer_row(answer) for answer in row["answers"] or []]
        return {
            "summary": bool(answers) and self._describe_satisfaction(row),
            "answers": answers,
            "plans": plans,
        }

    def _select_satisfaction(self, today):
        """Return the statement: latest answers, unfinished plans, figures of 12 months.

        SQL because the panel may take few statements; whoever sees the customer sees
        these rows (the same rules), which the caller has checked.
        """
        return SQL(
            """SELECT (SELECT json_agg(ans) FROM (
                              SELECT sat.id, sat.date, sat.measure, sat.value,
                                     sat.scale_max, sat.band, sat.comment, per.name
                                FROM customer_satisfaction sat
                           LEFT JOIN res_partner per ON per.id = sat.partner_id
                               WHERE sat.profile_id = %(profile)s AND sat.active
                            ORDER BY sat.answered_datetime DESC, sat.id DESC
                               LIMIT %(limit)s) ans) AS answers,
                      (SELECT json_agg(pla) FROM (
                              SELECT imp.id, imp.name, imp.date_deadline AS date
                                FROM customer_improvement imp
                               WHERE imp.profile_id = %(profile)s
                                 AND imp.state IN ('draft', 'running')
                            ORDER BY imp.date_deadline, imp.id
                               LIMIT %(limit)s) pla) AS plans,
                      fig.*
                 FROM (SELECT count(*) FILTER (WHERE measure = 'csat') AS csat_count,
                              avg(score) FILTER (WHERE measure = 'csat') AS csat,
                              count(*) FILTER (WHERE measure = 'nps') AS nps_count,
                              count(*) FILTER (WHERE band = 'promoter')
                              - count(*) FILTER (WHERE band = 'detractor') AS balance
                         FROM customer_satisfaction
                        WHERE profile_id = %(profile)s
                          AND active
                          AND date > %(since)s) fig""",
            profile=self.id,
            since=today - relativedelta(years=1),
            limit=CARD_ROWS,
        )

    def _describe_satisfaction(self, row):
        """Return the figures of 12 months in words."""
        texts = []
        if row["csat_count"]:
            texts.append(
                self.env._(
                    "Satisfaction %(value)s of 5 in 12 months (answers: %(count)s)",
                    value=word_number(1 + row["csat"] / 25),
                    count=row["csat_count"],
                )
            )
        if row["nps_count"]:
            nps = word_number(100 * row["balance"] / row["nps_count"])
            texts.append(
                self.env._(
                    "NPS %(value)s (answers: %(count)s)",
                    value=f"+{nps}" if row["balance"] > 0 else nps,
                    count=row["nps_count"],
                )
            )
        return " · ".join(texts) or self.env._("No answer in 12 months")

    def _prepare_answer_row(self, row):
        bands = self.env["customer.satisfaction"]._fields["band"]
        text = " ".join((row["comment"] or "").split())
        return {
            "id": row["id"],
            "date": row["date"],
            "value": f"{float(row['value']):g} / {row['scale_max']}",
            "measure": "NPS" if row["measure"] == "nps" else "",
            "band": dict(bands._description_selection(self.env))[row["band"]],
            "colour": BAND_COLOURS[row["band"]],
            "name": row["name"] or "",
            "comment": text[:160] + ("…" if len(text) > 160 else ""),
        }

    # === MERGE === #

    def _move_facts(self, survivor):
        """Override: what they answered, and was begun for them, goes with them."""
        result = super()._move_facts(survivor)
        for model in ("customer.satisfaction", "customer.improvement"):
            rows = self.env[model].with_context(active_test=False)
            rows.search([("profile_id", "in", self.ids)]).write(
                {"profile_id": survivor.id}
            )
        self._move_invitations(survivor)
        return result

    def _move_invitations(self, survivor):
        """Move invitations; of two to the same questionnaire and period one stays.

        The one that was answered, else the earlier one: nobody is asked again.
        """
        rows = self.env["customer.survey.invitation"].search(
            [("profile_id", "in", [*self.ids, survivor.id])], order="date, id"
        )
        for same in rows.grouped(lambda row: (row.survey_id, row.period)).values():
            kept = (same.filtered(lambda row: row.state == "answered") or same)[:1]
            (same - kept).unlink()
            kept.filtered(lambda row: row.profile_id != survivor).write(
                {"profile_id": survivor.id}
            )
