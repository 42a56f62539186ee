from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import ASSIGN_LIMIT
from ..models.customer_tier_request import MANAGER


class CustomerOwnerProposal(models.TransientModel):
    """Who could be first responsible for a customer nobody has: one row each.

    The salesperson of the latest order or invoice, among those who can be responsible.
    """

    _name = "customer.owner.proposal"
    _description = "Proposed Responsible Person"
    _order = "date desc, id"
    _rec_name = "profile_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    profile_id = fields.Many2one(
        "customer.profile", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        "Proposed",
        required=True,
        domain=[("share", "=", False)],
        help="Salesperson of the latest order or invoice who has a Customer Success"
        " role and access to the company. Choose somebody else if you like.",
    )
    date = fields.Date(
        "Latest Order or Invoice", readonly=True, help="Of the person first proposed."
    )
    order_count = fields.Integer(
        "Orders by This Person",
        readonly=True,
        help="Confirmed orders of all time; invoices where there is no order.",
    )
    tier_id = fields.Many2one(related="profile_id.tier_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_12m = fields.Monetary(related="profile_id.amount_12m")
    amount_12m_state = fields.Selection(related="profile_id.amount_12m_state")

    # === ACTION METHODS === #

    def action_assign(self):
        """Make the proposed people responsible; all of them when none is ticked."""
        self.check_access("read")
        proposals = self or self.search(
            self._get_own_domain(self.env.company), limit=ASSIGN_LIMIT
        )
        count = 0
        for user, lines in proposals.grouped("user_id").items():
            # somebody may have been made responsible in the meantime
            profiles = lines.profile_id.filtered(lambda profile: not profile.user_id)
            if not profiles:
                continue
            profiles._assign_to(user)
            count += len(profiles)
            profiles._tell_new_owner(
                user,
                self.env._("%s customers were assigned to you", len(profiles)),
                self.env._(
                    "Nobody was responsible for them, and you made their latest order or"
                    " invoice. You find them with the filter My Customers."
                ),
            )
        if not count:
            raise UserError(
                self.env._(
                    "Somebody is responsible for all of these customers already."
                )
            )
        proposals.unlink()
        return self.env["customer.profile"]._notify_user(
            self.env._("%s customers have a first responsible person now.", count)
        )

    # === BUSINESS METHODS === #

    @api.model
    def _open(self):
        """Work the proposals of the current company out and show them (managers)."""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers assign customers."))
        self._propose(self.env.company)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_success.customer_owner_proposal_action_list"
        )

    def _get_own_domain(self, company):
        return Domain("create_uid", "=", self.env.uid) & Domain(
            "company_id", "=", company.id
        )

    @api.model
    def _propose(self, company):
        """Write a row for each unassigned customer with a possible person.

        One statement for all: a first installation has tens of thousands. The
        company is the user's own; managers see all its customers.
        """
        self.search(self._get_own_domain(company)).unlink()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_owner_proposal (company_id, profile_id, user_id,
                          date, order_count, create_uid, write_uid, create_date,
                          write_date)
                   SELECT DISTINCT ON (doc.profile_id)
                          %(company)s, doc.profile_id, doc.user_id, doc.date,
                          COALESCE(doc.orders, doc.invoices), %(uid)s, %(uid)s,
                          NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                     FROM (%(documents)s) doc
                 ORDER BY doc.profile_id, doc.date DESC, doc.orders DESC NULLS LAST,
                          doc.user_id
                RETURNING id""",
                company=company.id,
                uid=self.env.uid,
                documents=self._select_documents(company),
            )
        )
        self.invalidate_model()

    def _select_documents(self, company):
        """Return latest day and number of documents per customer and salesperson."""
        return SQL(
            """SELECT pro.id AS profile_id, doc.user_id, MAX(doc.day) AS date,
                      SUM(doc.orders)::int AS orders, SUM(doc.invoices)::int AS invoices
                 FROM (SELECT ord.partner_id, ord.user_id,
                              MAX((ord.date_order AT TIME ZONE 'UTC'
                                   AT TIME ZONE %(zone)s)::date) AS day,
                              COUNT(*) AS orders, NULL::bigint AS invoices
                         FROM sale_order ord
                        WHERE ord.company_id = %(company)s AND ord.state = 'sale'
                          AND ord.user_id = ANY(%(users)s)
                     GROUP BY ord.partner_id, ord.user_id
                    UNION ALL
                       SELECT mov.partner_id, mov.invoice_user_id,
                              MAX(mov.invoice_date), NULL, COUNT(*)
                         FROM account_move mov
                        WHERE mov.company_id = %(company)s AND mov.state = 'posted'
                          AND mov.move_type IN ('out_invoice', 'out_receipt')
                          AND mov.invoice_user_id = ANY(%(users)s)
                     GROUP BY mov.partner_id, mov.invoice_user_id) doc
                 JOIN res_partner par ON par.id = doc.partner_id
                 JOIN customer_profile pro ON pro.partner_id = par.commercial_partner_id
                WHERE pro.company_id = %(company)s AND pro.user_id IS NULL
                  AND pro.active AND pro.merged_into_id IS NULL
             GROUP BY pro.id, doc.user_id""",
            company=company.id,
            zone=company._get_customer_tz(),
            users=self.env["customer.profile"]._get_possible_owners(company).ids,
        )
