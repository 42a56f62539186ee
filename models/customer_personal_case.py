from odoo import api, models

# What a person wrote in a case: his own words, erased as a whole.
OWN_WORDS = (
    "description",
    "contact_name",
    "contact_email",
    "contact_email_normalized",
    "contact_phone",
)


class CustomerPersonalSource(models.AbstractModel):
    """Cases in the data map: who wrote, and what he wrote."""

    _inherit = "customer.personal.source"

    @api.model
    def _get_personal_sources(self):
        return {"customer.case": ["partner_id"], **super()._get_personal_sources()}

    @api.model
    def _get_decisions(self, partners, terms, companies, with_contact=False):
        """Propose to erase what these people wrote in their own cases."""
        decisions = super()._get_decisions(partners, terms, companies, with_contact)
        cases = self._find_linked(partners, companies)["customer.case"]
        written = cases.message_ids.filtered(lambda row: row.author_id in partners)
        messages = written.filtered("body")
        files = written.attachment_ids
        for case in cases:
            files |= case._get_handed_in_files()
        erased = {
            ("customer.case", case.id, name)
            for case in cases
            for name in OWN_WORDS
            if case[name]
        } | {("mail.message", message.id, "body") for message in messages}
        erased |= {("ir.attachment", file.id, "name") for file in files}
        left = [
            row
            for row in decisions
            if (row["model_name"], row["res_id"], row["field_name"]) not in erased
        ]
        keys = ("model_name", "res_id", "field_name")
        return left + [
            {**dict(zip(keys, values, strict=True)), "treatment": "erase"}
            for values in sorted(erased)
        ]

    @api.model
    def _find_chatter(self, name, records):
        """Add messages, files and activities of the cases of these people."""
        found = super()._find_chatter(name, records)
        link = {"mail.message": "model"}.get(name, "res_model")
        if cases := records.get("customer.case"):
            found |= found.search(
                [(link, "=", cases._name), ("res_id", "in", cases.ids)]
            )
        return found
