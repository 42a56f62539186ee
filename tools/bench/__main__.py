"""Prints the figures of the addon: ``./dev bench [name ...] [--customers N]``.

Ends with one JSON line per figure. Exit code 1 when a bound does not hold.
"""

import argparse
import sys

import figures_care
import figures_cases
import figures_churn
import figures_clock
import figures_drafts
import figures_intake
import figures_overview
import figures_relation
import figures_safety
import figures_screens
import figures_service
import figures_service_kills
import figures_speed
import figures_why
from measure import print_table, start_odoo

FIGURES = {
    "runs": figures_speed.figure_runs,
    "wal": figures_speed.figure_wal,
    "memory": figures_speed.figure_memory,
    "wait": figures_speed.figure_wait,
    "list": figures_screens.figure_list,
    "group": figures_screens.figure_group,
    "tiers": figures_screens.figure_tiers,
    "score": figures_screens.figure_score,
    "relation": figures_relation.figure_relation,
    "service": figures_service.figure_service,
    "overview": figures_overview.figure_overview,
    "drill": figures_why.figure_drill,
    "tryit": figures_drafts.figure_tryit,
    "churn": figures_churn.figure_churn,
    "detect": figures_churn.figure_detect,
    "care": figures_care.figure_care,
    "cases": figures_cases.figure_cases,
    "clocks": figures_clock.figure_clocks,
    "clockcases": figures_clock.figure_clock_cases,
    "hostile": figures_intake.figure_hostile,
    "plankills": figures_care.figure_plan_kills,
    "surveykills": figures_service_kills.figure_survey_kills,
    "clockkills": figures_service_kills.figure_clock_kills,
    "kills": figures_safety.figure_kills,
    "merges": figures_safety.figure_merges,
}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(FIGURES))
    parser.add_argument("--customers", type=int, default=100_000, metavar="N")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--merges", type=int, default=500)
    parser.add_argument("--posts", type=int, default=10_000)
    options = parser.parse_args()
    unknown = set(options.names) - set(FIGURES)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    start_odoo()
    figures = []
    for name in options.names or FIGURES:
        print(f"Measuring {name} ...", file=sys.stderr)
        number = {
            "kills": options.kills,
            "plankills": options.kills,
            "surveykills": options.kills,
            "clockkills": options.kills,
            "merges": options.merges,
            "hostile": options.posts,
        }
        measured = FIGURES[name](number.get(name, options.customers))
        print_table(measured)
        figures += measured
    for figure in figures:
        figure.print_json()
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
