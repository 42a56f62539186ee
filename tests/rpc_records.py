from odoo import Command

from .common import DAY
from .security_common import SecurityCase


class RpcRecords(SecurityCase):
    """A record of each model, for those who must not touch it."""

    def _answer(self, model):
        """Return a dialog about the alert of one's own customer."""
        alert = self._find("customer.alert")
        return self.env[model].create({"alert_ids": [Command.set(alert.ids)]})

    def _answer_action(self, model):
        """Return a dialog about an action for one's own customer."""
        action = self._find("customer.care.action")
        return self.env[model].create({"action_ids": [Command.set(action.ids)]})

    def _ask_about_case(self, name, **vals):
        """Return a dialog about a case of one's own customer."""
        case = self._find("customer.case")
        return self.env[f"customer.case.{name}"].create({"case_id": case.id, **vals})

    def _get_record(self, model):
        """Return a record of the first company that strangers must not touch."""
        own = self.customers["own"]
        return {
            "customer.agreement": lambda: self._find("customer.agreement"),
            "customer.annual.goal": lambda: self.env["customer.annual.goal"].create(
                {"name": "Goal", "metric": "manual", "target": 1}
            ),
            "customer.base.review": self._create_base_review,
            "customer.base.review.figure": lambda: (
                self._create_base_review().figure_ids[0]
            ),
            "customer.case": lambda: self._find("customer.case"),
            "customer.case.contact.try": lambda: self._find(
                "customer.case.contact.try"
            ),
            "customer.case.answer": lambda: self._ask_about_case("answer"),
            "customer.case.escalation": lambda: self._ask_about_case("escalation"),
            "customer.case.link": lambda: self._ask_about_case("link"),
            "customer.case.quick": lambda: self.env["customer.case.quick"].create(
                {"subject": "Call", "partner_id": own.partner_id.id}
            ),
            "customer.case.merge": lambda: self.env["customer.case.merge"].create(
                {
                    "case_ids": [Command.set(self._find("customer.case").ids)],
                    "survivor_id": self._find("customer.case").id,
                }
            ),
            "customer.case.reason": lambda: self._ask_about_case("reason", step="wait"),
            "customer.case.sender": lambda: self._ask_about_case("sender"),
            "customer.case.step": lambda: self._ask_about_case("step", step="judge"),
            "customer.case.report": lambda: self.env["customer.case.report"].browse(
                self._find("customer.case").id
            ),
            "customer.feedback.meeting": self._create_meeting,
            "customer.feedback.meeting.figure": lambda: (
                self._create_meeting().figure_ids[0]
            ),
            "customer.feedback.resolution": lambda: self.env[
                "customer.feedback.resolution"
            ].create(
                {
                    "meeting_id": self._create_meeting().id,
                    "name": "Resolution",
                    "user_id": self.users["manager"].id,
                    "date_deadline": "2026-12-31",
                }
            ),
            "customer.improvement": lambda: self._find("customer.improvement"),
            "customer.satisfaction.phone": lambda: self.env[
                "customer.satisfaction.phone"
            ].create({"profile_id": own.id, "nps": "9"}),
            "customer.service.desk": lambda: self.env["customer.service.desk"].create(
                {"name": "Desk", "company_id": self.company.id}
            ),
            "customer.satisfaction.report": lambda: self.env[
                "customer.satisfaction.report"
            ].browse(self._find("customer.satisfaction").id * 2),
            "customer.service.period": lambda: self.env[
                "customer.service.period"
            ].create({}),
            "customer.service.period.line": lambda: (
                self.env["customer.service.period"].create({}).line_ids[0]
            ),
            "customer.review": lambda: self._find("customer.review"),
            "customer.review.indicator": lambda: self._find(
                "customer.review"
            ).indicator_ids[0],
            "customer.alert": lambda: self._find("customer.alert"),
            "customer.alert.close": lambda: self._answer("customer.alert.close"),
            "customer.alert.plan": lambda: self._answer("customer.alert.plan"),
            "customer.alert.snooze": lambda: self._answer("customer.alert.snooze"),
            "customer.action.done": lambda: self._answer_action("customer.action.done"),
            "customer.action.unmet": lambda: self._answer_action(
                "customer.action.unmet"
            ),
            "customer.care.action": lambda: self._find("customer.care.action"),
            "customer.care.launch": lambda: self.env["customer.care.launch"].create(
                {"profile_ids": [Command.set(own.ids)]}
            ),
            "customer.company.group": lambda: self.env["customer.company.group"].create(
                {"name": "Holding"}
            ),
            "calendar.event": lambda: self.env["calendar.event"].create(
                {
                    "name": "Talk",
                    "start": f"{DAY} 10:00:00",
                    "stop": f"{DAY} 11:00:00",
                    "partner_ids": own.partner_id.ids,
                }
            ),
            "customer.assign": lambda: self.env["customer.assign"].create({}),
            "customer.uninstall": lambda: self.env["customer.uninstall"].create({}),
            "customer.alert.backtest": lambda: self._create_backtest().backtest_id,
            "customer.alert.backtest.line": self._create_backtest,
            "customer.alert.backtest.name": lambda: self._create_backtest().name_ids,
            "customer.alert.rule": self._create_alert_rule,
            "customer.churn.fit": lambda: self.env["customer.churn.fit"].create(
                {
                    "company_id": self.company.id,
                    "date": DAY,
                    "state": "past",
                    "rung": "fixed",
                }
            ),
            "customer.retention": lambda: self.env["customer.retention"].create(
                {
                    "company_id": self.company.id,
                    "date_start": "2025-10-31",
                    "date_end": "2026-10-31",
                    "state": "nobody",
                }
            ),
            "customer.retention.customer": lambda: self.env[
                "customer.retention.customer"
            ].browse(own.partner_id.id * 100000 + self.company.id),
            "customer.retention.period": lambda: self.env[
                "customer.retention.period"
            ].create({}),
            "customer.backfill": lambda: self.env["customer.backfill"].create({}),
            "customer.care.plan": lambda: self._find("customer.care.plan"),
            "customer.entitlement.balance": lambda: self.env[
                "customer.entitlement.balance"
            ].search([("profile_id", "=", own.id)], limit=1),
            "customer.handover": lambda: self.env["customer.handover"].create({}),
            "customer.owner.proposal": lambda: self.env[
                "customer.owner.proposal"
            ].create(
                {
                    "company_id": self.company.id,
                    "profile_id": self.customers["unassigned"].id,
                    "user_id": self.users["user"].id,
                }
            ),
            "customer.chain.day": lambda: self.env["customer.chain.day"].create(
                {"profile_id": own.id}
            ),
            "customer.interaction": lambda: self._find("customer.interaction"),
            "customer.stakeholder": lambda: self._find("customer.stakeholder"),
            "customer.team.member": lambda: self._find("customer.team.member"),
            "customer.commitment": lambda: self._find("customer.commitment"),
            "customer.commitment.pause": lambda: self._find(
                "customer.commitment.pause"
            ),
            "customer.milestone": lambda: self._find("customer.milestone"),
            "customer.opening": lambda: self._find("customer.opening"),
            "customer.personal.data": self._create_personal_data,
            "customer.personal.erasure": lambda: self._create_about_person("erasure"),
            "customer.personal.report": lambda: self._create_about_person("report"),
            "privacy.lookup.wizard.line": lambda: self.env[
                "privacy.lookup.wizard.line"
            ].create({"res_id": own.id, "res_model_id": self._get_model_id()}),
            "customer.profile": lambda: own,
            "customer.quarantine": lambda: self._find("customer.quarantine"),
            "customer.run": lambda: self.env["customer.run"].create(
                {
                    "job": "refresh",
                    "company_id": self.company.id,
                    "date": "2026-11-20",
                    "state": "failed",
                }
            ),
            "customer.playbook": lambda: self.env["customer.playbook"].create(
                {"name": "Playbook", "company_id": self.company.id}
            ),
            "customer.scorecard": lambda: self.tier_card.copy(
                {"company_id": self.company.id}
            ),
            "customer.scorecard.trial": self._create_trial,
            "customer.scorecard.trial.name": lambda: self._create_trial().name_ids,
            "customer.tracking": lambda: self.env["customer.tracking"].search(
                [("profile_id", "=", own.id)], limit=1
            ),
            "customer.tier.request": lambda: self._find("customer.tier.request"),
            "customer.tier.refusal": lambda: self.env["customer.tier.refusal"].create(
                {"request_id": self._find("customer.tier.request").id, "note": "No"}
            ),
            "customer.tier.review.print": lambda: self.env[
                "customer.tier.review.print"
            ].create({}),
            "res.partner": lambda: own.partner_id,
        }.get(model, lambda: self.env[model])()

    def _create_personal_data(self):
        """Return what is recorded about a person of a customer."""
        own = self.customers["own"]
        person = self._create_partner(
            "P", is_company=False, parent_id=own.partner_id.id
        )
        return self.env["customer.personal.data"].create(
            {"profile_id": own.id, "partner_id": person.id, "consent": "given"}
        )

    def _create_about_person(self, name):
        person = self._create_personal_data().partner_id
        return self.env[f"customer.personal.{name}"].create({"partner_id": person.id})

    def _get_model_id(self):
        return self.env["ir.model"]._get_id("customer.profile")

    def _create_base_review(self):
        reviews = self.env["customer.base.review"]
        return reviews.search([], limit=1) or reviews.create({})

    def _create_meeting(self):
        meetings = self.env["customer.feedback.meeting"]
        return meetings.search([], limit=1) or meetings.create({})

    def _create_alert_rule(self):
        return self.env["customer.alert.rule"].create(
            {"name": "Rule", "signal": "churn_watch", "company_id": self.company.id}
        )

    def _create_backtest(self):
        """Return the line of a backtest that names one customer."""
        rule = self._create_alert_rule()
        backtest = self.env["customer.alert.backtest"].create(
            {"company_id": self.company.id, "rule_ids": [(6, 0, rule.ids)]}
        )
        values = {"backtest_id": backtest.id, "company_id": self.company.id}
        line = self.env["customer.alert.backtest.line"].create(
            {**values, "rule_id": rule.id}
        )
        self.env["customer.alert.backtest.name"].create(
            {**values, "line_id": line.id, "profile_id": self.customers["own"].id}
        )
        return line

    def _create_trial(self):
        """Return a trial that names one customer."""
        trial = self.env["customer.scorecard.trial"].create(
            {
                "scorecard_id": self._get_record("customer.scorecard").id,
                "company_id": self.company.id,
                "date": DAY,
            }
        )
        move = self.env["customer.scorecard.trial.move"].create({"trial_id": trial.id})
        self.env["customer.scorecard.trial.name"].create(
            {
                "trial_id": trial.id,
                "move_id": move.id,
                "company_id": self.company.id,
                "profile_id": self.customers["own"].id,
            }
        )
        return trial

    def _find(self, model):
        return self.env[model].search([("profile_id", "=", self.customers["own"].id)])
