from odoo import api, models
from odoo.exceptions import AccessError


class CustomerSystemMixin(models.AbstractModel):
    """What the system keeps on a record, and clients neither send nor write."""

    _name = "customer.system.mixin"
    _description = "Kept by the System"

    @api.model
    def _without_defaults(self, names):
        """Return this model without defaults of some fields in its context.

        A client may not write what the system keeps, so he may not send it there.
        """
        names = {f"default_{name}" for name in names}
        if self.env.su or not names & set(self.env.context):
            return self
        context = {
            name: value for name, value in self.env.context.items() if name not in names
        }
        return self.with_env(self.env(context=context))

    @api.model
    def _drop_system_values(self, vals_list, names):
        """Take what the system keeps out of new rows: screens send it back."""
        if not self.env.su:
            for vals in vals_list:
                for name in names & set(vals):
                    del vals[name]

    def _check_no_system_field(self, names):
        """Raise when a client writes what the system keeps."""
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(field)s of %(record)s cannot be changed.",
                    field=self._fields[min(names)]._description_string(self.env),
                    record=self[:1].display_name,
                )
            )

    def _get_automated_activities(self):
        """Return the open activities that the system made for these rows."""
        # sudo: activities of somebody else
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("automated", "=", True),
                ]
            )
        )
