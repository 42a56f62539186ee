from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MINUTES_DAYS
from .customer_commitment import WAITING


class CustomerCommitment(models.Model):
    """Visit minutes: whoever visited a customer writes down what was said in time.

    The clock of a visit is on its interaction: proposed from a meeting, logged by hand
    or by a done action. It starts when the visit is over and is kept when the
    interaction is confirmed with something in it.
    """

    _inherit = "customer.commitment"

    # === ONE AFTER THE OTHER === #

    @api.model
    def _follow_visits(self, interactions, at, force=False, is_job=False):
        """Start, keep or take back the clocks of the minutes of some interactions.

        :param at: now; minutes that are there were written at this instant
        :param force: visits also when their channel is none
        :param is_job: minutes that are there were written when the row was, before now
        """
        visits = interactions.sudo().filtered(  # sudo: what the job does as well
            lambda row: (
                row.active
                and row.state in ("proposed", "confirmed")
                and (force or row.channel_id.is_visit)
                and not row.is_bulk
                and row._get_end() <= at
            )
        )
        self._start_minutes(visits)
        # sudo: clocks are kept by the system
        promises = self.sudo().search(
            [
                ("res_model", "=", "customer.interaction"),
                ("res_id", "in", interactions.ids),
                ("target", "=", "minutes"),
                ("state", "in", WAITING),
            ]
        )
        gone = promises._get_without_visit()
        gone._cancel()
        promises -= gone
        written = promises.filtered(lambda row: row.interaction_id._has_minutes())
        for moment, rows in written.grouped(
            lambda row: min(at, row.interaction_id.write_date) if is_job else at
        ).items():
            rows._meet(moment)
        promises._follow_visit_times()

    @api.model
    def _start_minutes(self, visits):
        """Start a clock for each visit, another round for one that came back."""
        before = self.sudo().search(  # sudo: the clock exists whoever may see it
            [
                ("res_model", "=", visits._name),
                ("res_id", "in", visits.ids),
                ("target", "=", "minutes"),
            ],
            order="round",
        )
        last = {promise.res_id: promise for promise in before}
        self._start(
            [
                {**row._prepare_minutes(), "round": last[row.id].round + 1}
                if row.id in last
                else row._prepare_minutes()
                for row in visits
                if row.id not in last or last[row.id].state == "cancelled"
            ]
        )

    def _get_without_visit(self):
        """Return the promises whose interaction is gone or was no visit after all."""
        gone = self.filtered(
            lambda row: (
                not row.interaction_id.active
                or row.interaction_id.state == "dismissed"
                or row.interaction_id.is_bulk
            )
        )
        other = (self - gone).filtered(
            lambda row: not row.interaction_id.channel_id.is_visit
        )
        if other:  # over another channel: a visit when its action is one
            actions = self.env["customer.care.action"].sudo()  # sudo: as the job does
            actions = actions.search(
                [
                    ("interaction_id", "in", other.interaction_id.ids),
                    ("kind_id.is_visit", "=", True),
                ]
            )
            gone |= other.filtered(
                lambda row: row.interaction_id not in actions.interaction_id
            )
        return gone

    def _follow_visit_times(self):
        """Let clocks that run follow visits that were moved."""
        moved = self.browse()
        for promise in self.filtered(lambda row: row.state == "running"):
            end = promise.interaction_id._get_end()
            if promise.interaction_id and promise.start_datetime != end:
                promise.start_datetime = end
                moved |= promise
        moved._recompute_due()

    # === THE JOB === #

    @api.model
    def _start_missing_minutes(self, now):
        """Start the clocks of visits that have none: proposals are made in SQL.

        :return: False when the time of the slice is over
        """
        ids = self._get_visits_without_clock(now)

        def follow(some):
            interactions = self.env["customer.interaction"].browse(some)
            self._follow_visits(interactions, now, is_job=True)

        return self._work_off(ids, follow)

    @api.model
    def _get_visits_without_clock(self, now):
        """Return the interactions that a policy may give a clock or that have moved.

        Only since the first day on which any policy promises minutes, and not older
        ones: imported history is no visit that somebody still has to write about. Nor
        those of customers to whom nobody promises minutes: each run would find them.
        """
        policies = self.env["customer.service.policy"].sudo()  # sudo: of every company
        policies = policies.search(
            [("target", "=", "minutes"), ("kind", "in", ["visit", False])]
        )
        if not policies:
            return []
        day = min(policies.mapped("date_from"))
        since = max(
            fields.Datetime.subtract(fields.Datetime.to_datetime(day), days=1),
            fields.Datetime.subtract(now, days=MINUTES_DAYS),
        )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT itr.id
                     FROM customer_interaction itr
                     JOIN customer_channel chn ON chn.id = itr.channel_id
                     JOIN customer_profile pro ON pro.id = itr.profile_id
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                LEFT JOIN calendar_event evt ON evt.id = itr.calendar_event_id
                LEFT JOIN customer_commitment com
                       ON com.res_model = 'customer.interaction'
                      AND com.res_id = itr.id AND com.target = 'minutes'
                    WHERE itr.active AND itr.state IN ('proposed', 'confirmed')
                      AND chn.is_visit AND itr.is_bulk IS NOT TRUE
                      AND itr.interaction_datetime >= %(since)s
                      AND COALESCE(evt.stop, itr.interaction_datetime) <= %(now)s
                      AND ((com.id IS NULL AND EXISTS (
                            SELECT FROM (VALUES %(policies)s)
                                AS pol (company_id, code, date_from)
                             WHERE COALESCE(pol.company_id, pro.company_id)
                                   = pro.company_id
                               AND COALESCE(pol.code, tir.code)
                                   IS NOT DISTINCT FROM tir.code
                               AND pol.date_from <= COALESCE(evt.stop,
                                   itr.interaction_datetime) + INTERVAL '1 day'))
                           OR (com.state = 'running' AND
                           com.start_datetime IS DISTINCT FROM GREATEST(
                               evt.stop, itr.interaction_datetime)))
                 ORDER BY itr.id""",
                since=since,
                now=now,
                policies=SQL(", ").join(
                    SQL(
                        "(%s::int, %s::varchar, %s::date)",
                        policy.company_id.id or None,
                        code,
                        policy.date_from,
                    )
                    for policy in policies
                    for code in policy._get_tier_codes() or [None]
                ),
            )
        )
        return [row[0] for row in rows]
