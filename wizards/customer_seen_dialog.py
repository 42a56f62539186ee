from odoo import api, models


class CustomerSeenDialog(models.AbstractModel):
    """A dialog about records that its user may see: the name of another one would tell.

    Models say in ``_check_seen`` what has to be allowed.
    """

    _name = "customer.seen.dialog"
    _description = "Dialog About What One Sees"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_seen()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_seen()
        return result

    def _check_seen(self):
        """Raise when a record of these dialogs may not be seen; override to say which."""
