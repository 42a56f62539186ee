"""Speed of the nightly run: CPU against the floor, growth, memory, waits, WAL."""

import math
import multiprocessing
import random
import re
import time

import database
import psycopg2.errors
from measure import (
    Figure,
    Meter,
    environment,
    forget_peak,
    get_main_company,
    get_memory,
    measure_floor,
    median,
    run_refresh,
)

ROUNDS = 3
# What a run writes; the unlogged stage counts only when it is filled.
WRITES = re.compile(
    r"INSERT INTO customer_run_stage|(INSERT INTO|UPDATE) customer_"
    r"(profile|snapshot|score|tier_change|quarantine)\b"
)


def measure_runs(name):
    """Return medians of interleaved first and unchanged runs on one database."""
    company_id, day = get_main_company(name), database.get_day(name)
    rounds = []
    for _round in range(ROUNDS):
        database.forget_results(name)
        with environment(name) as env:
            measured = {"floor_first": measure_floor(env)}
            with Meter(env.cr) as meter:
                run = run_refresh(env, company_id, day)
            measured |= {
                "first": meter.cpu, "first_wall": meter.wall,
                "first_queries": meter.queries, "rows": run.staged_count,
            }  # fmt: skip
        database.analyze_results(name)
        with environment(name) as env:
            measured["floor"] = measure_floor(env)
            with Meter(env.cr) as meter:
                run = run_refresh(env, company_id, day)
            measured |= {
                "unchanged": meter.cpu, "unchanged_wall": meter.wall,
                "unchanged_queries": meter.queries, "changed": run.staged_count,
            }  # fmt: skip
        measured["first_ratio"] = measured["first"] / measured["floor_first"]
        measured["unchanged_ratio"] = measured["unchanged"] / measured["floor"]
        rounds.append(measured)
    return {key: median([one[key] for one in rounds]) for key in rounds[0]}


def figure_runs(count):
    """First and unchanged run against the floor; growth from a fifth of the customers."""
    small = measure_runs(database.get_database(count // 5))
    large = measure_runs(database.get_database(count))
    for key in ("floor", "first", "unchanged"):
        large[f"{key}_growth"] = math.log(large[key] / small[key]) / math.log(5)

    def note(kind):
        return (
            f"{large[kind]:.2f} s CPU, {large[f'{kind}_wall']:.1f} s wall,"
            f" floor {large['floor']:.2f} s"
        )

    from odoo.addons.customer_success.const import WRITE_RANGE  # Odoo runs by now

    ranges = [math.ceil(one["rows"] / WRITE_RANGE) for one in (small, large)]
    per_range = (large["first_queries"] - small["first_queries"]) / (
        ranges[1] - ranges[0]
    )
    growth = f"floor {large['floor_growth']:.2f}, N {count // 5:,} to {count:,}"
    return [
        Figure("unchanged_run", large["unchanged_ratio"], 2.5, note("unchanged")),
        Figure("first_run", large["first_ratio"], 8, note("first")),
        Figure("growth_unchanged", large["unchanged_growth"], 1.2, growth),
        Figure("growth_first", large["first_growth"], 1.2, growth),
        Figure(
            "statements_unchanged",
            large["unchanged_queries"] - small["unchanged_queries"],
            0,
            f"more than with a fifth; {large['unchanged_queries']:.0f} in all",
        ),
        Figure(
            "statements_per_range",
            per_range,
            25,
            f"in a first run, for each {WRITE_RANGE:,} customers more",
        ),
        Figure("unchanged_staged", large["changed"], 0, "rows"),
    ]


def figure_wal(count):
    """Rows and WAL of the guarded writes when nothing has changed, all rows staged."""
    name = database.get_database(count)
    with environment(name) as env:
        run_refresh(env, get_main_company(name), database.get_day(name))
    database.analyze_results(name)
    with environment(name) as env:
        run = env["customer.run"].create(
            {
                "job": "refresh",
                "company_id": get_main_company(name),
                "date": database.get_day(name),
            }
        )
        stage = env["customer.run.stage"]
        plans = explain_writes(
            env,
            lambda: stage._stage(run.id, run._get_scope(), run._get_cards(), True),
        )
        read, staged = stage._stage(run.id, run._get_scope(), run._get_cards(), False)
        rows = stage._get_range(run.id, staged)
        plans += explain_writes(env, lambda: run._write_staged(rows))
        env.cr.rollback()
    note = f"{len(plans)} statements, {read:,} customers"
    return [
        Figure("guarded_rows", sum(plan["rows"] for plan in plans), 0, note),
        Figure("guarded_wal_bytes", sum(plan["wal"] for plan in plans), 0, note),
    ]


def explain_writes(env, action):
    """Run an action with its writes under EXPLAIN; return rows and WAL of each."""
    plans = []
    execute = env.cr.execute

    def explain(query, params=None, log_exceptions=True):
        text = getattr(query, "code", query)
        if not WRITES.search(text):
            return execute(query, params, log_exceptions)
        params = getattr(query, "params", params)
        execute(f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) {text}", params)
        [[[explained]]] = env.cr.fetchall()
        plans.append(
            {
                "rows": count_written(explained["Plan"]),
                "wal": explained["Plan"]["WAL Bytes"],
                "text": " ".join(text.split())[:60],
            }
        )
        return execute("SELECT 0, 0")  # what the caller takes for the result

    env.cr.execute = explain
    try:
        action()
    finally:
        del env.cr.execute
    return plans


def count_written(node):
    """Return the rows that the writing nodes of a plan returned."""
    own = node["Actual Rows"] if node["Node Type"] == "ModifyTable" else 0
    return own + sum(count_written(child) for child in node.get("Plans", []))


def figure_wait(count):
    """Longest wait of a user who edits customers and contacts during a first run."""
    name = database.get_database(count)
    company_id, day = get_main_company(name), database.get_day(name)
    database.forget_results(name)
    context = multiprocessing.get_context("spawn")
    longest, stop = context.Value("d", 0.0), context.Event()
    written = context.Value("i", 0)
    user = context.Process(target=edit_records, args=(name, stop, longest, written))
    user.start()
    with environment(name) as env:
        run_refresh(env, company_id, day)
    stop.set()
    user.join()
    return [
        Figure("wait", longest.value, 1, f"s; {written.value} edits in a first run")
    ]


def edit_records(name, stop, longest, written):
    """Edit random contacts and customers as Odoo does, with retries, until told."""
    connection = database.connect(name, autocommit=False)
    connection.set_session(isolation_level="REPEATABLE READ")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(id), MAX(id) FROM res_partner WHERE name LIKE 'Bench%'"
        )
        first, last = cursor.fetchone()
        connection.commit()
        edits = (
            "UPDATE customer_profile SET is_strategic = TRUE WHERE partner_id = %s",
            "UPDATE res_partner SET comment = 'x' WHERE id = %s",
        )
        while not stop.is_set():
            start = time.monotonic()
            edit, partner_id = random.choice(edits), random.randint(first, last)
            while True:
                try:
                    cursor.execute(edit, [partner_id])
                    connection.commit()
                    break
                except psycopg2.errors.SerializationFailure:
                    connection.rollback()
            longest.value = max(longest.value, time.monotonic() - start)
            written.value += 1
            time.sleep(0.1)  # ten edits a second
    connection.close()


def figure_memory(count):
    """Growth of the client's memory over what one small run has left it with."""
    name = database.get_database(count)
    company_id, day = get_main_company(name), database.get_day(name)
    database.forget_results(name)
    with environment(name) as env:
        customer = env["res.partner"].search([("name", "=", "Bench 1")])
        env["customer.profile"].create({"partner_id": customer.id})._score_now()
        env.cr.commit()
        forget_peak()
        before = get_memory("VmRSS")
        run = run_refresh(env, company_id, day)
        growth = get_memory("VmHWM") - before
        note = f"MiB; first run of {run.staged_count:,} customers"
    return [Figure("memory", growth, 10, note)]
