from . import customer_alert_report
from . import customer_evidence
from . import customer_sheet
from . import customer_tier_review
from . import customer_tier_review_names
from . import customer_interaction_report
from . import customer_retention_customer
