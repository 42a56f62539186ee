import time

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .. import webhook

MANAGER = "customer_success.group_customer_success_manager"
ROBOTS = [("wecom", "WeCom"), ("dingtalk", "DingTalk"), ("feishu", "Feishu")]


class ResCompany(models.Model):
    """The robot of a chat group that is told how many alerts there are."""

    _inherit = "res.company"

    customer_webhook_kind = fields.Selection(ROBOTS, "Group Robot", groups=MANAGER)
    # Whoever knows it can write into the group: no client reads it, managers see a mask.
    customer_webhook_url = fields.Char(groups=fields.NO_ACCESS, copy=False)
    customer_webhook_secret = fields.Char(groups=fields.NO_ACCESS, copy=False)
    customer_webhook_mask = fields.Char(
        "Address of the Robot",
        compute="_compute_customer_webhook_mask",
        groups=MANAGER,
        compute_sudo=True,
    )
    customer_webhook_date = fields.Date(
        "Last Group Message", groups=MANAGER, readonly=True, copy=False
    )
    customer_webhook_error = fields.Char(groups=MANAGER, readonly=True, copy=False)
    customer_webhook_text = fields.Char(
        "Last Message to the Group",
        compute="_compute_customer_webhook_text",
        groups=MANAGER,
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("customer_webhook_url")
    def _compute_customer_webhook_mask(self):
        for company in self:
            url = company.customer_webhook_url
            company.customer_webhook_mask = webhook.mask_url(url) if url else False

    @api.depends("customer_webhook_date", "customer_webhook_error")
    @api.depends_context("lang")
    def _compute_customer_webhook_text(self):
        for company in self:
            company.customer_webhook_text = False
            if company.customer_webhook_date:
                day = format_date(self.env, company.customer_webhook_date)
                company.customer_webhook_text = (
                    self.env._(
                        "%(date)s: not delivered. %(reason)s",
                        date=day,
                        reason=self._word_webhook_error(company.customer_webhook_error),
                    )
                    if company.customer_webhook_error
                    else self.env._("%s: delivered.", day)
                )

    # === CONSTRAINT METHODS === #

    @api.constrains("customer_webhook_url")
    def _check_customer_webhook_url(self):
        # sudo: nobody may read the address
        for url in filter(None, self.sudo().mapped("customer_webhook_url")):
            try:
                webhook.check_url(url)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "The address of a group robot begins with https:// and has"
                        " neither a user name nor blanks in it."
                    )
                ) from None

    # === BUSINESS METHODS === #

    def _word_webhook_error(self, error):
        """Return what a manager can do about an error of the robot."""
        texts = {
            "unreachable": self.env._("The robot could not be reached."),
            "timeout": self.env._("The robot did not answer in time."),
            "certificate": self.env._("The certificate of the robot is not trusted."),
            "private": self.env._(
                "The address leads into a private network, which is refused."
            ),
        }
        if error in texts:
            return texts[error]
        kind, _sep, number = error.partition("_")
        if kind == "http":
            return self.env._("The robot answered with status %s.", number)
        return self.env._("The robot refused the message (code %s).", number)

    def _post_to_webhook(self, title, lines, link, waits=webhook.WAITS):
        """Post a message to the group of this company; returns None or the error.

        Goes over the network, up to about 20 seconds: commit before. Whoever calls
        it has looked at the rights of who asked for it.

        :param waits: seconds before each further try
        """
        self.ensure_one()
        company_sudo = self.sudo()  # sudo: the address, which nobody may read
        kind, url = (
            company_sudo.customer_webhook_kind,
            company_sudo.customer_webhook_url,
        )
        payload = webhook.build_payload(
            kind, title, lines, self.env._("Open the alerts"), link
        )
        url, payload = webhook.sign(
            kind, url, payload, company_sudo.customer_webhook_secret, time.time()
        )
        try:
            addresses = webhook.find_addresses(*webhook.check_url(url))
        except OSError:
            return "unreachable"
        return webhook.post(url, payload, addresses, waits) if addresses else "private"

    def _keep_webhook_result(self, error, date):
        # sudo: what the managers are shown
        self.sudo().write(
            {"customer_webhook_date": date, "customer_webhook_error": error or False}
        )

    def _check_webhook_ready(self):
        self.ensure_one()
        company_sudo = self.sudo()  # sudo: whether there is an address
        if not (
            company_sudo.customer_webhook_kind and company_sudo.customer_webhook_url
        ):
            raise UserError(
                self.env._("Choose a group robot and enter its address first.")
            )
