"""Sets up the companies of the demo data, fills their ledgers and scores them.

Called once, by ``customer_history_demo.xml`` while the demo data is loaded, through
``customer.run._load_demo``; everything happens in the caller's transaction.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields

from ..const import WRITE_RANGE
from ..periods import past_quarter_ends
from .alerts import raise_alerts
from .bonds import BONDS
from .care import Care
from .cases import Cases
from .feedback import Feedback
from .ledger import Ledger, ref
from .quiet import EUROPE, EUROPE_MONTHS, OTHERS, QUIET
from .relation import Relation
from .satisfaction import Satisfaction
from .stories import get_stories

# Quarter ends whose scores and tiers are already history when somebody looks first.
PAST_QUARTERS = 8
# Units of each currency for one US dollar: 42 months ago, and more per quarter since.
RATES = {"USD": (1.0, 0.0), "EUR": (0.92, 0.004), "CNY": (6.9, 0.03)}
RATE_QUARTERS = 14
# Effective interactions a month that the demo company wants.
INTERACTION_TARGETS = {"S": 2, "A": 2, "B": 1, "C": 0}
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notrack": True,
    "customer_no_mail": True,
}


def load(env, today=None):
    """Fill the demo companies with three years of business, scored up to today.

    :param today: another day than that of the companies' clock
    """
    env = env(context={**env.context, **SILENT})
    europe = ref(env, "company_europe")
    if europe.chart_template:
        return
    main = env.ref("base.main_company")
    today = today or main._get_customer_today()
    _prepare_europe(env, europe, today)
    _create_rates(env, main | europe, today)
    stories = {**get_stories(today), **OTHERS, **QUIET}
    for company, customers in ((main, stories), (europe, EUROPE)):
        company_env = env(context={**env.context, "allowed_company_ids": company.ids})
        Ledger(company_env, company, today).add(customers)
    main_env = env(context={**env.context, "allowed_company_ids": main.ids})
    _record_interactions(main, today)
    Relation(main_env, main, today).add(BONDS)
    for company in env["res.company"].search([], order="id"):
        _score(env, company, today)
    _remind(env, main, today)
    Care(main_env, main, today).add()
    Cases(main_env, main, today).add()
    Satisfaction(main_env, main, today).add()
    # what was done is a fact of its own
    _carry_out(env, "refresh", main, today)
    Feedback(main_env, main, today).add()
    raise_alerts(main_env, main, today)


def _record_interactions(company, today):
    """Let talks count for health since last year; how many is a matter of the tier."""
    company.customer_interaction_start = today - timedelta(days=400)
    company.customer_case_start = today - timedelta(days=180)
    card = company.env["customer.scorecard"]._get_active(company, "tier")
    for tier in card.tier_ids:
        tier.interaction_target = INTERACTION_TARGETS[tier.code]


def _prepare_europe(env, company, today):
    """Give the second company its chart of accounts, its euro and its scorecard."""
    currency = company.currency_id
    # try_loading() asks for a complete registry; there is none during installation.
    env["account.chart.template"]._load("generic_coa", company, install_demo=False)
    company.currency_id = currency  # the chart brings the dollar
    company.customer_history_start = today - relativedelta(months=EUROPE_MONTHS, day=1)
    card = env.ref("customer_success.customer_scorecard_tier").copy(
        {
            "name": "Customer tier in euro",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
        }
    )
    card.action_activate()


def _create_rates(env, companies, today):
    """Date a rate of each currency at the start of every quarter."""
    rates = env["res.currency.rate"]
    currencies = {name: env.ref(f"base.{name}") for name in RATES}
    wanted = []
    for company in companies:
        own_start, own_step = RATES[company.currency_id.name]
        days = past_quarter_ends(today, RATE_QUARTERS)
        for name, currency in currencies.items():
            if currency == company.currency_id:
                continue
            known = rates.search(
                [("currency_id", "=", currency.id), ("company_id", "=", company.id)]
            ).mapped("name")
            start, step = RATES[name]
            wanted += [
                {
                    "name": day + timedelta(days=1),
                    "currency_id": currency.id,
                    "company_id": company.id,
                    "company_rate": (start + step * number)
                    / (own_start + own_step * number),
                }
                for number, day in enumerate(days)
                if day + timedelta(days=1) not in known
            ]
    rates.create(wanted)


def _score(env, company, today):
    """Leave what the scheduled actions would have left, quarter by quarter, to today."""
    for date in past_quarter_ends(today, PAST_QUARTERS):
        for job in ("refresh", "review"):
            _carry_out(env, job, company, date)
    _carry_out(env, "refresh", company, today)


def _remind(env, company, today):
    """Leave the stages, birthdays and holidays that the nightly jobs would have left."""
    profiles = env["customer.profile"].search([("company_id", "=", company.id)])
    env["customer.lifecycle.change"]._assign_stages(company, today, profiles)
    milestones = env["customer.milestone"]
    milestones._create_automatic(
        [
            *milestones._get_due_anniversaries(company, today),
            *milestones._get_due_holidays(company, today),
            *milestones._get_due_birthdays(company, today),
        ]
    )
    # the next festival of the model customer, however far it is
    day = env["customer.care.day"].search([("date", ">=", today)], limit=1)
    best = profiles.filtered(lambda p: p.partner_id == ref(env, "partner_huadong"))
    ahead = [milestones._prepare_due(best.id, "holiday", day.date, care_day_id=day.id)]
    milestones._create_automatic(
        milestones._leave_out_made(company, ahead) if day else []
    )


def _carry_out(env, job, company, date):
    """Carry out a run as the scheduler does, but without a commit and without mail."""
    now = fields.Datetime.now()
    run = env["customer.run"].create(
        {"job": job, "company_id": company.id, "date": date, "start_datetime": now}
    )
    run = run.with_company(company)
    env.flush_all()  # the statements read the tables
    total, staged = run._stage_safely(run.id, run._get_scope(), run._get_cards())
    run.write({"is_staged": True, "total_count": total, "staged_count": staged})
    run.has_new_left = not run._insert_profiles()
    after = 0
    while (written := run._write_range(WRITE_RANGE, after)).count:
        after = written.upper
    run.write({"state": "done", "end_datetime": fields.Datetime.now()})
