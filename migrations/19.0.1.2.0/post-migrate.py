"""From 19.0.1.1.0: what the tiers ask for, health with the relation to the customer."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

_logger = logging.getLogger(__name__)

MODULE = "customer_success"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    ask_for_roles(env)
    add_relation_to_health(env)


def load(env, name):
    """Load a data file whose records an update leaves alone."""
    convert_file(env, MODULE, f"data/{name}.xml", {}, mode="init", noupdate=True)


def ask_for_roles(env):
    """Give every tier what the shipped tier of the same code asks for."""
    load(env, "customer_tier_relation_data")
    shipped = env.ref(f"{MODULE}.customer_scorecard_tier", raise_if_not_found=False)
    if not shipped:
        return
    others = env["customer.tier"].search([("scorecard_id", "!=", shipped.id)])
    for tier in shipped.tier_ids:
        others.filtered(lambda other, code=tier.code: other.code == code).write(
            {
                "required_role_ids": [(6, 0, tier.required_role_ids.ids)],
                "required_team_role_ids": [(6, 0, tier.required_team_role_ids.ids)],
                "interaction_target": tier.interaction_target,
                "has_holiday_care": tier.has_holiday_care,
            }
        )


def add_relation_to_health(env):
    """Activate a new version of the shared health scorecard with the new dimensions.

    A company's own card and a shared one made by hand stay as they are: their owner
    adds the dimensions in a draft.
    """
    card = env.ref(f"{MODULE}.customer_scorecard_health", raise_if_not_found=False)
    if not card or card.state != "active":
        _logger.info("the health scorecard was replaced by hand and stays as it is")
        return
    draft = card.copy()
    env["ir.model.data"].search(
        [("module", "=", MODULE), ("name", "=", "customer_scorecard_health")]
    ).res_id = draft.id
    env.flush_all()  # names are looked up by a statement
    env.registry.clear_cache()
    load(env, "customer_scorecard_relation_data")
    draft.action_activate()
