"""A database of its own for tests whose transactions are committed for good."""

import os
import subprocess
import sys
from pathlib import Path

from odoo import sql_db
from odoo.tools import SQL, config

ODOO = ("-P", "-c", "from odoo.cli import main; main()")


def create_clone(name):
    """Copy the installed state to a database ``name``.

    ``./dev test`` names a database that nobody uses; without one the test database
    itself is dumped (nothing but the installed state is committed there).
    """
    template = os.environ.get("CS_TEST_DB_TEMPLATE")
    drop_clone(name)
    if template:
        _execute("CREATE DATABASE %s TEMPLATE %s", name, template)
        return
    _execute("CREATE DATABASE %s TEMPLATE template0", name)
    dump = subprocess.run(
        ["pg_dump", "--no-owner", *_get_options(), config["db_name"][0]],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", *_get_options(), "-d", name],
        input=dump.stdout,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def drop_clone(name):
    _execute("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)


def run_odoo(*arguments, scripts=()):
    """Run an Odoo command to its end; returns what it printed, log last.

    :param scripts: files fed to it, one after the other
    """
    done = subprocess.run(
        [sys.executable, *ODOO, *arguments, "-c", config.rcfile],
        input="\n".join(Path(script).read_text() for script in scripts),
        capture_output=True,
        text=True,
        cwd=config["data_dir"],
        timeout=300,
    )
    return done.stdout, done.stderr


def _execute(query, *names):
    connection = sql_db.db_connect("postgres")
    with connection.cursor() as cr:
        cr._cnx.autocommit = True  # databases are made outside a transaction
        cr.execute(SQL(query, *map(SQL.identifier, names)))


def _get_options():
    options = {
        "-h": config["db_host"],
        "-p": config["db_port"],
        "-U": config["db_user"],
    }
    return [str(part) for pair in options.items() if pair[1] for part in pair]
