from odoo import Command

from .common import DAY, CustomerSuccessCase

ACCOUNTING = "account.group_account_invoice"


class SecurityCase(CustomerSuccessCase):
    """A user of every role and a customer in every position."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {"public": cls.env.ref("base.public_user")}
        for role, groups in {
            "portal": "base.group_portal",
            "plain": "base.group_user,base.group_allow_export",
            "sales": "sales_team.group_sale_salesman,base.group_allow_export",
            "accountant": "account.group_account_user,account.group_account_manager",
            "user": "user,base.group_allow_export",
            "user_all": "user_all,base.group_allow_export",
            "manager": "manager,base.group_allow_export",
            "system": "base.group_system",
            "reader": "personal_reader,base.group_allow_export",
            "colleague": "user",
            "stranger": "user",
        }.items():
            cls.users[role] = cls._create_user(f"security_{role}", groups)
        cls.users["foreigner"] = cls._create_user(
            "security_foreigner", "manager", company=cls.other_company
        )
        cls.users["both"] = cls._create_user(
            "security_both",
            "manager",
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )
        cls.team = cls._create_team("Team", "user", "colleague")
        cls.other_team = cls._create_team("Other team", "stranger")
        cls.customers = {
            "own": cls._create_customer("Own", "user"),
            "colleague": cls._create_customer("Colleague", "colleague"),
            "other_team": cls._create_customer("Other team", "stranger"),
            "unassigned": cls._create_customer("Unassigned"),
            "archived": cls._create_customer("Archived", "user"),
            "other_company": cls._create_customer(
                "Other company", "user", company=cls.other_company
            ),
        }
        cls.customers["archived"].active = False
        # The portal user is a contact of a customer whose tier he must not learn.
        cls.users["portal"].partner_id.parent_id = cls.customers["own"].partner_id
        cls.env.flush_all()

    @classmethod
    def _create_team(cls, name, *roles):
        team = cls.env["crm.team"].create({"name": name, "company_id": False})
        cls.env["crm.team.member"].create(
            [{"crm_team_id": team.id, "user_id": cls.users[role].id} for role in roles]
        )
        return team

    @classmethod
    def _create_customer(cls, name, role=None, company=None):
        """Create a customer with one row in every table about him."""
        company = company or cls.company
        profile = cls.env["customer.profile"].create(
            {
                "partner_id": cls._create_partner(f"Position {name}").id,
                "company_id": company.id,
                "user_id": cls.users[role].id if role else False,
            }
        )
        profile.write(
            {"tier_id": cls.tiers["A"].id, "health": "watch", "health_score": 55.5}
        )
        rows = {"profile_id": profile.id, "company_id": company.id}
        cls.env["customer.opening"].create({**rows, "month": "2024-01-01"})
        cls.env["customer.insight"].create({**rows, "name": "Needs"})
        cls.env["customer.agreement"].create({**rows, "name": "Contract"})
        cls.env["customer.entitlement.use"].create(
            {
                **rows,
                "entitlement_id": cls.env.ref(
                    "customer_success.customer_entitlement_consulting"
                ).id,
            }
        )
        plan = cls.env["customer.care.plan"].create(
            {
                **rows,
                "name": "Plan",
                "playbook_id": cls.env.ref(
                    "customer_success.customer_playbook_tier_c"
                ).id,
                "trigger": "manual",
                "launch_key": "security",
                "date_start": DAY,
                "date_end": "2027-11-20",
            }
        )
        cls.env["customer.care.goal"].create(
            {**rows, "plan_id": plan.id, "name": "Goal", "metric": "manual"}
        )
        cls.env["customer.care.action"].create(
            {
                **rows,
                "plan_id": plan.id,
                "name": "Action",
                "kind_id": cls.env["customer.action.kind"].search([], limit=1).id,
                "date_start": DAY,
                "date_deadline": "2026-12-31",
                "user_id": False,
            }
        )
        review = cls.env["customer.review"].create(
            {**rows, "date_from": "2026-10-01", "date_to": "2026-10-31"}
        )
        cls.env["customer.review.decision"].create(
            {
                "review_id": review.id,
                "name": "Visit",
                "date_deadline": "2026-12-31",
                "user_id": cls.users["both"].id,
            }
        )
        contact = cls._create_partner(
            f"Contact {name}", parent_id=profile.partner_id.id, is_company=False
        )
        stakeholder = cls.env["customer.stakeholder"].create(
            {**rows, "partner_id": contact.id, "date_from": "2026-01-01"}
        )
        cls.env["customer.team.member"].create(
            {
                **rows,
                "user_id": cls.users["both"].id,
                "role_id": cls.env.ref(
                    "customer_success.customer_team_role_service"
                ).id,
                "stakeholder_id": stakeholder.id,
            }
        )
        cls.env["customer.quarantine"].create(
            {**rows, "date": DAY, "reason": "amount_12m"}
        )
        cls.env["customer.churn"].create(
            {**rows, "state": "regular", "percent_state": "hidden"}
        )
        rule = cls.env.ref("customer_success.customer_alert_rule_no_order_months")
        cls.env["customer.alert"].create(
            {
                **rows,
                "rule_id": rule.id,
                "signal": rule.signal,
                "key": DAY,
                "date": DAY,
                "severity": rule.severity,
            }
        )
        cls.env["customer.interaction"].create({**rows, "feedback": "Said"})
        promise = cls.env["customer.commitment"].create(
            {
                **rows,
                "kind": "complaint",
                "target": "solution",
                "res_model": "customer.profile",
                "res_id": profile.id,
                "start_datetime": f"{DAY} 08:00:00",
            }
        )
        cls.env["customer.commitment.pause"].create(
            {"commitment_id": promise.id, "reason": "Waits"}
        )
        cls.env["customer.milestone"].create(
            {**rows, "kind": "renewal", "date_end": "2027-01-31"}
        )
        cls._create_answer(profile, contact)
        cls._create_case(profile, contact)
        # by hand, which leaves a lifecycle change
        profile.lifecycle_stage_id = cls.env.ref(
            "customer_success.customer_lifecycle_stage_mature"
        )
        score = cls.env["customer.score"].create(
            {**rows, "kind": "tier", "date": DAY, "scorecard_id": cls.tier_card.id}
        )
        cls.env["customer.tier.change"].create(
            {
                **rows,
                "date": DAY,
                "direction": "first",
                "reason": "first_rating",
                "to_tier_id": cls.tiers["A"].id,
                "score_id": score.id,
            }
        )
        request = cls.env["customer.tier.request"].create(
            {
                "profile_id": profile.id,
                "kind": "downgrade",
                "wished_tier_id": cls.tiers["B"].id,
            }
        )
        cls.env["customer.tier.request.review"].create(
            {**rows, "request_id": request.id, "date": DAY, "moment": "held"}
        )
        return profile

    @classmethod
    def _create_case(cls, profile, contact):
        """Create a case that was solved, with one try to reach the customer."""
        case = cls.env["customer.case"].create(
            {
                "profile_id": profile.id,
                "partner_id": contact.id,
                "subject": "Case",
                "kind": "complaint",
                "user_id": False,
            }
        )
        case._solve({"result": "Done"})
        cls.env["customer.case.contact.try"].create(
            {
                "case_id": case.id,
                "result": "not_reached",
                "user_id": cls.users["both"].id,
            }
        )
        case.commitment_ids.unlink()  # one promise for each position

    @classmethod
    def _create_answer(cls, profile, contact):
        """Create an invitation, what was answered to it, and a plan to do better."""
        survey = cls.env.ref("customer_success.survey_customer_csat")
        rows = {"profile_id": profile.id, "company_id": profile.company_id.id}
        answers = cls.env["customer.satisfaction"]
        answers._record(
            answers,
            {
                **rows,
                **answers._prepare_measure_vals("csat", 4, (1, 5)),
                "answered_datetime": f"{DAY} 12:00:00",
                "date": DAY,
                "source": "phone",
            },
            [{"question": "attitude", "name": "Attitude", "value": 4}],
        )
        cls.env["customer.improvement"].create({**rows, "name": "Improve"})
        cls.env["customer.survey.invitation"].create(
            {
                **rows,
                "partner_id": contact.id,
                "survey_id": survey.id,
                "period": "2026-10-01",
                "date": DAY,
                "date_expiry": "2027-01-20",
            }
        )

    @classmethod
    def _get_own_models(cls):
        """Return the names of the models that this addon defines, with a table."""
        return {
            name
            for name, model in cls.env.registry.items()
            if model._original_module == "customer_success" and not model._abstract
        }

    @classmethod
    def _get_own_fields(cls):
        """Return the fields that this addon defines, on any model."""
        return [
            field
            for model in cls.env.registry.values()
            for field in model._fields.values()
            if "customer_success" in field._modules and not field.inherited
        ]
