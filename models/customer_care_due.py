from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, split_every

from ..batches import keep_progress
from ..const import PLAN_BATCH

# Plans that follow what the customer is, not what happens to him.
STANDING = ("tier", "stage")
# An insight older than this launches nothing any more.
INSIGHT_DAYS = 30


class CustomerCarePlan(models.Model):
    """The nightly launching: each customer has the plan of his tier and stage.

    Resumes by query: what is launched or closed already is not found again.
    """

    _inherit = "customer.care.plan"

    # === THE JOB === #

    @api.model
    def _launch_due(self, company, date):
        """Close the plans that are over and launch those that are due.

        :return: how many plans were touched; False when the slice is over
        """
        if not company.customer_plan_auto:
            return self._close_over(company, date)
        steps = (
            self._close_over,
            self._launch_standing,
            self._launch_of_milestones,
            self._launch_of_insights,
        )
        touched = 0
        for step in steps:
            count = step(company, date)
            if count is False:
                return False
            touched += count
        return touched

    def _work_off(self, batches, work):
        """Work off lists of ids, each in a transaction of its own."""
        count, left = 0, len(batches)
        for batch in batches:
            work(batch)
            count += len(batch)
            left -= 1
            if keep_progress(self.env, 1) <= 0 and left:
                return False
        return count

    # === WHAT IS DUE === #

    @api.model
    def _launch_standing(self, company, date):
        """Launch the plan of the tier, and of the stage, of who has none."""
        playbooks = self.env["customer.playbook"]._select_for(company)
        playbooks = playbooks.filtered(lambda play: play.trigger in STANDING)
        if not playbooks:
            return 0
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (pro.id, boo.trigger)
                          pro.id, boo.id, back.id AS back_id,
                          COALESCE(last.date_end >= %(date)s::date - 1
                                   AND last.close_reason = 'period', FALSE)
                     FROM customer_profile pro
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                     JOIN (%(books)s) boo
                          ON (boo.codes = '{}' OR tir.code = ANY(boo.codes))
                         AND (boo.stages = '{}' OR pro.lifecycle_stage_id
                              = ANY(boo.stages))
                         AND (boo.trigger <> 'tier' OR tir.id IS NOT NULL)
                         AND (boo.trigger <> 'stage'
                              OR pro.lifecycle_stage_id IS NOT NULL)
                LEFT JOIN customer_care_plan last ON last.id = (
                          SELECT id FROM customer_care_plan
                           WHERE profile_id = pro.id AND playbook_id = boo.id
                        ORDER BY date_start DESC, id DESC LIMIT 1)
                LEFT JOIN customer_care_plan back ON back.id = (
                          SELECT id FROM customer_care_plan
                           WHERE profile_id = pro.id AND trigger = boo.trigger
                             AND date_closed = %(date)s AND date_end >= %(date)s
                             AND close_reason = boo.trigger
                             AND (trigger = 'tier' AND tier_code = tir.code
                                  OR trigger = 'stage'
                                     AND stage_id = pro.lifecycle_stage_id)
                        ORDER BY date_start, id LIMIT 1)
                    WHERE %(watched)s
                      AND NOT EXISTS (
                          SELECT FROM customer_care_plan pln
                           WHERE pln.profile_id = pro.id AND pln.trigger = boo.trigger
                             AND pln.state = 'running')
                      AND NOT EXISTS (
                          SELECT FROM customer_care_plan pln
                           WHERE pln.profile_id = pro.id AND pln.trigger = boo.trigger
                             AND CASE boo.trigger
                                 WHEN 'tier' THEN pln.tier_code = tir.code
                                      AND pln.close_reason = 'manual'
                                      AND pln.date_end >= %(date)s
                                      AND NOT EXISTS (  -- he was of another tier
                                          SELECT FROM customer_care_plan aft
                                           WHERE aft.profile_id = pro.id
                                             AND aft.trigger = 'tier'
                                             AND aft.tier_code <> pln.tier_code
                                             AND aft.date_start > pln.date_closed)
                                 ELSE pln.stage_id = pro.lifecycle_stage_id
                                      AND pln.close_reason IN ('manual', 'period')
                                      AND pln.date_start >= COALESCE(
                                          pro.date_lifecycle_stage, pln.date_start)
                                 END)
                 ORDER BY pro.id, boo.trigger, boo.rank""",
                books=self._select_books(playbooks),
                date=date,
                watched=self.env["customer.facts"]._filter_watched(company),
            )
        )
        back_ids = [row[2] for row in rows if row[2]]
        count = self._work_off(
            list(split_every(PLAN_BATCH, back_ids, list)),
            lambda batch: self.browse(batch)._take_up(date),
        )
        if count is False:
            return False
        groups = {}
        for profile_id, playbook_id, back_id, is_continued in rows:
            if not back_id:
                groups.setdefault((playbook_id, is_continued), []).append(profile_id)
        return self._launch_groups(groups, date, count)

    def _select_books(self, playbooks):
        """Return SQL of playbooks: id, rank, trigger, tier codes, stage ids."""
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT %s AS id, %s AS rank, %s::varchar AS trigger,
                          %s::varchar[] AS codes, %s::integer[] AS stages""",
                play.id,
                rank,
                play.trigger,
                play._get_tier_codes(),
                play.stage_ids.ids,
            )
            for rank, play in enumerate(playbooks)
        )

    def _launch_groups(self, groups, date, count=0):
        for (playbook_id, is_continued), ids in groups.items():
            playbook = self.env["customer.playbook"].browse(playbook_id)
            launched = self._work_off(
                list(split_every(PLAN_BATCH, ids, list)),
                lambda batch, play=playbook, goes_on=is_continued: self._launch(
                    play,
                    self.env["customer.profile"].browse(batch),
                    date,
                    is_continued=goes_on,
                ),
            )
            if launched is False:
                return False
            count += launched
        return count

    # === WHAT HAPPENED === #

    @api.model
    def _launch_of_milestones(self, company, date):
        """Launch the plans of milestones that have come near."""
        return self._launch_of_events(
            company,
            date,
            "milestone",
            SQL(
                """SELECT mil.id, mil.profile_id, mil.kind
                     FROM customer_milestone mil
                    WHERE mil.company_id = %s AND mil.active
                      AND mil.state = 'upcoming' AND mil.date_due <= %s
                      AND mil.date >= %s::date - 30 AND mil.kind <> 'birthday'""",
                company.id,
                date,
                date,
            ),
        )

    @api.model
    def _launch_of_insights(self, company, date):
        """Launch the plans of what was learned about customers lately."""
        return self._launch_of_events(
            company,
            date,
            "insight",
            SQL(
                """SELECT ins.id, ins.profile_id, ins.kind
                     FROM customer_insight ins
                    WHERE ins.company_id = %s AND ins.active
                      AND ins.date BETWEEN %s AND %s""",
                company.id,
                date - timedelta(days=INSIGHT_DAYS),
                date,
            ),
        )

    def _launch_of_events(self, company, date, trigger, events):
        """Launch a plan for each event (id, profile_id, kind) that has none yet."""
        playbooks = self.env["customer.playbook"]._select_for(company)
        playbooks = playbooks.filtered(lambda play: play.trigger == trigger)
        if not playbooks:
            return 0
        self.env.flush_all()
        link = SQL.identifier("pln", f"{trigger}_id")
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (eve.id) eve.id, pro.id, boo.id
                     FROM (%(events)s) eve
                     JOIN customer_profile pro ON pro.id = eve.profile_id
                LEFT JOIN customer_tier tir ON tir.id = pro.tier_id
                     JOIN (%(books)s) boo
                          ON (boo.codes = '{}' OR tir.code = ANY(boo.codes))
                         AND (boo.stages = '{}' OR pro.lifecycle_stage_id
                              = ANY(boo.stages))
                     JOIN customer_playbook ply ON ply.id = boo.id
                          AND %(kind)s = eve.kind
                    WHERE %(watched)s AND NOT EXISTS (
                          SELECT FROM customer_care_plan pln WHERE %(link)s = eve.id)
                 ORDER BY eve.id, boo.rank""",
                events=events,
                books=self._select_books(playbooks),
                kind=SQL.identifier("ply", f"{trigger}_kind"),
                link=link,
                watched=self.env["customer.facts"]._filter_watched(company),
            )
        )
        groups = {}
        for event_id, profile_id, playbook_id in rows:
            group = groups.setdefault(playbook_id, [{}])
            if profile_id in group[-1]:  # two of one customer: one after the other
                group.append({})
            group[-1][profile_id] = {f"{trigger}_id": event_id}
        count = 0
        for playbook_id, batches in groups.items():
            playbook = self.env["customer.playbook"].browse(playbook_id)
            launched = self._work_off(
                batches,
                lambda links, play=playbook: self._launch(
                    play,
                    self.env["customer.profile"].browse(list(links)),
                    date,
                    key=trigger,
                    links=links,
                ),
            )
            if launched is False:
                return False
            count += launched
        return count
