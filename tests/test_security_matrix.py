from odoo.exceptions import AccessError
from odoo.tests import tagged

from .security_access import ACCESS
from .security_common import SecurityCase

OPERATIONS = {"read": "r", "write": "w", "create": "c", "unlink": "u"}
ROLES = (
    "public",
    "portal",
    "plain",
    "sales",
    "accountant",
    "user",
    "user_all",
    "manager",
    "system",
    "reader",
)
# A relationship data reader may do what a user may, and this.
READER = {
    "customer.personal.access": "r",
    "customer.personal.erasure": "rwc",
    "customer.personal.erasure.line": "rw",
    "customer.personal.report": "rwc",
}
GROUPS = {
    "group_customer_success_personal_reader": "reader",
    "group_customer_success_user": "user",
    "group_customer_success_user_all": "user_all",
    "group_customer_success_manager": "manager",
}
# Tables without a company: read by nobody.
WITHOUT_COMPANY = {
    "customer.action.kind",
    "customer.unmet.cause",
    "customer.lifecycle.stage",
    "customer.channel",
    "customer.intake.attempt",
    "customer.run.stage",
    "customer.stakeholder.role",
    "customer.team.role",
}
# Seen by the first responsible person and by readers: test_personal_security.
PERSONAL = {"customer.gift", "customer.personal.data"}
SEEN = {
    "user": {"own", "colleague", "unassigned", "archived"},
    "user_all": {"own", "colleague", "other_team", "unassigned", "archived"},
    "manager": {"own", "colleague", "other_team", "unassigned", "archived"},
    "foreigner": {"other_company"},
    "both": {
        "own",
        "colleague",
        "other_team",
        "unassigned",
        "archived",
        "other_company",
    },
}
ROWS = {
    "customer.profile": "id",
    "customer.snapshot": "profile_id",
    "customer.score": "profile_id",
    "customer.tier.change": "profile_id",
    "customer.tier.request": "profile_id",
    "customer.tier.request.review": "profile_id",
    "customer.opening": "profile_id",
    "customer.stakeholder": "profile_id",
    "customer.team.member": "profile_id",
    "customer.interaction": "profile_id",
    "customer.insight": "profile_id",
    "customer.lifecycle.change": "profile_id",
    "customer.milestone": "profile_id",
    "customer.agreement": "profile_id",
    "customer.care.plan": "profile_id",
    "customer.review": "profile_id",
    "customer.review.decision": "profile_id",
    "customer.care.goal": "profile_id",
    "customer.care.action": "profile_id",
    "customer.entitlement.use": "profile_id",
    "customer.quarantine": "profile_id",
    "customer.alert": "profile_id",
    "customer.commitment": "profile_id",
    "customer.commitment.pause": "profile_id",
    "customer.churn": "profile_id",
    "customer.case": "profile_id",
    "customer.case.contact.try": "profile_id",
    "customer.case.report": "profile_id",
    "customer.satisfaction.report": "profile_id",
    "customer.satisfaction": "profile_id",
    "customer.satisfaction.line": "satisfaction_id.profile_id",
    "customer.improvement": "profile_id",
    "customer.survey.invitation": "profile_id",
}


@tagged("post_install", "-at_install")
class TestSecurityMatrix(SecurityCase):
    """Every model, operation, role and record position."""

    # === MODELS === #

    def test_every_model_and_group_of_the_addon_has_a_row_in_this_file(self):
        self.assertEqual(self._get_own_models(), set(ACCESS))
        groups = self.env["ir.model.data"].search(
            [("module", "=", "customer_success"), ("model", "=", "res.groups")]
        )
        self.assertEqual(set(groups.mapped("name")), set(GROUPS))
        self.assertLessEqual(set(GROUPS.values()), set(ROLES))

    def test_roles_may_do_what_the_table_says_and_nothing_else(self):
        count = 0
        for model, expected in ACCESS.items():
            for role in ROLES:
                records = self.env[model].with_user(self.users[role])
                allowed = "".join(
                    letter
                    for operation, letter in OPERATIONS.items()
                    if records.has_access(operation)
                )
                right = expected.get(role, "")
                if role == "reader":
                    right = READER.get(model, expected.get("user", ""))
                with self.subTest(model=model, role=role):
                    self.assertEqual(allowed, right)
                count += len(OPERATIONS)
        self.assertEqual(count, len(ACCESS) * len(ROLES) * 4)

    def test_no_access_line_of_the_addon_is_open_to_everybody(self):
        lines = self.env["ir.model.access"].search(
            [("model_id.model", "in", list(ACCESS))]
        )
        self.assertTrue(lines)
        self.assertFalse(lines.filtered(lambda line: not line.group_id))

    # === RULES === #

    def test_every_table_has_a_company_rule(self):
        for model in self._get_own_models() - WITHOUT_COMPANY:
            with self.subTest(model=model):
                self.assertIn("company_id", self.env[model]._fields)
                rules = self._get_rules(model).filtered("global")
                domains = " ".join(rules.mapped("domain_force"))
                self.assertIn("'company_id', 'in', company_ids", domains)

    def test_every_table_about_a_customer_has_a_rule_for_own_and_for_all(self):
        for model in self._get_own_models() - WITHOUT_COMPANY:
            if (
                model != "customer.profile"
                and "profile_id" not in self.env[model]._fields
            ):
                continue
            with self.subTest(model=model):
                names = {
                    group.get_external_id()[group.id].split(".")[1]
                    for group in self._get_rules(model).groups
                }
                everybody = "group_customer_success_user_all"
                if model in PERSONAL:
                    everybody = "group_customer_success_personal_reader"
                if model in ("customer.care.action", "customer.milestone"):  # birthdays
                    names -= {"group_customer_success_personal_reader"}
                self.assertEqual(names, {"group_customer_success_user", everybody})

    def test_dialogs_are_for_who_opened_them(self):
        for model in self._get_own_models():
            if self.env[model]._transient:
                with self.subTest(model=model):
                    domains = (
                        self._get_rules(model).filtered("global").mapped("domain_force")
                    )
                    self.assertTrue(any("create_uid" in text for text in domains))
        mine = self.env["customer.backfill"].with_user(self.users["manager"]).create({})
        self.assertFalse(mine.with_user(self.users["both"]).has_access("read"))
        self.assertTrue(mine.has_access("read"))

    def _get_rules(self, model):
        return self.env["ir.rule"].search([("model_id.model", "=", model)])

    # === RECORDS === #

    def test_users_see_the_rows_of_their_customers_only(self):
        for model, link in ROWS.items():
            for role, seen in SEEN.items():
                if not self.env[model].with_user(self.users[role]).has_access("read"):
                    continue
                for position, profile in self.customers.items():
                    with self.subTest(model=model, role=role, position=position):
                        self._assert_position(
                            model, link, role, profile, position in seen
                        )

    def _assert_position(self, model, link, role, profile, is_seen):
        rows = self.env[model].with_context(active_test=False)
        row = rows.search([(link, "=", profile.id)])
        self.assertEqual(len(row), 1)
        user = self.users[role]
        companies = user.company_ids.ids
        mine = rows.with_user(user).with_context(allowed_company_ids=companies)
        found = mine.search([(link, "=", profile.id)])
        self.assertEqual(found.ids, row.ids if is_seen else [])
        self.assertEqual(bool(mine.search_count([("id", "=", row.id)])), is_seen)
        record = mine.browse(row.id)
        for operation, letter in OPERATIONS.items():
            granted = letter in ACCESS[model].get(
                "manager" if role in ("foreigner", "both") else role, ""
            )
            self.assertEqual(
                record.has_access(operation), is_seen and granted, operation
            )
        if not is_seen:
            with self.assertRaises(AccessError):
                record.read(["id", "display_name"])

    def test_one_company_at_a_time_shows_one_company(self):
        both = self.users["both"]
        for model, link in ROWS.items():
            rows = self.env[model].with_user(both).with_company(self.other_company)
            rows = rows.with_context(
                allowed_company_ids=self.other_company.ids, active_test=False
            )
            ids = [profile.id for profile in self.customers.values()]
            found = rows.search([(link, "in", ids)])
            self.assertEqual(found.company_id, self.other_company, model)

    def test_customers_of_a_new_colleague_are_seen_at_once(self):
        profile = self.customers["other_team"].with_user(self.users["user"])
        self.assertFalse(profile.has_access("read"))
        membership = self.users["stranger"].crm_team_member_ids
        membership.crm_team_id = self.team
        self.assertTrue(profile.has_access("read"))
        membership.action_archive()
        self.assertFalse(profile.has_access("read"))

    def test_a_leaver_no_longer_sees_the_customers_of_his_team(self):
        profile = self.customers["colleague"].with_user(self.users["user"])
        self.assertTrue(profile.has_access("read"))
        self.assertTrue(profile.search_count([("id", "=", profile.id)]))
        self.users["user"].crm_team_member_ids.action_archive()
        self.assertFalse(profile.has_access("read"))
        self.assertFalse(profile.search_count([("id", "=", profile.id)]))

    def test_a_change_of_owner_moves_every_row_at_once(self):
        profile = self.customers["own"]
        for model, link in ROWS.items():
            mine = self.env[model].with_user(self.users["user"])
            if not mine.has_access("read"):
                continue
            with self.subTest(model=model):
                profile.user_id = self.users["user"]
                self.assertTrue(mine.search_count([(link, "=", profile.id)]))
                profile.user_id = self.users["stranger"]
                self.assertFalse(mine.search_count([(link, "=", profile.id)]))
                profile.user_id = False
                self.assertTrue(mine.search_count([(link, "=", profile.id)]))
