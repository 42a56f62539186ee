"""Care plans: what launching costs, and that kills lose and double nothing."""

import multiprocessing
import os
import random
import signal
import time

import database
import odoo
from figures_safety import wait_for_backends
from figures_screens import prepare
from measure import (
    Figure,
    Meter,
    environment,
    get_main_company,
    get_registry,
    measure_floor,
)

MOVED = 10_000
KILL_CUSTOMERS = 2000
KILL_BATCH = 50  # customers per transaction, so that kills land between many of them
CALLS = 50  # of the job until it has to have finished, kills included
TABLES = ("care_plan", "care_goal", "care_action", "commitment")

# What plans say, without ids and times: the same however often the job was killed.
STATE = """
SELECT MD5(STRING_AGG(MD5(ROW(pln.profile_id, pln.playbook_id, pln.launch_key, pln.state,
           pln.date_start, pln.date_end, pln.close_reason, pln.date_closed, gol.rows,
           act.rows)::text), '' ORDER BY pln.profile_id, pln.playbook_id, pln.launch_key))
  FROM customer_care_plan pln
  LEFT JOIN LATERAL (
       SELECT JSONB_AGG(TO_JSONB(row) - ARRAY['id', 'plan_id', 'create_date',
                        'write_date'] ORDER BY row.metric) AS rows
         FROM customer_care_goal row WHERE row.plan_id = pln.id) gol ON TRUE
  LEFT JOIN LATERAL (
       SELECT JSONB_AGG(JSONB_BUILD_OBJECT('step', row.step_id, 'key', row.occurrence,
                        'state', row.state, 'user', row.user_id, 'begin', row.date_start)
                        ORDER BY row.step_id, row.occurrence) AS rows
         FROM customer_care_action row WHERE row.plan_id = pln.id) act ON TRUE
"""


def figure_care(count):
    """Launch the plans of everybody; then of those whose tier has changed; then nothing."""
    name = database.copy_database(prepare(count))
    company_id, day = get_main_company(name), database.get_day(name)
    with environment(name) as env:
        company = env["res.company"].browse(company_id)
        plans = env["customer.care.plan"]
        first = _measure_launch(env, plans, company, day)
        env.cr.execute(
            """UPDATE customer_profile pro SET tier_id = (
                      SELECT id FROM customer_tier new
                       WHERE new.scorecard_id = tir.scorecard_id AND new.id <> tir.id
                    ORDER BY new.lower_bound DESC LIMIT 1)
                 FROM customer_tier tir
                WHERE tir.id = pro.tier_id AND pro.id IN (
                      SELECT profile_id FROM customer_care_plan
                       WHERE state = 'running' AND trigger = 'tier'
                    ORDER BY profile_id LIMIT %s)""",
            [MOVED],
        )
        moved = env.cr.rowcount
        env.cr.commit()
        env.invalidate_all()
        second = _measure_launch(env, plans, company, day)
        third = _measure_launch(env, plans, company, day)
        _carry_out(env, company, day)  # what begins, activities, promises, evaluations
        database.analyze_results(name)
        floor, cpu = measure_floor(env), _carry_out(env, company, day)
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in cpu.items())
    return [
        Figure(
            "first_launch_queries", 1000 * first.queries / count, 40,
            f"per 1,000 customers; {count:,} in {first.wall:.0f} s",
        ),
        Figure(
            "changed_tier_queries", 1000 * second.queries / moved, 40,
            f"per 1,000 customers; {moved:,} in {second.wall:.0f} s",
        ),
        Figure("unchanged_launch_rows", third.rows, 0, f"{third.queries} statements"),
        Figure(
            "unchanged_care_job", sum(cpu.values()) / floor, 5,
            f"against the floor of a scoring run; s CPU: {steps}",
        ),
    ]  # fmt: skip


def _measure_launch(env, plans, company, day):
    with Meter(env.cr) as meter:
        meter.rows = plans._launch_due(company, day)
        env.cr.commit()
    return meter


def _carry_out(env, company, day):
    """Take the steps of the care job; return the CPU seconds of each."""
    cpu = {}
    for step in env["customer.run"].new({"job": "care"})._get_steps():
        with Meter(env.cr) as meter:
            step(company, day)
            env.cr.commit()
        env.invalidate_all()
        cpu[step.__name__.strip("_")] = meter.cpu
    return cpu


def plan_everything(name):
    """Do in a process of its own what the scheduler calls; small transactions."""
    from odoo.addons.customer_success.models import (
        customer_care_close,
        customer_care_due,
    )

    customer_care_due.PLAN_BATCH = customer_care_close.PLAN_BATCH = KILL_BATCH
    with environment(name) as env:
        env["ir.cron"].browse(
            env.ref("customer_success.ir_cron_plan_care").id
        ).method_direct_trigger()


def fork(name):
    odoo.sql_db.close_all()
    process = multiprocessing.get_context("fork").Process(
        target=plan_everything, args=(name,)
    )
    process.start()
    return process


def read(name):
    counts = {}
    with database.connect(name).cursor() as cursor:
        cursor.execute(STATE)
        state = cursor.fetchone()[0]
        for table in TABLES:
            cursor.execute(f"SELECT COUNT(*) FROM customer_{table}")
            counts[table] = cursor.fetchone()[0]
    return state, counts


def forget_plans(name):
    tables = ", ".join(f"customer_{table}" for table in TABLES)
    with database.connect(name).cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("DELETE FROM mail_activity WHERE res_model LIKE 'customer.%'")
        cursor.execute("DELETE FROM customer_run WHERE job = 'care'")


def forget_timeouts(name):
    """Forget what core counts: after three kills without a commit it waits a day."""
    with database.connect(name).cursor() as cursor:
        cursor.execute("DELETE FROM ir_cron_progress")


def figure_plan_kills(kills):
    """Kill -9 the care job at random points; compare each end state with a clean one."""
    name = database.copy_database(prepare(KILL_CUSTOMERS))
    get_registry(name)
    forget_plans(name)
    start = time.monotonic()
    fork(name).join()
    duration = time.monotonic() - start
    wait_for_backends(name)
    clean, expected = read(name)
    rng = random.Random(19)
    landed = different = lost = doubled = middle = 0
    while landed < kills:
        forget_plans(name)
        for _call in range(CALLS):
            forget_timeouts(name)
            process = fork(name)
            process.join(rng.uniform(0, duration) if landed < kills else None)
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                landed += 1
            wait_for_backends(name)
            state, found = read(name)
            middle += 0 < found["care_plan"] < expected["care_plan"]
            if process.exitcode == 0 and state == clean:
                break
        lost += sum(max(0, expected[table] - found[table]) for table in TABLES)
        doubled += sum(max(0, found[table] - expected[table]) for table in TABLES)
        different += state != clean
    note = f"{landed} kills, {middle} between the first and the last plan"
    return [
        Figure("plan_kills_lost", lost, 0, f"{note}; {sum(expected.values()):,} rows"),
        Figure("plan_kills_doubled", doubled, 0, note),
        Figure("plan_kills_different_end", different, 0, note),
    ]
