from odoo import models
from odoo.tools import format_date


class CustomerNotice(models.AbstractModel):
    """Tells managers that a churn model failed its self check."""

    _inherit = "customer.notice"

    def _notify_rejected_fit(self, rejected, current):
        """Write to the managers once, to each in his language.

        :param rejected: the fit that was rejected
        :param current: the one in force instead
        """
        managers = self._get_managers(rejected.company_id)
        for lang, users in managers.grouped("lang").items():
            notice = self.with_context(lang=lang)
            fit, used = rejected.with_env(notice.env), current.with_env(notice.env)
            notice.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids,
                subject=notice.env._(
                    "The churn model of %(company)s was rejected, as of %(date)s",
                    company=fit.company_id.name,
                    date=format_date(notice.env, fit.date),
                ),
                body=notice._describe_rejection(fit, used),
            )

    def _describe_rejection(self, rejected, current):
        if rejected.reason != "self_check":
            return self.env._(
                "The orders allow no fit. A simpler method is in force: %s",
                current.rung_reason,
            )
        return self.env._(
            "For the last %(days)s days it expected %(predicted)s of the customers to"
            " order, %(observed)s did. A simpler method is in force: %(method)s",
            days=rejected.horizon_days,
            predicted=f"{rejected.predicted_rate:.0%}",
            observed=f"{rejected.observed_rate:.0%}",
            method=current.rung_reason,
        )
