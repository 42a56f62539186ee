"""Drop indexes nobody reads; let a run that is under way read again."""

INDEXES = (
    "customer_profile__company_id_index",
    "customer_profile__health_index",
    "customer_profile__tier_id_index",
    "customer_snapshot__profile_id_index",
)


def migrate(cr, version):
    for name in INDEXES:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
    # Staged rows of the last version do not know which customers are new.
    cr.execute("DELETE FROM customer_run_stage")
