from odoo import api, models
from odoo.exceptions import ValidationError

from ..scoring import is_finite


class CustomerFiniteMixin(models.AbstractModel):
    """Refuse NaN, infinity and text in the number fields of a model.

    PostgreSQL stores NaN and counts it as larger than every threshold, so it would
    earn ten points.
    """

    _name = "customer.finite.mixin"
    _description = "Refuses Figures That Are Not Finite"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_finite(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_finite(vals)
        return super().write(vals)

    @api.model
    def _check_finite(self, vals):
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or field.type not in ("float", "monetary", "integer"):
                continue
            if value not in (False, None, "") and not is_finite(value):
                raise ValidationError(
                    self.env._(
                        "%(record)s, field %(field)s: %(value)s is not a number that"
                        " can be used.",
                        record=self[:1].display_name or self._description,
                        field=field._description_string(self.env),
                        value=value,
                    )
                )
