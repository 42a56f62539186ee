from odoo import Command, api, fields, models
from odoo.tools import SQL

# What a rule without any alert has none of.
GRADE_COLUMNS = (
    "alert_count",
    "right_count",
    "wrong_count",
    "lead_count",
    "lead_days",
    "lapse_count",
    "caught_count",
    "customer_years",
    "suggestion",
)


class CustomerAlertRule(models.Model):
    """What became of the alerts of a rule, in the companies one works in."""

    _inherit = "customer.alert.rule"

    alert_count = fields.Integer("Alerts", compute="_compute_grades")
    right_count = fields.Integer("Right", compute="_compute_grades")
    wrong_count = fields.Integer("False Alarms", compute="_compute_grades")
    pending_count = fields.Integer("Too Early to Say", compute="_compute_grades")
    is_graded = fields.Boolean(compute="_compute_grades")
    precision = fields.Float(
        compute="_compute_grades",
        help="Share of the graded alerts that were right, 0 to 1. Empty without any.",
    )
    is_recall_known = fields.Boolean(compute="_compute_grades")
    recall = fields.Float(
        "Customers Found",
        compute="_compute_grades",
        help="Share of the customers who stopped ordering that had an alert of this"
        " rule, 0 to 1. Known for rules about silence, of all customers, that are older"
        " than the days looked ahead.",
    )
    lead_days = fields.Float(
        "Days Early",
        digits=(16, 0),
        compute="_compute_grades",
        help="Days from the alert until the silence had lasted twice the days looked"
        " ahead, on average of the right alerts of customers who stopped ordering.",
    )
    is_lead_known = fields.Boolean(compute="_compute_grades")
    is_rate_known = fields.Boolean(compute="_compute_grades")
    false_rate = fields.Float(
        "False Alarms per Customer and Year",
        digits=(16, 2),
        compute="_compute_grades",
        help="Of the customers who ordered twice and bought in the months before.",
    )
    grade_text = fields.Char("How It Does", compute="_compute_grades")
    baseline_text = fields.Char("Measured Against", compute="_compute_grades")
    suggestion_text = fields.Char("Better Threshold", compute="_compute_grades")

    # === COMPUTE METHODS === #

    @api.depends("signal", "tier_codes", "stage_ids", "threshold")
    @api.depends_context("lang", "allowed_company_ids", "company")
    def _compute_grades(self):
        """Read what the alerts of all rules and of the baseline came to, at once."""
        baseline = self._get_baseline(self.env.company)
        rows = (self._origin | baseline)._read_grades()
        for rule in self:
            row = rows.get(rule._origin.id) or dict.fromkeys(GRADE_COLUMNS, 0)
            rule.update(rule._get_figures(row))
            rule.grade_text = rule._get_grade_text(row)
            rule.suggestion_text = rule._get_suggestion_text(row["suggestion"])
            rule.baseline_text = False
            if baseline and rule._origin != baseline:
                rule.baseline_text = baseline._get_baseline_text(rows[baseline.id])

    def _get_figures(self, row):
        """Return the figures of a rule, each with whether it is known."""
        graded = row["right_count"] + row["wrong_count"]
        is_recall_known = bool(
            row["lapse_count"]
            and self.signal in self._get_silence_signals()
            and not self.tier_codes
            and not self.stage_ids
        )
        years = row["customer_years"] or 0
        return {
            "alert_count": row["alert_count"],
            "right_count": row["right_count"],
            "wrong_count": row["wrong_count"],
            "pending_count": row["alert_count"] - graded,
            "is_graded": bool(graded),
            "precision": row["right_count"] / graded if graded else 0,
            "is_recall_known": is_recall_known,
            "recall": row["caught_count"] / row["lapse_count"]
            if is_recall_known
            else 0,
            "is_lead_known": bool(row["lead_count"]),
            "lead_days": row["lead_days"] or 0,
            "is_rate_known": bool(years and graded),
            "false_rate": row["wrong_count"] / float(years) if years else 0,
        }

    def _read_grades(self):
        """Return the figures by rule id, of the companies one works in.

        Counts of all customers, whoever reads: a rule is judged by all its alerts.
        """
        self.env["customer.alert"].flush_model()
        self.env["customer.alert.grade"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT rul.id, COALESCE(cnt.alert_count, 0) AS alert_count,
                          COALESCE(cnt.right_count, 0) AS right_count,
                          COALESCE(cnt.wrong_count, 0) AS wrong_count,
                          COALESCE(cnt.lead_count, 0) AS lead_count, cnt.lead_days,
                          grd.lapse_count, grd.caught_count, grd.customer_years,
                          grd.suggestion
                     FROM customer_alert_rule rul
                LEFT JOIN (SELECT rule_id, COUNT(*) AS alert_count,
                                  COUNT(*) FILTER (WHERE verdict = 'right')
                                      AS right_count,
                                  COUNT(*) FILTER (WHERE verdict = 'wrong')
                                      AS wrong_count,
                                  COUNT(*) FILTER (WHERE verdict = 'right'
                                      AND is_lapsed) AS lead_count,
                                  AVG(lead_days) FILTER (WHERE verdict = 'right'
                                      AND is_lapsed) AS lead_days
                             FROM customer_alert
                            WHERE company_id = ANY(%(companies)s)
                         GROUP BY rule_id) cnt ON cnt.rule_id = rul.id
                LEFT JOIN (SELECT rule_id, SUM(lapse_count) AS lapse_count,
                                  SUM(caught_count) AS caught_count,
                                  SUM(customer_years) AS customer_years,
                                  (ARRAY_AGG(suggestion) FILTER (
                                      WHERE company_id = %(company)s))[1] AS suggestion
                             FROM customer_alert_grade
                            WHERE company_id = ANY(%(companies)s)
                         GROUP BY rule_id) grd ON grd.rule_id = rul.id
                    WHERE rul.id = ANY(%(ids)s)""",
                ids=self.ids,
                companies=self.env.companies.ids,
                company=self.env.company.id,
            )
        )
        return {row["id"]: row for row in rows}

    # === WORDS === #

    def _get_grade_text(self, row):
        """Return a line such as: 20 alerts, 14 right."""
        right = row["right_count"]
        graded = right + row["wrong_count"]
        pending = row["alert_count"] - graded
        if not row["alert_count"]:
            return self.env._("No alert yet")
        if not graded:
            return self.env._("Alerts too young to say: %s", pending)
        text = self.env._(
            "%(graded)s alerts, %(right)s right", graded=graded, right=right
        )
        if graded == 1:
            text = self.env._("1 alert, %s right", right)
        if not pending:
            return text
        return self.env._(
            "%(grade)s; %(pending)s more too young to say", grade=text, pending=pending
        )

    def _get_baseline_text(self, row):
        """Return how the rule to compare with does."""
        figures = self._get_figures(row)
        if not figures["is_rate_known"]:
            return self.env._(
                "%s: nothing to compare with yet. A backtest shows both.", self.name
            )
        return self.env._(
            "%(rule)s: %(grade)s; %(rate)s false alarms per customer and year, %(days)s"
            " days early",
            rule=self.name,
            grade=self._get_grade_text(row),
            rate=f"{figures['false_rate']:.2f}",
            days=f"{figures['lead_days']:.0f}",
        )

    def _get_suggestion_text(self, suggestion):
        """Return what a stricter threshold would have done to the alerts so far."""
        threshold = self.threshold
        if self.signal == "churn_at_risk" and not threshold:  # that of the settings
            threshold = round(100 * (1 - self.env.company.customer_churn_risk), 2)
        if not suggestion or suggestion["threshold"] == threshold:
            return False
        return self.env._(
            "With a threshold of %(new)s instead of %(old)s, %(left_out)s of %(wrong)s"
            " false alarms would not have been raised; %(missed)s of %(right)s right"
            " alerts would have been missed.",
            new=f"{suggestion['threshold']:g}",
            old=f"{threshold:g}",
            left_out=suggestion["wrong_left_out"],
            wrong=suggestion["wrong"],
            missed=suggestion["right_missed"],
            right=suggestion["right"],
        )

    # === ACTION METHODS === #

    def action_open_alerts(self):
        """Open the alerts of this rule that the reader may see."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_alert_action"
        )
        return {
            **action,
            "name": self.name,
            "display_name": self.name,
            "domain": [("rule_id", "=", self.id)],
            "context": {"search_default_group_verdict": 1},
        }

    def action_backtest(self):
        """Ask on which past days these rules shall be replayed."""
        self.check_access("write")
        backtest = self.env["customer.alert.backtest"].create(
            {"rule_ids": [Command.set(self.ids)]}
        )
        return backtest._get_action()

    # === BUSINESS METHODS === #

    @api.model
    def _get_baseline(self, company):
        """Return the rule that others are compared with: no order for days at least."""
        # sudo: the setting and a rule that is switched off are no secret
        rules_sudo = self.sudo().with_context(active_test=False)
        return company.sudo().customer_alert_baseline_id or rules_sudo.search(
            [
                ("signal", "=", "no_order_days"),
                ("company_id", "in", [company.id, False]),
            ],
            order="company_id, id",
            limit=1,
        )

    @api.model
    def _get_silence_signals(self):
        """Return the kinds of signals that a next order ends."""
        return tuple(
            name for name, signal in self._get_signals().items() if signal.is_silence
        )
