from odoo import api, models
from odoo.tools import SQL


class CustomerProfile(models.Model):
    """How customers come into being and how two become one; nothing is ever lost.

    A customer whose contact is merged with another, or becomes part of another
    company, is archived with ``merged_into_id`` set; all its rows stay where they are.
    """

    _inherit = "customer.profile"

    # === SET-BASED WRITES OF A RUN === #

    @api.model
    def _insert_staged(self, staged, company):
        """Create the customers of staged contacts that have none yet.

        Without an author: two foreign keys less to check for each.
        """
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_profile (id, partner_id, company_id, user_id,
                          active, rating_state, loyalty, create_date, write_date)
                   SELECT stg.profile_id, par.id, %(company)s, par.user_id,
                          TRUE, 'waiting', 'ordinary', NOW() AT TIME ZONE 'UTC',
                          NOW() AT TIME ZONE 'UTC'
                     FROM customer_run_stage stg
                     JOIN res_partner par ON par.id = stg.partner_id
                    WHERE %(staged)s AND stg.is_new
                      AND par.active AND par.commercial_partner_id = par.id
                 ORDER BY par.id
              ON CONFLICT (partner_id, company_id) WHERE merged_into_id IS NULL
               DO NOTHING
                RETURNING id""",
                company=company.id,
                staged=staged,
            )
        )

    @api.model
    def _adopt_staged(self, staged, company):
        """Point staged rows to customers that somebody created since the reading."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_run_stage stg
                      SET profile_id = pro.id
                     FROM customer_profile pro
                    WHERE %s AND stg.is_new
                      AND pro.partner_id = stg.partner_id AND pro.company_id = %s
                      AND pro.merged_into_id IS NULL AND pro.id <> stg.profile_id
                RETURNING 1""",
                staged,
                company.id,
            )
        )

    @api.model
    def _lock_staged(self, staged):
        """Lock the staged customers in the order of their ids, against deadlocks."""
        self.env.execute_query(
            SQL(
                """SELECT 1 FROM customer_profile
                    WHERE id IN (SELECT stg.profile_id FROM customer_run_stage stg
                                  WHERE %s)
                 ORDER BY id
                      FOR NO KEY UPDATE""",
                staged,
            )
        )

    @api.model
    def _follow_salespeople(self, company):
        """Give customers nobody was assigned to by hand their contact's salesperson."""
        self.env.execute_query(
            SQL(
                """UPDATE customer_profile pro
                      SET user_id = par.user_id
                     FROM res_partner par
                    WHERE par.id = pro.partner_id AND pro.company_id = %s
                      AND pro.is_user_manual IS NOT TRUE AND pro.active
                      AND pro.user_id IS DISTINCT FROM par.user_id
                RETURNING pro.id""",
                company.id,
            )
        )
        self.invalidate_model(["user_id"])

    @api.model
    def _leave_to_commercial_partners(self, company):
        """Find customers whose contact joined or left another company by any path."""
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.id
                     FROM customer_profile pro
                     JOIN res_partner par ON par.id = pro.partner_id
                    WHERE pro.company_id = %s AND pro.merged_into_id IS NULL
                      AND par.commercial_partner_id <> par.id""",
                company.id,
            )
        )
        self.browse([row[0] for row in rows])._join_commercial_partner()
        rows = self.env.execute_query(
            SQL(
                """SELECT pro.id
                     FROM customer_profile pro
                     JOIN res_partner par ON par.id = pro.partner_id
                     JOIN customer_profile srv ON srv.id = pro.merged_into_id
                    WHERE pro.company_id = %s AND par.commercial_partner_id = par.id
                      AND srv.partner_id <> pro.partner_id""",
                company.id,
            )
        )
        self.browse([row[0] for row in rows])._separate_again()

    # === MERGE AND HIERARCHY === #

    def _join_commercial_partner(self):
        """Archive these customers in favour of their contacts' companies."""
        for profile in self:
            survivor = self._get_or_create(
                profile.partner_id.commercial_partner_id, profile.company_id
            )
            profile._merge_into(survivor)

    def _merge_into(self, survivor):
        """Archive these customers, keep every row, point to the survivor.

        The survivor keeps his own tier; customers merged into these before follow.
        His responsible person gets their history as well; requests do not travel.
        """
        self._close_tier_requests()
        self.sudo()._move_facts(survivor.sudo())  # sudo: whoever merges contacts
        self.with_context(
            customer_follow_user=True, mail_auto_subscribe_no_notify=True
        ).write(
            {
                "active": False,
                "merged_into_id": survivor.id,
                "user_id": survivor.user_id.id,
            }
        )

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        """Make one customer per company of those of contacts about to be merged.

        Called before core moves the foreign keys: core would delete rows that clash.
        """
        target = dst_partner.commercial_partner_id
        everybody = self.with_context(active_test=False).search(
            [
                ("partner_id", "in", (src_partners | target).ids),
                ("merged_into_id", "=", False),
            ],
            order="id",
        )
        for profiles in everybody.grouped("company_id").values():
            survivor = profiles.filtered(lambda p: p.partner_id == target)
            sources = profiles - survivor
            if not survivor and sources:
                # prefer one that was alive
                survivor = sources.sorted("active", reverse=True)[0]
                survivor.write({"partner_id": target.id})
                sources -= survivor
            if sources:
                survivor.active = survivor.active or any(sources.mapped("active"))
                sources._merge_into(survivor)
        self.env.flush_all()

    def _separate_again(self):
        """Bring back customers whose contact stands on its own feet again."""
        for profile in self:
            if profile.merged_into_id.partner_id == profile.partner_id:
                continue  # merged with this contact, not part of another company
            living = self.with_context(active_test=False).search_count(
                [
                    ("partner_id", "=", profile.partner_id.id),
                    ("company_id", "=", profile.company_id.id),
                    ("merged_into_id", "=", False),
                ],
                limit=1,
            )
            if not living:
                profile.write(
                    {"merged_into_id": False, "active": profile.partner_id.active}
                )
                if not profile.is_user_manual:
                    profile.action_follow_salesperson()
