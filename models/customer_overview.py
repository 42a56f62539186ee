from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..periods import past_quarter_ends

USER = "customer_success.group_customer_success_user"
USER_ALL = "customer_success.group_customer_success_user_all"
MANAGER = "customer_success.group_customer_success_manager"
# The tiers that make a customer high-end: those with the highest bounds.
HIGH_TIERS = 2


class CustomerOverview(models.AbstractModel):
    """The start screen: one call returns every number with the domain it counts.

    Only customers of the current company that the user may see are counted: each
    number and the list behind it come from the same domain under the same rules.
    """

    _name = "customer.overview"
    _description = "Start Screen"

    @api.model
    def get_overview(self, scope=None):
        """Return what the start screen shows.

        :param scope: "mine", "team" or "company"; anything else: the user's default
        """
        self._check_group(USER)
        company = self.env.company
        date = self.env["customer.run"]._get_last_dates(company).get(company.id)
        overview = {
            "is_manager": self.env.user.has_group(MANAGER),
            "company": company.name,
            "date": format_date(self.env, date) if date else False,
        }
        if date:
            overview.update(self._get_figures(scope))
        return overview

    @api.model
    def _check_group(self, xmlid):
        """Raise unless the user belongs to a group: the model has no access lines."""
        if not self.env.user.has_group(xmlid):
            raise AccessError(
                self.env._("You have no role in Customer Success that allows this.")
            )

    def _get_figures(self, scope):
        # Compiling these statements takes longer than they do (performance.md).
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        scope, domain = self._get_scope(scope)
        groups = self.env["customer.profile"]._read_group(
            domain, ["tier_id", "health", "rating_state"], ["__count"]
        )
        tiers = self._get_tiers(groups)
        moves = self._get_moves(domain)
        worse, urgent = self._get_worse(domain), self._get_urgent(domain, tiers)
        rows = worse["rows"] + moves["rows"] + urgent["rows"]
        self._fill_rows(rows)
        self._add_next_actions(urgent["rows"])
        self._explain_rows(rows)
        return {
            "scope": scope,
            "scopes": self._get_scopes(),
            "action": self._get_list_action(),
            "worse": worse,
            "tiles": self._get_tiles(domain, groups, tiers, moves["since"]),
            "tiers": self._get_tier_bars(domain, groups, tiers),
            "health": self._get_health_bars(domain, groups),
            "moves": moves,
            "urgent": urgent,
            "operation": self._get_operation(),
        }

    # === SCOPE === #

    def _get_scopes(self):
        scopes = [
            {"key": "mine", "label": self.env._("Mine")},
            {"key": "team", "label": self.env._("My team")},
        ]
        if self.env.user.has_group(USER_ALL):
            scopes.append({"key": "company", "label": self.env._("Company")})
        return scopes

    def _get_scope(self, scope):
        """Return the scope that applies and the domain of its customers."""
        domains = {
            "mine": [("user_id", "=", self.env.uid)],
            "team": [("user_id", "in", [*self._get_colleague_ids(), False])],
        }
        default = "mine"
        if self.env.user.has_group(USER_ALL):
            domains["company"] = []
            default = "company"
        if not isinstance(scope, str) or scope not in domains:
            scope = default
        own = Domain("company_id", "=", self.env.company.id)
        return scope, own & Domain(domains[scope])

    def _get_colleague_ids(self):
        """Return the members of the user's sales teams, himself included."""
        # sudo: members of one's own team are no secret
        teams_sudo = self.env.user.sudo().crm_team_member_ids.crm_team_id
        return sorted({self.env.uid, *teams_sudo.crm_team_member_ids.user_id.ids})

    # === NUMBERS === #

    def _get_list_action(self):
        """Return the action that shows customers; a number adds its name and domain."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_profile_action"
        )
        keys = ("type", "res_model", "views", "search_view_id", "help", "context")
        return {key: action[key] for key in keys if key in action}

    def _prepare_number(self, label, count, domain, total=0, title=None):
        """Return a number, its share of a total and the domain that it counts.

        :param title: name of the list behind it, the label unless said
        """
        return {
            "label": label,
            "title": title or label,
            "count": count,
            "share": round(100 * count / total) if total else 0,
            "domain": list(domain),
        }

    def _get_tiers(self, groups):
        """Return the tiers of the active scorecard, then others that are held."""
        card = self.env["customer.formula"]._get_cards(self.env.company)["tier"]
        tiers = card.tier_ids.sorted("lower_bound", reverse=True)
        held = self.env["customer.tier"].union(*(group[0] for group in groups))
        return tiers.with_env(self.env) | held

    def _get_high_tiers(self, tiers):
        return tiers[:HIGH_TIERS]

    def _count(self, groups, tier=None, health=None, state=None):
        """Return how many customers of the groups have a tier, health and state."""
        return sum(
            count
            for group_tier, group_health, group_state, count in groups
            if (tier is None or group_tier in tier)
            and (health is None or group_health == health)
            and (state is None or group_state == state)
        )

    def _get_tiles(self, domain, groups, tiers, since):
        return {
            "at_risk": [
                self._prepare_number(
                    tier.code,
                    self._count(groups, tier, "at_risk"),
                    domain
                    & Domain("tier_id", "=", tier.id)
                    & Domain("health", "=", "at_risk"),
                    title=self.env._("At risk: %s", tier.name),
                )
                for tier in self._get_high_tiers(tiers)
            ],
            "not_rated": self._get_not_rated(domain, groups),
            "high": self._get_high_share(domain, groups, tiers, since),
        }

    def _get_not_rated(self, domain, groups):
        """Return who has no rating, in all and by the reason."""
        labels = dict(
            self.env["customer.profile"]
            ._fields["rating_state"]
            ._description_selection(self.env)
        )
        reasons = [
            self._prepare_number(
                labels[state],
                self._count(groups, state=state),
                domain & Domain("rating_state", "=", state),
            )
            for state in ("waiting", "not_rated", "excluded")
        ]
        number = self._prepare_number(
            self.env._("Not rated"),
            sum(reason["count"] for reason in reasons),
            domain & Domain("rating_state", "!=", "rated"),
        )
        number["reasons"] = [reason for reason in reasons if reason["count"]]
        return number

    def _get_high_share(self, domain, groups, tiers, since):
        """Return the share of high-end customers (KPI-12) and how it moved.

        In percent of the customers that hold a tier; points against the day before
        the last review, None when nobody held a tier then.
        """
        high = self._get_high_tiers(tiers)
        count, total = self._count(groups, high), self._count(groups, tiers)
        number = self._prepare_number(
            " + ".join(high.mapped("code")),
            count,
            domain & Domain("tier_id", "in", high.ids),
            total,
            self.env._("High-end customers"),
        )
        gained, added = self._count_moved_share(domain, high, since)
        number["caption"] = self.env._("High-end customers (%s)", number["label"])
        number["change"] = None
        if total and total - added > 0:
            before = 100 * (count - gained) / (total - added)
            number["change"] = round(100 * count / total - before, 1)
            number["moved"] = self.env._(
                "%(points)s points since %(date)s",
                points=f"{number['change']:+}",
                date=format_date(self.env, since),
            )
        return number

    def _get_tier_bars(self, domain, groups, tiers):
        total = self._count(groups, tiers)
        return [
            self._prepare_number(
                tier.code,
                self._count(groups, tier),
                domain & Domain("tier_id", "=", tier.id),
                total,
                tier.name,
            )
            for tier in tiers
        ]

    def _get_health_bars(self, domain, groups):
        """Return the distribution of health over the customers that have one."""
        labels = self.env["customer.profile"]._fields["health"]._description_selection
        total = sum(count for _tier, health, _state, count in groups if health)
        return [
            {
                **self._prepare_number(
                    label,
                    self._count(groups, health=health),
                    domain & Domain("health", "=", health),
                    total,
                ),
                "health": health,
            }
            for health, label in labels(self.env)
        ]

    def _get_last_review_day(self):
        """Return the quarter end at which tiers were due last."""
        return past_quarter_ends(self.env.company._get_customer_today(), 1)[0]
