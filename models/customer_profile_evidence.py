from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .customer_scorecard_metric import RELATION_METRICS, SERVICE_METRICS


class CustomerProfile(models.Model):
    """The Why of a customer on screen, and the records behind each figure."""

    _inherit = "customer.profile"

    tier_explanation = fields.Json(compute="_compute_explanation", exportable=False)
    health_explanation = fields.Json(compute="_compute_explanation", exportable=False)

    # === COMPUTE METHODS === #

    @api.depends("snapshot_id", "outlook_rating", "expansion_rating")
    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        saved = self._origin  # also while somebody edits the form
        # one query for the names on the form and the time zone of the day
        contacts = saved.partner_id | saved.company_id.partner_id
        (contacts | saved.user_id.sudo().partner_id).mapped("tz")
        explained = self.env["customer.explanation"]._explain_profiles(
            saved, on_screen=True
        )
        for profile in self:
            for kind in ("tier", "health"):
                profile[f"{kind}_explanation"] = {
                    "profile_id": profile._origin.id,
                    **explained.get((profile._origin.id, kind), {}),
                }

    # === ACTION METHODS === #

    def action_open_evidence(self, code=None, score_id=False):
        """Open the records that a metric counted, today or for a score of the past."""
        self.ensure_one()
        given = {"profile": self.id, "code": code, "score": score_id}
        self.check_access("read")
        if not self._get_evidence_given(given):
            return False
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_evidence_action"
        )
        labels = self.env["customer.scorecard.metric"]._fields["code"]
        action["name"] = action["display_name"] = dict(
            labels._description_selection(self.env)
        )[code]
        action["context"] = {
            "customer_evidence": given,
            "evidence_kind": self._get_evidence_kind(code),
            "create": False,
        }
        if code == "growth_rate":
            action["context"]["search_default_group_period"] = 1
        return action

    def get_evidence_counts(self, codes=(), score_id=False):
        """Return how many records each of these metrics counted, by its code.

        Asked for by the form when it is open: counting 10,000 documents takes longer
        than reading all the rest of a customer.
        """
        self.ensure_one()
        self.check_access("read")
        given = [
            self._get_evidence_given(
                {"profile": self.id, "code": code, "score": score_id}
            )
            for code in codes
        ]
        if not given or not all(given):
            return {}
        counts = self.env["customer.facts"]._count_evidence(
            self, given[0][1], sorted(set(codes))
        )
        explanation = self.env["customer.explanation"]
        return {
            code: {"counted": numbers[0], "text": explanation._format_records(*numbers)}
            for code, numbers in counts.items()
        }

    def get_evidence_summary(self, code=None, score_id=False):
        """Return in words what was counted for a metric, and what changed since."""
        self.ensure_one()
        self.check_access("read")
        given = self._get_evidence_given(
            {"profile": self.id, "code": code, "score": score_id}
        )
        if not given:
            return {}
        profile, date, code = given
        explanation = self.env["customer.explanation"]
        counts = self.env["customer.facts"]._count_evidence(profile, date, [code])
        score = self.env["customer.score"].browse(score_id or [])
        metric, then, now = profile._compare_evidence(score, date, code)
        figure = explanation._format_known(metric, then, profile.company_id)
        return {
            "heading": self.env._(
                "%(customer)s on %(day)s: %(figure)s",
                customer=profile.display_name,
                day=format_date(self.env, date),
                figure=figure,
            ),
            "figure": figure,
            "records": explanation._format_counted(*counts[code]),
            "invoice_form_id": self._get_invoice_form_id(),
            "change": then != now and profile._describe_change(metric, now, score),
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_evidence_given(self, given):
        """Return (customer, day, metric code) of a request, None when it makes none.

        Comes from a client's context: raises AccessError for a customer or a score
        that the user may not read.
        """
        codes = (
            self.env["customer.scorecard.metric"]._fields["code"].get_values(self.env)
        )
        if not isinstance(given, dict) or given.get("code") not in codes:
            return None
        ids = [given.get("profile"), given.get("score") or 0]
        if any(type(number) is not int for number in ids):
            return None
        profile = self.browse(ids[0]).exists()
        if not profile:
            return None
        profile.check_access("read")
        # sudo: the day of a company is no secret
        date = profile.company_id.sudo()._get_customer_today()
        if ids[1]:
            score = self.env["customer.score"].browse(ids[1]).exists()
            score.check_access("read")
            if score.profile_id != profile:
                return None
            date = score.date
        return profile, date, given["code"]

    def _get_evidence_kind(self, code):
        """Return which columns the list of records needs."""
        if code in ("late_days", "overdue_rate"):
            return "receivable"
        if code.endswith("_rating"):
            return "rating"
        if code in RELATION_METRICS + SERVICE_METRICS:
            return "relation"
        return {"growth_rate": "growth", "orders_12m": "orders"}.get(code, "money")

    def _compare_evidence(self, score, date, code):
        """Return the metric, its value in the score and what the records give now."""
        self.ensure_one()
        company = self.company_id
        cards = self.env["customer.scorecard"]._load_active(company)
        if score:
            cards[score.kind] = score.scorecard_id.sudo()  # sudo: a rule of his result
        metrics = {
            name: card.dimension_ids.metric_ids.filtered(
                lambda metric: metric.code == code
            )
            for name, card in cards.items()
            if name == (score.kind or name)
        }
        kind = next((name for name, found in metrics.items() if found), None)
        if not kind:
            return self.env["customer.scorecard.metric"], None, None
        metric, stored = metrics[kind][0], score.detail
        if not score:
            rows = self.env["customer.explanation"]._score_stored(self, cards, date)
            stored = rows[0][f"{kind}_detail"] if rows else None
        if not self.active and not self.merged_into_id:
            return (
                metric,
                self._get_known(stored, metric),
                self._get_known(stored, metric),
            )  # nobody counts an archived customer
        recounted = self._recount(cards, date, kind)
        return metric, *(
            self._get_known(detail, metric) for detail in (stored, recounted)
        )

    def _get_known(self, detail, metric):
        """Return the value of a metric in a score's evidence as an exact number."""
        value = ((detail or {}).get("metrics", {}).get(str(metric.id)) or [None])[0]
        return None if value is None else Decimal(str(value))

    def _recount(self, cards, date, kind):
        """Return the evidence that the records of today give for a day."""
        facts = self.env["customer.facts"]
        scope = facts._prepare_evidence_scope(self, date)
        # sudo: read in SQL; the figures shown are on the declared list
        scores = (
            self.env["customer.formula"]
            .sudo()
            ._select_scores(scope, facts.sudo()._select_metrics(scope), cards)
        )
        rows = self.env.execute_query_dict(
            SQL("SELECT sco.* FROM (%s) sco WHERE sco.profile_id = %s", scores, self.id)
        )
        return rows[0][f"{kind}_detail"] if rows else None

    def _describe_change(self, metric, now, score):
        """Return that the records no longer give the figure, and why that can be."""
        figure = self.env["customer.explanation"]._format_known(
            metric, now, self.company_id
        )
        if self.merged_into_id:
            return self.env._(
                "The records now count for %s.", self.merged_into_id.display_name
            )
        if score:
            return self.env._(
                "The records of that day now give %s: some were changed, cancelled or"
                " deleted since.",
                figure,
            )
        return self.env._(
            "The records now give %s: they changed since the last scoring.", figure
        )
