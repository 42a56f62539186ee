import io
import shutil
import subprocess
from datetime import timedelta

import requests
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime
from odoo.tools.pdf import PdfFileReader, PdfReadError

from ..periods import months_before

CRONS = (
    "refresh_scores",
    "review_tiers",
    "detect_churn",
    "send_alerts",
    "assign_stages",
    "raise_milestones",
    "propose_interactions",
    "check_contacts",
    "check_runs",
    "plan_care",
    "check_commitments",
    "send_surveys",
    "purge_scores",
    "purge_personal_data",
    "run_backtests",
)
# A scheduled action that is this much behind its time says that nothing runs.
LATE = timedelta(hours=2)
# Some job of Odoo runs at least daily.
SILENT = timedelta(hours=26)
CJK_TEXT = "客户成功"
PATIENCE_SECONDS = 5


class CustomerSystemCheck(models.AbstractModel):
    """Looks whether everything around the addon works. Writes nothing, tells no secret."""

    _name = "customer.system.check"
    _description = "System Check"

    @api.model
    def run_checks(self):
        """Return every check with its state and what to do about it (managers)."""
        self.env["customer.checklist"]._check_manager()
        company = self.env.company
        return [
            *self._get_quick_checks(company),
            self._check_people(company),
            self._check_rates(company),
            self._check_pdf_engine(),
            self._check_report_address(),
            self._check_cjk_font(),
        ]

    def _get_quick_checks(self, company):
        """Return the checks that take a moment only."""
        return [
            self._check_scheduler(),
            self._check_scorecards(),
            self._check_time_zone(company),
            self._check_history(company),
        ]

    def _prepare_check(self, key, title, state, text, button=None):
        """Return one check.

        :param state: ok, warning (works, but look) or problem
        :param button: (label, action); actions on the system need an administrator
        """
        return {
            "key": key,
            "title": title,
            "state": state,
            "text": text,
            "buttons": [{"label": button[0], "action": button[1]}] if button else [],
        }

    def _get_system_button(self, label, action):
        return (label, action) if self.env.user.has_group("base.group_system") else None

    # === SCHEDULER === #

    def _check_scheduler(self):
        now = fields.Datetime.now()
        # sudo: only whether and when they run
        crons_sudo = self.env["ir.cron"].sudo().with_context(active_test=False)
        for name in CRONS:
            crons_sudo |= (
                self.env.ref(
                    f"customer_success.ir_cron_{name}", raise_if_not_found=False
                )
                or crons_sudo.browse()
            )
        stopped = crons_sudo.filtered(lambda cron: not cron.active)
        late = crons_sudo.filtered(lambda cron: cron.nextcall < now - LATE)
        last = crons_sudo.search(
            [("lastcall", "!=", False)], order="lastcall desc", limit=1
        )
        state, text = "ok", self.env._("Scheduled actions run.")
        if stopped or len(crons_sudo) < len(CRONS):
            state = "problem"
            text = self.env._("Switch the scheduled actions of Customer Success on.")
        elif late or not last or last.lastcall < now - SILENT:
            state = "problem"
            text = self.env._(
                "Scheduled actions do not run: start Odoo with --max-cron-threads of at"
                " least 1."
            )
        if last:
            text += " " + self.env._(
                "Last one: %s.", format_datetime(self.env, last.lastcall)
            )
        button = self._get_system_button(
            self.env._("Scheduled actions"), "base.ir_cron_act"
        )
        return self._prepare_check(
            "scheduler", self.env._("Scheduler"), state, text, button
        )

    # === SETTINGS === #

    def _check_scorecards(self):
        cards = self.env["customer.scorecard"].sudo()  # sudo: shared by all companies
        missing = self.env.user.company_ids.filtered(
            lambda company: not cards._get_active(company, "tier")
        )
        state, text = "ok", self.env._("Every company has an active tier scorecard.")
        if missing:
            state = "problem"
            text = self.env._(
                "Activate a tier scorecard for %s.", ", ".join(missing.mapped("name"))
            )
        button = (
            self.env._("Scorecards"),
            "customer_success.customer_scorecard_action",
        )
        return self._prepare_check(
            "scorecards", self.env._("Scorecards"), state, text, button
        )

    def _check_time_zone(self, company):
        state, text = "ok", company._get_customer_tz()
        if not company.customer_tz and not company.partner_id.tz:
            state = "warning"
            text = self.env._(
                "Days begin and end in UTC: choose the time zone of the company."
            )
        return self._prepare_check(
            "time_zone",
            self.env._("Time zone"),
            state,
            text,
            self._get_settings_button(),
        )

    def _get_settings_button(self):
        return self._get_system_button(
            self.env._("Settings"),
            "customer_success.res_config_settings_action_customer_success",
        )

    def _check_history(self, company):
        """Look at opening amounts: after the history start they would count twice."""
        start = company.customer_history_start
        openings = self.env["customer.opening"]
        own = Domain("company_id", "=", company.id)
        state, text = "ok", self.env._("History start and opening amounts fit.")
        if start and openings.search_count(own & Domain("month", ">=", start), limit=1):
            state = "problem"
            text = self.env._(
                "Opening amounts from the history start on count twice: delete them or"
                " move the history start."
            )
        elif (
            start
            and start > months_before(company._get_customer_today(), 24)
            and not openings.search_count(own, limit=1)
        ):
            state = "warning"
            text = self.env._(
                "Figures that reach before the history start are unknown: import"
                " opening amounts."
            )
        button = (
            self.env._("Opening amounts"),
            "customer_success.customer_opening_action",
        )
        return self._prepare_check(
            "history", self.env._("History"), state, text, button
        )

    def _check_people(self, company):
        line = self.env["customer.checklist"]._get_people_line(company)
        return self._convert_line(line, self.env._("People"), "warning")

    def _check_rates(self, company):
        line = self.env["customer.checklist"]._get_rates_line(company)
        return self._convert_line(line, self.env._("Exchange rates"), "problem")

    def _convert_line(self, line, title, state):
        return {
            **line,
            "title": title,
            "state": "ok" if line["state"] == "done" else state,
        }

    # === PAPER === #

    def _check_pdf_engine(self):
        report = self.env["ir.actions.report"]
        state, text = "ok", self.env._("wkhtmltopdf prints.")
        if report.get_wkhtmltopdf_state() not in ("ok", "workers"):
            state = "problem"
            text = self.env._("Install wkhtmltopdf 0.12.6: nothing can be printed.")
        elif not self._is_patched():
            state = "warning"
            text = self.env._(
                "wkhtmltopdf has no patched Qt: papers print without repeated page"
                " headers and footers."
            )
        return self._prepare_check("pdf", self.env._("PDF engine"), state, text)

    def _is_patched(self):
        try:
            version = subprocess.run(
                ["wkhtmltopdf", "--version"],
                capture_output=True,
                check=False,
                timeout=PATIENCE_SECONDS,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return False
        return b"patched qt" in version

    def _check_report_address(self):
        """Ask Odoo at the address from which papers load their styles."""
        # sudo: a setting of the system
        url = self.env["ir.actions.report"].sudo()._get_report_url()
        state, text = "ok", self.env._("Papers find their styles at %s.", url)
        try:
            answer = requests.get(f"{url}/web/health", timeout=PATIENCE_SECONDS)
            is_reached = answer.status_code == 200
        except requests.RequestException:
            is_reached = False
        if not is_reached:
            state = "problem"
            text = self.env._(
                "Odoo does not answer itself at %s: papers print without styles. Set the"
                " system parameter report.url to an address that works on the server.",
                url,
            )
        button = self._get_system_button(
            self.env._("System parameters"), "base.ir_config_list_action"
        )
        return self._prepare_check(
            "report_address", self.env._("Report address"), state, text, button
        )

    def _check_cjk_font(self):
        """Print a few Chinese characters and look for an embedded font that has them."""
        state, text = "ok", self.env._("Chinese text prints with an embedded font.")
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() == "install":
            state, text = "problem", self.env._("Needs the PDF engine.")
        elif not (self._has_cjk_font() and self._has_embedded_font()):
            state = "problem"
            text = self.env._(
                "Install a Chinese font on the server, for instance Noto Sans CJK:"
                " Chinese names print as empty boxes."
            )
        return self._prepare_check("cjk", self.env._("Chinese font"), state, text)

    def _has_cjk_font(self):
        """Return whether the system lists a font for Chinese, True when it lists none."""
        if not shutil.which("fc-list"):
            return True  # the printed page decides
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "family"],
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        return bool(listed.stdout.strip())

    def _has_embedded_font(self):
        body = (
            f"<html><head><meta charset='utf-8'/></head><body>{CJK_TEXT}</body></html>"
        )
        try:
            # sudo: the paper format; the page holds nothing of anybody
            printed = self.env["ir.actions.report"].sudo()._run_wkhtmltopdf([body])
            reader = PdfFileReader(io.BytesIO(printed))
            fonts = reader.pages[0]["/Resources"]["/Font"].values()
        except (UserError, OSError, PdfReadError, KeyError):
            return False
        return any(self._is_embedded(font.get_object()) for font in fonts)

    def _is_embedded(self, font):
        if "/DescendantFonts" in font:
            font = font["/DescendantFonts"][0].get_object()
        descriptor = font.get("/FontDescriptor")
        names = ("/FontFile", "/FontFile2", "/FontFile3")
        return bool(descriptor) and any(
            name in descriptor.get_object() for name in names
        )
