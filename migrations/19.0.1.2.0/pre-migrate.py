"""From 19.0.1.1.0: indexes that cost every run more than they give."""

INDEXES = (
    "customer_profile_company_review_idx",
    "customer_snapshot__company_id_index",
    "customer_tier_change__company_id_index",
)


def migrate(cr, version):
    for name in INDEXES:
        cr.execute(f"DROP INDEX IF EXISTS {name}")
