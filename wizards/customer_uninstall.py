import base64
import csv
import io
import tempfile
import zipfile

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..const import EXPORT_BATCH
from ..models.customer_tier_request import MANAGER

MODULE = "customer_success"
# Tables of the chatter that core empties of a model that is uninstalled.
CHATTER = {
    "mail.message": ("mail_message", "model"),
    "mail.activity": ("mail_activity", "res_model"),
    "mail.followers": ("mail_followers", "res_model"),
    "ir.attachment": ("ir_attachment", "res_model"),
}
# A spreadsheet would take a cell that begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class CustomerUninstall(models.TransientModel):
    """Before the addon is uninstalled: what goes, and the history as files.

    The list comes from the registry, so it cannot forget a table.
    """

    _name = "customer.uninstall"
    _description = "Before You Uninstall"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    content = fields.Html(compute="_compute_content", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_content(self):
        self.content = self.env["ir.qweb"]._render(
            "customer_success.customer_uninstall_content",
            {
                "tables": self._get_tables(),
                "fields": self._get_fields_elsewhere(),
                "chatter": self._get_chatter(),
            },
        )

    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Before you uninstall")

    # === WHAT UNINSTALL DELETES === #

    @api.model
    def _get_own_models(self):
        """Return the models of this addon that have a table."""
        return [
            model
            for __, model in sorted(self.env.registry.items())
            if model._original_module == MODULE and model._auto and not model._abstract
        ]

    @api.model
    def _get_tables(self):
        """Return every table of this addon with its rows in the whole database.

        In one statement; dialogs are listed without a count, they hold nothing.
        """
        own = self._get_own_models()
        self.env.flush_all()
        stored = [model for model in own if not model._transient]
        counts = {}
        for name, count in self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, COUNT(*) FROM %s",
                    model._name,
                    SQL.identifier(model._table),
                )
                for model in stored
            )
        ):
            counts[name] = count
        return [
            {
                "model": model._name,
                "table": model._table,
                "name": self.env["ir.model"]._get(model._name).name,
                "count": counts.get(model._name),
            }
            for model in sorted(
                own, key=lambda model: (-counts.get(model._name, -1), model._name)
            )
        ]

    @api.model
    def _get_fields_elsewhere(self):
        """Return what this addon adds to models of others, stored values first."""
        own = {model._name for model in self._get_own_models()}
        found = [
            {
                "model": name,
                "field": field.name,
                "name": field._description_string(self.env),
                "is_stored": bool(field.store and field.column_type),
            }
            for name, model in sorted(self.env.registry.items())
            if name not in own and not model._abstract
            for field in model._fields.values()
            if MODULE in field._modules
            and not field.inherited
            and model._original_module != MODULE
        ]
        return sorted(
            found, key=lambda row: (not row["is_stored"], row["model"], row["field"])
        )

    @api.model
    def _get_chatter(self):
        """Return how many messages, activities, followers and files go along."""
        names = tuple(model._name for model in self._get_own_models())
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, COUNT(*) FROM %s WHERE %s IN %s",
                    model,
                    SQL.identifier(table),
                    SQL.identifier(column),
                    names,
                )
                for model, (table, column) in CHATTER.items()
            )
        )
        return [
            {"name": self.env["ir.model"]._get(model).name, "count": count}
            for model, count in rows
        ]

    # === ACTION METHODS === #

    def action_export(self):
        """Download score history and tier changes as a ZIP file of CSV files.

        Those of the companies that are switched on; managers see all customers there.
        """
        self.check_access("read")
        self.ensure_one()
        user = self.env.user
        if not user.has_group(MANAGER) or not user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "Exporting takes the Manager role and the right to export data,"
                    " which an administrator gives under Settings, Users."
                )
            )
        attachment = self.env["ir.attachment"].create(
            {
                "name": "customer_success_history.zip",
                "datas": base64.b64encode(self._build_archive()),
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    # === EXPORT === #

    def _build_archive(self):
        """Return the ZIP file; rows are read in batches and packed on disk."""
        self.env.flush_all()
        with tempfile.TemporaryFile() as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, select in (
                    ("scores.csv", self._select_scores),
                    ("tier_changes.csv", self._select_tier_changes),
                ):
                    with archive.open(name, "w", force_zip64=True) as raw:
                        self._write_rows(raw, select)
            target.seek(0)
            return target.read()

    def _write_rows(self, raw, select):
        # with a byte order mark: spreadsheets read Chinese names right
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        writer, last_id, rows = None, 0, True
        while rows:
            rows = self.env.execute_query_dict(select(last_id))
            for row in rows:
                if not writer:
                    writer = csv.DictWriter(text, list(row))
                    writer.writeheader()
                writer.writerow({key: self._clean(val) for key, val in row.items()})
                last_id = row["id"]
        text.flush()
        text.detach()

    def _clean(self, value):
        if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
            return f"'{value}"
        return value

    def _select_scores(self, last_id):
        """Return the next score rows, with what stands behind each as JSON."""
        return SQL(
            """SELECT scr.id, com.name AS company, scr.profile_id,
                      par.id AS partner_id, par.name AS customer, par.ref AS reference,
                      scr.kind, scr.date, scr.total, tir.code AS tier, scr.health,
                      scr.confidence, crd.name->>'en_US' AS scorecard,
                      crd.version AS scorecard_version, scr.detail::text AS detail
                 FROM customer_score scr
                 JOIN customer_profile pro ON pro.id = scr.profile_id
                 JOIN res_partner par ON par.id = pro.partner_id
                 JOIN res_company com ON com.id = scr.company_id
                 JOIN customer_scorecard crd ON crd.id = scr.scorecard_id
            LEFT JOIN customer_tier tir ON tir.id = scr.tier_id
                WHERE scr.company_id = ANY(%s) AND scr.id > %s
             ORDER BY scr.id
                LIMIT %s""",
            self.env.companies.ids,
            last_id,
            EXPORT_BATCH,
        )

    def _select_tier_changes(self, last_id):
        """Return the next tier changes."""
        return SQL(
            """SELECT chg.id, com.name AS company, chg.profile_id,
                      par.id AS partner_id, par.name AS customer, par.ref AS reference,
                      chg.date, old.code AS from_tier, new.code AS to_tier, chg.total,
                      chg.direction, chg.mode, chg.reason, chg.score_id
                 FROM customer_tier_change chg
                 JOIN customer_profile pro ON pro.id = chg.profile_id
                 JOIN res_partner par ON par.id = pro.partner_id
                 JOIN res_company com ON com.id = chg.company_id
            LEFT JOIN customer_tier old ON old.id = chg.from_tier_id
            LEFT JOIN customer_tier new ON new.id = chg.to_tier_id
                WHERE chg.company_id = ANY(%s) AND chg.id > %s
             ORDER BY chg.id
                LIMIT %s""",
            self.env.companies.ids,
            last_id,
            EXPORT_BATCH,
        )
