from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

MODULE = "customer_success"


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Override of privacy_lookup to find people by any link and in free text."""
        query = super()._get_query()
        for model, ids in sorted(self._find_in_customer_success().items()):
            table = self.env[model]
            has_active = "active" in table._fields and table._fields["active"].store
            query = SQL(
                "%s UNION SELECT %s AS res_model_id, id AS res_id, %s AS is_active"
                " FROM %s WHERE id IN %s",
                query,
                self.env["ir.model"]._get_id(model),
                SQL.identifier("active") if has_active else True,
                SQL.identifier(table._table),
                tuple(ids),
            )
        return query

    def _find_in_customer_success(self):
        """Return the numbers of records about the person, by model of this addon."""
        source = self.env["customer.personal.source"]
        # sudo: a search for the administrator, over all companies
        companies = self.env["res.company"].sudo().search([])
        found = {
            model: set(rows.ids)
            for model, rows in source._find_linked(
                self._get_persons(), companies
            ).items()
        }
        mentions = source._find_mentions(self._get_customer_terms(), companies)
        for (model, _name), ids in mentions.items():
            found.setdefault(model, set()).update(ids)
        return {model: ids for model, ids in found.items() if ids}

    def _get_persons(self):
        # sudo: people of every company, archived ones too
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners_sudo.search(
            [
                "|",
                ("email_normalized", "=", email_normalize(self.email.strip())),
                ("name", "=ilike", self.name.strip()),
            ]
        )

    def _get_customer_terms(self):
        terms = [self.name, self.email]
        terms += self.env["customer.personal.source"]._get_terms(self._get_persons())
        return list(dict.fromkeys(term.strip() for term in terms))


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    def action_unlink(self):
        """Override of privacy_lookup: what is ours is erased in place, not deleted."""
        self.ensure_one()
        model = self.env.registry.get(self.res_model)
        if model is None or model._original_module != MODULE:
            return super().action_unlink()
        self.wizard_id.check_access("write")
        if self.is_unlinked:
            raise UserError(self.env._("This record is erased already."))
        # sudo: whoever may write the lookup may erase
        self.env["customer.personal.source"].sudo()._erase_record(
            self.res_model,
            self.res_id,
            self.wizard_id._get_persons(),
            self.wizard_id._get_customer_terms(),
        )
        self.execution_details = self.env._(
            "Erased %(model)s #%(number)s",
            model=self.res_model_id.name,
            number=self.res_id,
        )
        self.is_unlinked = True
        return None
