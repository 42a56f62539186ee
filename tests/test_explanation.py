from odoo.tests import tagged

from .evidence_common import EvidenceCase


@tagged("post_install", "-at_install")
class TestExplanation(EvidenceCase):
    """What the form says about a tier, and what it says when facts have changed."""

    def _invoice(self, day, amount, due=None, **values):
        return self._create_invoice(
            self.partner, day, amount, due, invoice_user_id=self.sales.id, **values
        )

    def _order(self, day, amount=10):
        return self._create_order(self.partner, day, amount, user_id=self.sales.id)

    def _make_b_customer(self):
        """964,000 in 12 months, 3.2 years, nine orders, 31 days late: B."""
        self._order("2023-09-01")
        for month in range(1, 10):
            self._order(f"2026-0{month}-10")
        self._pay(self._invoice("2026-03-01", 964000, "2026-04-01"), "2026-05-02")
        return self._score(self.partner)

    # === A SCORE OPENED === #

    def test_metric_shows_value_band_neighbours_points_and_weight(self):
        metrics, explanation = self._explain(self._make_b_customer())
        amount = metrics["amount_12m"]
        self.assertEqual(amount["value"].replace("\N{NO-BREAK SPACE}", " "),
                         "$ 964,000 in 12 months")  # fmt: skip
        self.assertEqual((amount["points"], amount["share"]), (8, ""))
        texts = [amount["band"], *amount["next"]]
        self.assertEqual(
            [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts],
            ["$ 500,000 to $ 1,000,000", "from $ 1,000,000 earns 9",
             "below $ 500,000 earns 7"],
        )  # fmt: skip
        late = metrics["late_days"]
        self.assertEqual((late["value"], late["points"]), ("31 days", 4))
        self.assertEqual(late["band"], "30 to 45")
        self.assertEqual(late["next"], ["up to 30 earns 5", "above 45 earns 3"])
        # a third with the overdue share and the complaints, which are unknown
        self.assertEqual(late["share"], "33%")
        risk = explanation["dimensions"][3]
        # overdue 10, late 4
        self.assertEqual((risk["points"], risk["cells"]), (7, 7))
        self.assertEqual((risk["share"], risk["contribution"]), ("25%", "7 of 10"))
        self.assertEqual(explanation["card"], "Customer tier, version 1")

    def test_contributions_add_up_to_the_total(self):
        profile = self._make_b_customer()
        _metrics, explanation = self._explain(profile)
        parts = [part["contribution"] for part in explanation["dimensions"]]
        # value 8, stability (6 + 6) / 2, growth unknown 5.5, risk 7
        self.assertEqual(parts, ["8 of 10", "6 of 10", "5.5 of 10", "7 of 10"])
        self.assertEqual(profile.tier_score, 26.5)

    def test_only_managers_see_all_bands(self):
        profile = self._make_b_customer()
        self.assertFalse(self._explain(profile)[0]["late_days"]["scale"])
        manager = self._create_user("explained_manager", "manager", lang="en_US")
        scale = self._explain(profile, manager)[0]["late_days"]["scale"]
        self.assertEqual(
            scale,
            ["above 90", "up to 90", "up to 60", "up to 45", "up to 30", "up to 21",
             "up to 14", "up to 7", "up to 3", "up to 0"],
        )  # fmt: skip

    def test_health_leaves_unknown_dimensions_out(self):
        self._order("2026-11-11")
        _metrics, explanation = self._explain(self._score(self.partner), kind="health")
        known = [part for part in explanation["dimensions"] if part["points_text"]]
        self.assertEqual([part["share"] for part in known], ["100%"])
        unknown = [part for part in explanation["dimensions"] if not part["points"]]
        self.assertTrue(unknown)
        self.assertEqual({part["contribution"] for part in unknown}, {""})

    # === UNKNOWN === #

    def test_unknown_metrics_say_why_and_what_makes_them_known(self):
        self._order("2026-11-11")
        metrics, _explanation = self._explain(self._score(self.partner))
        self.assertEqual(
            metrics["late_days"]["reason"],
            "no invoice fell due in 12 months: known after the first due invoice",
        )
        outlook = metrics["outlook_rating"]
        self.assertEqual(outlook["reason"], "not rated yet: rate it under What We Know")
        self.assertEqual(outlook["remedy"], {"page": "page_ratings"})
        self.assertIn(
            "customer for less than two years", metrics["growth_rate"]["reason"]
        )

    def test_missing_rate_names_currency_and_day(self):
        currency = self.env["res.currency"].create(
            {"name": "XWY", "symbol": "Y", "rounding": 0.01}
        )
        self.company.customer_money_source = "ordered"
        self._create_order(
            self.partner, "2026-05-03", 100, currency=currency, user_id=self.sales.id
        )
        profile = self._score(self.partner)
        metrics, _explanation = self._explain(profile)
        self.assertEqual(
            metrics["amount_12m"]["reason"],
            "no exchange rate of XWY on or before 05/03/2026: enter one",
        )
        self.assertEqual(metrics["amount_12m"]["remedy"], {})
        rows = self._open(profile, "amount_12m")
        self.assertEqual((len(rows), rows.amount), (1, 0))

    def test_invoice_booked_at_one_is_to_be_posted_again(self):
        currency = self.env["res.currency"].create(
            {"name": "XWZ", "symbol": "Z", "rounding": 0.01}
        )
        self._create_invoice(
            self.partner, "2026-10-01", 100, currency_id=currency.id
        )  # posted before anybody entered a rate
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2026-09-01",
                "rate": 4,
                "company_id": self.company.id,
            }
        )
        metrics, _explanation = self._explain(self._score(self.partner))
        self.assertEqual(
            metrics["amount_12m"]["reason"],
            "a document of 10/01/2026 in XWZ was booked at the rate 1: reset it to draft"
            " and post it again",
        )

    def test_why_stays_while_a_rating_is_typed(self):
        self._order("2026-05-01")
        profile = self._score(self.partner)
        result = profile.onchange(
            {"outlook_rating": 7},
            ["outlook_rating"],
            {"outlook_rating": {}, "tier_explanation": {}},
        )
        explanation = result["value"].get("tier_explanation", profile.tier_explanation)
        self.assertEqual(explanation["profile_id"], profile.id)
        self.assertTrue(explanation["dimensions"])

    def test_remedies_lead_only_where_the_reader_may_go(self):
        self.company.customer_history_start = "2026-06-01"
        self._order("2026-11-11")
        profile = self._score(self.partner)
        reader = self._explain(profile)[0]["amount_12m"]
        self.assertEqual(
            reader["reason"], "older data is missing: import opening amounts"
        )
        self.assertEqual(reader["remedy"], {})
        manager = self._create_user("explained_manager", "manager", lang="en_US")
        self.assertEqual(
            self._explain(profile, manager)[0]["amount_12m"]["remedy"],
            {"action": "customer_success.customer_opening_action"},
        )

    # === LIFT === #

    def _get_lift(self, profile):
        lift = self._explain(profile)[1]["lift"]
        moves = [move.replace("\N{NO-BREAK SPACE}", " ") for move in lift["moves"]]
        return lift["title"], moves, lift["note"]

    def test_form_says_what_one_figure_reaches_the_next_tier(self):
        # value 7, stability (2 + 5) / 2, growth 5.5, risk (10 + 4) / 2: 23, B
        for month in range(1, 8):
            self._order(f"2026-0{month}-10")
        self._pay(self._invoice("2026-03-01", 400000, "2026-04-01"), "2026-05-02")
        profile = self._score(self.partner)
        self.assertEqual((profile.tier_id.code, profile.tier_score), ("B", 23))
        # one point more of a dimension, two of one of its two metrics
        self.assertEqual(
            self._get_lift(profile),
            (
                "To reach A (key)",
                [
                    "Amount of 12 months: from $ 400,000 to at least $ 500,000",
                    "Years of cooperation: from 0.8 years to at least 1.5 years",
                    "Orders per year: from 7 to at least 12",
                    "Days late, on average: from 31 days to at most 21 days",
                ],
                "",
            ),
        )

    def test_no_move_is_offered_when_none_reaches(self):
        # value 1, stability 1.5, growth 5.5, risk unknown 5.5: 13.5, C, B needs 2.5 more
        self._order("2026-11-01", 100)
        profile = self._score(self.partner)
        self.assertEqual(profile.tier_id.code, "C")
        title, moves, note = self._get_lift(profile)
        self.assertEqual(title, "To reach B (potential)")
        self.assertTrue(moves)
        self._set_bound("B", 23.5)
        title, moves, note = self._get_lift(profile)
        self.assertEqual((moves, note), ([], "not by one figure alone"))

    def _set_bound(self, code, bound):
        """Move a bound past the guard of used scorecards, as no client can."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_tier SET lower_bound = %s WHERE id = %s",
            [bound, self.tiers[code].id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_dormant_customer_has_to_buy_first(self):
        self._order("2020-01-01")
        self._invoice("2025-11-01", 100)
        profile = self._score(self.partner)
        self.assertTrue(profile.is_dormant)
        title, moves, note = self._get_lift(profile)
        self.assertEqual((title, moves), ("To reach B (potential)", []))
        self.assertEqual(
            note,
            "a new sale first: without one in 12 months at most C (ordinary)",
        )
        self.company.customer_dormant_cap = False
        self.assertNotIn("a new sale first", self._get_lift(profile)[2])

    def test_highest_tier_has_nothing_to_reach(self):
        self._create_opening(self.partner, "2014-01-01", 1, 1)
        for month in range(1, 10):
            self._create_opening(self.partner, f"2026-0{month}-01", 300000, 6)
        profile = self._get_profile(self.partner)
        profile.write({"outlook_rating": 10, "expansion_rating": 10})
        self._pay(self._invoice("2026-03-01", 10), "2026-03-01")
        profile = self._score(self.partner)
        self.assertEqual(profile.tier_today_id.code, "S")
        self.assertEqual(self._get_lift(profile), ("Top tier", [], ""))

    # === WHAT CHANGED SINCE === #

    def test_list_says_when_the_records_no_longer_give_the_figure(self):
        self._invoice("2026-05-01", 1000)
        gone = self._invoice("2026-06-01", 500)
        profile = self._score(self.partner)
        score = profile.score_ids.filtered(lambda row: row.kind == "tier")
        self.assertFalse(self._summarise(profile, "amount_12m")["change"])
        gone.button_draft()
        gone.button_cancel()
        self.assertIn(
            "The records now give $\N{NO-BREAK SPACE}1,000 in 12 months",
            self._summarise(profile, "amount_12m")["change"],
        )
        summary = self._summarise(profile, "amount_12m", score=score)
        self.assertIn("$\N{NO-BREAK SPACE}1,500", summary["figure"])
        self.assertIn("changed, cancelled or deleted since", summary["change"])
        self.assertEqual(summary["records"], "1 record counted")
        self.assertEqual(self._open(profile, "amount_12m", score=score).amount, 1000)

    def test_score_of_the_past_opens_the_records_of_its_day(self):
        self._order("2026-01-10")
        old = self._score(self.partner, "2026-03-31").score_ids.filtered(
            lambda row: row.kind == "tier"
        )
        self._order("2026-06-10")
        profile = self._score(self.partner)
        rows = self._open(profile, "orders_12m", score=old)
        self.assertEqual(rows.mapped("date"), [self._to_date("2026-01-10")])
        self.assertFalse(self._summarise(profile, "orders_12m", score=old)["change"])
        self.assertEqual(len(self._open(profile, "orders_12m")), 2)
        explanation = old.with_user(self.sales).explanation
        self.assertEqual(explanation["score_id"], old.id)
        self.assertNotIn(
            "lift", explanation
        )  # what would have helped then helps nobody

    def test_deleted_order_leaves_an_empty_list_that_says_so(self):
        order = self._order("2026-05-01")
        profile = self._score(self.partner)
        score = profile.score_ids.filtered(lambda row: row.kind == "tier")
        order.sudo()._action_cancel()
        order.sudo().unlink()
        self.assertFalse(self._open(profile, "orders_12m", score=score))
        summary = self._summarise(profile, "orders_12m", score=score)
        self.assertEqual(summary["records"], "0 records counted, 0 visible to you")
        self.assertIn("changed, cancelled or deleted since", summary["change"])

    def test_records_of_a_merged_customer_are_said_to_count_elsewhere(self):
        self._order("2026-05-01")
        profile = self._score(self.partner)
        survivor = self._score(self._create_partner("Survivor", user_id=self.sales.id))
        score = profile.score_ids.filtered(lambda row: row.kind == "tier")
        self.partner.parent_id = survivor.partner_id
        self.partner.is_company = False
        self.env.flush_all()
        self.assertEqual(profile.merged_into_id, survivor)
        summary = self._summarise(profile, "orders_12m", score=score)
        self.assertEqual(summary["change"], "The records now count for Survivor.")

    def test_language_can_be_switched_half_way(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        profile = self._make_b_customer()
        english = self._explain(profile)[0]["amount_12m"]["value"]
        self.assertIn("964,000", english)
        profile = profile.with_context(lang="fr_FR")
        french = self._explain(profile)[0]["amount_12m"]["value"]
        self.assertNotIn("964,000", french)
        figure = self._summarise(profile, "amount_12m")
        self.assertNotIn("964,000", figure["figure"])
        self.assertIn("21/11/2026", figure["heading"])

    def test_amounts_of_a_currency_without_decimals_keep_their_zeros(self):
        yen = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", "JPY")])
        )
        text = self.env["customer.explanation"]._format_money(12000, yen)
        self.assertIn("12,000", text)

    def test_rules_changed_by_a_manager_show_at_once(self):
        profile = self._make_b_customer()
        self._explain(profile)
        draft = self.tier_card.sudo().copy()
        draft.dimension_ids.filtered(lambda part: part.sequence == 10).weight = 3
        self.tier_card.sudo().state = "retired"
        self.env.flush_all()  # one active scorecard at a time
        draft.state = "active"
        shares = [part["share"] for part in self._explain(profile)[1]["dimensions"]]
        self.assertEqual(shares, ["50%", "17%", "17%", "17%"])
