"""What a manager waits for who tries a scorecard draft on all customers."""

import database
import figures_screens
from measure import Figure, Meter, environment, get_main_company, median, run_refresh

ROUNDS = 3


def figure_tryit(count):
    """Trying a draft against a run that changes nothing, in the same session."""
    name = figures_screens.prepare(count)
    company_id, day = get_main_company(name), database.get_day(name)
    rounds = []
    for _round in range(ROUNDS):
        with environment(name) as env:
            with Meter(env.cr) as unchanged:
                run_refresh(env, company_id, day)
            draft = prepare_draft(env)
            env.flush_all()
            with Meter(env.cr) as tried:
                trial = env["customer.scorecard.trial"]._try(draft)
                env.flush_all()
            with Meter(env.cr) as proposed:
                draft.action_propose_thresholds()
                env.flush_all()
            moved = trial.moved_count
            env.cr.rollback()
        rounds.append((unchanged, tried, proposed))
    ratios = [
        median([one[number].cpu / one[0].cpu for one in rounds]) for number in (1, 2)
    ]
    walls = [median([one[number].wall for one in rounds]) for number in (0, 1, 2)]
    note = f"CPU; {{:.1f}} s against {walls[0]:.1f} s wall"
    return [
        Figure("tryit", ratios[0], 1.5, f"{note.format(walls[1])}, {moved:,} move"),
        Figure("propose", ratios[1], 1.5, note.format(walls[2])),
        Figure("tryit_statements", rounds[-1][1].queries, 60, "whatever moves"),
    ]


def prepare_draft(env):
    """Return a draft that moves many: unknown dimensions count for less."""
    card = env.ref("customer_success.customer_scorecard_tier")
    return card.copy({"unknown_points": 4})
