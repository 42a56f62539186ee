from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every
from odoo.tools.mail import generate_tracking_message_id

from ..const import ASSIGN_BATCH

USER = "customer_success.group_customer_success_user"


class CustomerProfile(models.Model):
    """Who is first responsible for a customer: who can be, and giving him many."""

    _inherit = "customer.profile"

    has_owner_gone = fields.Boolean(
        "Responsible Person Gone",
        compute="_compute_has_owner_gone",
        search="_search_has_owner_gone",
        help="Archived, without a Customer Success role, or without access to the"
        " company of the customer.",
    )

    # === COMPUTE METHODS === #

    @api.depends("user_id", "company_id")
    def _compute_has_owner_gone(self):
        for company, profiles in self.grouped("company_id").items():
            possible = self._get_possible_owners(company)
            for profile in profiles:
                profile.has_owner_gone = profile.user_id not in (
                    possible | self.env["res.users"]
                ) and bool(profile.user_id)

    def _search_has_owner_gone(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        gone = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("user_id", "!=", False)
            & Domain("user_id", "not in", self._get_possible_owners(company).ids)
            for company in self.env.companies
        )
        return gone if True in value else ~gone

    # === BUSINESS METHODS === #

    @api.model
    def _get_possible_owners(self, companies):
        """Return who can be first responsible in all of some companies."""
        # sudo: who has the role and where; only names leave this method
        role = self.env.ref(USER).sudo()
        users_sudo = (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("share", "=", False)
                & Domain("all_group_ids", "in", role.ids)
                & Domain.AND(
                    Domain("company_ids", "in", company.ids) for company in companies
                )
            )
        )
        return users_sudo.sudo(False)

    def _check_new_owner(self, user):
        """Raise, naming him, when a person cannot be responsible for these customers."""
        user_sudo = user.sudo()  # sudo: his roles and companies decide
        if not user_sudo.active:
            raise UserError(
                self.env._("%s is archived: choose somebody else.", user_sudo.name)
            )
        if user_sudo.share or not user_sudo.has_group(USER):
            raise UserError(
                self.env._(
                    "%s has no Customer Success role and would not see these"
                    " customers. An administrator gives it under Settings, Users.",
                    user_sudo.name,
                )
            )
        closed = self.company_id - user_sudo.company_ids
        if closed:
            raise UserError(
                self.env._(
                    "%(person)s has no access to %(company)s, where some of these"
                    " customers are.",
                    person=user_sudo.name,
                    company=", ".join(closed.mapped("name")),
                )
            )

    def _assign_to(self, user):
        """Make a person first responsible for these customers.

        Noted on each customer, as people did it; one UPDATE per batch. Whoever gets
        them is told by the caller, once.
        """
        self.check_access("write")
        self._check_new_owner(user)
        for ids in split_every(ASSIGN_BATCH, sorted(self.ids)):
            profiles = self.browse(ids)
            profiles._note_new_owner(user)
            profiles.with_context(
                mail_notrack=True, mail_auto_subscribe_no_notify=True
            ).write({"user_id": user.id})
            self.env.flush_all()

    def _note_new_owner(self, user):
        """Note who was responsible and who will be, as tracking does it.

        In one statement: core's tracking takes two and 4 ms for each customer, and
        people hand over thousands. Access was checked by the caller.
        """
        author_id, email = self._message_compute_author()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """WITH notes AS (
                      INSERT INTO mail_message (model, res_id, message_type, subtype_id,
                             author_id, email_from, is_internal, body, date, message_id,
                             create_uid, write_uid, create_date, write_date)
                      SELECT 'customer.profile', pro.id, 'notification', %(note)s,
                             %(author)s, %(email)s, TRUE, '', %(now)s, '<' || pro.id || '.' || %(key)s,
                             %(uid)s, %(uid)s, %(now)s, %(now)s
                        FROM customer_profile pro
                       WHERE pro.id = ANY(%(ids)s)
                    ORDER BY pro.id
                   RETURNING id, res_id)
                   INSERT INTO mail_tracking_value (mail_message_id, field_id,
                          old_value_integer, old_value_char, new_value_integer,
                          new_value_char, create_uid, write_uid, create_date, write_date)
                   SELECT nte.id, %(field)s, COALESCE(pro.user_id, 0),
                          COALESCE(par.name, ''), %(new)s, %(new_name)s,
                          %(uid)s, %(uid)s, %(now)s, %(now)s
                     FROM notes nte
                     JOIN customer_profile pro ON pro.id = nte.res_id
                LEFT JOIN res_users usr ON usr.id = pro.user_id
                LEFT JOIN res_partner par ON par.id = usr.partner_id
                RETURNING id""",
                author=author_id,
                email=email,
                field=self.env["ir.model.fields"]._get(self._name, "user_id").id,
                ids=self.ids,
                key=generate_tracking_message_id("message-notify")[1:],
                new=user.id,
                new_name=user.sudo().name,  # sudo: a colleague's name
                note=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        self.invalidate_recordset(["message_ids"])

    @api.model
    def _get_team_mates(self):
        """Return the people of the user's sales teams, archived ones and himself too."""
        members_sudo = self.env["crm.team.member"].sudo()  # sudo: names of his teams
        teams = members_sudo.search([("user_id", "=", self.env.uid)]).crm_team_id
        mates = members_sudo.search([("crm_team_id", "in", teams.ids)]).user_id
        return mates.sudo(False) | self.env.user

    @api.model
    def _tell_new_owner(self, user, subject, body):
        """Send one message to a person who got customers from somebody else."""
        if user != self.env.user:
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids, subject=subject, body=body
            )
