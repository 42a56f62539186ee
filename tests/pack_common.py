import psycopg2
from odoo import Command
from odoo.tools import SQL

from ..reports.customer_review_pack import PACK_FIELDS
from .tracking_common import TrackingCase

CANARY = "Kanarienvogel"
# Written into every number with decimals that allows it.
NUMBERS = (76543.21, 7.6543, 0.7654)
SHOWN_NUMBERS = ("76543", "76,543", "7.6543", "7.65", "765.4", "0.7654", "76.5", "77%")


class PackCase(TrackingCase):
    """A customer with a row in every table about him, each full of canary words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales.write({"name": "Sally", "email": "sally@example.com"})
        cls.profile.partner_id.write({"name": "Azure", "email": "azure@example.com"})
        cls.playbook.customer_text = "Grow together"
        cls.done = cls._create_action(
            "Business review", "2026-11-20", is_customer_visible=True
        )
        cls.done._set_done({"date_done": "2026-11-19"})
        cls.ahead = cls._create_action(
            "Deep visit", "2026-12-20", is_customer_visible=True
        )
        cls.review = cls.env["customer.review"].create(
            {
                "profile_id": cls.profile.id,
                "plan_id": cls.plan.id,
                "date_from": "2026-11-01",
                "date_to": "2026-11-30",
            }
        )
        cls.training = cls.env.ref("customer_success.customer_entitlement_training")
        cls._create_internals()

    @classmethod
    def _create_internals(cls):
        """Create a row of every kind about the customer, and actions that are not his."""
        own = {"profile_id": cls.profile.id}
        person = cls._create_decision_maker("Gao", stance="opposed")
        data = cls.env["customer.personal.data"].create(
            {**own, "partner_id": person.partner_id.id, "consent": "given", "trust": 2}
        )
        cls.env["customer.gift"].create({"personal_data_id": data.id, "name": "Pen"})
        cls.env["customer.insight"].create({**own, "name": "Insight"})
        cls.env["customer.interaction"].create({**own, "feedback": "Said"})
        cls.env["customer.agreement"].create({**own, "name": "Contract"})
        cls.env["customer.milestone"].create(
            {**own, "kind": "renewal", "date_end": "2027-01-31"}
        )
        cls.env["customer.entitlement.use"].create(
            {**own, "entitlement_id": cls.training.id, "date": "2026-11-11"}
        )
        cls.env["customer.review.decision"].create(
            {
                "review_id": cls.review.id,
                "name": "Decision",
                "user_id": cls.sales.id,
                "date_deadline": "2026-12-15",
            }
        )
        cls.review.user_ids = [Command.set(cls.leader.ids)]
        cls.profile.write({"health": "at_risk"})
        cls._create_hidden_actions()

    @classmethod
    def _create_hidden_actions(cls):
        """Create actions that the customer must not read of, whatever their flag says."""
        shown = {"is_customer_visible": True}
        gift_kind = cls.kind.create(
            {"name": "Gift", "code": "test_gift", "is_gift": True}
        )
        cls._create_action("Internal", "2026-12-10", budget_amount=99)
        cls._create_action("Gift", "2026-12-10", kind_id=gift_kind.id, **shown)
        cls._create_action("Birthday", "2026-12-10", **shown).sudo().is_personal = True
        cause = cls.env["customer.unmet.cause"].search([], limit=1)
        cls._create_action("Unmet", "2026-11-10", **shown)._set_unmet(cause, "Why")
        cls._create_action("Cancelled", "2026-12-10", **shown)._set_cancelled()
        cls._create_action("Late", "2026-11-20", **shown)
        cls._create_action("Far", "2027-02-22", **shown)
        alert_book = cls._create_playbook(trigger="alert", is_automatic=False)
        alert_plan = cls.plans._launch(
            alert_book, cls.profile, cls._to_date("2026-11-02")
        )
        cls._create_action("Win back", "2026-12-10", alert_plan, **shown)

    # === FILL === #

    @classmethod
    def _fill_everything(cls):
        """Write canary words over all that is known about the customer.

        Every table of the addon with a customer takes part, also those that come
        later; only what the allow-list names stays. Returns the number of values.
        """
        cls.env.flush_all()
        count = 0
        for name in sorted(cls._get_models()):
            rows = cls.env[name].sudo().with_context(active_test=False)
            for row in rows.search([("profile_id", "=", cls.profile.id)]):
                is_hidden = name == cls.done._name and row not in cls.done | cls.ahead
                count += cls._fill(row, () if is_hidden else PACK_FIELDS.get(name, ()))
        for row in (cls.profile, *cls._get_policies()):
            count += cls._fill(row, PACK_FIELDS.get(row._name, ()))
        cls.env.invalidate_all()
        return count

    @classmethod
    def _get_models(cls):
        """Return the tables of the addon whose rows belong to a customer."""
        return {
            name
            for name, model in cls.env.registry.items()
            if model._original_module == "customer_success"
            and model._auto
            and not model._abstract
            and not model._transient
            and "profile_id" in model._fields
            and model._fields["profile_id"].store
        }

    @classmethod
    def _get_policies(cls):
        entitlements = cls.env["customer.entitlement"].search([])
        return (
            *cls.profile.tier_id,
            *cls.profile.lifecycle_stage_id,
            *cls.playbook,
            *cls.kind.search([]),
            *cls.env["customer.unmet.cause"].search([]),
            *cls.env["customer.stakeholder.role"].search([]),
            *entitlements,
        )

    @classmethod
    def _fill(cls, row, keep):
        count = 0
        for field in row._fields.values():
            if not field.store or not field.column_type or field.name in keep:
                continue
            for value in cls._get_values(row, field):
                count += cls._write_raw(row, field.name, value)
        return count

    @classmethod
    def _get_values(cls, row, field):
        if field.type in ("char", "text", "html"):
            word = f"{CANARY} {row._name} {field.name}"
            value = SQL("JSONB_BUILD_OBJECT('en_US', %s)", word)
            return [value if field.translate else SQL("%s", word)]
        is_quota = row._name.startswith("customer.entitlement")  # the paper counts them
        if field.type in ("float", "monetary") and not is_quota:
            return [SQL("%s", number) for number in reversed(NUMBERS)]
        return []

    @classmethod
    def _write_raw(cls, row, name, value):
        """Write past every guard of a model; return whether the database took it."""
        try:
            with cls.env.cr.savepoint(flush=False):
                cls.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(row._table),
                        SQL.identifier(name),
                        value,
                        row.id,
                    ),
                    log_exceptions=False,
                )
        except (psycopg2.IntegrityError, psycopg2.DataError):
            return 0
        return 1
