from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

# Columns that people fill with words; the plain name of a field means "by words".
WORDS = ("profile_id", "partner_id", "role_id", "reports_to_id")


class ImportProblem(Exception):
    """A value of the file that means nothing, or more than one thing."""


class CustomerStakeholder(models.Model):
    """Decision chains from a file, written as people would write them.

    Customers are named by name, reference or external ID, contacts and managers by
    name or e-mail within the customer, roles by code or name. Either the whole file
    is imported or nothing.
    """

    _inherit = "customer.stakeholder"

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Template for decision chains"),
                "template": "/customer_success/static/csv/customer_stakeholder.csv",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Override to find customers, contacts, roles and managers by their words."""
        wanted = {name for name in fields if name.split("/")[0] in WORDS}
        if not {"profile_id", "profile_id/id"} & wanted or any(
            name.endswith("/.id") for name in wanted
        ):
            return super().load(fields, data)  # by numbers of the database
        columns = {name: number for number, name in enumerate(fields)}
        rows, managers, messages = [], [], []
        reader = self._prepare_reader(columns, data)
        for number, values in enumerate(data):
            row, manager, problems = self._read_row(reader, columns, values)
            messages += [
                self._prepare_message(number, name, text) for name, text in problems
            ]
            rows.append(row)
            managers.append(manager)
        if messages:
            return {"ids": False, "messages": messages, "nextrow": 0}
        kept = [name for name in fields if name.split("/")[0] not in WORDS]
        names = [*kept, "profile_id/.id", "partner_id/.id", "role_id/.id"]
        with self.env.cr.savepoint() as savepoint:
            result = super().load(
                names,
                [
                    [*self._fill_blanks(kept, columns, values), *row]
                    for values, row in zip(data, rows, strict=True)
                ],
            )
            if result["ids"]:
                self.browse(result["ids"])._link_managers(managers, result)
            if not result["ids"]:
                savepoint.rollback()
        return result

    # === READING === #

    @api.model
    def _prepare_reader(self, columns, data):
        """Return what words of the file can mean, read at once for all rows."""
        names = {
            values[columns["profile_id"]].strip()
            for values in data
            if "profile_id" in columns
        }
        customers = {}
        profiles = self.env["customer.profile"].search(
            Domain("company_id", "in", self.env.companies.ids)
            & (
                Domain("partner_id.name", "in", list(names))
                | Domain("partner_id.ref", "in", list(names - {""}))
            )
        )
        for profile in profiles:
            for word in {profile.partner_id.name, profile.partner_id.ref or None}:
                customers[word] = customers.get(word, profile) | profile
        roles = {}
        for role in self.env["customer.stakeholder.role"].search([]):
            english = role.with_context(lang="en_US").name
            for word in {role.code, role.name, english}:
                roles.setdefault(word.lower(), role)
        return {"customers": customers, "roles": roles, "contacts": {}}

    @api.model
    def _read_row(self, reader, columns, values):
        """Return ids of customer, contact and role of a row, its manager, problems."""
        row, problems, manager = [False, False, False], [], None
        try:
            profile = self._read_customer(reader, columns, values)
            row[0] = profile.id
        except ImportProblem as problem:
            return row, manager, [("profile_id", str(problem))]
        for place, name, read in (
            (1, "partner_id", self._read_contact),
            (2, "role_id", self._read_role),
            (None, "reports_to_id", self._read_contact),
        ):
            try:
                found = read(reader, columns, values, name, profile)
            except ImportProblem as problem:
                problems.append((name, str(problem)))
                continue
            if place:
                row[place] = found.id
            else:
                manager = found
        if not row[1] and not problems:
            problems.append(("partner_id", self.env._("Which contact?")))
        return row, manager, problems

    @api.model
    def _read_customer(self, reader, columns, values):
        """Return the customer a row is about."""
        if "profile_id/id" in columns:
            return self._read_customer_id(values[columns["profile_id/id"]].strip())
        word = values[columns["profile_id"]].strip()
        if not word:
            raise ImportProblem(self.env._("Which customer?"))
        found = reader["customers"].get(word, self.env["customer.profile"])
        if len(found) == 1:
            return found
        if found:
            raise ImportProblem(
                self.env._(
                    "%(count)s customers are called %(name)s: use a reference or an"
                    " external ID.",
                    count=len(found),
                    name=word,
                )
            )
        raise ImportProblem(
            self.env._("There is no customer %s that you may see.", word)
        )

    @api.model
    def _read_customer_id(self, xmlid):
        """Return the customer of an external ID, that of its contact as well."""
        record = self.env.ref(
            xmlid if "." in xmlid else f"__import__.{xmlid}", raise_if_not_found=False
        )
        profiles = self.env["customer.profile"]
        if record and record._name == "res.partner":
            record = profiles.search(
                [
                    ("partner_id", "=", record.commercial_partner_id.id),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        if not record or record._name != "customer.profile":
            raise ImportProblem(
                self.env._("There is no customer with the external ID %s.", xmlid)
            )
        return record

    @api.model
    def _read_contact(self, reader, columns, values, name, profile):
        """Return the contact of the customer that a word means, if there is one."""
        contacts = self.env["res.partner"]
        if f"{name}/id" in columns:
            xmlid = values[columns[f"{name}/id"]].strip()
            found = xmlid and self.env.ref(xmlid, raise_if_not_found=False)
            if xmlid and (not found or found._name != "res.partner"):
                raise ImportProblem(
                    self.env._("There is no contact with the external ID %s.", xmlid)
                )
            return found or contacts
        word = values[columns[name]].strip() if name in columns else ""
        if not word:
            return contacts
        if profile not in reader["contacts"]:
            reader["contacts"][profile] = contacts.search(
                [("commercial_partner_id", "=", profile.partner_id.id)]
            )
        contacts = reader["contacts"][profile]
        email = email_normalize(word)
        found = contacts.filtered(
            lambda contact: (
                contact.email_normalized == email
                if email
                else (contact.name or "").strip().lower() == word.lower()
            )
        )
        if len(found) == 1:
            return found
        if found:
            raise ImportProblem(
                self.env._(
                    "%(count)s contacts of %(customer)s are called %(name)s: use the"
                    " e-mail.",
                    count=len(found),
                    customer=profile.display_name,
                    name=word,
                )
            )
        raise ImportProblem(
            self.env._(
                "%(customer)s has no contact %(name)s.",
                customer=profile.display_name,
                name=word,
            )
        )

    @api.model
    def _read_role(self, reader, columns, values, name, profile):
        """Return the role of a row, the usual one when it says none."""
        word = values[columns[name]].strip() if name in columns else ""
        role = reader["roles"].get(word.lower()) if word else self._default_role_id()
        if not role:
            raise ImportProblem(
                self.env._("There is no role %s in the decision chain.", word)
            )
        return role

    @api.model
    def _fill_blanks(self, kept, columns, values):
        """Return the other cells of a row; what must not be empty gets its default."""
        cells = {name: values[columns[name]] for name in kept}
        if not {"id", ".id"} & set(kept):
            today = fields.Date.context_today(self)
            for name, default in (
                ("stance", "unknown"),
                ("date_from", fields.Date.to_string(today)),
            ):
                if not cells.get(name, True):
                    cells[name] = default
        return cells.values()

    # === WRITING === #

    def _link_managers(self, managers, result):
        """Let imported people report to those named; people of the same file too."""
        self.env.flush_all()
        profiles = self.profile_id
        rows = self.search(
            [("profile_id", "in", profiles.ids), ("is_current", "=", True)], order="id"
        )
        by_person = {}
        for row in rows:
            by_person.setdefault((row.profile_id, row.partner_id), row)
        for number, (stakeholder, manager) in enumerate(
            zip(self, managers, strict=False)  # the import may stop at a limit
        ):
            if not manager:
                continue
            above = by_person.get((stakeholder.profile_id, manager))
            try:
                if not above:
                    raise UserError(
                        self.env._(
                            "%s does not stand in the decision chain: add a line.",
                            manager.name,
                        )
                    )
                stakeholder.reports_to_id = above
            except (UserError, ValidationError) as error:
                result["messages"].append(
                    self._prepare_message(number, "reports_to_id", str(error))
                )
        if any(message["type"] == "error" for message in result["messages"]):
            result.update(ids=False, nextrow=0)

    @api.model
    def _prepare_message(self, number, name, text):
        """Return an error of a row and field as core's import shows them."""
        field = self._fields[name]
        return {
            "type": "error",
            "message": text,
            "rows": {"from": number, "to": number},
            "record": number,
            "field": name,
            "field_name": field._description_string(self.env),
            "field_path": [name],
        }
