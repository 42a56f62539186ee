"""What a person waits for when he opens the app: the start screen."""

import database
from figures_screens import prepare
from measure import Figure, Meter, environment, median

ROUNDS = 7
OWN_CUSTOMERS = 1000
# Two older scores of everybody; a quarter of the customers changed within the week, half
# of those got worse.
HISTORY = (
    """INSERT INTO customer_score (profile_id, company_id, kind, date, scorecard_id,
              total, confidence, signature, detail, tier_id, health)
       SELECT profile_id, company_id, kind, date - 30 * month, scorecard_id,
              CASE WHEN kind = 'health' AND profile_id %% 8 = 0
                   THEN LEAST(100, total + 15) ELSE total END,
              confidence, signature, detail, tier_id, health
         FROM customer_score, GENERATE_SERIES(1, 2) month""",
    """DELETE FROM customer_score scr
        WHERE profile_id %% 4 <> 0 AND date = (SELECT MAX(date) FROM customer_score)
          AND NOT EXISTS (SELECT FROM customer_tier_change
                           WHERE score_id = scr.id)""",
    """UPDATE customer_profile pro SET user_id = CASE
              WHEN id IN (SELECT id FROM customer_profile ORDER BY id LIMIT %(own)s)
              THEN %(user)s ELSE %(other)s END""",
)


def figure_overview(count):
    """Opening the start screen, with 1,000 own customers and over all of them."""
    name = database.copy_database(prepare(count))
    users = {role: make_user(name, role) for role in ("user", "manager")}
    with database.connect(name).cursor() as cursor:
        params = {
            "own": OWN_CUSTOMERS,
            "user": users["user"],
            "other": users["manager"],
        }
        # who is referred to by a tier change keeps his score of the day
        cursor.execute("UPDATE customer_tier_change SET score_id = NULL")
        for statement in HISTORY:
            cursor.execute(statement, params)
    database.analyze_results(name)
    figures = []
    for role, label in (("user", "sales"), ("manager", "manager")):
        wall, queries, customers = measure(name, users[role])
        note = f"s; {customers} customers, {queries:.0f} statements"
        figures.append(Figure(f"overview_{label}", wall, 1, note))
    return figures


def make_user(name, role):
    """Return the id of a user with a role of the addon."""
    with environment(name) as env:
        group = env.ref(f"customer_success.group_customer_success_{role}")
        user = env["res.users"].create(
            {
                "name": f"Overview {role}",
                "login": f"overview_{role}",
                "group_ids": [(6, 0, group.ids)],
            }
        )
        env.cr.commit()
        return user.id


def measure(name, user_id):
    """Return medians of wall seconds and statements, and the customers counted."""
    walls, queries = [], []
    for number in range(ROUNDS + 1):
        with environment(name, user_id) as env:
            env.company.name  # every request has read its user and company
            with Meter(env.cr) as meter:
                overview = env["customer.overview"].get_overview()
        if number:  # the first one warms caches up
            walls.append(meter.wall)
            queries.append(meter.queries)
    customers = sum(bar["count"] for bar in overview["tiers"])
    return median(walls), median(queries), customers
