from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..const import OVERVIEW_MOVED, OVERVIEW_URGENT, OVERVIEW_WORSE
from ..periods import months_before, past_quarter_ends
from .customer_notice import LATE_HOURS

# Moves that are shown: first ratings are none.
DIRECTIONS = ("up", "down", "cleared")
# What is urgent about a customer, the most urgent first (README).
URGENCIES = (
    "alert_serious",
    "high_at_risk",
    "case",
    "would_fall",
    "alert",
    "action",
    "activity",
    "overdue",
    "at_risk",
    "rating_expired",
    "waiting",
    "unassigned",
)


class CustomerOverview(models.AbstractModel):
    """The lists of the start screen: what got worse, who moved, what is urgent."""

    _inherit = "customer.overview"

    # === GOT WORSE === #

    def _get_worse(self, domain):
        """Return how many got worse since last week and the most valuable of them."""
        profiles = self.env["customer.profile"]
        domain &= Domain("has_got_worse", "=", True)
        found = profiles.search(domain)
        return {
            **self._prepare_number(
                self.env._("Got worse since last week"), len(found), domain
            ),
            "rows": [
                {"id": profile_id, "kind": "worse", **self._compare_with_last_week()}
                for profile_id in found.ids[:OVERVIEW_WORSE]
            ],
        }

    def _compare_with_last_week(self):
        """Return the two days whose scores give the reason, and which way it goes."""
        base = self.env["customer.profile"]._get_base_day()
        return {
            "base": base,
            "day": self.env.company._get_customer_today(),
            "sign": -1,
        }

    def _fill_rows(self, rows):
        """Add what every row shows: the customers of all lists are read together."""
        profiles = self.env["customer.profile"].browse(
            list(dict.fromkeys(row["id"] for row in rows))
        )
        healths = dict(profiles._fields["health"]._description_selection(self.env))
        for row in rows:
            profile = profiles.browse(row["id"]).with_prefetch(profiles.ids)
            row |= {
                "name": profile.display_name,
                "user": profile.user_id.name or "",
                "tier": profile.tier_id.code or "",
                "tier_today": profile.tier_today_id.code or "",
                "would_fall": not profile.tier_request_id
                and profile.tier_today_id.lower_bound < profile.tier_id.lower_bound,
                "is_dormant": profile.is_dormant,
                "health": profile.health,
                "health_label": healths.get(profile.health, ""),
            }

    # === MOVED === #

    def _get_moves(self, domain):
        """Return whose tier moved with the last review or after it."""
        changes = self.env["customer.tier.change"]
        since = self._get_last_review_day()
        moved = (
            Domain("date", ">=", since)
            & Domain("direction", "in", DIRECTIONS)
            & Domain("profile_id", "any", domain)
        )
        counts = dict(changes._read_group(moved, ["direction"], ["__count"]))
        labels = dict(changes._fields["direction"]._description_selection(self.env))
        rows, numbers = [], []
        for direction in DIRECTIONS:
            in_direction = moved & Domain("direction", "=", direction)
            count = counts.get(direction, 0)
            if count:
                number = self._prepare_number(labels[direction], count, in_direction)
                numbers.append({**number, "direction": direction})
            if count and direction != "cleared":
                found = changes.search(
                    in_direction, limit=OVERVIEW_MOVED, order="total desc, id desc"
                )
                rows += [self._prepare_move(change) for change in found]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_tier_change_action"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help")
        return {
            "since": fields.Date.to_string(since),
            "caption": self.env._("since %s", format_date(self.env, since)),
            "action": {key: action[key] for key in keys if key in action},
            "numbers": numbers,
            "rows": rows,
        }

    def _prepare_move(self, change):
        return {
            "id": change.profile_id.id,
            "direction": change.direction,
            "from": change.from_tier_id.code or "",
            "to": change.to_tier_id.code or "",
            # what the review before could see
            "base": past_quarter_ends(change.date, 1)[0],
            "day": change.date,
            "sign": 1 if change.direction == "up" else -1,
            "kind": "moved",
        }

    def _count_moved_share(self, domain, high, since):
        """Return by how many high-end and rated customers grew since a day.

        The changes of one customer form a chain, so the sum over them is what he is
        now less what he was. By code: a new version of the scorecard has tiers of its
        own. In SQL: the ORM cannot add up conditions; rights come with the customers.
        """
        self.env["customer.tier.change"].flush_model()
        # sudo: tiers are no secret; those of older versions have the same codes
        tiers_sudo = self.env["customer.tier"].sudo()
        tier_ids = tiers_sudo.search([("code", "in", high.mapped("code"))]).ids
        visible = self.env["customer.profile"]._search(domain)
        [row] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE chg.to_tier_id = ANY(%(high)s))
                        - COUNT(*) FILTER (WHERE chg.from_tier_id = ANY(%(high)s)),
                          COUNT(chg.to_tier_id) - COUNT(chg.from_tier_id)
                     FROM %(customers)s
                     JOIN customer_tier_change chg
                       ON chg.profile_id = customer_profile.id
                    WHERE %(visible)s
                      AND chg.company_id = %(company)s AND chg.date >= %(since)s""",
                high=tier_ids,
                company=self.env.company.id,
                since=since,
                customers=visible.from_clause,
                visible=visible.where_clause,
            )
        )
        return row

    # === BY URGENCY === #

    def _get_urgent(self, domain, tiers):
        """Return the customers who need somebody first, with the reason and a button."""
        found = self.env.execute_query(
            SQL("%s LIMIT %s", self._select_urgent(domain, tiers), OVERVIEW_URGENT)
        )
        rows = [
            {"id": profile_id, "kind": "urgent", "urgency": URGENCIES[number]}
            | self._compare_with_last_week()
            for profile_id, number in found
            if number < len(URGENCIES)
        ]
        title = self.env._("Customers")
        return {"rows": rows, "title": title, "domain": list(domain)}

    def _select_urgent(self, domain, tiers):
        """Return customers with what is most urgent about them, in order of urgency.

        The order of URGENCIES is the rule; within one the higher tier and the worse
        health come first. In SQL: the ORM cannot sort by it. Bounds of tiers are
        written into the statement: a join for each of them takes as long as the rest.
        """
        for name in (
            "customer.profile",
            "customer.snapshot",
            "customer.milestone",
            "mail.activity",
        ):
            self.env[name].sudo().flush_model()  # sudo: no value is read here
        visible = self.env["customer.profile"]._search(domain)
        bound = self._select_bound(SQL("customer_profile.tier_id"), tiers)
        urgency = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, URGENCIES.index(name))
            for name, condition in self._get_urgent_conditions(tiers, bound).items()
        )
        return SQL(
            """SELECT urg.id, urg.urgency
                 FROM (
                    SELECT customer_profile.id, %(bound)s AS bound,
                           customer_profile.health_score,
                           CASE %(urgency)s ELSE %(calm)s END AS urgency
                      FROM %(customers)s
                     WHERE %(visible)s) urg
             ORDER BY urg.urgency, urg.bound DESC NULLS LAST,
                      urg.health_score NULLS LAST, urg.id""",
            bound=bound,
            urgency=urgency,
            calm=len(URGENCIES),  # a condition instead would work everything out twice
            customers=visible.from_clause,
            visible=visible.where_clause,
        )

    def _get_urgent_conditions(self, tiers, bound):
        """Return the condition of each urgency, in their order."""
        today = self.env.company._get_customer_today()
        at_risk = SQL("customer_profile.health = 'at_risk'")
        high = self._get_high_tiers(tiers).ids
        return {
            "high_at_risk": SQL(
                "%s AND customer_profile.tier_id = ANY(%s)", at_risk, high
            ),
            "would_fall": SQL(
                "customer_profile.tier_request_id IS NULL AND %s < %s",
                self._select_bound(SQL("customer_profile.tier_today_id"), tiers),
                bound,
            ),
            "activity": self._select_due_activity(today),
            "overdue": SQL(
                """customer_profile.snapshot_id IN (
                      SELECT id FROM customer_snapshot WHERE is_overdue)"""
            ),
            "at_risk": at_risk,
            "rating_expired": self._select_expired(months_before(today, 12)),
            "waiting": SQL("customer_profile.rating_state = 'waiting'"),
            "unassigned": SQL(
                """customer_profile.user_id IS NULL
                   AND customer_profile.rating_state = 'rated'"""
            ),
        }

    def _select_bound(self, column, tiers):
        """Return the lower bound of the tier in a column."""
        bounds = SQL(" ").join(
            SQL("WHEN %s THEN %s", tier.id, Decimal(str(tier.lower_bound)))
            for tier in tiers
        )
        return (
            SQL("(CASE %s %s END)", column, bounds) if tiers else SQL("NULL::numeric")
        )

    def _select_expired(self, start):
        """Return whether a rating by people is older than twelve months."""
        return SQL(
            """(customer_profile.outlook_rating > 0
                AND customer_profile.outlook_date <= %(start)s
                OR customer_profile.expansion_rating > 0
                AND customer_profile.expansion_date <= %(start)s)""",
            start=start,
        )

    # === OPERATION === #

    def _get_operation(self):
        """Return what managers have to know about the runs; nothing for the others."""
        if not self.env["customer.run"].has_access("read"):
            return False
        company = self.env.company
        own = Domain("company_id", "=", company.id)
        quarantine = self.env["customer.quarantine"]
        last = self.env["customer.run"].search(
            own & Domain("job", "=", "refresh"), limit=1
        )
        trouble = ""
        limit = fields.Datetime.now() - timedelta(hours=LATE_HOURS)
        if last.state == "failed":
            trouble = self.env._("The last scoring run failed")
        elif (last.end_datetime or last.create_date) < limit:
            trouble = self.env._("The last scoring run is late")
        return {
            "trouble": trouble,
            "quarantined": self._prepare_number(
                self.env._("Could not be computed"), quarantine.search_count(own), own
            ),
        }
