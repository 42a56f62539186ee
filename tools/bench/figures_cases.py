"""List, SLA board and clocks of 100,000 cases, as somebody with his own customers."""

from datetime import datetime, timedelta

import database
from figures_screens import prepare
from measure import Figure, Meter, environment, get_main_company, median
from odoo.tools import SQL

NOW = datetime(2026, 11, 20, 10)
CUSTOMERS = 2000
CASES = 100_000
ROUNDS = 3
COUNT_LIMIT = 10_001
OPEN = ["received", "acknowledged", "judged", "proposed", "solved"]
COLUMNS = (
    "name", "urgency", "subject", "kind", "contact_name", "state", "light",
    "next_due_datetime", "received_datetime",
)  # fmt: skip
LINKS = ("profile_id", "tier_id", "user_id")
CARDS = ("name", "subject", "kind", "urgency", "light", "when_text", "is_escalated",
         "reopen_count")  # fmt: skip


def figure_cases(_count):
    """Measure the screens and the job with so many cases, a fifth of them open."""
    name = database.copy_database(prepare(CUSTOMERS))
    with environment(name) as env:
        company = env["res.company"].browse(get_main_company(name))
        return measure_cases(env, company, CASES)


def measure_cases(env, company, count):
    """Return the figures for some cases of a company; commits nothing itself."""
    user = _make_user(env, company)
    fill(env, company, count, user)
    promises = env["customer.commitment"]
    first = _meter(env, lambda: promises._check_clocks(NOW))
    again = _meter(env, lambda: promises._check_clocks(NOW + timedelta(seconds=1)))
    cases = env["customer.case"].with_user(user).with_context(lang="en_US")
    is_open = [("state", "in", OPEN)]
    screens = {
        "case_list": lambda: _read_list(cases, is_open),
        "case_list_all": lambda: _read_list(cases, []),
        "case_list_late": lambda: _read_list(cases, [("light", "=", "late")]),
        "case_list_mine": lambda: _read_list(cases, [("user_id", "=", user.id)]),
        "case_board": lambda: _read_board(cases, is_open),
        "case_grouped": lambda: cases.formatted_read_group(
            [], ["user_id", "kind"], ["__count"]
        ),
    }
    figures = [
        Figure(name, median([_meter(env, read).wall for _round in range(ROUNDS)]), 1,
               f"s; {count:,} cases")
        for name, read in screens.items()
    ]  # fmt: skip
    return [
        *figures,
        Figure("case_check", again.wall, 1, f"s unchanged; first {first.wall:.1f} s"),
    ]


def _make_user(env, company):
    """Return a user with his own customers, his team's and the unassigned ones."""
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Bench Service",
                "login": "bench_service",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [
                    (4, env.ref("customer_success.group_customer_success_user").id)
                ],
            }
        )
    )


def fill(env, company, count, user):
    """Insert cases, one in five open, with a promise each; half of them the user's."""
    env.cr.execute(
        SQL(
            """INSERT INTO customer_case (profile_id, company_id, name, subject, kind,
                      urgency, source, state, mediation_state, reward_state, csat_state,
                      priority, received_datetime, user_id, is_answer_due)
               SELECT CASE WHEN num %% 100 <> 0
                           THEN pro.ids[1 + num %% CARDINALITY(pro.ids)] END,
                      %(company)s, 'B' || num, 'Case number ' || num,
                      (ARRAY['complaint', 'enquiry', 'suggestion'])[1 + num %% 3],
                      CASE WHEN num %% 20 = 0 THEN 'urgent' ELSE 'normal' END, 'mail',
                      CASE WHEN num %% 5 = 0
                           THEN (%(open)s::text[])[1 + num / 5 %% 5]
                           ELSE 'confirmed' END,
                      'none', 'none', 'to_evaluate',
                      CASE WHEN num %% 20 = 0 THEN 1000 ELSE 0 END + num %% 33,
                      %(now)s::timestamp - num * INTERVAL '5 minutes',
                      CASE WHEN num %% 2 = 0 THEN %(user)s END, num %% 3 = 0
                 FROM GENERATE_SERIES(1, %(count)s) num,
                      (SELECT ARRAY_AGG(id) AS ids FROM customer_profile
                        WHERE company_id = %(company)s AND active) pro""",
            company=company.id,
            open=OPEN,
            now=NOW,
            user=user.id,
            count=count,
        )
    )
    env.cr.execute(
        SQL(
            """INSERT INTO customer_commitment (profile_id, company_id, case_id, user_id,
                      kind, target, res_model, res_id, round, hours, start_datetime,
                      due_datetime, state, met_datetime, is_breached, has_no_due,
                      is_stale, kept_rate)
               SELECT cas.profile_id, cas.company_id, cas.id, cas.user_id, cas.kind,
                      'solution', 'customer.case', cas.id, 1, 24, cas.received_datetime,
                      %(now)s::timestamp + (cas.id %% 500 - 5) * INTERVAL '1 hour',
                      CASE WHEN cas.state = 'confirmed' THEN 'met' ELSE 'running' END,
                      CASE WHEN cas.state = 'confirmed'
                           THEN cas.received_datetime + INTERVAL '1 hour' END,
                      FALSE, FALSE, FALSE, 1
                 FROM customer_case cas
                WHERE cas.company_id = %(company)s
                  AND cas.name LIKE %(prefix)s""",
            now=NOW,
            company=company.id,
            prefix="B%",
        )
    )
    for table in ("customer_case", "customer_commitment"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    cases = env["customer.case"].search([("state", "in", OPEN)])
    cases._follow_clocks()
    env.cr.execute(SQL("ANALYZE customer_case"))
    env.invalidate_all()


def _read_list(cases, domain):
    links = {name: {"fields": {"display_name": {}}} for name in LINKS}
    return cases.web_search_read(
        domain,
        {**{name: {} for name in COLUMNS}, **links},
        limit=80,
        count_limit=COUNT_LIMIT,
    )


def _read_board(cases, domain):
    """Read the columns with their first cards, as the board does."""
    links = {name: {"fields": {"display_name": {}}} for name in LINKS}
    return cases.with_context(read_group_expand=True).web_read_group(
        domain,
        ["state"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification={**{name: {} for name in CARDS}, **links},
        unfold_read_default_limit=80,
    )


def _meter(env, work):
    """Return what some work costs with empty caches."""
    env.flush_all()
    env.invalidate_all()
    with Meter(env.cr) as meter:
        work()
        env.flush_all()
    return meter
