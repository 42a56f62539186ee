import re

from markupsafe import escape
from odoo import api, models
from odoo.tools import SQL, html2plaintext

# Letters and digits that a word may begin or end with: elsewhere no word ends (Chinese).
WORD = re.compile(r"[0-9A-Za-zÀ-ɏ]")
SHORTEST_TERM = 2
SHORTEST_PHONE = 6
TECHNICAL = {"id", "create_uid", "write_uid", "write_date", "display_name"}
MODULE = "customer_success"


class CustomerPersonalSource(models.AbstractModel):
    """Where this addon holds something about a person: the data map.

    Links are declared; a test compares them with the registry. Free text is searched
    in every text column of the addon, so that none can be forgotten.
    """

    _name = "customer.personal.source"
    _description = "Where Personal Data Is"

    @api.model
    def _get_personal_sources(self):
        """Return the paths to the person by model, children before their parents.

        Override to add the models of a new room.
        """
        return {
            "customer.gift": ["personal_data_id.partner_id"],
            "customer.milestone": ["personal_data_id.partner_id"],
            "customer.personal.data": ["partner_id"],
            "customer.team.member": ["stakeholder_id.partner_id"],
            "customer.stakeholder": ["partner_id"],
            "customer.care.action": ["partner_ids"],
            "customer.interaction": ["partner_ids"],
            "customer.profile": ["partner_id"],
        }

    @api.model
    def _get_text_fields(self):
        """Return the names of the text columns by model, of every table of the addon.

        Translated ones only of facts: those of policies are about nobody.
        """
        found = {}
        for name, model in sorted(self.env.registry.items()):
            if model._original_module != MODULE or model._abstract:
                continue
            if (
                model._transient
                or not model._auto
                or name in self._get_machine_models()
            ):
                continue
            names = [
                field.name
                for field in model._fields.values()
                if field.type in ("char", "text", "html")
                and field.store
                and field.column_type
                and (not field.translate or "profile_id" in model._fields)
            ]
            if names:
                found[name] = names
        return found

    @api.model
    def _get_machine_models(self):
        """Return the tables in which nobody writes anything."""
        return {"customer.personal.access", "customer.run.stage"}

    # === FIND === #

    @api.model
    def _find_linked(self, partners, companies):
        """Return the records about people by model, of these companies, as superuser."""
        found = {}
        for name, paths in self._get_personal_sources().items():
            # sudo: who may ask was checked; the report is about all of the companies
            records_sudo = self.env[name].sudo().with_context(active_test=False)
            domain = [("company_id", "in", companies.ids)]
            domain += ["|"] * (len(paths) - 1)
            domain += [(path, "in", partners.ids) for path in paths]
            found[name] = records_sudo.search(domain)
        return found

    @api.model
    def _find_mentions(self, terms, companies):
        """Return {(model, field): ids} of texts in which a term stands."""
        pattern = self._get_pattern(terms)
        if not pattern:
            return {}
        self.env.flush_all()
        found = {}
        for name, columns in self._get_text_fields().items():
            model = self.env[name]
            allowed = SQL("TRUE")
            if "company_id" in model._fields and model._fields["company_id"].store:
                allowed = SQL(
                    "(company_id IS NULL OR company_id IN %s)", tuple(companies.ids)
                )
            for column in columns:
                rows = self.env.execute_query(
                    SQL(
                        # as text: all translations
                        "SELECT id FROM %s WHERE %s::text ~* %s AND %s",
                        SQL.identifier(model._table),
                        SQL.identifier(column),
                        pattern,
                        allowed,
                    )
                )
                if rows:
                    found[name, column] = [row[0] for row in rows]
        return found

    @api.model
    def _get_terms(self, partners):
        """Return what people are called: names, e-mail addresses, phone numbers."""
        terms = []
        # sudo: who may ask was checked
        for partner in partners.sudo():
            terms += [partner.name, partner.email, partner.email_normalized]
            terms += [partner.phone]
        return list(dict.fromkeys(term.strip() for term in terms if term))

    @api.model
    def _get_pattern(self, terms):
        """Return a regular expression (PostgreSQL) that finds these terms as words.

        A phone number is found however its digits are set apart; a name also as HTML
        spells it.
        """
        parts = []
        for term in terms:
            term = term.strip()
            digits = re.sub(r"\D", "", term)
            if len(term) < SHORTEST_TERM:
                continue
            if len(digits) >= SHORTEST_PHONE and not re.search(r"[^\d\s()+./-]", term):
                parts += self._get_phone_patterns(term, digits)
                continue
            for text in {term, str(escape(term))}:
                start = r"\m" if WORD.match(text[0]) else ""
                end = r"\M" if WORD.match(text[-1]) else ""
                words = [self._quote(word) for word in text.split()]
                parts.append(start + r"\s+".join(words) + end)
        return "|".join(sorted(parts, key=len, reverse=True))

    @api.model
    def _get_phone_patterns(self, term, digits):
        """Return patterns of a phone number, with and without its country code."""
        codes = 3 if term.startswith(("+", "00")) else 0
        return [
            r"\+?\m" + r"[\s()./-]*".join(digits[start:]) + r"\M"
            for start in range(codes + 1)
            if len(digits) - start >= SHORTEST_PHONE
        ]

    @api.model
    def _quote(self, text):
        return re.sub(r"([^\w\s])", r"\\\1", text)

    # === REPORT === #

    @api.model
    def _get_person_report(self, partners, companies):
        """Return everything this addon holds about people, as plain data.

        A list of models with records, each a list of (label, value); in the language of
        the reader. Texts in which they are named count, wherever they stand.
        """
        records = self._find_linked(partners, companies)
        terms = self._get_terms(partners)
        mentions = self._find_mentions(terms, companies)
        for (name, _column), ids in mentions.items():
            # sudo: who may ask was checked
            rows_sudo = self.env[name].sudo().browse(ids)
            records[name] = records.get(name, rows_sudo.browse()) | rows_sudo
        # sudo: who may ask was checked
        report = [self._describe_model("res.partner", partners.sudo())]
        for name, rows in records.items():
            if rows:
                report.append(self._describe_model(name, rows))
        named = self._decide_chatter(terms, records["customer.interaction"], companies)
        for name in ("mail.message", "ir.attachment", "mail.activity"):
            rows = self._find_chatter(name, records)
            rows |= rows.browse({row[1] for row in named if row[0] == name})
            if rows:
                report.append(self._describe_model(name, rows))
        return report

    @api.model
    def _find_chatter(self, name, records):
        """Return messages, files or activities of records that people took part in."""
        link = {"mail.message": "model"}.get(name, "res_model")
        # sudo: who may ask was checked
        found = self.env[name].sudo().with_context(active_test=False).browse()
        for model in (
            "customer.interaction",
            "customer.milestone",
            "customer.insight",
            "customer.care.action",
        ):
            rows = records.get(model)
            if rows:
                found |= found.search([(link, "=", model), ("res_id", "in", rows.ids)])
        return found

    @api.model
    def _describe_model(self, name, rows):
        names = {
            "res.partner": ("name", "function", "email", "phone", "website", "comment"),
            "mail.message": ("date", "author_id", "subject", "body"),
            "ir.attachment": ("create_date", "name", "mimetype"),
            "mail.activity": ("date_deadline", "summary", "note"),
        }.get(name) or self._get_reported_fields(name)
        fields = self.env[name]._fields
        return {
            "model": name,
            # sudo: what a model is called is no secret
            "name": self.env["ir.model"]._get(name).sudo().name,
            "records": [
                {
                    "id": row.id,
                    "values": [
                        (fields[field]._description_string(self.env), value)
                        for field in names
                        if (value := self._describe_value(row, fields[field]))
                    ],
                }
                for row in rows
            ],
        }

    @api.model
    def _get_reported_fields(self, name):
        return [
            field.name
            for field in self.env[name]._fields.values()
            if field.store
            and field.name not in TECHNICAL
            and field.type not in ("one2many", "binary", "json")
            and not field.name.startswith(("message_", "activity_", "website_"))
        ]

    @api.model
    def _describe_value(self, row, field):
        value = row[field.name]
        if not value:
            return ""
        if field.comodel_name:
            # sudo: a report about a person names what his records name
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "datetime":
            return str(value)[:16]
        return str(value)
