"""The databases of the bench: generated once per number of customers, then kept."""

import hashlib
import os
import pathlib
import subprocess
import sys
from datetime import date

import generator
import psycopg2
from odoo.sql_db import close_db

INSTALLED = os.environ.get("DEV_INSTALLED", "customer_success_installed")
RESULTS = (
    "customer_run_stage", "customer_quarantine", "customer_tier_change", "customer_score",
    "customer_opening", "customer_snapshot", "customer_profile", "customer_run",
)  # fmt: skip


def connect(name, autocommit=True):
    """Return a plain connection: PGHOST and PGUSER come from ``./dev``."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = autocommit
    return connection


def get_database(count, use="speed"):
    """Return the name of a database with ``count`` customers, making it when needed.

    It is made again when the generator has changed, and updated when the addon has.
    """
    name = f"customer_success_bench_{use}_{count}"
    folder = pathlib.Path(generator.__file__).parent
    sources = [folder / name for name in ("generator.py", "ledger.py")]
    made = hashlib.sha256(b"".join(map(pathlib.Path.read_bytes, sources))).hexdigest()
    made = made[:12]
    addon = hashlib.sha256((_get_mark(INSTALLED) or "").encode()).hexdigest()[:12]
    mark = (_get_mark(name) or "").split()
    if mark[:1] != [made]:
        print(f"Generating {count:,} customers in {name} ...", file=sys.stderr)
        _make_database(name, count)
        _set_mark(name, f"{made} {addon} {date.today()}")
    elif mark[1] != addon:
        print(f"Updating the addon in {name} ...", file=sys.stderr)
        _update_addon(name)
        _set_mark(name, f"{made} {addon} {mark[2]}")
    return name


def get_day(name):
    """Return the day up to which a database was filled."""
    return date.fromisoformat(_get_mark(name).split()[2])


def _get_mark(name):
    with connect("postgres").cursor() as cursor:
        cursor.execute(
            "SELECT SHOBJ_DESCRIPTION(oid, 'pg_database') FROM pg_database"
            " WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
        return row and row[0]


def _set_mark(name, mark):
    with connect("postgres").cursor() as cursor:
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [mark])


def _make_database(name, count):
    with connect("postgres").cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{INSTALLED}"')
        # one process on each side, else CPU seconds of neighbours would count
        cursor.execute(
            f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0'
        )
    connection = connect(name, autocommit=False)
    with connection, connection.cursor() as cursor:
        generator.generate(cursor, count, date.today())
    connection.close()
    with connect(name).cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE, FREEZE)")


def _update_addon(name):
    command = [
        sys.executable, os.environ["DEV_ODOO"], "-d", name, "-u", "customer_success",
        "--no-http", "--stop-after-init", "--log-level=error",
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=os.environ["DEV_HOME"])


def copy_database(name):
    """Return a copy of a database, for figures that change its contacts."""
    copy = f"{name}_copy"
    close_db(name)  # what earlier figures left open
    with connect("postgres").cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    _set_mark(copy, _get_mark(name))
    return copy


def forget_results(name):
    """Empty the addon's tables: the next run is a first one."""
    with connect(name).cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(RESULTS)} RESTART IDENTITY CASCADE")


def analyze_results(name):
    """Do what autovacuum does between two nights."""
    with connect(name).cursor() as cursor:
        for table in RESULTS:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
