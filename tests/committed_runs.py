"""What happens to real transactions: kills, two processes, edits, conflicts.

``test_committed`` feeds this file to the Odoo shell of a cloned database, which prints
one JSON object of findings. One process loads Odoo; its forks are killed or meet.
"""

import hashlib
import logging
import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.customer_success.models import customer_run_job, customer_run_queue

CUSTOMERS = 150
KILLS = 5
DATABASE = odoo.tools.config["db_name"][0]
RESULTS = """
SELECT pro.partner_id, pro.company_id, pro.active, pro.rating_state, tir.code,
       pro.tier_score, pro.health, pro.health_score, pro.date_next_review,
       (SELECT ROW(snp.amount_12m, snp.order_count_12m, snp.date_last_sale)::text
          FROM customer_snapshot snp WHERE snp.profile_id = pro.id),
       (SELECT STRING_AGG(ROW(scr.kind, scr.date, scr.total, scr.signature)::text, ';'
                          ORDER BY scr.kind, scr.date)
          FROM customer_score scr WHERE scr.profile_id = pro.id),
       (SELECT STRING_AGG(ROW(chg.date, chg.direction, chg.total)::text, ';'
                          ORDER BY chg.date)
          FROM customer_tier_change chg WHERE chg.profile_id = pro.id)
  FROM customer_profile pro
  LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
 ORDER BY pro.company_id, pro.partner_id"""
TABLES = ("profile", "snapshot", "score", "tier_change", "run_stage")


@contextmanager
def environment():
    with odoo.sql_db.db_connect(DATABASE).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def query(text, *args):
    with environment() as env:
        return env.execute_query(SQL(text, *args))


def execute(text, *args):
    with environment() as env:
        env.cr.execute(SQL(text, *args))


def refresh():
    with environment() as env:
        env["customer.run"]._cron_refresh_scores()


def fork(function):
    """Run a function in a process of its own; returns the number of the process."""
    odoo.sql_db.close_all()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        Registry(DATABASE)._db = odoo.sql_db.db_connect(DATABASE)
        function()
        code = 0
    finally:
        os._exit(code)


def wait(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def wait_until_alone():
    """Wait until PostgreSQL has noticed that a killed client is gone."""
    odoo.sql_db.close_all()
    with odoo.sql_db.db_connect("postgres").cursor() as cr:
        for _attempt in range(500):
            cr.execute(
                SQL(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s", DATABASE
                )
            )
            if not cr.fetchone()[0]:
                return
            time.sleep(0.01)
            cr.rollback()


def prepare():
    """Add customers with orders of the last weeks; small ranges of writes."""
    customer_run_job.WRITE_RANGE = 10
    with environment() as env:
        partners = env["res.partner"].create(
            [{"name": f"Committed {n}", "is_company": True} for n in range(CUSTOMERS)]
        )
        env.flush_all()
        partner = partners[0].id
        product = env["product.product"].create({"name": "Any", "taxes_id": False})
        order = env["sale.order"].create(
            {
                "partner_id": partner,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 100})],
            }
        )
        order.action_confirm()
        env.flush_all()
        add_orders(env, order.id, partners.ids)
    return order.id, partners.ids


def add_orders(env, order_id, partner_ids):
    """Copy an order for each contact, a fortnight ago."""
    names = [
        field.name
        for field in env["sale.order"]._fields.values()
        if field.store and field.column_type
        and field.name not in ("id", "partner_id", "date_order", "access_token")
    ]  # fmt: skip
    columns = SQL(", ").join(SQL.identifier(name) for name in names)
    env.cr.execute(
        SQL(
            """INSERT INTO sale_order (partner_id, date_order, %(columns)s)
               SELECT par.id, NOW() AT TIME ZONE 'UTC' - INTERVAL '14 days', %(columns)s
                 FROM sale_order, UNNEST(%(partners)s) par (id)
                WHERE sale_order.id = %(order)s""",
            columns=columns,
            partners=list(partner_ids),
            order=order_id,
        )
    )


def forget_results():
    execute("TRUNCATE customer_profile, customer_run, customer_run_stage CASCADE")


def read_state():
    return hashlib.sha256(repr(query(RESULTS)).encode()).hexdigest()


def count_rows():
    return {
        table: query("SELECT COUNT(*) FROM %s", SQL.identifier(f"customer_{table}"))[0][
            0
        ]
        for table in TABLES
    }


# === SCENES === #


def kill_a_run(delay):
    """Kill a first run after a delay; earlier when it was over before."""
    for _attempt in range(10):
        forget_results()
        process = fork(refresh)
        time.sleep(delay)
        os.kill(process, signal.SIGKILL)
        if wait(process) == -signal.SIGKILL:
            return True
        delay *= 0.7
    return False


def kill_at_random_points():
    forget_results()
    start = time.monotonic()
    wait(fork(refresh))
    duration = time.monotonic() - start
    clean, rows = read_state(), count_rows()
    rng = random.Random(19)
    found = []
    for _kill in range(KILLS):
        killed = kill_a_run(rng.uniform(0.15, 0.95) * duration)
        wait_until_alone()
        middle = 0 < count_rows()["snapshot"] < rows["snapshot"]
        wait(fork(refresh))
        found.append(
            {
                "killed": killed,
                "in_the_middle": middle,
                "same_state": read_state() == clean,
                "same_rows": count_rows() == rows,
            }
        )
    return {"rows": rows, "kills": found}


class Gate:
    """Lets a forked run stop at a point until the parent lets it go on."""

    def __init__(self):
        self.arrived, self.opened = os.pipe(), os.pipe()

    def stop_here(self):
        os.write(self.arrived[1], b"x")
        os.read(self.opened[0], 1)

    def wait_for_arrival(self):
        os.read(self.arrived[0], 1)

    def open(self):
        os.write(self.opened[1], b"x")


def stop_once(model, method, gate, before=True):
    """Let the first call of a method stop at the gate (in a fork)."""
    cls = Registry(DATABASE)[model]
    original = getattr(cls, method)
    calls = []

    def stopping(self, *args, **kwargs):
        if before and not calls:
            calls.append(True)
            gate.stop_here()
        result = original(self, *args, **kwargs)
        if not before and not calls:
            calls.append(True)
            gate.stop_here()
        return result

    setattr(cls, method, stopping)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def edit(profile_id, **values):
    """Edit as another user would; returns the seconds it took."""
    start = time.monotonic()
    try:
        with environment() as env:
            env["customer.profile"].browse(profile_id).write(values)
    except customer_run_job.CONCURRENCY:  # the server tries again as well
        edit(profile_id, **values)
    return time.monotonic() - start


def meet_while_a_run_is_at_work(order_id, partner_ids):
    """A second run, edits and "score now" while the first one is between two ranges."""
    with environment() as env:
        add_orders(env, order_id, partner_ids)
    gate = Gate()

    def run():
        stop_once("customer.run", "_write_range", gate)
        refresh()

    process = fork(run)
    gate.wait_for_arrival()
    profile_ids = [
        row[0] for row in query("SELECT id FROM customer_profile ORDER BY partner_id")
    ]
    runs = query("SELECT id, state, attempt_count FROM customer_run ORDER BY id")
    lines = Lines()
    logger = logging.getLogger(customer_run_queue.__name__)
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    refresh()
    same = (
        query("SELECT id, state, attempt_count FROM customer_run ORDER BY id") == runs
    )
    start = time.monotonic()
    with environment() as env:
        profile = env["customer.profile"].browse(profile_ids[-1])
        profile._score_now()
        counted = profile.order_count_12m
    scored = time.monotonic() - start
    gate.open()
    waits = []
    for profile_id in profile_ids[::10]:
        waits.append(edit(profile_id, is_strategic=True))
    code = wait(process)
    kept = query("SELECT COUNT(*) FROM customer_profile WHERE is_strategic")[0][0]
    return {
        "said": lines.lines,
        "second_did_nothing": same,
        "scored_now": counted,
        "seconds_of_score_now": scored,
        "longest_wait": max(waits),
        "edited": len(waits),
        "kept": kept,
        "code": code,
        **describe_end(),
    }


def describe_end():
    states = query("SELECT DISTINCT state FROM customer_run ORDER BY 1")
    return {
        "states": [row[0] for row in states],
        "rows": count_rows(),
        "lock_is_free": query(
            "SELECT COUNT(*) FROM pg_locks JOIN pg_database dat ON dat.oid = database"
            " WHERE locktype = 'advisory' AND datname = CURRENT_DATABASE()"
        )[0][0] == 0,
    }  # fmt: skip


def change_what_a_range_will_write(order_id, partner_ids):
    """A real serialization failure: a commit after the range has taken its snapshot."""
    with environment() as env:
        add_orders(env, order_id, partner_ids)
    gate = Gate()

    def run():
        stop_once("customer.profile", "_lock_staged", gate)
        refresh()

    process = fork(run)
    gate.wait_for_arrival()
    first = query("SELECT MIN(profile_id) FROM customer_run_stage")[0][0]
    edit(first, is_strategic=False)
    gate.open()
    code = wait(process)
    counts = query("SELECT DISTINCT order_count_12m FROM customer_snapshot snp"
                   " JOIN customer_profile pro ON pro.id = snp.profile_id"
                   " JOIN res_partner par ON par.id = pro.partner_id"
                   " WHERE par.name LIKE 'Committed%%'")  # fmt: skip
    kept = query("SELECT is_strategic FROM customer_profile WHERE id = %s", first)
    return {
        "code": code,
        "counts": sorted(row[0] for row in counts),
        "kept": kept[0][0],
        **describe_end(),
    }


def lock_against_a_range(order_id, partner_ids):
    """A real deadlock: somebody locks two customers in the opposite order."""
    with environment() as env:
        add_orders(env, order_id, partner_ids)
    gate = Gate()

    def run():
        stop_once("customer.profile", "_lock_staged", gate, before=False)
        refresh()

    def touch(cr, profile_id):
        cr.execute(
            SQL(
                "UPDATE customer_profile SET is_strategic = TRUE WHERE id = %s",
                profile_id,
            )
        )

    process = fork(run)
    gate.wait_for_arrival()
    ids = [row[0] for row in query(
        "SELECT profile_id FROM customer_run_stage ORDER BY partner_id")]  # fmt: skip
    low, high = ids[0], ids[5]
    with environment() as env:
        snapshot = env["customer.snapshot"].search([("profile_id", "=", high)])
        env.cr.execute(
            SQL("SELECT FROM customer_snapshot WHERE id = %s FOR UPDATE", snapshot.id)
        )
        # the range holds the customers and will want this snapshot in a moment
        threading.Timer(0.3, gate.open).start()
        time.sleep(0.6)
        failed = False
        try:
            touch(env.cr, low)
            env.cr.commit()
        except Exception:  # one of the two has to give way
            failed = True
            env.cr.rollback()
    return {"code": wait(process), "we_gave_way": failed, **describe_end()}


findings = {}
odoo.sql_db.close_all()
order, partners = prepare()
findings["kills"] = kill_at_random_points()
findings["meeting"] = meet_while_a_run_is_at_work(order, partners)
findings["conflict"] = change_what_a_range_will_write(order, partners)
findings["deadlock"] = lock_against_a_range(order, partners)
