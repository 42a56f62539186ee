"""Fills a database with customers, orders, invoices, refunds and payments by SQL.

Rows are clones of rows of the seeded ledger (see ``tools/seed_template.py``) with some
columns replaced, so they satisfy every column that Odoo requires. The same number of
customers gives the same rows on every machine, relative to the day of generation.
"""

import ledger

TABLES = (
    "res_partner", "sale_order", "account_move", "account_move_line",
    "account_partial_reconcile",
)  # fmt: skip
NORMAL = "(SQRT(-2 * LN(1 - RANDOM())) * COS(2 * PI() * RANDOM()))"

# 12% never order, the others lognormal (median 4, mean 11, at most 1500); 20% have a
# contact below them, 5% buy from both companies, 10% in a foreign currency. Three of
# four stopped ordering some time ago, as in any list of customers that nobody clears.
CUSTOMERS = f"""
CREATE TEMP TABLE customers AS
SELECT num, %(first)s + num AS partner_id,
       CASE WHEN RANDOM() < 0.20 THEN %(first)s + %(count)s + num END AS child_id,
       CASE WHEN RANDOM() < 0.12 THEN 0
            ELSE LEAST(1500, CEIL(4 * EXP(1.45 * {NORMAL}) - 0.3)) END::int AS orders,
       900 * EXP(1.1 * {NORMAL}) AS level,
       RANDOM() < 0.05 AS is_both, RANDOM() < 0.10 AS is_foreign,
       RANDOM() AS habit, since,
       CASE WHEN RANDOM() < 0.75 THEN since + ((%(day)s::date - since) * RANDOM())::int
            ELSE %(day)s::date END AS until
  FROM (SELECT num, %(day)s::date - 30 - (1000 * POWER(RANDOM(), 0.7))::int AS since
          FROM GENERATE_SERIES(1, %(count)s) num) cus
"""

ORDERS = f"""
CREATE TEMP TABLE orders AS
SELECT %(first_order)s + ROW_NUMBER() OVER () AS id, ord.*, rat.rate,
       ROUND(amount / COALESCE(rat.rate, 1), 2) AS amount_own
  FROM (SELECT cus.partner_id AS commercial_id, cus.habit,
               CASE WHEN child_id IS NOT NULL AND RANDOM() < 0.5 THEN child_id
                    ELSE partner_id END AS partner_id,
               CASE WHEN is_both AND RANDOM() < 0.3 THEN %(second)s ELSE %(main)s END
                   AS company_id,
               is_foreign,
               since + ((until - since) * RANDOM())::int AS day,
               ROUND((level * EXP(0.5 * {NORMAL}))::numeric, 2) AS amount,
               RANDOM() AS luck
          FROM customers cus, GENERATE_SERIES(1, cus.orders)) ord
LEFT JOIN LATERAL (
       SELECT rate FROM res_currency_rate
        WHERE is_foreign AND company_id = ord.company_id AND name <= day
          AND currency_id = CASE WHEN ord.company_id = %(main)s
                                 THEN %(main_foreign)s ELSE %(second_foreign)s END
     ORDER BY name DESC LIMIT 1) rat ON TRUE
"""

# One invoice per confirmed order, due in 30 days.
INVOICES = """
CREATE TEMP TABLE invoices AS
SELECT %(first_move)s + ROW_NUMBER() OVER () AS id,
       %(first_line)s + 2 * ROW_NUMBER() OVER () AS line_id, inv.*, day + 30 AS due,
       CASE WHEN RANDOM() < 0.04 AND day + 10 <= %(day)s
            THEN CASE WHEN RANDOM() < 0.5 THEN 1.0 ELSE 0.3 END ELSE 0 END AS refunded,
       CASE WHEN habit < 0.55 THEN -5 + 15 * RANDOM()
            WHEN habit < 0.85 THEN 40 * RANDOM()
            WHEN habit < 0.95 THEN 15 + 80 * RANDOM()
            WHEN RANDOM() < 0.4 THEN 2000
            ELSE 60 * RANDOM() END::int AS delay,
       CASE WHEN RANDOM() < 0.08 THEN 0.5 ELSE 1.0 END AS share
  FROM (SELECT id AS order_id, commercial_id, partner_id, company_id, is_foreign, habit,
               rate, amount, amount_own, day + (4 * luck)::int AS day
          FROM orders WHERE luck < 0.95) inv
 WHERE day <= %(day)s
"""

# What settles an invoice: a refund, a payment, the second half of a part payment.
# Payments of one customer in one week arrive together.
SETTLED = """
CREATE TEMP TABLE settled AS
SELECT inv.id AS invoice_id, inv.line_id, inv.commercial_id, inv.partner_id,
       inv.company_id, inv.is_foreign, inv.rate, par.kind,
       CASE WHEN par.kind = 'refund' THEN par.day
            ELSE DATE_TRUNC('week', par.day)::date + 4 END AS day,
       ROUND(amount * par.share, 2) AS amount,
       ROUND(amount_own * par.share, 2) AS amount_own
  FROM invoices inv
 CROSS JOIN LATERAL (VALUES
       ('refund', day + 10, refunded),
       ('payment', due + delay, (1 - refunded) * inv.share),
       ('payment', due + delay + 30, (1 - refunded) * (1 - inv.share))
      ) par (kind, day, share)
 WHERE par.share > 0 AND par.day + 7 <= %(day)s
"""

CREDITS = """
CREATE TEMP TABLE credits AS
SELECT %(first_move)s + ROW_NUMBER() OVER () AS id,
       %(first_line)s + 2 * ROW_NUMBER() OVER () AS line_id, crd.*
  FROM (SELECT kind, company_id, commercial_id, partner_id, is_foreign, rate, day,
               CASE WHEN kind = 'refund' THEN invoice_id END AS invoice_id,
               SUM(amount) AS amount, SUM(amount_own) AS amount_own
          FROM settled GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) crd
"""


def generate(cursor, count, day):
    """Fill the database of a cursor with ``count`` customers up to ``day``."""
    cursor.execute("SET session_replication_role = replica")  # no foreign key checks
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute("SET work_mem = '256MB'")
    cursor.execute("SELECT SETSEED(0.19)")
    params = _get_parameters(cursor, count, day)
    indexes = _drop_indexes(cursor)
    cursor.execute(CUSTOMERS, params)
    cursor.execute(ORDERS, params)
    cursor.execute(INVOICES, params)
    cursor.execute(SETTLED, params)
    cursor.execute("SELECT MAX(id), MAX(line_id) FROM invoices")
    params["first_move"], params["first_line"] = cursor.fetchone()
    cursor.execute("ANALYZE settled")
    cursor.execute(CREDITS, params)
    cursor.execute(
        """CREATE TEMP TABLE residuals AS
           SELECT id, CASE WHEN is_open THEN amount ELSE 0 END AS amount,
                  CASE WHEN is_open THEN amount_own ELSE 0 END AS amount_own
             FROM (SELECT inv.id, inv.amount - COALESCE(SUM(stl.amount), 0) AS amount,
                          inv.amount_own - COALESCE(SUM(stl.amount_own), 0) AS amount_own,
                          -- two rounded halves may miss the whole by a cent
                          COALESCE(SUM(stl.amount), 0) < inv.amount - 0.05 AS is_open
                     FROM invoices inv LEFT JOIN settled stl ON stl.invoice_id = inv.id
                 GROUP BY inv.id, inv.amount, inv.amount_own) res"""
    )
    for table in ("customers", "orders", "invoices", "credits", "residuals"):
        cursor.execute(f"ANALYZE {table}")
    ledger.insert_partners(cursor, params)
    for company, foreign in (("main", "main_foreign"), ("second", "second_foreign")):
        ledger.insert_documents(cursor, params[company], params[foreign])
    ledger.insert_reconciliations(cursor)
    for statement in indexes:
        cursor.execute(statement)
    for table in TABLES:
        cursor.execute(
            f"SELECT SETVAL('{table}_id_seq', (SELECT MAX(id) FROM {table}))"
        )


def _get_parameters(cursor, count, day):
    cursor.execute("SELECT id, currency_id FROM res_company ORDER BY id LIMIT 2")
    (main, main_own), (second, second_own) = cursor.fetchall()
    params = {
        "count": count, "day": day, "main": main, "second": second,
        "main_foreign": second_own, "second_foreign": main_own,
    }  # fmt: skip
    firsts = ("first", "first_order", "first_move", "first_line")
    for name, table in zip(firsts, TABLES[:4], strict=True):
        cursor.execute(f"SELECT MAX(id) FROM {table}")
        params[name] = cursor.fetchone()[0]
    return params


def _drop_indexes(cursor):
    """Drop the indexes that no constraint owns; return the statements to remake them."""
    cursor.execute(
        """SELECT idx.indexrelid::regclass::text, PG_GET_INDEXDEF(idx.indexrelid)
             FROM pg_index idx
            WHERE idx.indrelid::regclass::text = ANY(%s)
              AND NOT EXISTS (SELECT FROM pg_constraint con
                               WHERE con.conindid = idx.indexrelid)""",
        [list(TABLES)],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in indexes]
