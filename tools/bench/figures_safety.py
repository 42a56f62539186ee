"""Nothing lost, nothing doubled: kills at random points and random merges."""

import multiprocessing
import os
import random
import signal
import time

import database
import odoo
from measure import Figure, environment, get_main_company, get_registry, run_refresh

CUSTOMERS = 2000
RANGE = 50  # rows per transaction, so that kills land between many of them
TABLES = ("profile", "snapshot", "score", "tier_change", "opening")

# The end state without ids and times: what a run must reach however often it was killed.
STATE = """
SELECT MD5(STRING_AGG(MD5(ROW(par.id, pro.company_id, pro.active, pro.rating_state,
           pro.tier_score, tir.code, tod.code, pro.tier_confidence, pro.is_dormant,
           pro.date_next_review, pro.health, pro.health_score, pro.health_confidence,
           TO_JSONB(snp) - ARRAY['id', 'profile_id'], scr.rows, chg.rows)::text), ''
           ORDER BY par.id, pro.company_id))
  FROM customer_profile pro
  JOIN res_partner par ON par.id = pro.partner_id
  LEFT JOIN customer_snapshot snp ON snp.id = pro.snapshot_id
  LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
  LEFT JOIN customer_tier tod ON tod.id = pro.tier_today_id
  LEFT JOIN LATERAL (
       SELECT JSONB_AGG(TO_JSONB(row) - ARRAY['id', 'profile_id']
                        ORDER BY row.kind, row.date) AS rows
         FROM customer_score row WHERE row.profile_id = pro.id) scr ON TRUE
  LEFT JOIN LATERAL (
       SELECT JSONB_AGG(TO_JSONB(row) - ARRAY['id', 'profile_id', 'score_id', 'run_id',
                        'create_date', 'write_date'] ORDER BY row.date) AS rows
         FROM customer_tier_change row WHERE row.profile_id = pro.id) chg ON TRUE
"""


def refresh_everything(name):
    """Do in a process of its own what the scheduler calls; small transactions."""
    from odoo.addons.customer_success.models import customer_run_job

    customer_run_job.WRITE_RANGE = RANGE
    with environment(name) as env:
        env["customer.run"]._cron_refresh_scores()
        env.cr.commit()


def fork(name):
    """Start the run in a fork: Odoo is loaded already, connections are its own."""
    odoo.sql_db.close_all()
    process = multiprocessing.get_context("fork").Process(
        target=refresh_everything, args=(name,)
    )
    process.start()
    return process


def wait_for_backends(name):
    """Wait until PostgreSQL has noticed that the killed client is gone."""
    with database.connect("postgres").cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s"
                " AND backend_type = 'client backend'",
                [name],
            )
            if not cursor.fetchone()[0]:
                return
            time.sleep(0.02)


def read_state(name):
    with database.connect(name).cursor() as cursor:
        cursor.execute(STATE)
        return cursor.fetchone()[0]


def count_rows(name):
    counts = {}
    with database.connect(name).cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT COUNT(*) FROM customer_{table}")
            counts[table] = cursor.fetchone()[0]
    return counts


def figure_kills(kills):
    """Kill -9 the run at random points; compare each end state with a clean run's."""
    name = database.get_database(CUSTOMERS, "safety")
    get_registry(name)
    rng = random.Random(19)
    clean = None
    while clean is None:
        database.forget_results(name)
        start = time.monotonic()
        fork(name).join()
        duration = time.monotonic() - start
        wait_for_backends(name)
        clean, expected = read_state(name), count_rows(name)
    landed = different = lost = doubled = finished = 0
    in_the_middle = 0
    while landed < kills:
        database.forget_results(name)
        while True:
            process = fork(name)
            if landed < kills:
                process.join(rng.uniform(0, duration))
            else:
                process.join()
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                landed += 1
            wait_for_backends(name)
            if process.exitcode == 0:
                break
            in_the_middle += bool(count_rows(name)["score"])
        finished += 1
        found = count_rows(name)
        lost += sum(max(0, expected[table] - found[table]) for table in TABLES)
        doubled += sum(max(0, found[table] - expected[table]) for table in TABLES)
        different += read_state(name) != clean
    note = (
        f"{landed} kills over {finished} runs, {in_the_middle} after the first range;"
        f" {sum(expected.values()):,} rows"
    )
    return [
        Figure("kills_lost", lost, 0, note),
        Figure("kills_doubled", doubled, 0, note),
        Figure("kills_different_end", different, 0, f"of {finished} ends"),
    ]


def figure_merges(merges):
    """Merge random contacts through Odoo's wizard; count the rows of their customers."""
    source = database.get_database(CUSTOMERS, "safety")
    odoo.sql_db.close_all()
    name = database.copy_database(source)
    database.forget_results(name)
    with environment(name) as env:
        for company_id in env["res.company"].search([], order="id").ids:
            run_refresh(env, company_id, database.get_day(name))
        env.cr.execute(
            """INSERT INTO customer_opening (profile_id, company_id, month, amount, orders)
               SELECT id, company_id, DATE '2022-01-01', 100, 1 FROM customer_profile
                WHERE id % 3 = 0"""
        )
        env.cr.commit()
    before = count_rows(name)
    errors = merge_partners(name, merges)
    after = count_rows(name)
    with database.connect(name).cursor() as cursor:
        cursor.execute(ORPHANS)
        [orphans] = cursor.fetchone()
    lost = sum(before[table] - after[table] for table in TABLES)
    return [
        Figure(
            "merges_lost", lost, 0, f"{merges} merges, {sum(before.values()):,} rows"
        ),
        Figure(
            "merges_orphans", orphans, 0, "customers out of reach of their survivor"
        ),
        Figure("merges_errors", errors, 0),
    ]


# Every merged customer leads to a living one of the same company, every living one to
# a contact of his own.
ORPHANS = """
WITH RECURSIVE family AS (
     SELECT id, company_id, id AS root FROM customer_profile WHERE merged_into_id IS NULL
      UNION
     SELECT pro.id, pro.company_id, fam.root
       FROM customer_profile pro
       JOIN family fam ON fam.id = pro.merged_into_id AND fam.company_id = pro.company_id)
SELECT (SELECT COUNT(*) FROM customer_profile WHERE id NOT IN (SELECT id FROM family))
     + (SELECT COUNT(*) FROM customer_profile pro
          JOIN res_partner par ON par.id = pro.partner_id
         WHERE pro.merged_into_id IS NULL AND par.commercial_partner_id <> par.id)
"""


def merge_partners(name, merges):
    """Merge two or three random contacts at a time; return the number of errors."""
    rng = random.Random(19)
    errors = 0
    main = get_main_company(name)
    with environment(name, allowed_company_ids=[main]) as env:
        env.cr.execute(
            "SELECT id FROM res_partner WHERE name LIKE 'Bench%' AND parent_id IS NULL"
            " AND active ORDER BY id"
        )
        left = [row[0] for row in env.cr.fetchall()]
        for _number in range(merges):
            ids = rng.sample(left, rng.choice((2, 2, 3)))
            wizard = env["base.partner.merge.automatic.wizard"].create(
                {"partner_ids": [(6, 0, ids)], "dst_partner_id": ids[0]}
            )
            try:
                wizard.action_merge()
                env.cr.commit()
            except Exception as error:  # each counts
                print(f"merge of {ids}: {error}")
                env.cr.rollback()
                errors += 1
            left = [partner for partner in left if partner not in ids[1:]]
            env.invalidate_all()
    return errors
