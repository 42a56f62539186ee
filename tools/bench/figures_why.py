"""The Why of a customer with 10,000 invoices: his form, and the way to the invoices."""

import datetime

import database
from figures_screens import ROUNDS, prepare
from measure import Figure, Meter, environment, get_main_company, median

INVOICES = 10_000
COLUMNS = (
    "name", "source", "date", "date_due", "date_paid", "late_days", "document_total",
    "amount", "order_count", "period",
)  # fmt: skip
CODES = ("amount_12m", "growth_rate", "orders_12m", "late_days", "overdue_rate")


def get_sales_id(name):
    """Return a Customer Success user, the lowest role that opens a customer."""
    with environment(name) as env:
        user = env["res.users"].search([("login", "=", "bench_sales")])
        if not user:
            group = env.ref("customer_success.group_customer_success_user")
            user = env["res.users"].create(
                {
                    "name": "Bench Sales",
                    "login": "bench_sales",
                    "group_ids": [(6, 0, group.ids)],
                }
            )
            env.cr.commit()
        return user.id


def make_large_customer(name, day, user_id):
    """Give one customer the documents of thousands of others; returns his id."""
    company_id = get_main_company(name)
    with environment(name) as env:
        profile = env["customer.profile"].search(
            [("company_id", "=", company_id), ("partner_id.name", "like", "Bench")],
            limit=1,
        )
        year = datetime.timedelta(days=365)
        env.cr.execute(
            """CREATE TEMP TABLE taken ON COMMIT DROP AS
               SELECT id FROM account_move
                WHERE company_id = %s AND move_type = 'out_invoice'
                  AND state = 'posted' AND invoice_date > %s AND invoice_date <= %s
             ORDER BY id LIMIT %s""",
            [company_id, day - year, day, INVOICES],
        )
        partner_id = profile.partner_id.id
        env.cr.execute(
            """UPDATE account_move SET invoice_user_id = NULL
                WHERE id IN (SELECT id FROM taken)"""
        )
        for table, owner, column in (
            ("account_move", "partner_id, commercial_partner_id", "id"),
            ("account_move_line", "partner_id", "move_id"),
        ):
            names = owner.split(", ")
            env.cr.execute(
                f"UPDATE {table} SET {', '.join(f'{key} = %s' for key in names)}"
                f" WHERE {column} IN (SELECT id FROM taken)",
                [partner_id] * len(names),
            )
        env.cr.execute(
            """UPDATE sale_order SET partner_id = %s, user_id = NULL
                WHERE id IN (SELECT id FROM sale_order
                              WHERE company_id = %s AND state = 'sale'
                                AND date_order > %s ORDER BY id LIMIT %s)""",
            [partner_id, company_id, day - year, INVOICES],
        )
        profile.user_id = user_id
        env["customer.profile"].browse(profile.id)._score_now()
        env.cr.commit()
        return profile.id


def drill(env, profile_id, code):
    """Click on the records of a metric: the action, then the first page of the list."""
    profile = env["customer.profile"].browse(profile_id)
    action = profile.action_open_evidence(code)
    rows = env["customer.evidence"].with_context(**action["context"])
    return rows.web_search_read(
        [], {column: {} for column in COLUMNS}, limit=80, count_limit=10_001
    )


def figure_drill(count):
    """From the click on "10,000 records" to the list, the slowest metric of five."""
    name = database.copy_database(prepare(count))
    day = database.get_day(name)
    user_id = get_sales_id(name)
    profile_id = make_large_customer(name, day, user_id)
    with database.connect(name).cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    worst, found = {}, 0
    for code in CODES:
        lists = measure(
            name, user_id, lambda env, code=code: drill(env, profile_id, code)
        )
        found = max(found, lists[2]["length"])
        worst[code] = lists[:2]
    code = max(worst, key=lambda key: worst[key][0])
    note = ", ".join(f"{key} {wall * 1000:.0f}" for key, (wall, _cpu) in worst.items())
    heading = measure(
        name, user_id,
        lambda env: env["customer.profile"].browse(profile_id)
        .get_evidence_summary("late_days"),
    )  # fmt: skip
    form = measure(
        name, user_id,
        lambda env: env["customer.profile"].browse(profile_id)
        .web_read({"tier_explanation": {}, "health_explanation": {}}),
    )  # fmt: skip
    return [
        Figure(
            "drill", worst[code][0], 1,
            f"s wall, {worst[code][1]:.2f} s CPU; {found:,} rows; in ms: {note}",
        ),
        Figure("drill_heading", heading[1], 1, f"s CPU, {heading[0]:.2f} s wall"),
        Figure("form_large", form[0], 1, f"s wall, {form[1]:.2f} s CPU"),
    ]  # fmt: skip


def measure(name, user_id, call):
    """Return medians of wall and CPU seconds of a request, and its last answer."""
    times = []
    for number in range(ROUNDS // 3 + 1):
        with environment(name, user_id) as env:
            env.company.name  # every request has read its user and company
            with Meter(env.cr) as meter:
                answer = call(env)
            if number:  # the first one warms caches up
                times.append((meter.wall, meter.cpu))
    return [*(median(column) for column in zip(*times, strict=True)), answer]
