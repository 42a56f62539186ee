from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .customer_personal_life import ERASED
from .customer_personal_source import MODULE

# Texts of the chatter of our records: table, how it is tied to its record, columns.
CHATTER = (
    ("mail_message", "model", ("subject", "body", "email_from", "reply_to")),
    ("mail_activity", "res_model", ("summary", "note", "res_name")),
    ("ir_attachment", "res_model", ("name", "description", "index_content")),
)
# Texts of the chatter that are listed for a decision.
WRITTEN = {"mail.message": ("subject", "body"), "mail.activity": ("summary", "note")}
TRACKED = ("old_value_char", "old_value_text", "new_value_char", "new_value_text")


class CustomerPersonalSource(models.AbstractModel):
    """Erases a person in place: texts go, rows and figures stay."""

    _inherit = "customer.personal.source"

    # === DECIDE === #

    @api.model
    def _get_decisions(self, partners, terms, companies, with_contact=False):
        """Propose what to do with every free text: a list of dictionaries.

        ``erase`` the text of an interaction with this person alone and his files,
        ``mask`` the name elsewhere, ``keep`` what others said too.
        """
        linked = self._find_linked(partners, companies)
        mentions = self._find_mentions(terms, companies)
        interactions = linked["customer.interaction"]
        alone = interactions.filtered(lambda row: not row.partner_ids - partners)
        texts = self._get_text_fields()["customer.interaction"]
        decisions = [
            (row._name, row.id, name, "erase" if row in alone else "keep")
            for row in interactions
            for name in texts
            if row[name] and row.id not in mentions.get((row._name, name), ())
        ]
        for (model, name), ids in mentions.items():
            whole = alone.ids if model == "customer.interaction" else ()
            if model in ("customer.personal.data", "customer.gift"):
                ids = set(ids) - set(linked[model].ids)  # erased in any case
            decisions += [
                (model, res_id, name, "erase" if res_id in whole else "mask")
                for res_id in sorted(ids)
            ]
        decisions += self._decide_chatter(terms, alone, companies)
        if with_contact:
            messages = self.env["mail.message"].sudo()  # sudo: messages of anybody
            messages = messages.search(
                [("model", "=", "res.partner"), ("res_id", "in", partners.ids)]
            )
            decisions += [
                (messages._name, message.id, name, "erase")
                for message in messages
                for name in WRITTEN["mail.message"]
                if message[name]
            ]
        # sudo: files of interactions, whoever attached them
        files_sudo = self.env["ir.attachment"].sudo()
        files_sudo = files_sudo.search(
            [
                ("res_model", "=", "customer.interaction"),
                ("res_id", "in", interactions.ids),
            ]
        )
        decisions += [
            ("ir.attachment", file.id, "name", "erase") for file in files_sudo
        ]
        keys = ("model_name", "res_id", "field_name", "treatment")
        return [dict(zip(keys, values, strict=True)) for values in decisions]

    @api.model
    def _decide_chatter(self, terms, alone, companies):
        """Propose what to do with messages and activities of records of the addon."""
        pattern = self._get_pattern(terms) or "$^"
        whole = {(alone._name, res_id) for res_id in alone.ids}
        self.env.flush_all()
        decisions = []
        for model, names in WRITTEN.items():
            link = "model" if model == "mail.message" else "res_model"
            for name in names:
                rows = self.env.execute_query(
                    SQL(
                        """SELECT id, %(link)s, res_id
                             FROM %(table)s
                            WHERE %(link)s IN %(owners)s AND %(column)s <> ''
                              AND (%(column)s ~* %(pattern)s
                                   OR (%(link)s = 'customer.interaction'
                                       AND res_id = ANY(%(alone)s)))
                         ORDER BY id""",
                        link=SQL.identifier(link),
                        alone=alone.ids,
                        table=SQL.identifier(self.env[model]._table),
                        owners=self._get_owners(),
                        column=SQL.identifier(name),
                        pattern=pattern,
                    )
                )
                decisions += [
                    (
                        model,
                        row_id,
                        name,
                        "erase" if (owner, owner_id) in whole else "mask",
                    )
                    for row_id, owner, owner_id in rows
                    if self._is_of_companies(owner, owner_id, companies)
                ]
        return decisions

    @api.model
    def _is_of_companies(self, model, res_id, companies):
        # sudo: who may ask was checked
        record = self.env[model].sudo().browse(res_id).exists()
        return "company_id" not in record._fields or record.company_id in companies

    @api.model
    def _get_owners(self):
        """Return the names of the models of the addon, for the chatter of their rows."""
        return tuple(
            name
            for name, model in self.env.registry.items()
            if model._original_module == MODULE and not model._abstract
        )

    # === ERASE === #

    @api.model
    def _erase_person(self, partners, terms, companies, decisions, with_contact=False):
        """Erase what this addon knows about people, children first, and log it.

        :param decisions: as ``_get_decisions`` proposes and a person confirmed
        :param with_contact: make the contact itself anonymous as well
        """
        partners = partners.sudo()  # sudo: who may erase was checked
        if with_contact:
            self._check_no_login(partners)
        linked = self._find_linked(partners, companies)
        self._apply_decisions(decisions, terms)
        self._erase_linked(linked)
        self._mask_chatter(terms, companies=companies)
        log = self.env["customer.personal.access"]
        for name in ("customer.stakeholder", "customer.interaction"):
            log._log("erasure", linked[name])
        lines = [f"{name}: {len(rows)}" for name, rows in linked.items() if rows]
        self._log_privately(partners, lines)
        if with_contact:
            self._anonymise_contacts(partners, terms)
        # files without a record are deleted from the disk by the vacuum job
        self.env.ref("base.autovacuum_job").sudo()._trigger()
        self.env.invalidate_all()

    @api.model
    def _erase_record(self, model, res_id, partners, terms):
        """Erase people from one record, for the privacy lookup of an administrator."""
        companies = self.env["res.company"].sudo().search([])  # sudo: everywhere
        decisions = self._get_decisions(partners, terms, companies)
        self._apply_decisions(
            [
                decision
                for decision in decisions
                if (decision["model_name"], decision["res_id"]) == (model, res_id)
            ],
            terms,
        )
        self._erase_linked({model: self.env[model].browse(res_id).exists()})
        self._mask_chatter(terms, model, [res_id])

    @api.model
    def _erase_linked(self, linked):
        """Erase records that are about the person as a whole."""
        data = linked.get("customer.personal.data", self.env["customer.personal.data"])
        gifts = linked.get("customer.gift", self.env["customer.gift"])
        gifts.write({"name": ERASED, "occasion": False})
        data._erase("erasure")
        if data:
            data.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE customer_personal_data SET consent = 'withdrawn'"
                    " WHERE id IN %s",
                    tuple(data.ids),
                )
            )
        birthdays = linked.get("customer.milestone", self.env["customer.milestone"])
        birthdays.exists().unlink()
        stakeholders = linked.get("customer.stakeholder")
        if stakeholders:
            # by SQL: roles and their days stay as they are, ended ones too
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_stakeholder
                          SET influence = NULL, stance = 'unknown',
                              preferred_channel_id = NULL
                        WHERE id IN %s""",
                    tuple(stakeholders.ids),
                )
            )
        self.env.invalidate_all()

    @api.model
    def _apply_decisions(self, decisions, terms):
        """Erase or mask texts by SQL: no write date, figure or note may change."""
        self.env.flush_all()
        texts = {**self._get_text_fields(), **WRITTEN}
        groups = {}
        for decision in decisions:
            if decision["treatment"] != "keep":
                key = tuple(
                    decision[k] for k in ("model_name", "field_name", "treatment")
                )
                groups.setdefault(key, []).append(decision["res_id"])
        pattern = self._get_pattern(terms)
        for (model, name, treatment), ids in groups.items():
            if model == "ir.attachment":
                # sudo: who may erase was checked
                self.env[model].sudo().browse(ids).exists().unlink()
                continue
            if name not in texts.get(model, ()):
                raise UserError(self.env._("%s holds no text.", f"{model}.{name}"))
            column = SQL.identifier(name)
            value = self._mask(SQL("%s::text", column), pattern)
            if treatment == "erase":
                value = SQL("%s", ERASED)
            if self.env[model]._fields[name].translate:
                value = (
                    SQL("JSONB_BUILD_OBJECT('en_US', %s::text)", value)
                    if treatment == "erase"
                    else SQL("%s::jsonb", value)
                )
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s",
                    SQL.identifier(self.env[model]._table),
                    column,
                    value,
                    tuple(ids),
                )
            )
        self.env.invalidate_all()

    @api.model
    def _mask(self, column, pattern):
        return SQL("REGEXP_REPLACE(%s, %s, %s, 'gi')", column, pattern, ERASED)

    # === CHATTER, FILES, QUEUES === #

    @api.model
    def _mask_chatter(self, terms, model=None, ids=(), companies=()):
        """Mask terms in messages, changes, activities and mails of our records.

        :param model, ids: of these records instead of all records of the companies
        """
        pattern = self._get_pattern(terms)
        if not pattern:
            return
        self.env.flush_all()
        for table, link, columns in CHATTER:
            where = (
                SQL("%s = %s AND res_id IN %s", SQL.identifier(link), model, tuple(ids))
                if model
                else self._is_on_ours(SQL.identifier(link), companies)
            )
            self._mask_table(table, columns, pattern, where)
            if table == "mail_message":
                messages = SQL(
                    "mail_message_id IN (SELECT id FROM mail_message WHERE %s)", where
                )
        self._mask_table("mail_tracking_value", TRACKED, pattern, messages)
        self.env.cr.execute(
            SQL(
                """UPDATE mail_mail
                      SET body_html = %(erased)s, email_to = NULL,
                          state = CASE state WHEN 'outgoing' THEN 'cancel'
                                             ELSE state END
                    WHERE %(messages)s AND (body_html ~* %(pattern)s
                                            OR email_to ~* %(pattern)s)""",
                erased=ERASED,
                messages=messages,
                pattern=pattern,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM bus_bus WHERE message ~* %s", pattern))
        self.env.invalidate_all()

    @api.model
    def _is_on_ours(self, link, companies):
        """Return SQL: whether a text is tied to a record of the addon and companies."""
        of_all, parts = [""], []
        for name in self._get_owners():
            model = self.env[name]
            field = model._fields.get("company_id")
            if not model._auto or not field or not field.store:
                of_all.append(name)
                continue
            parts.append(
                SQL(
                    """%s = %s AND res_id IN (SELECT id FROM %s
                        WHERE company_id IS NULL OR company_id = ANY(%s))""",
                    link,
                    name,
                    SQL.identifier(model._table),
                    companies.ids,
                )
            )
        parts.append(SQL("%s IN %s", link, tuple(of_all)))
        return SQL("(%s)", SQL(" OR ").join(SQL("(%s)", part) for part in parts))

    @api.model
    def _mask_table(self, table, columns, pattern, where):
        for name in columns:
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s ~* %s AND %s",
                    SQL.identifier(table),
                    column,
                    self._mask(column, pattern),
                    column,
                    pattern,
                    where,
                )
            )

    # === THE CONTACT === #

    @api.model
    def _check_no_login(self, partners):
        users = partners.with_context(active_test=False).user_ids
        if users:
            raise UserError(
                self.env._(
                    "%s has a login. An administrator deletes it first, then the"
                    " contact can be made anonymous.",
                    users[0].partner_id.display_name,
                )
            )

    @api.model
    def _anonymise_contacts(self, partners, terms):
        """Make contacts anonymous; documents that the law wants kept still name them."""
        for partner in partners:
            values = dict.fromkeys(
                (
                    "email",
                    "phone",
                    "function",
                    "website",
                    "comment",
                    "image_1920",
                    "ref",
                ),
                False,
            )
            if not partner.parent_id:  # else the address is that of the company
                values.update(
                    dict.fromkeys(("street", "street2", "city", "zip", "vat"), False)
                )
            partner.with_context(tracking_disable=True, mail_notrack=True).write(
                {
                    **values,
                    "name": self.env._("Anonymous contact %s", partner.id),
                    "active": False,
                }
            )
        self._mask_chatter(terms, "res.partner", partners.ids)
        pattern = self._get_pattern(terms)
        self._mask_table(
            "mail_message",
            ("email_from", "reply_to"),
            pattern,
            SQL("author_id IN %s", tuple(partners.ids)),
        )
        self.env.invalidate_all()

    # === LOG === #

    @api.model
    def _log_privately(self, partners, lines):
        """Note the erasure where Odoo keeps such notes, with initials only."""
        for partner in partners:
            email = partner.email_normalized or "none@none.none"
            # sudo: the log is for administrators
            self.env["privacy.log"].sudo().create(
                {
                    "anonymized_name": partner.name or "?",
                    "anonymized_email": email,
                    "user_id": self.env.uid,
                    "execution_details": self.env._(
                        "Customer Success: erased contact #%s", partner.id
                    ),
                    "records_description": "\n".join(lines),
                }
            )
