from odoo import models
from odoo.tools import format_amount, format_date

# Customers named one by one in the preview of a launch for many.
PREVIEW_ROWS = 30


class CustomerCareLaunch(models.TransientModel):
    """What a launch would bring: who gets what, when, of whom, for how much."""

    _inherit = "customer.care.launch"

    def _read_preview(self):
        """Return what each customer would get, with what is in the way."""
        profiles = self.profile_ids._origin
        plans = self.env["customer.care.plan"]
        rows = plans._preview(self.playbook_id._origin, profiles, self.date_start)
        running = plans.search(
            [("profile_id", "in", profiles.ids), ("state", "=", "running")]
        ).grouped("profile_id")
        ends = profiles._get_contract_ends()
        for row in rows:
            row["problem"] = self._explain_problem(row)
            row["others"] = running.get(row["profile"], plans)
            row["contract_end"] = ends.get(row["profile"].id)
            row["notes"] = [] if row["problem"] else self._get_notes(row)
        return rows

    def _explain_problem(self, row):
        """Return why a customer gets no plan, or False."""
        profile, clash = row["profile"], row["clash"]
        if not profile.active or profile.merged_into_id:
            return self.env._("Archived, or part of another customer")
        if clash:
            return self.env._(
                "Running plan %(plan)s until %(date)s: close it first",
                plan=clash.name,
                date=format_date(self.env, clash.date_end),
            )
        if not row["actions"]:
            return self.env._("Nothing falls due in this period: choose another start")
        return False

    def _get_notes(self, row):
        """Return what to know before launching for a customer; nothing is refused."""
        profile, notes = row["profile"], []
        if not self.playbook_id._is_about(profile):
            notes.append(
                self.env._("His tier or stage is not one that the playbook is for.")
            )
        if not profile.user_id:
            notes.append(self.env._("Nobody is responsible for this customer."))
        elif any(not action["user_id"] for action in row["actions"]):
            notes.append(self.env._("Some actions have nobody yet."))
        if row["others"]:
            notes.append(
                self.env._(
                    "Beside it runs: %s", ", ".join(row["others"][:3].mapped("name"))
                )
            )
        if row["contract_end"] and row["contract_end"] < row["date_end"]:
            notes.append(
                self.env._(
                    "The plan goes on after the contract, which ends on %s.",
                    format_date(self.env, row["contract_end"]),
                )
            )
        return notes

    def _prepare_preview(self, rows):
        """Return the values of the preview: one customer in full, many in a line each."""
        launched = [row for row in rows if not row["problem"]]
        return {
            "rows": [self._prepare_row(row) for row in rows[:PREVIEW_ROWS]],
            "more": len(rows) > PREVIEW_ROWS
            and self.env._("and %s more customers", len(rows) - PREVIEW_ROWS),
            "actions": self._prepare_actions(launched[0]) if launched else [],
            "is_single": len(rows) == 1,
            "title": launched and self._word_title(launched[0], len(rows) == 1),
            "undated": self.playbook_id.step_ids.filtered(
                lambda step: step.recurrence == "milestone"
            ).mapped("name"),
            "budget": self._word_budget(
                [action for row in launched for action in row["actions"]]
            ),
        }

    def _word_title(self, row, is_single):
        ends = format_date(self.env, row["date_end"])
        if is_single:
            return self.env._("What is done until %s", ends)
        return self.env._("What is done for each of them until %s", ends)

    def _prepare_row(self, row):
        user_ids = {action["user_id"] for action in row["actions"]}
        users = self._get_people(user_ids)
        return {
            "name": row["profile"].display_name,
            "tier": row["profile"].tier_id.code or "",
            "count": len(row["actions"]),
            "first": row["actions"]
            and format_date(self.env, row["actions"][0]["date_deadline"]),
            "users": ", ".join(users.mapped("name")),
            "budget": self._word_budget(row["actions"]),
            "problem": row["problem"],
            "notes": row["notes"],
        }

    def _prepare_actions(self, row):
        return [
            {
                "name": action["step"].name,
                "deadline": format_date(self.env, action["date_deadline"]),
                "user": self._get_people({action["user_id"]}).name or "",
                "department": action["step"].department_id.name or "",
                "budget": self._word_budget([action]),
                "standard": action["step"].completion_standard,
            }
            for action in row["actions"]
        ]

    def _get_people(self, user_ids):
        # sudo: names of colleagues
        return self.env["res.users"].sudo().browse(filter(None, user_ids))

    def _word_budget(self, actions):
        """Return the budget of some actions; what is unknown is said, never 0."""
        states = {action["budget_state"] for action in actions}
        if "known" not in states:
            return self.env._("unknown") if "unknown" in states else ""
        amount = sum(action["budget_amount"] or 0 for action in actions)
        text = format_amount(self.env, amount, self.company_id.currency_id)
        if "unknown" in states:
            return self.env._("%s and unknown amounts", text)
        return text
