"""Promises: what looking at all clocks costs, and random calendars for the arithmetic."""

from datetime import datetime, timedelta

import database
from figures_screens import prepare
from measure import Figure, Meter, environment, get_main_company
from odoo.tools import SQL

NOW = datetime(2026, 11, 20, 10)
# Customers behind the promises: the promises per customer do not matter.
CUSTOMERS = 2000
CASES = 10_000
TABLES = ("customer_commitment", "customer_commitment_pause", "mail_activity")


def figure_clocks(count):
    """Look at so many clocks: a first time, nothing changed, a holiday more."""
    name = database.copy_database(prepare(CUSTOMERS))
    with environment(name) as env:
        company = env["res.company"].browse(get_main_company(name))
        return measure_clocks(env, company, count)


def measure_clocks(env, company, count):
    """Return the figures for some promises of a company; commits nothing itself."""
    fill(env, company, count)
    promises = env["customer.commitment"]
    first = _check(env, promises, NOW)
    again = _check(env, promises, NOW)
    later = _check(env, promises, NOW + timedelta(minutes=10))
    env["resource.calendar.leaves"].create(
        {
            "name": "Holiday",
            "calendar_id": company.resource_calendar_id.id,
            "date_from": "2026-11-23 00:00:00",
            "date_to": "2026-11-23 23:59:59",
        }
    )
    env.flush_all()
    holiday = _check(env, promises, NOW + timedelta(minutes=20))
    return [
        Figure("unchanged_check_rows", again.rows, 0, f"{count:,} promises"),
        Figure("unchanged_check_queries", again.queries, 10, "statements"),
        Figure("unchanged_check", again.wall, 1, f"s; first {first.wall:.1f} s with"
               f" {first.rows:,} rows, ten minutes later {later.wall:.1f} s with"
               f" {later.rows:,}"),
        Figure("holiday_per_10k", holiday.wall * 10_000 / max(1, holiday.rows), 30,
               f"s; {holiday.rows:,} due times in {holiday.wall:.1f} s"),
    ]  # fmt: skip


def fill(env, company, count):
    """Insert promises: 1 in 50 overdue, 1 in 200 to warn of, a third in working time."""
    calendar = company.resource_calendar_id
    env.cr.execute(
        SQL(
            """INSERT INTO customer_commitment (profile_id, company_id, user_id, kind,
                      target, res_model, res_id, round, hours, is_working_time,
                      is_company_calendar, calendar_id, tz, start_datetime,
                      due_datetime, escalate_hours, escalate_to, escalate_datetime,
                      state, is_breached, has_no_due, is_stale, kept_rate)
               SELECT pro.ids[1 + num %% CARDINALITY(pro.ids)], %(company)s, 2,
                      'complaint', 'solution', 'bench', num, 1, 8, num %% 3 = 0,
                      FALSE, CASE WHEN num %% 3 = 0 THEN %(calendar)s END,
                      %(zone)s, %(now)s::timestamp - INTERVAL '8 hours',
                      CASE WHEN num %% 50 = 0 THEN %(now)s::timestamp
                                - INTERVAL '1 minute'
                           ELSE %(now)s::timestamp
                                + (1 + num %% 500) * INTERVAL '1 hour' END,
                      1, 'leader',
                      CASE WHEN num %% 200 = 1 THEN %(now)s::timestamp
                           WHEN num %% 50 <> 0 THEN %(now)s::timestamp
                                + (1 + num %% 500) * INTERVAL '1 hour'
                                - INTERVAL '30 minutes' END,
                      'running', FALSE, FALSE, FALSE, 0
                 FROM GENERATE_SERIES(1, %(count)s) num,
                      (SELECT ARRAY_AGG(id) AS ids FROM customer_profile
                        WHERE company_id = %(company)s AND active) pro""",
            company=company.id,
            calendar=calendar.id,
            zone=calendar.tz,
            now=NOW,
            count=count,
        )
    )
    env.cr.execute("ANALYZE customer_commitment")
    env.invalidate_all()


def _check(env, promises, now):
    written = _count_written(env)
    with Meter(env.cr) as meter:
        promises._check_clocks(now)
        env.flush_all()
    meter.rows = _count_written(env) - written
    return meter


def _count_written(env):
    """Return how many rows this transaction has written to the tables of the clocks."""
    env.cr.execute(
        """SELECT SUM(pg_stat_get_xact_tuples_inserted(oid)
                      + pg_stat_get_xact_tuples_updated(oid)
                      + pg_stat_get_xact_tuples_deleted(oid))
             FROM pg_class WHERE relname = ANY(%s)""",
        [list(TABLES)],
    )
    return int(env.cr.fetchone()[0])


def figure_clock_cases(_count):
    """Random calendars on which the fast clock and one that counts minutes differ."""
    from odoo.addons.customer_success.tests.clock_reference import find_differences

    differences = find_differences(CASES, seed=datetime.now().toordinal())
    return [Figure("clock_differences", len(differences), 0, f"{CASES:,} cases")]
