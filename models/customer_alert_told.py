from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerAlert(models.Model):
    """Who was told of an alert, and when: nobody is told of it twice."""

    _inherit = "customer.alert"

    told_user_id = fields.Many2one(
        "res.users",
        "Told To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whom the daily mail told of the alert, or of the end of its snooze.",
    )
    date_notified = fields.Date("Told On", readonly=True, copy=False)
    is_back = fields.Boolean("Was Snoozed", readonly=True, copy=False)

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "told_user_id",
            "date_notified",
            "is_back",
        }

    def _set_snoozed(self, event, until, reason):
        """Override: whoever has it is told when it comes back."""
        result = super()._set_snoozed(event, until, reason)
        # sudo: what buttons write
        self.sudo().write({"is_back": True, "told_user_id": False})
        return result

    def _set_taken(self, keep_user=False):
        """Override: who takes it himself knows that it is back."""
        result = super()._set_taken(keep_user)
        # sudo: what buttons write
        self.sudo().filtered("is_back").write({"is_back": False})
        return result

    @api.model
    def _get_untold_domain(self):
        """Return the domain of alerts of which their people may have to be told.

        Nobody is told of what he has taken already, unless it came to him from
        somebody else or back from a snooze.
        """
        self.env.flush_all()  # the ORM does not see what the SQL below reads
        is_news = (
            Domain("state", "=", "open")
            | Domain("is_back", "=", True)
            | Domain("told_user_id", "!=", False)
        )
        return (
            Domain("state", "!=", "closed")
            & Domain("is_snoozed", "=", False)
            & Domain("is_overflow", "=", False)
            & Domain("user_id.active", "=", True)
            & Domain("company_id.customer_alert_summary", "=", True)
            & is_news
            & Domain.custom(to_sql=self._get_untold_sql)
        )

    def _get_untold_sql(self, model, alias, query):
        """Say in SQL that the person who has an alert is not the one who was told."""
        return SQL(
            "%s IS DISTINCT FROM %s",
            SQL.identifier(alias, "told_user_id"),
            SQL.identifier(alias, "user_id"),
        )
