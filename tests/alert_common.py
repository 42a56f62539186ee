from datetime import datetime, time, timedelta

from odoo.tools import SQL

from .common import CustomerSuccessCase


class AlertCase(CustomerSuccessCase):
    """Rules of a test's own, orders made in one go, detection of any day.

    No shipped rule is active: each test switches on what it is about.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.alert.rule"].search([]).active = False
        cls.alerts = cls.env["customer.alert"]

    @classmethod
    def _create_rule(cls, signal, **values):
        """Create a rule with the numbers that its signal proposes."""
        rules = cls.env["customer.alert.rule"]
        defaults = rules._get_signals()[signal].defaults
        return rules.create(
            {"name": signal, "signal": signal, "cooldown_days": 0, **defaults, **values}
        )

    @classmethod
    def _create_alerted(cls, name, company=None, **values):
        """Create a customer; returns its profile."""
        profile = cls.env["customer.profile"]._get_or_create(
            cls._create_partner(name), company or cls.company
        )
        profile.write({"rating_state": "rated", **values})
        return profile

    @classmethod
    def _order(cls, profile, *days, amount=100, at=time(12), partner=None):
        """Create confirmed orders of these days at a UTC time, without lines."""
        orders = (
            cls.env["sale.order"]
            .with_company(profile.company_id)
            .create(
                [
                    {
                        "partner_id": (partner or profile.partner_id).id,
                        "company_id": profile.company_id.id,
                        "date_order": datetime.combine(cls._to_date(day), at),
                        "state": "sale",
                    }
                    for day in days
                ]
            )
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE sale_order SET amount_untaxed = %s, amount_total = %s"
                " WHERE id = ANY(%s)",
                amount,
                amount,
                orders.ids,
            )
        )
        orders.invalidate_recordset()
        return orders

    @classmethod
    def _order_every(cls, profile, interval, count, last, **values):
        """Create ``count`` orders, one each ``interval`` days, the last on a day."""
        end = cls._to_date(last)
        days = [str(end - timedelta(days=interval * back)) for back in range(count)]
        return cls._order(profile, *days, **values)

    def _raise(self, day, company=None, live=False):
        """Raise the alerts of a day as the job does; returns how many."""
        return self.alerts._raise_alerts(
            self._to_date(day), company or self.company, live
        )

    def _detect(self, rule, day, company=None, **values):
        """Return what a rule finds on a day, by customer."""
        rows = rule._detect(company or self.company, self._to_date(day), **values)
        return {row["profile_id"]: row for row in rows}

    def _get_alerts(self, profile, rule=None):
        domain = [("profile_id", "=", profile.id)]
        if rule:
            domain.append(("rule_id", "=", rule.id))
        return self.alerts.search(domain, order="id")

    def _assert_found(self, rule, day, *profiles, **values):
        """Check that a rule finds just these customers of the test on a day."""
        found = set(self._detect(rule, day, **values))
        self.assertEqual(found & set(self._get_known()), {p.id for p in profiles})

    def _get_known(self):
        """Return the ids of customers that tests made: the ledger has some too."""
        return self.env["customer.profile"].search([]).ids

    def _dump(self):
        """Return where every row of an alert and an activity lies: an UPDATE moves it."""
        self.env.flush_all()
        return [
            self.env.execute_query(SQL(f"SELECT id, ctid FROM {table} ORDER BY id"))
            for table in (
                "customer_alert", "customer_alert_rule", "mail_activity",
                "mail_message", "customer_profile", "res_partner",
            )
        ]  # fmt: skip
