"""From 19.0.1.4.0: complaints in the tier, service and satisfaction in health."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

_logger = logging.getLogger(__name__)

MODULE = "customer_success"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    show_unknown(env)
    env["customer.service.desk"]._create_missing()
    add_complaints_to_tier(env)
    add_service_to_health(env)


def show_unknown(env):
    """Let every user see the promises to people nobody knows yet, and of his cases."""
    for name, case in (
        ("customer_commitment_rule_own", "case_id"),
        ("customer_commitment_pause_rule_own", "commitment_id.case_id"),
    ):
        rule = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        for term in (
            "('profile_id', '=', False)",
            f"('{case}.user_id', '=', user.id)",
            f"('{case}.group_user_ids', 'in', user.id)",
        ):
            if rule and term not in rule.domain_force:
                rule.domain_force = f"['|', {term}, {rule.domain_force.lstrip()[1:]}"


def add_complaints_to_tier(env):
    """Activate a new version of the shared tier scorecard; tiers move when reviewed."""
    card = get_shipped(env, "tier", "complaints_12m")
    if not find_risk(card):  # somebody measures risk in another way
        return
    draft = card.copy()
    point_to(env, "customer_scorecard_tier", draft)
    point_to(env, "customer_scorecard_dimension_risk", find_risk(draft))
    for tier in draft.tier_ids:
        point_to(env, f"customer_tier_{tier.code.lower()}", tier)
    load(env, "customer_tier_service_data")
    draft.action_activate()


def add_service_to_health(env):
    """Activate a new version of the shared health scorecard with two more dimensions."""
    card = get_shipped(env, "health", "csat")
    if card:
        draft = card.copy()
        point_to(env, "customer_scorecard_health", draft)
        load(env, "customer_scorecard_service_data")
        draft.action_activate()


def find_risk(card):
    """Return the dimension that measures overdue payments."""
    return card.dimension_ids.filtered(
        lambda row: "overdue_rate" in row.metric_ids.mapped("code")
    )[:1]


def get_shipped(env, kind, code):
    """Return the shipped scorecard, none when it was replaced by hand or has the metric.

    A company's own card and a shared one made by hand stay as they are: their owner
    adds the metrics in a draft.
    """
    card = env.ref(f"{MODULE}.customer_scorecard_{kind}", raise_if_not_found=False)
    if not card or card.state != "active":
        _logger.info("the %s scorecard was replaced by hand and stays as it is", kind)
        return env["customer.scorecard"]
    if code in card.dimension_ids.metric_ids.mapped("code"):
        return env["customer.scorecard"]
    return card


def point_to(env, name, record):
    """Let an external id name the record of the new version."""
    env["ir.model.data"].search(
        [("module", "=", MODULE), ("name", "=", name)]
    ).res_id = record.id


def load(env, name):
    """Load a data file whose records an update leaves alone."""
    env.flush_all()  # names are looked up by a statement
    env.registry.clear_cache()
    convert_file(env, MODULE, f"data/{name}.xml", {}, mode="init", noupdate=True)
