"""Figures of the implementation (those of the method are records in ``data/``)."""

# Customers written per transaction by a run: the longer it is, the longer others who
# write the same rows wait (`./dev bench wait`).
WRITE_RANGE = 2000

# "Score now" above this number of customers queues a run instead.
SCORE_NOW_LIMIT = 1000

# Customers shown for each move when a scorecard draft is tried, largest amounts first.
TRIAL_NAMES = 100

# Known values that a proposal of thresholds needs; fewer say nothing about the company.
PROPOSAL_CUSTOMERS = 30

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

# "Got worse since last week": days looked back, points of health (0-100) lost.
WORSE_DAYS = 7
HEALTH_FALL = 10

# Rows listed on the overview: what got worse, moved each way, is urgent.
OVERVIEW_WORSE, OVERVIEW_MOVED, OVERVIEW_URGENT = 6, 4, 12

# Customers given to another person per UPDATE and statement of notes.
ASSIGN_BATCH = 1000

# Proposed people accepted at one press: about 2 ms each, followers and notes included.
ASSIGN_LIMIT = 10000

# Customers whose plans are launched or closed per transaction (`./dev bench care`).
PLAN_BATCH = 1000

# Milestones made or reminded of per transaction: about 5 ms each, the activity included.
MILESTONE_BATCH = 200

# Alerts given to their people per transaction: about 5 ms each, with the activity.
ALERT_BATCH = 200

# Actions whose activities are made or changed per transaction: about 4 ms each.
CARE_BATCH = 500

# Rows of history read at a time for the export.
EXPORT_BATCH = 20000

# Months for which an insight is taken to hold, until its row says another day.
INSIGHT_MONTHS, STRATEGY_MONTHS = 12, 36

# Levels of a decision chain: more is a mistake of an import.
CHAIN_DEPTH = 20

# Customers times days that a backtest replays at once; more of them in the background.
BACKTEST_NOW = 20000

# Months of retention that are filled in from history.
RETENTION_MONTHS = 60

# Days without a contact after which a person of the chain is out of touch.
NO_CONTACT_DAYS = 90

# Rows of each kind in the relation panel of a customer; the rest is in its list.
RELATION_ROWS = 6

# Years after which an ordinary customer may be called a loyal one (a suggestion).
LOYAL_YEARS = 3

# Alerts printed in one paper, the most urgent ones first.
ALERT_PAPER_ROWS = 500

# Customers printed on a hand-over sheet, largest amounts first.
HANDOVER_ROWS = 500

# An approved request holds a tier for at most this time: once a year somebody looks.
REQUEST_MONTHS = 12

# Meetings or mails read per statement when interactions are proposed.
PROPOSAL_RANGE = 2000

# A mail or meeting with more customers than this, or the same subject of one author on
# more documents, is sent to many: no conversation.
BULK_RECIPIENTS = 5

# Documents whose mail can be a conversation with a customer.
PROPOSAL_MODELS = (
    "account.move",
    "crm.lead",
    "customer.profile",
    "helpdesk.ticket",
    "project.task",
    "res.partner",
    "sale.order",
)

# Key of the session advisory lock: one run at a time per database.
RUN_LOCK = "customer_success.run"

# Figures that Customer Success users see for the customers they may see, without
# accounting rights (declared list, see README "Who sees what"). Everything else
# that comes from the ledger needs an accounting group.
DECLARED_FIGURES = (
    "amount_12m",
    "amount_prev_12m",
    "amount_before",  # of the 12 months before a retention period
    "amount_cumulative",  # in words, in the relation panel only
    "order_count_12m",
    "is_overdue",
    "overdue_rate",
    "late_days",
    "collection_days",
    "mean_order_value",
    "usual_value",
    "value_at_risk",
    "value_12m",
    # of an evaluation: average order, net invoiced, add-on and cross-sell of a period
    "figure",
    "figure_before",
)
ACCOUNTING_GROUPS = "account.group_account_readonly,account.group_account_invoice"

# Gifts to a person that the next one must not repeat.
GIFT_MEMORY = 3

# Months of the strategy tracking table: before and after the current one.
TRACKING_MONTHS_BACK, TRACKING_MONTHS_AHEAD = 12, 3

# Customers printed in one strategy tracking table, the highest tiers first.
TRACKING_PAPER_ROWS = 500

# Promises warned of or worked out again per transaction: about 5 ms each, the activity
# included.
COMMITMENT_BATCH = 200

# Actions whose clocks follow them per transaction: about a second.
ACTION_BATCH = 1000

# Days after which the job starts no clock for the minutes of a visit any more.
MINUTES_DAYS = 30

# Evaluations made per transaction: a dozen statements read the figures of all of them.
EVALUATION_BATCH = 500

# Invitations and reminders queued per transaction: core needs 10 to 20 ms to write one
# mail (1,000 in 19 s on a busy machine, 154 statements); days they can be answered.
SURVEY_BATCH = 100
SURVEY_DEADLINE_DAYS = 60
