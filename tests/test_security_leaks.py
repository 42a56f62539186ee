import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .security_common import SecurityCase
from .security_settings import SETTINGS

ACCOUNTING = {"account.group_account_readonly", "account.group_account_invoice"}
EXACT = (
    "receivable_residual",
    "overdue_residual",
    "overdue_maturity_weight",
    "paid_amount_12m",
    "paid_late_weight_12m",
    "paid_collection_weight_12m",
)
CONFIRMED = (
    "customer_settings_date",
    "customer_thresholds_date",
    "customer_alert_rules_date",
)
WINDOWS = (
    "customer_profile_id",
    "customer_tier_id",
    "customer_health",
    "customer_health_score",
    "customer_lifecycle_stage_id",
    "stakeholder_ids",
    "is_survey_refused",
)
# By hand: every field of the addon with groups, and these groups.
RESTRICTED = {
    **{("customer.snapshot", name): ACCOUNTING for name in EXACT},
    ("customer.profile", "credit_limit"): ACCOUNTING,
    # their names are a subject and a summary
    ("customer.interaction", "mail_message_id"): {"base.group_system"},
    ("customer.interaction", "activity_id"): {"base.group_system"},
    ("customer.retention", "start_ids"): {"base.group_system"},
    ("customer.retention", "churned_ids"): {"base.group_system"},
    **{("res.partner", name): {"base.group_user"} for name in WINDOWS},
    **{("res.company", name): {"base.group_user"} for name in SETTINGS + CONFIRMED},
    **{("res.config.settings", name): {"base.group_user"} for name in SETTINGS},
}
# Rows of these exist in a context only: test_evidence_rights tries the ways to read.
IN_CONTEXT = {
    ("customer.evidence", "residual"): ACCOUNTING,
    ("customer.evidence", "paid_amount"): ACCOUNTING,
}
# Keys with which one answers as somebody: test_satisfaction_rights tries them.
ANSWER_KEYS = {
    ("customer.satisfaction", "user_input_id"): {"survey.group_survey_user"},
    ("customer.satisfaction", "rating_id"): {"base.group_system"},
    ("customer.survey.invitation", "user_input_id"): {"survey.group_survey_user"},
    ("customer.survey.invitation", "url"): {"base.group_system"},
    ("customer.case", "access_token"): {"base.group_system"},  # test_case_portal_doors
    ("customer.case", "round_rating_id"): {"base.group_system"},
    ("customer.case", "rating_round"): {"base.group_system"},
}
# The group robot: test_alert_webhook tries them as every role.
MANAGER = {"customer_success.group_customer_success_manager"}
WEBHOOK = {
    **{
        ("res.company", f"customer_webhook_{name}"): {"."} for name in ("url", "secret")
    },
    **{
        ("res.company", f"customer_webhook_{name}"): MANAGER
        for name in ("kind", "mask", "date", "error", "text")
    },
    **{
        ("res.config.settings", f"customer_webhook_{name}"): MANAGER
        for name in ("kind", "mask", "text", "new_url", "new_secret")
    },
}
OUTSIDERS = {
    "customer.snapshot": (
        "public", "portal", "plain", "sales", "user", "user_all", "manager", "system"
    ),
    "customer.profile": (
        "public", "portal", "plain", "sales", "user", "user_all", "manager", "system"
    ),
    "customer.interaction": (
        "public", "portal", "plain", "sales", "user", "user_all", "manager"
    ),
    "customer.retention": (
        "public", "portal", "plain", "sales", "user", "user_all", "manager"
    ),
    "res.partner": ("public", "portal"),
    "res.company": ("public", "portal"),
    "res.config.settings": ("public", "portal"),
}  # fmt: skip
GROUPING = {
    "customer.retention": "company_id",
    "customer.interaction": "company_id",
    "customer.snapshot": "company_id",
    "customer.profile": "company_id",
    "res.partner": "company_id",
    "res.company": "currency_id",
    "res.config.settings": "company_id",
}
OPERATORS = ("=", "!=", ">", "<", ">=", "<=", "in", "not in")
# Where a restricted field can be reached from: model, path.
PATHS = {
    "customer.snapshot": [
        ("customer.profile", "snapshot_id"),
        ("customer.score", "profile_id.snapshot_id"),
        ("res.partner", "customer_profile_id.snapshot_id"),
        ("res.users", "partner_id.customer_profile_id.snapshot_id"),
    ],
    "customer.profile": [
        ("customer.snapshot", "profile_id"),
        ("customer.tier.change", "profile_id"),
        ("res.partner", "customer_profile_id"),
        ("res.users", "partner_id.customer_profile_id"),
    ],
    "customer.interaction": [],
    "customer.retention": [],
    "res.partner": [("res.users", "partner_id"), ("res.partner", "parent_id")],
    "res.company": [("res.users", "company_id"), ("res.partner", "company_id")],
    "res.config.settings": [],
}


@tagged("post_install", "-at_install")
class TestSecurityLeaks(SecurityCase):
    """Every field with groups by every way to read, by those who must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = cls.customers["own"]
        own.snapshot_id.write(dict.fromkeys(EXACT, 46250.31))
        own.partner_id.with_company(cls.company).credit_limit = 46250.31
        cls.company.customer_history_start = "2020-01-01"
        cls.company.customer_downgrade_approval = True
        cls.company.customer_gift_limit = 100
        cls.company.customer_survey_auto = True
        own.partner_id.is_survey_refused = True
        cls.company.customer_interaction_start = "2025-01-01"
        cls.company.write(dict.fromkeys(CONFIRMED, "2026-11-20"))
        cls.company.customer_alert_baseline_id = cls.env.ref(
            "customer_success.customer_alert_rule_no_order_days"
        )
        message = cls.env["mail.message"].create({"subject": "46250.31"})
        activity = own.activity_schedule(
            "mail.mail_activity_data_todo", summary="46250.31"
        )
        cls.env["customer.interaction"].search([("profile_id", "=", own.id)]).write(
            {"mail_message_id": message.id, "activity_id": activity.id}
        )
        cls.env["customer.retention"].create(
            {
                "company_id": cls.company.id,
                "date_start": "2011-12-31",
                "date_end": "2012-12-31",
                "state": "known",
                "start_count": 46250,
                "start_ids": "46250",
                "churned_ids": "46250",
            }
        )
        cls.env["res.config.settings"].create({})
        cls.env.flush_all()

    def test_every_field_with_groups_has_a_row_in_this_file(self):
        found = {
            (field.model_name, field.name): set(field.groups.split(","))
            for field in self._get_own_fields()
            if field.groups
        }
        self.assertEqual(found, {**RESTRICTED, **IN_CONTEXT, **WEBHOOK, **ANSWER_KEYS})
        self.assertEqual({model for model, _name in RESTRICTED}, set(OUTSIDERS))

    def test_no_way_to_read_shows_a_field_to_users_without_its_groups(self):
        count = 0
        for (model, name), _groups in RESTRICTED.items():
            for role in OUTSIDERS[model]:
                with self.subTest(model=model, field=name, role=role):
                    count += self._assert_hidden(model, name, role)
        self.assertGreater(count, 1680)

    def _assert_hidden(self, model, name, role):
        records = self.env[model].with_user(self.users[role])
        record = records.browse(self._get_record(model).id)
        value = self._get_record(model)[name]
        self.assertTrue(value)
        value = value.id if hasattr(value, "_ids") else value
        self.assertNotIn(name, self._get_described(records))
        self.env.invalidate_all()
        attempts = [
            lambda: record.read([name]),
            lambda: record[name],
            lambda: records.search([], order=name),
            lambda: records.search([], order=f"{name} desc nulls first", limit=1),
            lambda: records.formatted_read_group([], [name], ["__count"]),
            lambda: records.formatted_read_group([], [], [f"{name}:count"]),
            lambda: records.formatted_read_group([], [], [f"{name}:max"]),
            lambda: records.formatted_read_group(
                [], [GROUPING[model]], [], order=f"{name}:count"
            ),
            lambda: record.web_read({name: {}}),
            lambda: records.web_search_read([], {name: {}}),
            lambda: records.search_read([], [name]),
            lambda: record.export_data([name]),
            lambda: record.write({name: value}),
        ]
        operators = ("=", "!=", "in") if isinstance(value, bool) else OPERATORS
        for operator in operators:
            operand = [value] if "in" in operator else value
            condition = (name, operator, operand)
            attempts.append(lambda c=condition: records.search([c]))
        attempts += [
            lambda: records.search_count(["!", (name, "=", value)]),
            lambda: records.name_search(domain=[(name, "=", value)]),
        ]
        for source, path in PATHS[model]:
            rows = self.env[source].with_user(self.users[role])
            for operator in ("=", "!="):
                condition = (f"{path}.{name}", operator, value)
                attempts.append(lambda r=rows, c=condition: r.search([c]))
        for number, attempt in enumerate(attempts):
            self._assert_refused(attempt, number)
        return len(attempts) + 1

    def _assert_refused(self, attempt, number):
        try:
            result = attempt()
        except AccessError:
            return
        except UserError as error:  # no right to export anything
            self.assertIn("export", str(error))
            return
        except ValueError as error:  # sorted and grouped by for nobody
            self.assertRegex(str(error), "not a sudoed related|not a valid aggregate")
            return
        self.fail(f"way {number} answered {result}")

    def _get_record(self, model):
        own = self.customers["own"].with_user(self.env.ref("base.user_root")).sudo()
        return {
            "customer.snapshot": own.snapshot_id,
            "customer.profile": own,
            "customer.interaction": self.env["customer.interaction"].search(
                [("mail_message_id", "!=", False)], limit=1
            ),
            "customer.retention": self.env["customer.retention"].search(
                [("start_count", "=", 46250)]
            ),
            "res.partner": own.partner_id.with_company(self.company),
            "res.company": self.company,
            "res.config.settings": self.env["res.config.settings"].search([], limit=1),
        }[model]

    def _get_described(self, records):
        try:
            return records.fields_get()
        except AccessError:
            return {}

    # === COPIES, CHATTER, NESTED READS === #

    def test_a_restricted_field_stays_out_of_nested_reads_and_exports(self):
        for role in ("user", "user_all", "manager"):
            own = self.customers["own"].with_user(self.users[role])
            for name in EXACT:
                spec = {"snapshot_id": {"fields": {name: {}}}}
                ways = [
                    lambda own=own, spec=spec: own.web_read(spec),
                    lambda own=own, spec=spec: own.web_search_read([], spec),
                    lambda own=own, name=name: own.export_data([f"snapshot_id/{name}"]),
                    lambda own=own, name=name: own.formatted_read_group(
                        [], [f"snapshot_id.{name}"], ["__count"]
                    ),
                ]
                for number, way in enumerate(ways):
                    with self.subTest(role=role, field=name):
                        self._assert_refused(way, number)

    def test_copies_of_a_customer_and_messages_hold_no_restricted_value(self):
        own = self.customers["own"].with_user(self.users["manager"])
        contact = self._create_partner("Copy")
        duplicate = own.copy({"partner_id": contact.id})
        self.assertFalse(duplicate.tier_id)
        self.assertFalse(duplicate.sudo().snapshot_id.receivable_residual)
        own.write({"is_strategic": True, "outlook_rating": 5})
        self.env.flush_all()
        self.env.cr.precommit.run()
        messages = own.sudo().message_ids
        text = f"{messages.mapped('body')} {messages.tracking_value_ids.read()}"
        self.assertNotIn("46250", text)
        self.assertFalse(
            [
                field
                for field in self._get_own_fields()
                if field.groups and getattr(field, "tracking", None)
            ]
        )

    # === WHAT THE LEDGER SAYS === #

    def test_users_without_accounting_rights_find_no_exact_ledger_figure(self):
        with freeze_time(f"{DAY} 12:00:00"):
            partner = self.customers["unassigned"].partner_id
            late = self._create_invoice(partner, "2026-06-01", 70000.17)
            self._pay(late, "2026-07-01", 23749.86)
            self._create_invoice(partner, "2026-09-01", 12345.67, due="2027-01-31")
            profile = self._score(partner)
            snapshot = profile.snapshot_id
            self.assertEqual(snapshot.overdue_residual, 46250.31)
            self.assertEqual(snapshot.receivable_residual, 58595.98)
            self.assertEqual(snapshot.paid_amount_12m, 23749.86)
            text = self._dump(profile, "manager")
        self.assertIn("82345.84", text)  # invoiced in 12 months: declared
        self.assertIn("0.7893", text)  # overdue share: declared
        for exact in ("46250.31", "58595.98", "23749.86"):
            for form in (exact, f"{float(exact):,.2f}", f"{float(exact):,.0f}"):
                self.assertNotIn(form, text)

    def _dump(self, profile, role):
        """Return everything a user can read about a customer, as text."""
        parts = []
        for model in sorted(self._get_own_models() | {"res.partner"}):
            rows = self.env[model].with_user(self.users[role])
            if not rows.has_access("read") or model == "customer.backfill":
                continue
            link = {"customer.profile": "id", "res.partner": "customer_profile_id"}
            name = link.get(model, "profile_id")
            if name != "id" and name not in rows._fields:
                continue
            # core's own figures of a contact are core's affair
            names = WINDOWS if model == "res.partner" else None
            parts += rows.search([(name, "=", profile.id)]).read(names)
        report = self.env["ir.actions.report"].with_user(self.users[role])
        html, _kind = report._render_qweb_html(
            "customer_success.report_customer_sheet", profile.ids
        )
        return json.dumps(parts, default=str) + html.decode()

    def test_evidence_of_a_score_speaks_of_declared_metrics_only(self):
        codes = {
            code
            for code, _label in self.env["customer.scorecard.metric"]
            ._fields["code"]
            .selection
        }
        self.assertEqual(
            codes,
            {
                "amount_12m",  # declared
                "growth_rate",  # from two declared amounts
                "orders_12m",  # declared
                "overdue_rate",  # declared
                "late_days",  # declared
                "tenure_years",  # a day, not a figure of the ledger
                "days_since_order",  # a day
                "outlook_rating",  # entered by people
                "expansion_rating",  # entered by people
                "interaction_rate",  # written down by people, like the next three
                "coverage_rate",
                "executive_visits",
                "renewal_rate",
                "complaints_12m",  # cases, not the ledger
                "complaints_3m",
                "sla_rate",
                "csat",  # what customers answered
                "nps",
            },
        )
