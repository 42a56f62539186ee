"""Figures of the implementation (those of the method are records in ``data/``)."""

# Customers written per transaction by a run: the longer it is, the longer others who
# write the same rows wait (`./dev bench wait`).
WRITE_RANGE = 2000

# "Score now" above this number of customers queues a run instead.
SCORE_NOW_LIMIT = 1000

# "Score now" up to this number of customers runs a statement that the connection keeps
# prepared: for more, planning for their number is worth its 22 ms.
SCORE_PREPARED_LIMIT = 50

# Prepared statements kept per connection (company, day and rules make another one).
PREPARED_LIMIT = 20
PREPARED_PREFIX = "customer_success_"

# Tries of one range of writes after a serialization failure or a deadlock.
WRITE_TRIES = 5

# Slices of the scheduler one run may take; more means that it cannot finish.
MAX_ATTEMPTS = 200

# A run that finds another one at work asks to be called again after this time.
RETRY_MINUTES = 5

# Key of the session advisory lock: one run at a time per database.
RUN_LOCK = "customer_success.run"

# Figures that Customer Success users see for the customers they may see, without
# accounting rights (declared list, see README "Who sees what"). Everything else
# that comes from the ledger needs an accounting group.
DECLARED_FIGURES = (
    "amount_12m",
    "amount_prev_12m",
    "order_count_12m",
    "is_overdue",
    "overdue_rate",
    "late_days",
    "collection_days",
)
ACCOUNTING_GROUPS = "account.group_account_readonly,account.group_account_invoice"
