from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..const import RELATION_ROWS
from ..periods import expected_days, months_before, window
from .customer_facts import Scope

# What the timeline shows: months back, order days, marks of expected orders.
RHYTHM_MONTHS, RHYTHM_DAYS, RHYTHM_MARKS = 18, 150, 40
# How far ahead the next expected order may lie to be shown.
RHYTHM_AHEAD = 120


class CustomerProfile(models.Model):
    """The order days of a customer against his rhythm: words, timeline, open alerts."""

    _inherit = "customer.profile"

    @api.readonly
    def get_rhythm(self):
        """Return the order days of a customer, those to be expected, and the words."""
        self.ensure_one()
        self.check_access("read")
        return self._get_rhythm()

    def action_open_alerts(self):
        """Open the alerts of this customer, closed ones too."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_alert_action"
        )
        action["domain"] = [("profile_id", "in", self._with_merged().ids)]
        action["context"] = {}
        return action

    def _get_churn_card(self):
        """Return what the relation panel says about orders: the rhythm and the alerts.

        For who may read the customer: his alerts have the same rules.
        """
        self.ensure_one()
        row = self._read_rhythm()
        rhythm, alerts = self._describe_rhythm(row), self._describe_alerts(row)
        for alert in alerts:
            rule = alert.pop("rule")
            if alert["sentence"] in ("", rhythm["sentence"]):  # nothing is said twice
                alert["sentence"] = rule
        return {**rhythm, "alerts": alerts}

    def _get_rhythm(self):
        self.ensure_one()
        return self._describe_rhythm(self._read_rhythm())

    # === RHYTHM === #

    def _describe_rhythm(self, row):
        """Return days and words as plain data; without any order there are no days."""
        today = self.company_id._get_customer_today()
        days, seasons = row["days"] or [], self._merge_seasons(row["seasons"] or [])
        labels = self.env["customer.churn"]._fields["state"]._description_selection
        evidence = self._prepare_rhythm_evidence(row, days, today, seasons)
        return {
            "today": fields.Date.to_string(today),
            "days": [fields.Date.to_string(day) for day in days],
            "expected": self._get_expected_days(evidence, days, today, seasons),
            "seasons": [
                [fields.Date.to_string(edge) for edge in season]
                for season in seasons
                if days and season[1] >= days[0] and season[0] <= today
            ],
            "state": row["state"] or False,
            "state_label": dict(labels(self.env)).get(row["state"], ""),
            "sentence": self.env["customer.alert.words"]._get_sentence(
                "no_order_days", evidence, self.company_id
            ),
        }

    def _merge_seasons(self, edges):
        """Return closed seasons, given as days in text, as disjoint (first, last)."""
        seasons = [tuple(map(fields.Date.to_date, edge)) for edge in edges]
        return self.env["customer.facts"]._merge_seasons(seasons)

    def _get_expected_days(self, evidence, days, today, seasons):
        interval = evidence.get("orders") and evidence.get("interval")
        if not days or not interval:
            return []
        ahead = timedelta(days=min(interval, RHYTHM_AHEAD))
        found = expected_days(days[-1], interval, today + ahead, seasons)
        if len(found) > RHYTHM_MARKS:
            found = found[: RHYTHM_MARKS - 1] + found[-1:]
        return [fields.Date.to_string(day) for day in found]

    def _prepare_rhythm_evidence(self, row, days, today, seasons):
        """Return what the words need (``customer.alert.words``), as of today."""
        last = days[-1] if days else row["date_last_order"]
        if not last:
            return {}
        closed = sum(
            max((min(end, today) - max(first, last + timedelta(days=1))).days + 1, 0)
            for first, end in seasons
        )
        is_shown = row["percent_state"] == "shown"
        return {
            "interval": float(row["interval_usual"] or 0) or None,
            "orders": row["repeat_count"] or 0,
            "silence": (today - last).days - closed,
            "closed_days": closed,
            "percent": row["order_percent"] if is_shown else None,
            "horizon": self.company_id.customer_churn_horizon,
            "usual_value": row["usual_value"] and float(row["usual_value"]),
            "last_order": fields.Date.to_string(last),
        }

    # === ALERTS === #

    def _describe_alerts(self, row):
        """Return the alerts that are not closed, the most urgent ones first."""
        states = self.env["customer.alert"]._fields["state"]
        labels = dict(states._description_selection(self.env))
        words = self.env["customer.alert.words"]
        return [
            {
                "id": alert["id"],
                "sentence": words._get_sentence(
                    alert["signal"], alert["evidence"], self.company_id
                ),
                "rule": alert["rule"],
                "state": alert["state"],
                "state_label": labels[alert["state"]],
                "date": format_date(self.env, alert["date"]),
            }
            for alert in row["alerts"] or []
        ]

    # === SQL HELPERS === #

    def _read_rhythm(self):
        """Return rhythm, order days, closed seasons and open alerts of one customer.

        In one statement: the panel of the customer reads it each time. For who may
        read the customer.
        """
        for name in (
            "sale.order", "account.move", "res.partner", "customer.profile",
            "customer.churn", "customer.closed.season", "customer.alert",
            "customer.alert.rule",
        ):  # fmt: skip
            # sudo: no value is read here
            self.env[name].sudo().flush_model()
        [row] = self.env.execute_query_dict(
            SQL(
                """SELECT chn.state, chn.date_last_order, chn.repeat_count,
                          chn.interval_usual, chn.percent_state, chn.order_percent,
                          chn.usual_value,
                          ARRAY(%(days)s) AS days,
                          (SELECT JSONB_AGG(JSONB_BUILD_ARRAY(sea.date_from, sea.date_to))
                             FROM customer_closed_season sea
                            WHERE sea.active AND (sea.company_id IS NULL
                                  OR sea.company_id = pro.company_id)) AS seasons,
                          (SELECT JSONB_AGG(alr.*) FROM (%(alerts)s) alr) AS alerts
                     FROM customer_profile pro
                LEFT JOIN customer_churn chn ON chn.profile_id = pro.id
                    WHERE pro.id = %(profile)s""",
                days=self._select_drawn_days(),
                alerts=self._select_open_alerts(),
                profile=self.id,
            )
        )
        return row

    def _select_drawn_days(self):
        """Return the order days that the timeline shows: those the rhythm counts.

        Oldest first; days of invoices where he never ordered.
        """
        company = self.company_id
        today = company._get_customer_today()
        scope = Scope(
            company=company,
            window=window(today, company._get_customer_tz()),
            partner_ids=SQL(
                "ARRAY(SELECT id FROM res_partner WHERE commercial_partner_id = %s)",
                self.partner_id.id,
            ),
            commercial_ids=self.partner_id.ids,
        )
        facts = self.env["customer.facts"]
        return SQL(
            """SELECT new.day FROM (
                      SELECT DISTINCT fac.day FROM (
                             SELECT %(order_day)s AS day
                               FROM sale_order ord WHERE %(orders)s
                              UNION ALL
                             SELECT mov.invoice_date FROM account_move mov
                              WHERE %(invoices)s AND mov.move_type <> 'out_refund'
                                AND mov.amount_untaxed_signed >= 0
                                AND NOT EXISTS (
                                    SELECT FROM sale_order ord WHERE %(orders)s)) fac
                       WHERE fac.day > %(since)s
                    ORDER BY fac.day DESC LIMIT %(limit)s) new
             ORDER BY new.day""",
            order_day=facts._select_order_day(scope),
            orders=facts._filter_recent_orders(scope),
            invoices=facts._filter_invoices(scope),
            since=months_before(today, RHYTHM_MONTHS),
            limit=RHYTHM_DAYS,
        )

    def _select_open_alerts(self):
        return SQL(
            """SELECT opn.id, opn.signal, opn.evidence, opn.state, opn.date,
                      COALESCE(rul.name->>%(lang)s, rul.name->>'en_US') AS rule
                 FROM customer_alert opn
                 JOIN customer_alert_rule rul ON rul.id = opn.rule_id
                WHERE opn.profile_id = %(profile)s AND opn.state <> 'closed'
             ORDER BY opn.priority DESC NULLS LAST, opn.date DESC, opn.id DESC
                LIMIT %(limit)s""",
            lang=self.env.lang or "en_US",
            profile=self.id,
            limit=RELATION_ROWS,
        )
