from odoo import api, models
from odoo.tools import format_date, get_lang

from ..scoring import band_of
from .customer_scorecard_metric import MONEY_METRICS

PERCENT_METRICS = (
    "growth_rate",
    "overdue_rate",
    "interaction_rate",
    "coverage_rate",
    "renewal_rate",
    "sla_rate",
)
DAY_METRICS = ("late_days", "days_since_order")


class CustomerExplanationWords(models.AbstractModel):
    """Values, bands and reasons in words, in the language of the reader."""

    _inherit = "customer.explanation"

    # === REASONS === #

    def _get_reasons(self):
        """Return why a figure can be unknown and what would make it known."""
        return {
            "no_rate": (
                self.env._("a document has no exchange rate"),
                self.env._("enter that of its day"),
            ),
            "before_history": (
                self.env._("older data is missing"),
                self.env._("import opening amounts"),
            ),
            "other_currency": (
                self.env._("the scorecard is in another currency"),
                self.env._("copy it for this company"),
            ),
            "no_fact": (
                self.env._("no order or invoice yet"),
                self.env._("known after the first one"),
            ),
            "too_young": (
                self.env._("customer for less than two years"),
                self.env._("known after two years"),
            ),
            "no_previous": (
                self.env._("nothing bought in the year before"),
                self.env._("known a year after the first purchase"),
            ),
            "none_due": (
                self.env._("no invoice fell due in 12 months"),
                self.env._("known after the first due invoice"),
            ),
            "none_paid": (
                self.env._("nothing was paid in 12 months"),
                self.env._("known after the first payment"),
            ),
            "no_sale": (
                self.env._("no sale yet"),
                self.env._("known after the first order"),
            ),
            "never_rated": (
                self.env._("not rated yet"),
                self.env._("rate it under What We Know"),
            ),
            **self._get_relation_reasons(),
            "cases_not_recorded": (
                self.env._("cases were not recorded long enough"),
                self.env._("known after 12 months, or with the first complaint"),
            ),
            "cases_not_recorded_3m": (
                self.env._("cases were not recorded long enough"),
                self.env._("known after three months, or with the first complaint"),
            ),
            "no_promise": (
                self.env._("no promise of a case was due in 12 months"),
                self.env._("known after the first one"),
            ),
            "no_answer": (
                self.env._("to be evaluated, nobody answered in 12 months"),
                self.env._("ask him"),
            ),
            "expired": (
                self.env._("rated more than 12 months ago"),
                self.env._("rate it again under What We Know"),
            ),
        }

    def _get_relation_reasons(self):
        """Return the same for what people write down about a customer."""
        no_tier = (
            self.env._("no tier before this day"),
            self.env._("known the day after the first rating"),
        )
        none_required = (self.env._("his tier asks for none"), self.env._("not needed"))
        not_recorded = (
            self.env._("interactions were not recorded long enough"),
            self.env._("set in the settings since when they are"),
        )
        return {
            "no_tier": no_tier,
            "none_required": none_required,
            "not_recorded": not_recorded,
            "too_new": (
                self.env._("customer for less than three months"),
                self.env._("known after three months"),
            ),
            "no_chain": (
                self.env._("nobody of the customer is in the decision chain"),
                self.env._("add who decides there"),
            ),
            "no_contract": (
                self.env._("no contract ended in 24 months"),
                self.env._("known after the first one"),
            ),
        }

    def _format_reason(self, reason):
        why, known = self._get_reasons().get(reason, (reason, ""))
        return self.env._("%(why)s: %(known)s", why=why, known=known)

    def _format_unknown(self, card):
        """Return what a dimension without any known metric counts."""
        if card.kind == "tier":
            points = self._format_number(card.unknown_points, 1)
            return self.env._("Unknown, counts as %s", points)
        return self.env._("Unknown, left out")

    def _format_missing_rate(self, currency, day, is_booked_at_1):
        if is_booked_at_1:
            return self.env._(
                "a document of %(day)s in %(currency)s was booked at the rate 1: reset it"
                " to draft and post it again",
                currency=currency,
                day=format_date(self.env, day),
            )
        return self.env._(
            "no exchange rate of %(currency)s on or before %(day)s: enter one",
            currency=currency,
            day=format_date(self.env, day),
        )

    def _get_remedy(self, reason):
        """Return where a reader can make a figure known, as far as he may."""
        if reason in ("never_rated", "expired"):
            return {"page": "page_ratings"}
        model, action = {
            "before_history": (
                "customer.opening",
                "customer_success.customer_opening_action",
            ),
            "no_rate": ("res.currency.rate", "base.action_currency_form"),
            "other_currency": (
                "customer.scorecard",
                "customer_success.customer_scorecard_action",
            ),
        }.get(reason, (None, None))
        if model and self.env[model].has_access("create"):
            return {"action": action}
        return {}

    # === FORMATS === #

    def _format_value(self, metric, value, company):
        """Return a value with its unit and window, in the user's language."""
        figure = self._format_figure(metric, value, company.currency_id)
        if metric.code in ("amount_12m", "orders_12m"):
            return self.env._("%s in 12 months", figure)
        return figure

    def _format_figure(self, metric, value, currency, fine=False):
        """Return a value in the unit of its metric.

        :param fine: with the decimals it is measured in, not only those worth showing
        """
        if metric.code in MONEY_METRICS and currency:
            return self._format_money(value, currency)
        if metric.code in PERCENT_METRICS:
            return f"{self._format_number(100 * value, 2 if fine else 1)}%"
        if metric.code == "tenure_years":
            years = self._format_number(value, 2 if fine else 1)
            return (
                self.env._("1 year") if years == "1" else self.env._("%s years", years)
            )
        if metric.code in DAY_METRICS:
            days = self._format_number(value, 2 if fine else 0)
            return self.env._("1 day") if days == "1" else self.env._("%s days", days)
        if metric.code == "csat":
            return self.env._("%s of 5", self._format_number(value, 2))
        return self._format_number(value, 2 if fine else 0)

    def _format_money(self, value, currency):
        """Return an amount with its symbol, without useless zeros.

        Not ``format_amount``: it reads the language, and without trailing zeros it
        turns 12,000 of a currency without decimals into "12,".
        """
        # remembered by the registry; archived currencies are not among them
        known = self.env["res.currency"].get_all_currencies().get(currency.id)
        known = known or {
            "symbol": currency.symbol,
            "position": currency.position,
            "digits": (0, currency.decimal_places),
        }
        parts = (known["symbol"] or "", self._format_number(value, known["digits"][1]))
        if known["position"] != "before":
            parts = parts[::-1]
        return "\N{NO-BREAK SPACE}".join(parts)

    def _format_move(self, metric, value, wanted, company):
        """Return "late days from 31 days to at most 8 days": what has to change."""
        currency = company.currency_id
        fine = len(
            {
                self._format_figure(metric, value, currency),
                self._format_figure(metric, wanted, currency),
            }
        ) == 1 or self._format_figure(metric, wanted, currency) != (
            self._format_figure(metric, wanted, currency, fine=True)
        )
        figures = {
            "metric": metric.display_name,
            "value": self._format_figure(metric, value, currency, fine),
            "wanted": self._format_figure(metric, wanted, currency, fine),
        }
        if metric.direction == "low" and not metric.is_rating:
            return self.env._(
                "%(metric)s: from %(value)s to at most %(wanted)s", **figures
            )
        return self.env._(
            "%(metric)s: from %(value)s to at least %(wanted)s", **figures
        )

    def _format_band(self, metric, band, company):
        """Return the band of a value, such as "$ 5,000 to $ 10,000"."""

        def edge(value):
            return self._format_edge(metric, value, company.currency_id)

        # Equality earns the better points: high values from, low values up to.
        is_low = metric.direction == "low"
        if band.low is None:
            high = edge(band.high)
            return (
                self.env._("up to %s", high) if is_low else self.env._("below %s", high)
            )
        if band.high is None:
            low = edge(band.low)
            return self.env._("above %s", low) if is_low else self.env._("from %s", low)
        return self.env._(
            "%(low)s to %(high)s", low=edge(band.low), high=edge(band.high)
        )

    def _explain_neighbours(self, metric, points, company):
        """Return the band of a value and what its two neighbours earn, in words."""
        is_low = metric.direction == "low"
        thresholds = metric._get_thresholds()
        band = band_of(points, thresholds, is_low)
        better, worse = (band.low, band.high) if is_low else (band.high, band.low)

        def earns(edge, text, earned):
            edge = self._format_edge(metric, edge, company.currency_id)
            return self.env._(
                "%(band)s earns %(points)s", band=text % edge, points=earned
            )

        neighbours = []
        if better is not None:
            text = self.env._("up to %s") if is_low else self.env._("from %s")
            neighbours.append(earns(better, text, points + 1))
        if worse is not None:
            text = self.env._("above %s") if is_low else self.env._("below %s")
            neighbours.append(earns(worse, text, points - 1))
        return {"band": self._format_band(metric, band, company), "next": neighbours}

    def _format_edge(self, metric, value, currency):
        """Return a threshold in the unit of its metric."""
        if metric.code in MONEY_METRICS and currency:
            return self._format_money(value, currency)
        if metric.code in PERCENT_METRICS:
            return f"{self._format_number(100 * value, 1)}%"
        return self._format_number(value, 2)

    def _format_number(self, value, digits):
        """Return a number in the reader's format without useless zeros."""
        if value is None:
            return ""
        lang = get_lang(self.env)
        text = (
            self.env["res.lang"]
            .browse(lang.id)
            .format(f"%.{digits}f", float(value), grouping=True)
        )
        point = lang.decimal_point
        return text.rstrip("0").rstrip(point) if point in text else text

    def _format_share(self, part, whole):
        """Return a share of the whole in percent."""
        return f"{self._format_number(100 * part / whole, 0)}%" if whole else ""

    def _format_known(self, metric, value, company):
        """Return a value with its unit, or that it is unknown; nothing unmeasured."""
        if not metric:
            return ""
        if value is None:
            return self.env._("Unknown")
        return self._format_value(metric, float(value), company)

    def _format_counted(self, counted, visible):
        """Return the heading of a list of records."""
        if counted == 1:
            return (
                self.env._("1 record counted")
                if visible
                else self.env._("1 record counted, not visible to you")
            )
        return self.env._(
            "%(counted)s records counted, %(visible)s visible to you",
            counted=self._format_number(counted, 0),
            visible=self._format_number(visible, 0),
        )

    def _format_records(self, counted, visible):
        """Return how many records were counted and how many the reader may see."""
        if not counted:
            return self.env._("no record")
        if counted == 1 and not visible:
            return self.env._("1 record, not visible to you")
        if counted != visible:
            return self.env._(
                "%(counted)s records, %(visible)s visible to you",
                counted=self._format_number(counted, 0),
                visible=self._format_number(visible, 0),
            )
        if counted == 1:
            return self.env._("1 record")
        return self.env._("%s records", self._format_number(counted, 0))

    # === SCALES === #

    @api.model
    def _render_scales(self, scorecard):
        """Return what earns how many points, as an HTML table for people."""
        scales = [
            {
                "dimension": metric.dimension_id.name,
                "name": metric.display_name,
                "bounds": self._get_bounds(metric),
            }
            for metric in scorecard.dimension_ids.metric_ids
        ]
        return self.env["ir.qweb"]._render(
            "customer_success.customer_scales", {"scales": scales}
        )

    def _get_bounds(self, metric):
        """Return the bound that earns 1 to 10 points; ratings have none."""
        if metric.is_rating:
            return []
        currency = metric.scorecard_id.currency_id
        edges = [
            self._format_edge(metric, edge, currency)
            for edge in metric._get_thresholds()
        ]
        if metric.direction == "low":
            edges.reverse()
            return [
                self.env._("above %s", edges[0]),
                *(self.env._("up to %s", edge) for edge in edges),
            ]
        return [
            self.env._("below %s", edges[0]),
            *(self.env._("from %s", edge) for edge in edges),
        ]
