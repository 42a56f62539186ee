"""Update, uninstall and reinstall on a cloned database with data.

``test_lifecycle`` feeds this file to the Odoo shell, which prints its findings.
"""

import json
import sys

from odoo.tools import SQL

MODULE = "customer_success"
ROWS = ("profile", "snapshot", "score", "tier_change", "opening", "run")
LEFTOVERS = {
    "tables": """SELECT table_name FROM information_schema.tables
                  WHERE table_name LIKE 'customer\\_%%'""",
    "columns": """SELECT table_name || '.' || column_name FROM information_schema.columns
                   WHERE column_name LIKE 'customer\\_%%' AND table_schema = 'public'
                     AND column_name = ANY(%s)""",
    "sequences": """SELECT sequence_name FROM information_schema.sequences
                     WHERE sequence_name LIKE 'customer\\_%%'""",
    "crons": """SELECT act.name::text FROM ir_act_server act
                 WHERE act.name::text ILIKE '%%customer success%%'""",
    "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE 'customer_success%%'",
    "menus": "SELECT name::text FROM ir_ui_menu WHERE name->>'en_US' = 'Customer Success'",
    "groups": """SELECT grp.name::text FROM res_groups grp
                   JOIN res_groups_privilege prv ON prv.id = grp.privilege_id
                  WHERE prv.name->>'en_US' = 'Customer Success'""",
    "privileges": """SELECT name::text FROM res_groups_privilege
                      WHERE name->>'en_US' = 'Customer Success'""",
    "data": "SELECT name FROM ir_model_data WHERE module = 'customer_success'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'customer.%%'",
    "fields": """SELECT model || '.' || name FROM ir_model_fields
                  WHERE name LIKE 'customer\\_%%' AND model IN ('res.company', 'res.partner')
                    AND name NOT IN ('customer_rank')""",
    "rules": "SELECT name::text FROM ir_rule WHERE name LIKE 'Customer Success%%'",
    "views": "SELECT name FROM ir_ui_view WHERE arch_db::text LIKE '%%customer_tier_id%%'",
}  # fmt: skip


def read_rows(env):
    rows = {}
    for name in ROWS:
        table = SQL.identifier(f"customer_{name}")
        rows[name] = env.execute_query(
            SQL("SELECT MD5(STRING_AGG(row::text, ',' ORDER BY id)), COUNT(*) FROM %s row",
                table)
        )[0]  # fmt: skip
    return rows


def apply(env, action):
    module = env["ir.module.module"].search([("name", "=", MODULE)])
    getattr(module, f"button_immediate_{action}")()
    env.transaction.reset()
    env.cr.commit()


def fill(env):
    """Score the seeded customers, import an opening amount, edit what users edit."""
    partner = env["res.partner"].create({"name": "Lifecycle", "is_company": True})
    env["customer.opening"].create(
        {"partner_id": partner.id, "month": "2025-01-01", "amount": 1000}
    )
    card = env.ref("customer_success.customer_scorecard_tier")
    tier = card.tier_ids.sorted("lower_bound")[-1]
    metric = card.dimension_ids.metric_ids.filtered(lambda m: m.code == "amount_12m")
    tier.lower_bound = 33.5
    metric.write({"threshold_9": 3333333})
    cron = env.ref("customer_success.ir_cron_refresh_scores")
    cron.interval_number = 2
    env.cr.commit()
    env["customer.run"]._cron_refresh_scores()
    env.cr.commit()
    return tier.id, metric.id


def read_edits(env, tier_id, metric_id):
    return [
        env["customer.tier"].browse(tier_id).lower_bound,
        env["customer.scorecard.metric"].browse(metric_id).threshold_9,
        env.ref("customer_success.ir_cron_refresh_scores").interval_number,
    ]


def play(env):
    ids = fill(env)
    before = read_rows(env)
    company_fields = [
        name for name in env["res.company"]._fields if name.startswith("customer_")
    ]
    findings = {"counts": {name: count for name, (_hash, count) in before.items()}}
    apply(env, "upgrade")
    findings["same_rows"] = read_rows(env) == before
    findings["edits"] = read_edits(env, *ids)
    apply(env, "uninstall")
    findings["leftovers"] = {
        what: [
            row[0]
            for row in env.execute_query(
                SQL(text, company_fields) if what == "columns" else SQL(text)
            )
        ]
        for what, text in LEFTOVERS.items()
    }
    apply(env, "install")
    env["customer.run"]._cron_refresh_scores()
    env.cr.commit()
    findings["rated_again"] = env["customer.profile"].search_count(
        [("rating_state", "=", "rated")]
    )
    sys.stdout.write("FINDINGS " + json.dumps(findings) + "\n")
    sys.stdout.flush()


play(globals()["env"])  # given by the shell
