from odoo.tests import tagged

from ..const import DECLARED_FIGURES
from .security_common import SecurityCase

# Fields that are worked out with more rights than their reader has, or without saying
# from what: each reviewed, with the reason why that is no leak.
WINDOW = "a window that design §4 grants every internal user"
DECLARED = "on the declared list, for customers the reader may see"
TRIAL = "of a trial, whose rows only managers can read"
ENTITLED = "whether the reader himself is the first responsible person or a reader"
REVIEWED = {
    ("customer.profile", "payment_term_id"): "readable on the contact itself",
    ("customer.profile", "collection_text"): DECLARED,
    ("customer.profile", "order_average_text"): "from two declared figures",
    ("customer.profile", "category_text"): "names of categories, no amounts",
    ("customer.profile", "payment_term_text"): "readable on the contact itself",
    ("customer.score", "explanation"): "from the evidence of the row itself",
    ("customer.scorecard", "is_used"): "whether any score exists",
    ("customer.scorecard.trial.move", "company_id"): TRIAL,
    ("customer.scorecard.trial.move", "kind"): TRIAL,
    ("customer.scorecard.trial.name", "old_code"): TRIAL,
    ("customer.scorecard.trial.name", "new_code"): TRIAL,
    ("customer.scorecard.trial.name", "direction"): TRIAL,
    ("customer.quarantine", "reason_text"): "from the row itself",
    ("customer.uninstall", "content"): "names of tables and how many rows they have",
    ("customer.personal.data", "can_edit"): ENTITLED,
    ("res.partner", "can_open_personal_data"): ENTITLED,
    ("customer.playbook", "plan_count"): "counted with the reader's rights",
    ("digest.digest", "kpi_customer_alert_value"): "counted with the reader's rights",
    ("digest.digest", "kpi_customer_at_risk_value"): "counted with the reader's rights",
    ("res.partner", "customer_profile_id"): WINDOW,
    ("res.partner", "customer_tier_id"): WINDOW,
    ("res.partner", "customer_health"): WINDOW,
    ("res.partner", "customer_health_score"): WINDOW,
    ("res.partner", "customer_lifecycle_stage_id"): WINDOW,
}
# Numbers a user without accounting rights can read that are no figure of the ledger.
OWN_NUMBERS = {
    "compliance_rate",  # of actions, like the next three
    "baseline",  # of a goal, like the next two: a declared figure, or by hand
    "achieved",
    "frozen",
    "achieved_manual",
    "csat_score_sum_12m",  # of answers
    "duration_hours",  # of a training
    "amount",  # opening amount: entered by people
    "confidence",
    "growth_rate",  # of a stage, and from two declared figures
    "renewed_rate",  # of contracts written down by people
    "gift_limit",  # set by people
    "coverage_rate",  # of the decision chain, written down by people
    "hours",  # of a promise, like the next one
    "escalate_hours",
    "kept_rate",  # of promises
    "interaction_target",  # of a tier, like the next three: interactions
    "target",
    "effective_count",
    "reached_rate",
    "quota",  # of an entitlement, like the next three
    "quantity",
    "used",
    "left",
    "budget_amount",  # ours: of an action, like the next three
    "actual_amount",
    "budget_planned",
    "budget_actual",
    "in_time_rate",  # of actions
    "response_hours",  # of cases, like the next six
    "in_time_percent",
    "solution_hours",
    "first_contact_percent",
    "reopened_percent",
    "calmed_percent",
    "closed_percent",
    "csat",  # what customers answered, like the next six
    "nps",
    "score",
    "good_percent",
    "mean_value",
    "correlation",
    "slope",
    "cost_rate",  # of two figures that the reader has
    "tier_rank",  # the lower bound of a tier
    "document_total",  # of a document that its reader may open himself
    "health_confidence",
    "health_score",
    "customer_health_score",
    "tier_confidence",
    "tier_score",
    "total",
    "priority",  # of an alert, 0 to 100
    "value",  # of an alert: a share, days or points, never an amount
    "retention_rate",  # of customers, like the next two
    "churn_rate",
    "top_retention_rate",
    "interval_expected",  # days, like the next one
    "interval_usual",
    "order_probability",  # of an order, like the next one
    "year_probability",
    "precision",  # of a rule, like the next four
    "recall",
    "lead_days",
    "false_rate",
    "customer_years",
}
POLICIES = (
    "customer.alert.rule",
    "customer.playbook",
    "customer.playbook.goal",
    "customer.playbook.step",
    "customer.churn.fit",  # numbers of a model, for managers alone
    "customer.scorecard",
    "customer.service.policy",
    "customer.tier",
    "res.company",
    "res.config.settings",
)


@tagged("post_install", "-at_install")
class TestSecurityCopies(SecurityCase):
    """Computed and related fields that copy what their reader may not see."""

    def test_every_field_worked_out_with_more_rights_was_reviewed(self):
        found = {
            (field.model_name, field.name)
            for field in self._get_own_fields()
            if self._needs_review(field)
        }
        self.assertEqual(found, set(REVIEWED))

    def _needs_review(self, field):
        """Return whether a field may show more than its reader can look up."""
        model = self.env[field.model_name]
        if model._abstract or not (field.compute or field.related):
            return False
        if field.groups and field.model_name != "res.partner":
            return False
        depends = model.pool.field_depends.get(field, ())
        if not depends:
            return not field.store  # reads what it does not declare
        if field.compute_sudo and not field.store and not field.related:
            return True  # somebody asked for it
        return bool(field.store or field.compute_sudo) and any(
            self._is_hidden(field, path) for path in depends
        )

    def _is_hidden(self, field, path):
        """Return whether a dependency goes through something its reader cannot read."""
        is_core = field.model_name == "res.partner"
        reader = self.users["plain" if is_core else "user"]
        model = self.env[field.model_name]
        for name in path.split("."):
            step = model._fields[name]
            if step.groups and not field.groups:
                return True
            if step.comodel_name:
                model = self.env[step.comodel_name]
                if not model.with_user(reader).has_access("read"):
                    return True
        return False

    def test_figures_of_the_ledger_without_groups_are_on_the_declared_list(self):
        shown = {
            field.name
            for field in self._get_own_fields()
            if field.type in ("float", "monetary")
            and not field.groups
            and not field.model_name.startswith(POLICIES)
            and field.model_name != "customer.run.stage"
        }
        self.assertEqual(
            shown - OWN_NUMBERS,
            {
                "amount_12m",
                "amount_prev_12m",
                "amount_before",
                "mean_order_value",
                "usual_value",
                "value_at_risk",
                "value_12m",
                "figure",  # of an evaluation
                "figure_before",
            },
        )
        self.assertLessEqual(shown - OWN_NUMBERS, set(DECLARED_FIGURES))

    def test_no_related_field_with_groups_is_sorted_by_as_superuser(self):
        # Odoo 19 asks for the groups of such a field neither to sort nor to group;
        # the windows of contacts ask for themselves.
        found = {
            (field.model_name, field.name)
            for field in self._get_own_fields()
            if field.related
            and field.groups
            and field.compute_sudo
            and not field.store
            and field.model_name != "res.config.settings"
        }
        self.assertEqual(
            found,
            {
                ("res.partner", "customer_tier_id"),
                ("res.partner", "customer_health"),
                ("res.partner", "customer_health_score"),
                ("res.partner", "customer_lifecycle_stage_id"),
            },
        )
