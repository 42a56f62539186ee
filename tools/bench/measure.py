"""What the figures have in common: Odoo environments, CPU time, medians, the table."""

import contextlib
import json
import pathlib
import statistics
import time
from dataclasses import dataclass

import database
import odoo
import odoo.modules.registry
from odoo import api

ROOT_USER = 1


@dataclass
class Figure:
    """One measured number and the bound it has to keep."""

    name: str
    value: float
    bound: float
    note: str = ""

    @property
    def holds(self):
        return self.value <= self.bound

    def print_json(self):
        keys = {"figure": self.name, "value": self.value, "bound": self.bound}
        print(json.dumps({**keys, "holds": self.holds}), flush=True)


def print_table(figures):
    """Print the figures for people."""
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        mark = "holds" if figure.holds else "BROKEN"
        print(
            f"{figure.name:{width}} {figure.value:>10.6g} <= {figure.bound:<6g}"
            f" {mark:6} {figure.note}"
        )


def start_odoo():
    """Load Odoo's configuration (ODOO_RC comes from ``./dev``)."""
    odoo.tools.config.parse_config(["--log-level=error", "--no-http"])


def get_registry(name):
    return odoo.modules.registry.Registry(name)


@contextlib.contextmanager
def environment(name, user_id=ROOT_USER, **context):
    """Yield an environment on a database with a cursor and empty caches of its own."""
    with get_registry(name).cursor() as cursor:
        cursor.execute(
            "SELECT SET_CONFIG('max_parallel_workers_per_gather', '0', false)"
        )
        yield api.Environment(cursor, user_id, context)


def get_cpu(pid):
    """Return the CPU seconds a process has used (nanoseconds where Linux keeps them)."""
    with contextlib.suppress(OSError):
        used = pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()
        return int(used[0]) / 1e9
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / 100


class Meter:
    """CPU of this process and its PostgreSQL backend, wall time and statements."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.pid = cursor._cnx.info.backend_pid
        self.cpu = self.wall = self.queries = 0

    def __enter__(self):
        self.start = self._read()
        return self

    def __exit__(self, *_error):
        self.cpu, self.wall, self.queries = (
            now - before for now, before in zip(self._read(), self.start, strict=True)
        )

    def _read(self):
        cpu = get_cpu(self.pid) + time.process_time()
        return cpu, time.monotonic(), self.cursor.sql_log_count


def median(values):
    return statistics.median(values)


def get_memory(field):
    """Return a line of /proc/self/status in MiB (VmRSS now, VmHWM the highest)."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def forget_peak():
    """Let VmHWM start again from what is used now."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")


def run_refresh(env, company_id, day):
    """Score all customers of a company as the nightly job does; return the run."""
    run = env["customer.run"].create(
        {"job": "refresh", "company_id": company_id, "date": day}
    )
    env.cr.commit()
    for _slice in range(20):  # the scheduler calls again after concurrent changes
        if run._process():
            break
    if run.state != "done":
        raise RuntimeError(f"run of {day}: {run.state}, {run.message}")
    return run


FLOOR = (
    """SELECT SUM(cnt), MIN(first), MAX(last), SUM(amount) FROM (
       SELECT partner_id, COUNT(*) AS cnt, MIN(date_order) AS first,
              MAX(date_order) AS last, SUM(amount_untaxed) AS amount
         FROM sale_order WHERE state = 'sale' GROUP BY partner_id) flo""",
    """SELECT SUM(cnt), MIN(first), MAX(last), SUM(amount) FROM (
       SELECT commercial_partner_id, COUNT(*) AS cnt, MIN(invoice_date) AS first,
              MAX(invoice_date) AS last, SUM(amount_untaxed_signed) AS amount
         FROM account_move
        WHERE state = 'posted'
          AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
     GROUP BY commercial_partner_id) flo""",
    """SELECT SUM(residual), MIN(first) FROM (
       SELECT partner_id, SUM(amount_residual) AS residual,
              MIN(date_maturity) AS first
         FROM account_move_line
        WHERE parent_state = 'posted' AND account_id IN (
              SELECT id FROM account_account WHERE account_type = 'asset_receivable')
     GROUP BY partner_id) flo""",
    "SELECT COUNT(*), SUM(amount), MAX(max_date) FROM account_partial_reconcile",
)


def measure_floor(env):
    """Return the CPU of bare aggregates of the four tables of sales and accounting."""
    env.cr.execute("SET LOCAL jit = off")
    with Meter(env.cr) as meter:
        for statement in FLOOR:
            env.cr.execute(statement)
            env.cr.fetchall()
    env.cr.commit()
    return meter.cpu


def measure_unchanged(name, company_id, day, rounds):
    """Return the CPU of a run that changes nothing against the floor, and its rows."""
    ratios = []
    for _round in range(rounds):
        with environment(name) as env:
            floor = measure_floor(env)
            with Meter(env.cr) as meter:
                staged = run_refresh(env, company_id, day).staged_count
        ratios.append(meter.cpu / floor)
    return median(ratios), staged


def get_main_company(name):
    with database.connect(name).cursor() as cursor:
        cursor.execute("SELECT MIN(id) FROM res_company")
        return cursor.fetchone()[0]
