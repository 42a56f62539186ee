"""What a person waits for: partner list, grouping, scoring one customer now."""

import database
from measure import Figure, Meter, environment, get_main_company, median, run_refresh

ROUNDS = 15
LIST_SPECIFICATION = {
    "complete_name": {},
    "email": {},
    "phone": {},
    "user_id": {"fields": {"display_name": {}}},
    "country_id": {"fields": {"display_name": {}}},
}
WINDOW_SPECIFICATION = {
    "customer_tier_id": {"fields": {"display_name": {}}},
    "customer_health": {},
}


def prepare(count):
    """Return a database whose customers are all scored."""
    name = database.get_database(count)
    with environment(name) as env:
        run_refresh(env, get_main_company(name), database.get_day(name))
    database.analyze_results(name)
    return name


def get_user_id(name):
    """Return a plain internal user: the one with the lowest rights on the list."""
    with environment(name) as env:
        user = env["res.users"].search([("login", "=", "bench")])
        if not user:
            group = env.ref("base.group_user")
            values = {
                "name": "Bench",
                "login": "bench",
                "group_ids": [(6, 0, group.ids)],
            }
            user = env["res.users"].create(values)
            env.cr.commit()
        return user.id


def measure_interleaved(name, calls, rounds=ROUNDS):
    """Return medians (wall, CPU, queries) of calls that take an environment."""
    user_id = get_user_id(name)
    measured = [[] for _call in calls]
    for number in range(rounds + 2):
        for results, call in zip(measured, calls, strict=True):
            with environment(name, user_id) as env:
                env.company.name  # every request has read its user and company
                env["res.partner"].browse(1).name
                with Meter(env.cr) as meter:
                    call(env)
            if number > 1:  # the first ones warm caches up
                results.append((meter.wall, meter.cpu, meter.queries))
    return [
        [median(column) for column in zip(*results, strict=True)]
        for results in measured
    ]


def figure_list(count):
    """80 contacts with tier and health against the plain list."""
    name = prepare(count)
    domain = [("is_company", "=", True), ("name", "like", "Bench")]

    def read(specification):
        return lambda env: env["res.partner"].web_search_read(
            domain, specification, limit=80, order="id", count_limit=10001
        )

    plain, window = measure_interleaved(
        name,
        [
            read(LIST_SPECIFICATION),
            read({**LIST_SPECIFICATION, **WINDOW_SPECIFICATION}),
        ],
    )
    return [
        Figure("list_queries", window[2] - plain[2], 3, f"more than {plain[2]:.0f}"),
        Figure(
            "list_time", window[1] / plain[1], 2,
            f"CPU; {window[0] * 1000:.0f} ms against {plain[0] * 1000:.0f} ms wall",
        ),
    ]  # fmt: skip


def figure_tiers(count):
    """Distribution of the tiers that the shipped scorecard gives."""
    name = prepare(count)
    with environment(name) as env:
        groups = env["customer.profile"]._read_group(
            [("tier_id", "!=", False)], ["tier_id"], ["__count"]
        )
        tiers = {tier.code: number for tier, number in groups}
    rated = sum(tiers.values())
    others = max(number for code, number in tiers.items() if code != "C")
    note = ", ".join(f"{code} {number:,}" for code, number in sorted(tiers.items()))
    return [
        Figure("largest_other_tier_to_c", others / tiers["C"], 1, note),
        Figure("share_of_s", tiers.get("S", 0) / rated, 0.05, f"of {rated:,}"),
    ]


def figure_group(count):
    """All contacts grouped by tier against the same by country."""
    name = prepare(count)
    country, tier = measure_interleaved(
        name,
        [
            lambda env, field=field: env["res.partner"].web_read_group(
                [], [field], ["__count"]
            )
            for field in ("country_id", "customer_tier_id")
        ],
    )
    note = f"CPU; {tier[0] * 1000:.0f} ms against {country[0] * 1000:.0f} ms wall"
    return [Figure("group_by_tier", tier[1] / country[1], 2, note)]


def figure_score(count):
    """Scoring one customer now against confirming his order just before."""
    name = prepare(count)
    confirmed, scored = [], []
    with environment(name) as env:
        product = env["product.product"].search([("name", "like", "Seed")], limit=1)
        partners = env["res.partner"].search(
            [("name", "like", "Bench"), ("customer_profile_id.tier_id", "!=", False)],
            limit=1000,
        )
        ids = partners.ids[:: max(1, len(partners) // (ROUNDS + 2))]
        for number, partner_id in enumerate(ids):
            order = env["sale.order"].create(
                {
                    "partner_id": partner_id,
                    "order_line": [(0, 0, {"product_id": product.id})],
                }
            )
            profile = env["res.partner"].browse(partner_id).customer_profile_id
            env.flush_all()
            env.invalidate_all()  # each is a request of its own
            with Meter(env.cr) as confirm:
                order.action_confirm()
                env.flush_all()
            env.invalidate_all()
            with Meter(env.cr) as score:
                profile._score_now()
            if number > 1:
                confirmed.append(confirm)
                scored.append(score)
        env.cr.rollback()

    def note(kind):
        ours, theirs = (
            median([getattr(meter, kind) for meter in meters]) * 1000
            for meters in (scored, confirmed)
        )
        return ours / theirs, f"{ours:.1f} ms against {theirs:.1f} ms"

    queries = median([meter.queries for meter in scored])
    cpu, wall = note("cpu"), note("wall")
    return [
        Figure("score_one_cpu", cpu[0], 1, f"{cpu[1]}, {queries:.0f} statements"),
        Figure("score_one_wall", wall[0], 1, wall[1]),
    ]
