"""Raises the alerts of the demo company, past days first, and answers some of them."""

from datetime import timedelta

from odoo.fields import Domain

from .ledger import ref

# Days before today on which the nightly job is said to have run.
PAST_DAYS = (90, 45, 14)
# Rules that the demo company keeps to its better customers, by name.
RULES = {
    "amount_drop": {"tier_codes": "S, A, B"},
    "health_drop": {"tier_codes": "S, A, B"},
    "churn_watch": {"tier_codes": "S, A", "severity": "high", "active": True},
}


def raise_alerts(env, company, today):
    """Leave what the nightly detection of some past days and of today would have left."""
    for name, values in RULES.items():
        env.ref(f"customer_success.customer_alert_rule_{name}").write(values)
    for days in PAST_DAYS:
        date = today - timedelta(days=days)
        env["customer.alert"]._raise_alerts(date, company)
        env["customer.alert"]._assign_alerts(company, date)
        for answer in ANSWERS.get(days, ()):
            answer(env, date)
    for each in env["res.company"].search([], order="id"):
        run = env["customer.run"].with_company(each).new({"job": "detect"})
        for step in run._get_steps():
            step(each, today)
    _take(env, "tiancheng", "complaint_escalated", "sales")


def _find(env, customer, signal):
    """Return the latest alert of a story that waits."""
    alerts = env["customer.alert"]
    domain = alerts._get_waiting_domain() & Domain("signal", "=", signal)
    domain &= Domain("profile_id.partner_id", "=", ref(env, f"partner_{customer}").id)
    return alerts.search(domain, order="date desc", limit=1)


def _take(env, customer, signal, login):
    alert = _find(env, customer, signal)
    alert.with_user(ref(env, f"user_{login}"))._set_taken()


def _take_in_time(env, date):
    _take(env, "ganzhou", "churn_at_risk", "sales2")


def _save(env, date):
    """Close as saved what was taken: the customer has ordered meanwhile."""
    user = ref(env, "user_sales2")
    alert = _find(env, "ganzhou", "churn_at_risk").with_user(user)
    alert._set_closed("saved", date + timedelta(days=2), user)


def _snooze(env, date):
    alert = _find(env, "yuanshan", "health_drop")
    alert.with_user(ref(env, "user_csmanager"))._set_snoozed(
        "date", date + timedelta(days=66), "搬厂,年底恢复 (Moving until the year's end)"
    )


# By days before today: what people did on that day.
ANSWERS = {90: (_take_in_time,), 45: (_save, _snooze)}
