"""The nightly run where people write down what happens at their customers."""

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
INTERACTIONS = 100_000
# Every third interaction is effective; one customer in three has a chain of three roles,
# one in ten a contract that ended.
FILL = (
    "SELECT SETSEED(0.19)",
    """UPDATE res_company SET customer_interaction_start = %(day)s::date - 800
        WHERE id = %(company)s""",
    """INSERT INTO customer_interaction (profile_id, company_id, interaction_datetime,
              date, channel_id, direction, name, state, next_step_state, active,
              is_bulk, is_effective, is_executive_visit)
       SELECT ids[1 + FLOOR(RANDOM() * CARDINALITY(ids))], %(company)s,
              %(day)s::date - days, %(day)s::date - days,
              (SELECT id FROM customer_channel WHERE code = 'visit'), 'both', 'Bench',
              'confirmed', 'none', TRUE, FALSE, num %% 3 = 0, num %% 30 = 0
         FROM (SELECT ARRAY_AGG(id) AS ids FROM customer_profile
                WHERE company_id = %(company)s) pro,
              (SELECT num, FLOOR(600 * RANDOM())::int AS days
                 FROM GENERATE_SERIES(1, %(interactions)s) num) itr""",
    """INSERT INTO customer_stakeholder (profile_id, company_id, partner_id, role_id,
              stance, date_from)
       SELECT pro.id, pro.company_id, pro.partner_id, rol.id, 'unknown',
              %(day)s::date - 100
         FROM customer_profile pro
         JOIN customer_stakeholder_role rol
           ON rol.code IN ('decision_maker', 'champion', 'user')
        WHERE pro.company_id = %(company)s AND pro.id %% 3 = 0""",
    """INSERT INTO customer_milestone (profile_id, company_id, kind, name, date, date_end,
              date_decided, renewal_state, state, active, lead_days)
       SELECT id, company_id, 'renewal', 'Bench', %(day)s::date - 60,
              %(day)s::date - 60, %(day)s::date - 70,
              CASE WHEN id %% 20 = 0 THEN 'renewed' ELSE 'lost' END, 'done', TRUE, 60
         FROM customer_profile WHERE company_id = %(company)s AND id %% 10 = 0""",
    "ANALYZE customer_interaction, customer_stakeholder, customer_milestone",
)


def figure_relation(count):
    """Unchanged run against the floor with 100,000 interactions and their chains."""
    name = database.copy_database(prepare(count))
    company_id, day = get_main_company(name), database.get_day(name)
    with database.connect(name).cursor() as cursor:
        for statement in FILL:
            cursor.execute(
                statement,
                {"day": day, "company": company_id, "interactions": INTERACTIONS},
            )
    # The score of the day of a first rating stays: a tier change refers to it.
    day += timedelta(days=1)
    with environment(name) as env:
        changed = run_refresh(env, company_id, day).staged_count
    database.analyze_results(name)
    ratio, staged = measure_unchanged(name, company_id, day, ROUNDS)
    note = f"{INTERACTIONS:,} interactions moved the health of {changed:,} customers"
    return [
        Figure("unchanged_run_with_interactions", ratio, 2.5, note),
        Figure("unchanged_staged_with_interactions", staged, 0, "rows"),
    ]
