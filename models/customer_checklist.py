from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .customer_overview import MANAGER

SYSTEM = "base.group_system"


class CustomerChecklist(models.AbstractModel):
    """What is left to set up. Each line ticks itself off from the state it speaks of."""

    _name = "customer.checklist"
    _description = "Setup Checklist"

    # === PUBLIC METHODS === #

    @api.model
    def get_checklist(self):
        """Return the lines of the checklist of the current company (managers)."""
        self._check_manager()
        company = self.env.company
        return [
            self._get_people_line(company),
            self._get_settings_line(company),
            self._get_rates_line(company),
            self._get_thresholds_line(company),
            self._get_run_line(company),
            self._get_owners_line(company),
            self._get_history_line(company),
            self._get_interactions_line(company),
            self._get_system_line(company),
        ]

    @api.model
    def confirm_settings(self):
        """Keep that money source, time zone and history start were looked at."""
        self._check_manager()
        company_sudo = self.env.company.sudo()  # sudo: managers set up the addon
        company_sudo.customer_settings_date = company_sudo._get_customer_today()

    @api.model
    def confirm_thresholds(self):
        """Keep that the shipped thresholds fit the current company."""
        self._check_manager()
        company_sudo = self.env.company.sudo()  # sudo: managers set up the addon
        company_sudo.customer_thresholds_date = company_sudo._get_customer_today()

    @api.model
    def start_first_run(self):
        """Let the scheduler score all customers now, in the background."""
        self._check_manager()
        self.env["customer.run"]._request_refresh()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Scoring starts in the background within a minute. Reload this page"
                    " to see how far it is."
                ),
            },
        }

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers can set up Customer Success."))

    # === LINES === #

    def _prepare_line(self, key, title, text, is_done, *buttons):
        return {
            "key": key,
            "title": title,
            "text": text,
            "state": "done" if is_done else "todo",
            "buttons": [button for button in buttons if button],
        }

    def _prepare_button(self, label, action=None, method=None):
        return {"label": label, "action": action, "method": method}

    def _prepare_list(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": list(domain),
            "views": [[False, "list"], [False, "form"]],
        }

    def _is_system(self):
        return self.env.user.has_group(SYSTEM)

    def _get_people_line(self, company):
        missing = self._get_people_without_role(company)
        title = self.env._("Give these people the role")
        if not missing:
            text = self.env._("Everybody who sells in this company has it.")
            return self._prepare_line("people", title, text, True)
        text = self.env._(
            "Selling without the role: %(count)s (%(names)s). As User they see tier, health,"
            " amounts and payment behaviour of their own, their team's and unassigned"
            " customers.",
            count=len(missing),
            names=", ".join(missing[:5].mapped("name")),
        )
        if not self._is_system():
            text += " " + self.env._("Ask an administrator to give it to them.")
        users = self._prepare_list(title, "res.users", [("id", "in", missing.ids)])
        button = self._prepare_button(self.env._("Open users"), users)
        return self._prepare_line(
            "people", title, text, False, self._is_system() and button
        )

    def _get_settings_line(self, company):
        sources = dict(
            company._fields["customer_money_source"]._description_selection(self.env)
        )
        history = company.customer_history_start
        text = self.env._(
            "Money source: %(money)s. Time zone: %(zone)s. History start: %(start)s.",
            money=sources[company.customer_money_source],
            zone=company._get_customer_tz(),
            start=format_date(self.env, history)
            if history
            else self.env._("the database holds all orders and invoices"),
        )
        date = company.customer_settings_date
        if date:
            text += " " + self.env._("Confirmed on %s.", format_date(self.env, date))
        settings = "customer_success.res_config_settings_action_customer_success"
        return self._prepare_line(
            "settings",
            self.env._("Money source, time zone, history start"),
            text,
            bool(date),
            self._is_system()
            and self._prepare_button(self.env._("Change settings"), settings),
            not date
            and self._prepare_button(self.env._("Confirm"), method="confirm_settings"),
        )

    def _get_rates_line(self, company):
        missing, booked = self._get_wrong_rates(company)
        title = self.env._("Exchange rates")
        if not missing and not booked:
            text = self.env._("Every document of two years has a rate of its day.")
            return self._prepare_line("rates", title, text, True)
        texts = []
        if missing:
            text = self.env._(
                "No rate on or before the day of documents, so their amounts stay"
                " unknown: %s. Enter a rate dated on or before the first of them.",
                self._word_wrong_rates(missing),
            )
            texts.append(text)
        if booked:
            text = self.env._(
                "Booked at the rate 1 although their day has another one, so their"
                " amounts stay unknown: %s. Reset them to draft and post them again.",
                self._word_wrong_rates(booked),
            )
            texts.append(text)
        button = self._prepare_button(
            self.env._("Open currencies"), "base.action_currency_form"
        )
        return self._prepare_line("rates", title, " ".join(texts), False, button)

    def _word_wrong_rates(self, found):
        return "; ".join(
            self.env._(
                "%(currency)s: %(count)s documents from %(date)s",
                currency=currency.name,
                count=count,
                date=format_date(self.env, first),
            )
            for currency, count, first in found
        )

    def _get_thresholds_line(self, company):
        card = self.env["customer.formula"]._get_cards(company)["tier"]
        shipped = self.env.ref(
            "customer_success.customer_scorecard_tier", raise_if_not_found=False
        )
        is_own = bool(card) and card != shipped
        date = company.customer_thresholds_date
        if is_own:
            text = self.env._("%s is active.", card.display_name)
        elif date:
            text = self.env._(
                "The shipped numbers were confirmed on %s.", format_date(self.env, date)
            )
        else:
            text = self.env._(
                "The shipped numbers are only a start: see what earns how many points,"
                " let the addon propose thresholds from your customers, or keep them."
            )
        return self._prepare_line(
            "thresholds",
            self.env._("Thresholds from your customers"),
            text,
            is_own or bool(date),
            self._prepare_button(
                self.env._("Open scorecards"),
                "customer_success.customer_scorecard_action",
            ),
            not is_own
            and not date
            and self._prepare_button(
                self.env._("Keep the shipped ones"), method="confirm_thresholds"
            ),
        )

    # === FIRST RUN === #

    def _get_run_line(self, company):
        runs_sudo = self.env["customer.run"].sudo()  # sudo: own company, date only
        own = Domain("job", "=", "refresh") & Domain("company_id", "=", company.id)
        done = runs_sudo.search(own & Domain("state", "=", "done"), limit=1)
        title = self.env._("First scoring run")
        runs = self._prepare_button(
            self.env._("Open runs"), "customer_success.customer_run_action"
        )
        if done:
            text = self.env._(
                "Customers scored as of %(date)s: %(count)s.",
                count=done.total_count,
                date=format_date(self.env, done.date),
            )
            return self._prepare_line("run", title, text, True, runs)
        last = runs_sudo.search(own, limit=1)
        if last.state == "failed":
            text = self.env._("The first run failed: %s", last.message)
            return self._prepare_line("run", title, text, False, runs)
        if last:
            text = self.env._("The first run is at work: %s%%.", last.progress)
            return self._prepare_line("run", title, text, False, runs)
        start = self._prepare_button(self.env._("Start"), method="start_first_run")
        return self._prepare_line(
            "run", title, self._word_estimate(company), False, start
        )

    def _word_estimate(self, company):
        ids = self._get_candidate_ids(company)
        [[documents]] = self.env.execute_query(
            SQL(
                """SELECT (SELECT COUNT(*) FROM sale_order
                            WHERE company_id = %(company)s AND state = 'sale')
                        + (SELECT COUNT(*) FROM account_move
                            WHERE company_id = %(company)s AND state = 'posted'
                              AND move_type IN
                                  ('out_invoice', 'out_refund', 'out_receipt'))""",
                company=company.id,
            )
        )
        return self.env._(
            "Customers: %(customers)s, orders and invoices: %(documents)s. Takes about"
            " %(seconds)s seconds in the background; nobody has to wait.",
            customers=len(ids),
            documents=documents,
            seconds=self._estimate_seconds(company, ids),
        )

    # === AFTER THE FIRST RUN === #

    def _get_owners_line(self, company):
        profiles = self.env["customer.profile"]
        own = Domain("company_id", "=", company.id)
        unassigned = own & Domain("user_id", "=", False)
        count = profiles.search_count(unassigned)
        title = self.env._("First responsible persons")
        if not count:
            has_any = bool(profiles.search_count(own, limit=1))
            text = self.env._("Every customer has one.")
            if not has_any:
                text = self.env._("After the first run.")
            return self._prepare_line("owners", title, text, has_any)
        text = self.env._(
            "Customers nobody is responsible for: %s. Every user of the app sees them.",
            count,
        )
        button = self._prepare_button(
            self.env._("Open unassigned customers"),
            self._prepare_list(title, "customer.profile", unassigned),
        )
        proposal = self._prepare_button(
            self.env._("Propose from the latest orders"),
            "customer_success.customer_owner_proposal_action",
        )
        return self._prepare_line("owners", title, text, False, proposal, button)

    def _get_history_line(self, company):
        # sudo: own company, only whether there is one
        count = (
            self.env["customer.run"]
            .sudo()
            .search_count(
                Domain("job", "=", "backfill")
                & Domain("company_id", "=", company.id)
                & Domain("state", "=", "done")
            )
        )
        text = self.env._(
            "Scores as of past quarter ends, so that changes show from the first day."
        )
        if count:
            text = self.env._("Past quarters scored: %s.", count)
        return self._prepare_line(
            "history",
            self.env._("Back-fill past quarters"),
            text,
            bool(count),
            self._prepare_button(
                self.env._("Back-fill"), "customer_success.customer_backfill_action"
            ),
        )

    def _get_system_line(self, company):
        checks = self.env["customer.system.check"]._get_quick_checks(company)
        problems = [check for check in checks if check["state"] == "problem"]
        text = self.env._("Scheduler and settings are fine; try a PDF as well.")
        if problems:
            text = problems[0]["text"]
        return self._prepare_line(
            "system",
            self.env._("System check"),
            text,
            not problems,
            self._prepare_button(self.env._("Check everything"), method="run_checks"),
        )
