from . import customer_evidence
from . import customer_sheet
from . import customer_tier_review
from . import customer_tier_review_names
from . import customer_interaction_report
