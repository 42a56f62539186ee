"""The nightly run and the screens of service with 100,000 cases."""

from datetime import timedelta

import database
from figures_screens import prepare
from measure import (
    Figure,
    environment,
    get_main_company,
    measure_unchanged,
    run_refresh,
)

ROUNDS = 3
CASES = 100_000
# A third are complaints, spread over 600 days; two promises each, one in ten overdue;
# every fifth case was rated, one customer in four asked for NPS.
FILL = (
    "SELECT SETSEED(0.23)",
    """UPDATE res_company SET customer_case_start = %(day)s::date - 800
        WHERE id = %(company)s""",
    """INSERT INTO customer_case (profile_id, company_id, name, subject, kind, urgency,
              source, state, mediation_state, reward_state, csat_state, priority,
              received_datetime, closed_datetime)
       SELECT ids[1 + FLOOR(RANDOM() * CARDINALITY(ids))], %(company)s, 'B' || num,
              'Bench', (ARRAY['complaint', 'enquiry', 'suggestion'])[1 + num %% 3],
              'normal', 'manual', 'confirmed', 'none', 'none', 'to_evaluate', 0,
              %(day)s::date - days * INTERVAL '1 day',
              %(day)s::date - days * INTERVAL '1 day' + INTERVAL '5 hours'
         FROM (SELECT ARRAY_AGG(id) AS ids FROM customer_profile
                WHERE company_id = %(company)s) pro,
              (SELECT num, FLOOR(600 * RANDOM())::int AS days
                 FROM GENERATE_SERIES(1, %(cases)s) num) cas""",
    """INSERT INTO customer_commitment (profile_id, company_id, case_id, res_model, res_id,
              round, kind, target, hours, start_datetime, due_datetime, state,
              met_datetime, is_breached, breached_datetime, kept_rate)
       SELECT cas.profile_id, cas.company_id, cas.id, 'customer.case', cas.id, 1,
              cas.kind, tgt.target, 24, cas.received_datetime,
              cas.received_datetime + INTERVAL '1 day', 'met',
              cas.received_datetime + INTERVAL '4 hours', cas.id %% 10 = 0,
              CASE WHEN cas.id %% 10 = 0
                   THEN cas.received_datetime + INTERVAL '1 day' END,
              CASE WHEN cas.id %% 10 = 0 THEN 0 ELSE 1 END
         FROM customer_case cas,
              (VALUES ('acknowledge'), ('solution')) AS tgt (target)
        WHERE cas.company_id = %(company)s""",
    """INSERT INTO customer_satisfaction (profile_id, company_id, measure, value,
              scale_min, scale_max, score, band, date, answered_datetime, source, active)
       SELECT cas.profile_id, cas.company_id, 'csat', val.value, 1, 5,
              25 * (val.value - 1),
              CASE WHEN val.value >= 4 THEN 'good'
                   WHEN val.value < 3.5 THEN 'low' ELSE 'middling' END,
              cas.received_datetime::date, cas.received_datetime, 'phone', TRUE
         FROM customer_case cas, LATERAL (SELECT 1 + cas.id %% 5 AS value) val
        WHERE cas.company_id = %(company)s AND cas.id %% 5 IN (3, 4)""",
    """INSERT INTO customer_satisfaction (profile_id, company_id, measure, value,
              scale_min, scale_max, score, band, date, answered_datetime, source, active)
       SELECT pro.id, pro.company_id, 'nps', val.value, 0, 10, 10 * val.value,
              CASE WHEN val.value >= 9 THEN 'promoter'
                   WHEN val.value >= 7 THEN 'passive' ELSE 'detractor' END,
              %(day)s::date - 30, %(day)s::date - 30, 'phone', TRUE
         FROM customer_profile pro, LATERAL (SELECT pro.id %% 11 AS value) val
        WHERE pro.company_id = %(company)s AND pro.id %% 4 = 0""",
    "ANALYZE customer_case, customer_commitment, customer_satisfaction",
)


def figure_service(count):
    """Unchanged run against the floor with 100,000 cases and what came of them."""
    name = database.copy_database(prepare(count))
    company_id, day = get_main_company(name), database.get_day(name)
    with database.connect(name).cursor() as cursor:
        for statement in FILL:
            cursor.execute(
                statement, {"day": day, "company": company_id, "cases": CASES}
            )
    # The score of the day of a first rating stays: a tier change refers to it.
    day += timedelta(days=1)
    with environment(name) as env:
        changed = run_refresh(env, company_id, day).staged_count
    database.analyze_results(name)
    ratio, staged = measure_unchanged(name, company_id, day, ROUNDS)
    note = f"{CASES:,} cases moved the scores of {changed:,} customers"
    return [
        Figure("unchanged_run_with_cases", ratio, 2.5, note),
        Figure("unchanged_staged_with_cases", staged, 0, "rows"),
    ]
