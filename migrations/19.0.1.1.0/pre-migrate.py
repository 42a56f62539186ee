"""From 19.0.1.0.0: indexes nobody reads, runs under way, dialogs of others."""

INDEXES = (
    "customer_profile__company_id_index",
    "customer_profile__health_index",
    "customer_profile__tier_id_index",
    "customer_score__company_id_index",
    "customer_snapshot__profile_id_index",
)


def migrate(cr, version):
    for name in INDEXES:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
    # Staged rows of the last version do not know which customers are new.
    cr.execute("DELETE FROM customer_run_stage")
    # Rules are not updated by data: only its author reads a dialog.
    cr.execute(
        """UPDATE ir_rule
              SET domain_force = %s
             FROM ir_model_data dat
            WHERE dat.model = 'ir.rule' AND dat.res_id = ir_rule.id
              AND dat.module = 'customer_success'
              AND dat.name = 'customer_backfill_rule_company'""",
        ["[('company_id', 'in', company_ids), ('create_uid', '=', user.id)]"],
    )
