"""Writes the planned rows into Odoo's tables, as clones of seeded ones."""

import itertools


def _clone(cursor, table, template, values, source):
    """Insert a copy of a template row per row of ``source``, with other ``values``.

    :param template: condition that finds the row to copy (the one of lowest id)
    :param values: SQL of the columns that differ, by column
    """
    cursor.execute(f"SELECT * FROM {table} WHERE {template} ORDER BY id LIMIT 1")
    row = dict(
        zip([col.name for col in cursor.description], cursor.fetchone(), strict=True)
    )
    kept = [
        name
        for name, value in row.items()
        if value is not None and name not in values and not isinstance(value, dict)
    ]
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(itertools.chain(values, kept))})"
        f" SELECT {', '.join(itertools.chain(values.values(), ['%s'] * len(kept)))}"
        f" FROM {source}",
        [row[name] for name in kept],
    )


def insert_partners(cursor, params):
    names = {
        "name": "'Bench ' || num", "complete_name": "'Bench ' || num",
        "commercial_company_name": "'Bench ' || num", "email": "num || '@example.com'",
        "email_normalized": "num || '@example.com'",
        "commercial_partner_id": "partner_id",
    }  # fmt: skip
    country = "(ARRAY[{}])[1 + num %% 4]".format(
        ", ".join(str(number) for number in _get_countries(cursor))
    )
    customer = {
        "id": "partner_id",
        "country_id": country,
        "customer_rank": "1",
        **names,
    }
    _clone(cursor, "res_partner", "name = 'Seed Customer 01'", customer, "customers")
    child = {
        **names, "id": "child_id", "parent_id": "partner_id",
        "name": "'Contact ' || num", "complete_name": "'Bench ' || num || ', Contact'",
        "email": "'contact' || num || '@example.com'",
    }  # fmt: skip
    _clone(
        cursor, "res_partner", "name LIKE 'Seed Contact%%'", child,
        "customers WHERE child_id IS NOT NULL",
    )  # fmt: skip


def _get_countries(cursor):
    cursor.execute(
        "SELECT DISTINCT country_id FROM res_partner"
        " WHERE name LIKE 'Seed Customer%%' ORDER BY 1"
    )
    return [row[0] for row in cursor.fetchall()]


def insert_documents(cursor, company_id, foreign_id):
    """Insert orders, invoices, refunds and payment entries of one company."""
    own = (
        f"company_id = {company_id} AND currency_id ="
        f" (SELECT currency_id FROM res_company WHERE id = {company_id})"
    )
    currency = (
        f"CASE WHEN is_foreign THEN {foreign_id} ELSE"
        f" (SELECT currency_id FROM res_company WHERE id = {company_id}) END"
    )
    order = {
        "id": "id", "name": "'B' || id", "partner_id": "partner_id",
        "partner_invoice_id": "partner_id", "partner_shipping_id": "partner_id",
        "date_order": "day + TIME '10:00'", "currency_id": currency,
        "currency_rate": "COALESCE(rate, 1)", "amount_untaxed": "amount",
        "amount_tax": "0", "amount_total": "amount",
        "state": "CASE WHEN luck < 0.95 THEN 'sale' ELSE 'draft' END",
    }  # fmt: skip
    _clone(
        cursor, "sale_order", f"state = 'sale' AND {own}", order,
        f"orders WHERE company_id = {company_id}",
    )  # fmt: skip
    residual = "JOIN residuals res USING (id)"
    for kind, sign, table in (
        ("out_invoice", 1, f"(SELECT inv.*, res.amount AS open, res.amount_own AS open_own"
                           f" FROM invoices inv {residual}) mov WHERE TRUE"),
        ("out_refund", -1, "(SELECT *, day AS due, 0 AS open, 0 AS open_own FROM credits)"
                           " mov WHERE kind = 'refund'"),
        ("entry", -1, "(SELECT *, day AS due, 0 AS open, 0 AS open_own FROM credits)"
                      " mov WHERE kind = 'payment'"),
    ):  # fmt: skip
        source = f"{table} AND company_id = {company_id}"
        _insert_moves(cursor, kind, sign, own, currency, source)


def _insert_moves(cursor, kind, sign, own, currency, source):
    """Insert moves of a kind, each with a receivable line and one against it."""
    template = (
        f"state = 'posted' AND move_type = '{kind}' AND {own} AND (move_type <> 'entry'"
        " OR origin_payment_id IS NOT NULL)"
    )
    is_invoice = kind != "entry"
    untaxed, untaxed_own = ("amount", "amount_own") if is_invoice else ("0", "0")
    total = f"{sign} * amount_own" if is_invoice else "amount_own"
    _clone(cursor, "account_move", template, {
        "id": "id", "name": f"'B{kind}/' || id", "sequence_prefix": f"'B{kind}/'",
        "sequence_number": "id", "partner_id": "partner_id", "ref": "NULL",
        "payment_reference": "NULL", "invoice_origin": "NULL", "origin_payment_id": "NULL",
        "reversed_entry_id": "NULL::int", "commercial_partner_id": "commercial_id",
        "partner_shipping_id": "partner_id", "currency_id": currency, "date": "day",
        "invoice_date": "day" if is_invoice else "NULL::date", "invoice_date_due": "due",
        "invoice_currency_rate": "COALESCE(rate, 1)", "amount_untaxed": untaxed,
        "amount_tax": "0", "amount_total": "amount", "amount_residual": "open",
        "amount_untaxed_signed": f"{sign} * {untaxed_own}", "amount_tax_signed": "0",
        "amount_untaxed_in_currency_signed": f"{sign} * {untaxed}",
        "amount_total_signed": total, "amount_total_in_currency_signed": f"{sign} * amount",
        "amount_residual_signed": f"{sign} * open_own",
        "payment_state": "CASE WHEN open = 0 THEN 'paid' ELSE 'not_paid' END",
    }, source)  # fmt: skip
    line = {
        "move_id": "id", "move_name": f"'B{kind}/' || id", "partner_id": "partner_id",
        "name": f"'B{kind}/' || id", "ref": "NULL", "currency_id": currency,
        "date": "day", "invoice_date": "day" if is_invoice else "NULL::date",
        "matching_number": "NULL", "full_reconcile_id": "NULL::int", "payment_id": "NULL::int",
        "price_unit": "0", "price_subtotal": "0", "price_total": "0",
    }  # fmt: skip
    move = f"move_id IN (SELECT id FROM account_move WHERE {template} AND name NOT LIKE 'B%%')"
    receivable = (
        "(SELECT id FROM account_account WHERE account_type = 'asset_receivable')"
    )
    for side, operator, offset in ((sign, "IN", 0), (-sign, "NOT IN", 1)):
        is_open = not offset
        _clone(cursor, "account_move_line", f"{move} AND account_id {operator} {receivable}", {
            **line, "id": f"line_id + {offset}", "date_maturity": "due" if is_open else "NULL::date",
            "debit": "amount_own" if side > 0 else "0", "credit": "amount_own" if side < 0 else "0",
            "balance": f"{side} * amount_own", "amount_currency": f"{side} * amount",
            "amount_residual": f"{side} * open_own" if is_open else "0",
            "amount_residual_currency": f"{side} * open" if is_open else "0",
            "reconciled": "open = 0" if is_open else "FALSE",
        }, source)  # fmt: skip


def insert_reconciliations(cursor):
    _clone(cursor, "account_partial_reconcile", "TRUE", {
        "id": "(SELECT MAX(id) FROM account_partial_reconcile) + ROW_NUMBER() OVER ()",
        "debit_move_id": "stl.line_id", "credit_move_id": "crd.line_id",
        "company_id": "stl.company_id", "max_date": "GREATEST(stl.day, inv.day)",
        "amount": "stl.amount_own", "debit_amount_currency": "stl.amount",
        "credit_amount_currency": "stl.amount", "full_reconcile_id": "NULL::int",
        "exchange_move_id": "NULL::int",
    }, """settled stl
      JOIN invoices inv ON inv.id = stl.invoice_id
      JOIN credits crd ON (crd.kind, crd.company_id, crd.commercial_id, crd.partner_id,
                           crd.is_foreign, crd.day)
                        = (stl.kind, stl.company_id, stl.commercial_id, stl.partner_id,
                           stl.is_foreign, stl.day)
       AND crd.rate IS NOT DISTINCT FROM stl.rate
       AND (stl.kind = 'payment' OR crd.invoice_id = stl.invoice_id)""")  # fmt: skip
