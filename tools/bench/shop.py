"""A real shop (CDNOW) as a database: 23,570 customers and their orders."""

import csv
import gzip
import pathlib
from collections import defaultdict
from datetime import date

import database
import ledger

SHOP = pathlib.Path(__file__).parent / "data/cdnow_master.csv.gz"
NAME = "customer_success_bench_cdnow"


def read_shop():
    """Return {customer: [(day, amount)]} of the shop."""
    orders = defaultdict(list)
    with gzip.open(SHOP, "rt") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            orders[int(row["customer_id"])].append((day, float(row["amount"])))
    return orders


def get_shop_database(orders):
    """Return a database with the shop's orders, making it when needed."""
    name = NAME
    with database.connect("postgres").cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database.INSTALLED}"')
    connection = database.connect(name, autocommit=False)
    with connection, connection.cursor() as cursor:
        _fill(cursor, orders)
    connection.close()
    with database.connect(name).cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return name


def _fill(cursor, orders):
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("DELETE FROM sale_order WHERE name NOT LIKE 'S%'")
    cursor.execute(
        """SELECT (SELECT MAX(id) FROM res_partner), (SELECT MAX(id) FROM sale_order),
                  cmp.id, cmp.currency_id FROM res_company cmp ORDER BY cmp.id LIMIT 1"""
    )
    partner, order, company, currency = cursor.fetchone()
    cursor.execute(
        "CREATE TEMP TABLE customers (num int, partner_id int, child_id int)"
    )
    cursor.execute(
        "CREATE TEMP TABLE orders (id int, partner_id int, day date, amount numeric)"
    )
    rows = [(num, partner + num) for num in orders]
    _copy(cursor, "customers", "num, partner_id", rows)
    rows = []
    for num, bought in orders.items():
        for day, amount in bought:
            order += 1
            rows.append((order, partner + num, day, amount))
    _copy(cursor, "orders", "id, partner_id, day, amount", rows)
    ledger.insert_partners(cursor, {})
    template = f"state = 'sale' AND company_id = {company} AND currency_id = {currency}"
    values = {
        "id": "id", "name": "'C' || id", "partner_id": "partner_id",
        "partner_invoice_id": "partner_id", "partner_shipping_id": "partner_id",
        "date_order": "day + TIME '10:00'", "amount_untaxed": "amount",
        "amount_tax": "0", "amount_total": "amount",
    }  # fmt: skip
    ledger._clone(cursor, "sale_order", template, values, "orders")
    for table in ("res_partner", "sale_order"):
        cursor.execute(
            f"SELECT SETVAL('{table}_id_seq', (SELECT MAX(id) FROM {table}))"
        )


def _copy(cursor, table, columns, rows):
    for start in range(0, len(rows), 5000):
        part = rows[start : start + 5000]
        width = ", ".join(["%s"] * len(part[0]))
        text = ", ".join(cursor.mogrify(f"({width})", row).decode() for row in part)
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {text}")
