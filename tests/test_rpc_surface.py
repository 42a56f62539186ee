from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from .rpc_records import RpcRecords
from .rpc_tables import (
    MAKES_OWN_CUSTOMER,
    OWN,
    OWN_COMPANY,
    PUBLIC,
    RESULTS,
    STRANGERS,
)

CRUD = {"create", "write", "unlink", "copy_data", "load"}
# Cannot be called without arguments: tested on their own.
WITH_ARGUMENTS = {"get_import_templates", "rating_apply"}


@tagged("post_install", "-at_install")
class TestRpcSurface(RpcRecords):
    """Every public method of the addon, called by those who must not."""

    # === WHAT IS PUBLIC === #

    def test_public_methods_of_the_addon_are_those_of_the_list(self):
        found = {}
        for name, model in self.env.registry.items():
            # what every model with a chatter inherits is counted once
            classes = [
                cls
                for cls in model.mro()
                if cls.__module__.startswith(OWN)
                and (cls.__name__ != "MailThread" or name == "mail.thread")
            ]
            if not classes:
                continue
            names = {key for cls in classes for key in vars(cls)}
            found[name] = {key for key in names if self._is_public(name, key)}
        # those that inherit the mixin take its create and write
        for name, methods in found.items():
            if name not in PUBLIC or "mixin" in name:
                continue
            inherited = methods & {"create", "write"}
            self.assertEqual(methods, PUBLIC[name] | inherited, name)
        self.assertEqual(set(found), set(PUBLIC))

    def _is_public(self, model, name):
        try:
            method = get_public_method(self.env[model], name)
        except (AccessError, AttributeError):
            return False
        return not isinstance(method, type)

    def test_schema_methods_and_jobs_cannot_be_called(self):
        for model, method in (
            ("customer.run.stage", "init"),
            ("customer.run", "_cron_refresh_scores"),
            ("customer.run", "_score_profiles"),
            ("customer.profile", "_score_now"),
            ("customer.profile", "_merge_into"),
            ("customer.tier.change", "_write_staged"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                call_kw(self.env[model], method, [[]], {})

    # === WHO MAY CALL === #

    def test_strangers_get_an_access_error_and_no_effect(self):
        before = self._count()
        calls = 0
        for model, methods in PUBLIC.items():
            record = self._get_record(model)
            for method in sorted(methods - CRUD - WITH_ARGUMENTS):
                for role in STRANGERS:
                    if (method, role) in MAKES_OWN_CUSTOMER:
                        continue  # makes the contact a customer of his own company
                    if (role, method) in OWN_COMPANY:
                        continue
                    with self.subTest(model=model, method=method, role=role):
                        self._assert_denied(record, method, role)
                        calls += 1
        self.assertGreater(calls, 80)
        self.assertEqual(self._count(), before)

    def _assert_denied(self, record, method, role):
        records = self.env[record._name].with_user(self.users[role])
        opening = method == "action_open_customer_profile"
        self.env.invalidate_all()
        try:
            # screens are no records: their methods take no ids
            ids = [] if records._abstract else [record.ids]
            result = call_kw(records, method, ids, {})
        except AccessError:
            return
        # Only an id comes back, which an internal user reads on the contact anyway.
        self.assertTrue(opening, result)
        self.assertNotIn(role, ("public", "portal"))

    def _count(self):
        self.env.flush_all()
        own = self.customers["own"]
        return (
            self.env["customer.score"].search_count([]),
            self.env["customer.tier.change"].search_count([]),
            self.env["customer.profile"].search_count([("id", "!=", 0)]),
            self.env["customer.run"].search_count([("state", "=", "queued")]),
            self.env["ir.cron.trigger"].search_count([]),
            own.read(sorted(RESULTS)),
        )

    def test_only_managers_start_runs_reviews_and_history(self):
        own = self.customers["own"]
        run = self._get_record("customer.run")
        for role in ("user", "user_all"):
            with self.subTest(role=role):
                user = self.users[role]
                with self.assertRaises(AccessError):
                    own.with_user(user).action_review_now()
                with self.assertRaises(AccessError):
                    run.with_user(user).action_retry()
                with self.assertRaises(AccessError):
                    self._find("customer.quarantine").with_user(user).action_retry()
                with self.assertRaises(AccessError):
                    self.env["customer.backfill"].with_user(user).create({})
                with self.assertRaises(AccessError):
                    self._get_record("customer.scorecard").with_user(
                        user
                    ).action_activate()
        manager = self.users["manager"]
        own.with_user(manager).action_review_now()
        run.with_user(manager).action_retry()
        self.assertEqual(run.state, "queued")
        self._find("customer.quarantine").with_user(manager).action_retry()
        own.with_user(self.users["user"]).action_score_now()

    def test_users_of_the_app_cannot_score_customers_they_do_not_see(self):
        for position in ("other_team", "other_company"):
            profile = self.customers[position].with_user(self.users["user"])
            for method in ("action_score_now", "action_open_scores"):
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(profile, method)()

    # === WHAT CAN BE WRITTEN === #

    def test_results_cannot_be_written_created_or_defaulted_by_anybody(self):
        from ..models.customer_profile_guards import RESULT_FIELDS

        self.assertEqual(RESULT_FIELDS, RESULTS)
        contact = self._create_partner("New")
        for role in ("user", "user_all", "manager"):
            profiles = self.env["customer.profile"].with_user(self.users[role])
            own = profiles.browse(self.customers["own"].id)
            for name in sorted(RESULTS):
                with self.subTest(role=role, field=name):
                    with self.assertRaises(AccessError):
                        own.write({name: False})
                    with self.assertRaises(AccessError):
                        profiles.create({"partner_id": contact.id, name: False})
                    with self.assertRaises(AccessError):
                        profiles.with_context(**{f"default_{name}": False}).create(
                            {"partner_id": contact.id}
                        )

    def test_result_rows_cannot_be_written_by_anybody(self):
        manager = self.users["manager"]
        self._get_record("customer.run")
        for model in (
            "snapshot", "score", "tier.change", "lifecycle.change", "quarantine", "run"
        ):  # fmt: skip
            rows = self.env[f"customer.{model}"].with_user(manager)
            row = rows.search([("company_id", "=", self.company.id)], limit=1)
            self.assertTrue(row)
            with self.subTest(model=model):
                with self.assertRaises(UserError):
                    row.write({"company_id": self.company.id})
                with self.assertRaises(AccessError):
                    rows.create({"company_id": self.company.id})
                with self.assertRaises(UserError):
                    row.unlink()

    def test_nobody_moves_rows_to_a_company_of_others(self):
        manager = self.users["manager"]
        other = self.other_company
        own, foreign = self.customers["own"], self.customers["other_company"]
        opening = self._find("customer.opening").with_user(manager)
        moves = [
            lambda: own.with_user(manager).write({"company_id": other.id}),
            lambda: own.with_user(manager).write({"partner_id": 1}),
            lambda: opening.write(
                {
                    "company_id": other.id,
                    "profile_id": foreign.id,
                    "month": "2023-01-01",
                }
            ),
            lambda: (
                self._get_record("customer.scorecard")
                .with_user(manager)
                .write({"company_id": other.id})
            ),
            lambda: (
                self.env["customer.profile"]
                .with_user(manager)
                .create({"partner_id": own.partner_id.id, "company_id": other.id})
            ),
            lambda: (
                self.env["customer.backfill"]
                .with_user(manager)
                .create({"company_id": other.id})
                .action_backfill()
            ),
        ]
        for number, move in enumerate(moves):
            with self.subTest(number=number), self.assertRaises(AccessError):
                move()
        own.with_user(manager).write({"partner_id": own.partner_id.id})  # no change
