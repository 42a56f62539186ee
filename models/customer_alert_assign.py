from odoo import api, models
from odoo.tools import SQL


class CustomerAlert(models.Model):
    """The nightly sharing out: who has which alert, and what rested comes back."""

    _inherit = "customer.alert"

    # === THE JOB === #

    @api.model
    def _assign_alerts(self, company, date):
        """Give every alert of a company its person, priority and activity.

        Repeated for the same day it writes nothing. Alerts dated after the day are
        left alone: the clock was set back.

        :return: False when the time of the slice is over; the next one goes on
        """
        alerts = self.with_context(tracking_disable=True)
        alerts._end_snoozes(company, date)
        alerts._write_priorities(company, date)
        alerts._share_out(company, date)
        alerts._follow_winbacks(company, date)
        return alerts._remind_all(company, date)

    def _announce(self):
        """Override: event alerts are given to somebody at once."""
        result = super()._announce()
        alerts = self.with_context(tracking_disable=True).sudo()  # sudo: the system
        for company in alerts.company_id:
            today = company._get_customer_today()
            own = alerts.filtered(lambda alert, com=company: alert.company_id == com)
            alerts._write_priorities(company, today, own.ids)
            alerts._share_out(company, today, own.ids)
        alerts._sync_activities()
        return result

    # === WHO HAS IT === #

    @api.model
    def _share_out(self, company, date, ids=None):
        """Write who has each alert that is not closed, and whose list is full.

        :param ids: share out these only; the others count for the limit as they are

        What somebody took he keeps, as long as he can and the customer keeps his first
        responsible person. New ones fill a person's list by priority.
        """
        rows = self._read_open(company, date)
        people = self._get_people(company, rows)
        for row in rows:
            row["holder"] = self._choose_holder(row, people)
        self._mark_overflow(rows, company.customer_alert_cap)
        groups = {}
        for row in rows:
            new = (row["holder"], row["is_full"], row["responsible_id"])
            old = (row["user_id"], row["is_overflow"], row["owner_then_id"])
            if new != old and (ids is None or row["id"] in ids):
                groups.setdefault(new, []).append(row["id"])
        for (user_id, is_full, owner_id), alert_ids in groups.items():
            self.browse(alert_ids).write(
                {
                    "user_id": user_id,
                    "is_overflow": is_full,
                    "owner_then_id": owner_id,
                }
            )

    def _read_open(self, company, date):
        """Return the alerts of a company that are not closed, with their customer.

        In SQL: one statement for all, with what decides who has them.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT alr.id, alr.state, alr.user_id, alr.owner_then_id, alr.date,
                          COALESCE(alr.is_overflow, FALSE) AS is_overflow,
                          COALESCE(alr.is_snoozed, FALSE) AS is_snoozed,
                          COALESCE(alr.priority, 0) AS priority,
                          pro.user_id AS responsible_id, rul.owner_rule
                     FROM customer_alert alr
                     JOIN customer_profile pro ON pro.id = alr.profile_id
                     JOIN customer_alert_rule rul ON rul.id = alr.rule_id
                    WHERE alr.company_id = %s AND alr.state <> 'closed'
                      AND alr.date <= %s AND pro.active
                 ORDER BY alr.id""",
                company.id,
                date,
            )
        )

    def _get_people(self, company, rows):
        """Return who can have alerts, team leaders by member, the oldest manager."""
        profiles = self.env["customer.profile"]
        possible = profiles._get_possible_owners(company)
        responsible_ids = {row["responsible_id"] for row in rows} - {None}
        managers = self.env["customer.notice"]._get_managers(company) & possible
        return {
            "possible": set(possible.ids),
            "leaders": self._get_leaders(responsible_ids),
            "manager": min(
                (user.id for user in managers if user.id != 1), default=None
            ),
        }

    def _get_leaders(self, user_ids):
        """Return team leaders by member; of somebody archived, of his last team."""
        # sudo: the teams of colleagues
        members_sudo = (
            self.env["crm.team.member"].sudo().with_context(active_test=False)
        )
        rows = members_sudo.search(
            [("user_id", "in", list(user_ids))],
            order="active, create_date desc, id desc",
        )
        return {row.user_id.id: row.crm_team_id.user_id.id for row in rows}

    def _choose_holder(self, row, people):
        """Return the id of who has an alert: who took it, else by the rule."""
        responsible = row["responsible_id"]
        is_changed = row["owner_then_id"] != responsible
        if (
            row["state"] != "open"
            and not is_changed
            and row["user_id"] in people["possible"]
        ):
            return row["user_id"]
        leader = people["leaders"].get(responsible)
        wanted = {
            "responsible": [responsible, leader],
            "leader": [leader, responsible],
            "manager": [people["manager"], leader, responsible],
        }[row["owner_rule"]]
        wanted.append(people["manager"])
        return next((user for user in wanted if user in people["possible"]), None)

    def _mark_overflow(self, rows, cap):
        """Mark what goes beyond the limit of a person, the least urgent ones."""
        by_holder = {}
        for row in rows:
            row["is_full"] = False
            if row["holder"] and not row["is_snoozed"]:
                by_holder.setdefault(row["holder"], []).append(row)
        for theirs in by_holder.values():
            theirs.sort(
                key=lambda row: (
                    row["state"] == "open",
                    -row["priority"],
                    row["date"],
                    row["id"],
                )
            )
            for row in theirs[cap:]:
                row["is_full"] = row["state"] == "open"

    @api.model
    def _get_chain_of(self, profiles):
        """Return by customer who looks after him now: an id of a user or None."""
        holders = {}
        for company, mine in profiles.grouped("company_id").items():
            rows = [
                {
                    "state": "open",
                    "user_id": None,
                    "owner_then_id": None,
                    "responsible_id": profile.user_id.id or None,
                    "owner_rule": "responsible",
                    "id": profile.id,
                }
                for profile in mine
            ]
            people = self._get_people(company, rows)
            holders |= {row["id"]: self._choose_holder(row, people) for row in rows}
        return holders

    # === SNOOZE === #

    @api.model
    def _end_snoozes(self, company, date):
        """Bring back what rested until a day that has come or an event that happened.

        In SQL: orders of a customer are those of all his contacts.
        """
        self.env.flush_all()
        facts = self.env["customer.facts"]
        rows = self.env.execute_query(
            SQL(
                """SELECT alr.id
                     FROM customer_alert alr
                     JOIN customer_profile pro ON pro.id = alr.profile_id
                    WHERE alr.company_id = %(company)s AND alr.is_snoozed
                      AND alr.state <> 'closed'
                      AND (alr.snooze_until <= %(date)s
                           OR alr.snooze_event = 'order' AND EXISTS (
                              SELECT FROM sale_order ord
                                JOIN res_partner par ON par.id = ord.partner_id
                               WHERE %(orders)s
                                 AND par.commercial_partner_id = pro.partner_id
                                 AND ord.date_order > alr.snooze_datetime)
                           OR alr.snooze_event = 'interaction' AND EXISTS (
                              SELECT FROM customer_interaction itr
                               WHERE itr.profile_id = alr.profile_id AND itr.active
                                 AND itr.state = 'confirmed' AND itr.date <= %(date)s
                                 AND itr.interaction_datetime > alr.snooze_datetime))
                 ORDER BY alr.id""",
                company=company.id,
                date=date,
                orders=facts._filter_orders(facts._prepare_scope(company, date)),
            )
        )
        self.browse([row[0] for row in rows])._wake()
