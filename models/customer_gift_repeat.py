import unicodedata

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..const import GIFT_MEMORY
from .customer_personal_life import ERASED


def fold(name):
    """Return what two names of the same gift have in common: no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", name or "").casefold().split())


class CustomerGift(models.Model):
    """Never the same gift as one of the last three to that person."""

    _inherit = "customer.gift"

    @api.constrains("name", "personal_data_id", "date", "active")
    def _check_not_repeated(self):
        """Refuse a gift that the person got among the last three.

        A gift that is written down later with an earlier date counts in its place.
        """
        for data, gifts in self.grouped("personal_data_id").items():
            given = data.gift_ids.sorted(lambda gift: (gift.date, gift.id))
            for gift in gifts & given:
                before = given[: given.ids.index(gift.id)][-GIFT_MEMORY:]
                after = given[given.ids.index(gift.id) + 1 :][:GIFT_MEMORY]
                same = (before | after).filtered(
                    lambda row, gift=gift: (
                        row.name != ERASED and fold(row.name) == fold(gift.name)
                    )
                )
                if same:
                    raise ValidationError(
                        self.env._(
                            "%(person)s got %(gift)s on %(date)s: choose something that"
                            " was not among the last %(count)s gifts.",
                            person=data.partner_id.name,
                            gift=same[-1].name,
                            date=format_date(self.env, same[-1].date),
                            count=GIFT_MEMORY,
                        )
                    )
