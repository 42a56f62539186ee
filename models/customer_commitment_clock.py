from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .customer_commitment import WAITING
from .customer_commitment_due import RUNNING


class CustomerCommitment(models.Model):
    """The clock of promises: start, pause, resume, keep, reopen, take back.

    All in batches, as the system: people reach it through buttons and through what
    they do with the record that the promise is about.
    """

    _inherit = "customer.commitment"

    # === START === #

    @api.model
    def _start(self, vals_list):
        """Start a clock for each record; what runs already or nobody promised is left.

        :param vals_list: dicts with ``profile_id`` (or ``company_id``, as long as the
            customer is unknown), ``kind``, ``target``, ``res_model``, ``res_id``,
            ``start_datetime`` and, where there is one, ``name``, ``user_id``,
            ``round``, ``interaction_id``, ``calendar_event_id``, ``case_id``,
            ``date_deadline`` (due at the end of this day)
        :return: the new promises; no policy, no promise
        """
        vals_list = self._leave_out_started(vals_list)
        # sudo: tier and owner decide; read together
        profiles = self.env["customer.profile"].sudo()
        ids = dict.fromkeys(vals.get("profile_id") or None for vals in vals_list)
        by_id = {row.id: row for row in profiles.browse(filter(None, ids))}
        customers = [by_id.get(vals.get("profile_id"), profiles) for vals in vals_list]
        # sudo: hours and policies of the company
        companies = self.env["res.company"].sudo()
        policies = self.env["customer.service.policy"].sudo()
        found = policies._find_each(
            [
                (
                    customer,
                    customer.company_id or companies.browse(vals["company_id"]),
                    vals["kind"],
                    vals["target"],
                    fields.Datetime.to_datetime(vals["start_datetime"]),
                )
                for vals, customer in zip(vals_list, customers, strict=True)
            ]
        )
        prepared = [
            self._prepare_start(vals, customer, policy)
            for vals, customer, policy in zip(vals_list, customers, found, strict=True)
            if policy or vals.get("date_deadline")
        ]
        # sudo: kept by the system, whoever does what starts the clock
        promises = self.sudo().with_context(tracking_disable=True).create(prepared)
        promises._set_times()
        return promises.sudo(self.env.su)

    @api.model
    def _leave_out_started(self, vals_list):
        """Leave out what has been promised: a clock starts once a round."""
        started = set()
        for model in {vals["res_model"] for vals in vals_list}:
            # sudo: the clock exists whoever may see it
            rows = self.sudo().search_fetch(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", [vals["res_id"] for vals in vals_list]),
                ],
                ["res_model", "res_id", "target", "round"],
            )
            started |= {(r.res_model, r.res_id, r.target, r.round) for r in rows}
        left = {}
        for vals in vals_list:
            key = (
                vals["res_model"],
                vals["res_id"],
                vals["target"],
                vals.get("round", 1),
            )
            if key not in started:
                left.setdefault(key, vals)
        return list(left.values())

    @api.model
    def _prepare_start(self, vals, profile_sudo, policy):
        owner = profile_sudo.user_id
        user_id = vals.get("user_id") or owner.id
        company_id = vals.get("company_id")
        return {
            "name": False,
            **vals,
            "user_id": user_id,
            "owner_then_id": owner.id,
            "tier_id": profile_sudo.tier_id.id,
            **self._prepare_rule(
                policy,
                profile_sudo.company_id or self.env["res.company"].browse(company_id),
            ),
        }

    @api.model
    def _prepare_rule(self, policy, company):
        """Return what a promise takes over from its policy, kept when that changes."""
        if not policy:
            return {"policy_id": False, "hours": 0}
        return {
            "policy_id": policy.id,
            "hours": policy.hours,
            "is_working_time": policy.is_working_time,
            "is_company_calendar": policy.is_working_time and not policy.calendar_id,
            "calendar_id": policy._get_calendar(company).id,
            "escalate_hours": policy.escalate_hours,
            "escalate_to": policy.escalate_to,
        }

    # === WHAT HAPPENS TO IT === #

    def _check_running(self):
        """Raise when a promise has no clock that could be paused."""
        ended = self.filtered(lambda row: row.state != "running")
        if ended:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The clock of %(promise)s does not run: %(state)s.",
                    promise=ended[0].display_name,
                    state=states[ended[0].state],
                )
            )

    def _pause(self, reason, at):
        """Let clocks that run stand still from an instant, with the reason.

        What is overdue by then is late, noticed or not: waiting does not hide it.
        """
        self._freeze_overdue(at)
        # sudo: clocks and pauses are kept by the system
        running = self.sudo().filtered(lambda row: row.state == "running")
        pauses_sudo = self.env["customer.commitment.pause"].sudo()
        pauses_sudo.create(
            [
                {"commitment_id": row.id, "start_datetime": at, "reason": reason}
                for row in running
            ]
        )
        running._follow_pauses()

    def _follow_pauses(self):
        """Stop or start clocks as their pauses say."""
        promises_sudo = self.sudo()  # sudo: the status is kept by the system
        for promise in promises_sudo.filtered(lambda row: row.state in RUNNING):
            is_paused = any(not pause.end_datetime for pause in promise.pause_ids)
            promise.state = "paused" if is_paused else "running"
        promises_sudo._recompute_due()
        promises_sudo._after_clocks()

    def _resume(self, at):
        """Let paused clocks run again from an instant."""
        # sudo: clocks are kept by the system
        promises_sudo = self.sudo().filtered(lambda row: row.state == "paused")
        for pause in promises_sudo.pause_ids.filtered(lambda row: not row.end_datetime):
            pause.end_datetime = max(at, pause.start_datetime)
        promises_sudo._follow_pauses()

    def _meet(self, at):
        """Keep promises at an instant; later than due they were overdue, for ever."""
        promises_sudo = self.sudo()  # sudo: kept by what people do with the record
        promises_sudo._resume(at)
        promises_sudo.filtered("is_stale")._recompute_due()
        open_sudo = promises_sudo.filtered(lambda row: row.state in WAITING)
        for promise in open_sudo:
            due = promise.due_datetime
            vals = {"state": "met", "met_datetime": max(at, promise.start_datetime)}
            if due and due < at:
                vals |= {"is_breached": True, "breached_datetime": due}
            promise.write(vals)
        open_sudo._drop_warnings()
        open_sudo._after_clocks()

    def _cancel(self):
        """Take back promises that were not kept yet; what was overdue stays known."""
        # sudo: clocks are kept by the system
        promises_sudo = self.sudo().filtered(lambda row: row.state in WAITING)
        now = fields.Datetime.now()
        promises_sudo._resume(now)
        promises_sudo.filtered("is_stale")._recompute_due()
        for promise in promises_sudo.filtered(lambda row: row.state == "running"):
            due = promise.due_datetime
            if due and due < now:  # before the job noticed
                promise.write({"is_breached": True, "breached_datetime": due})
        promises_sudo.write({"state": "cancelled"})
        promises_sudo._drop_warnings()
        promises_sudo._after_clocks()

    def _reopen(self, at, **vals):
        """Start another round of promises that ended; return it.

        What the first round came to stays as it is.

        :param vals: what is different in the new round, ``date_deadline`` for instance
        """
        rounds = []
        # sudo: clocks are kept by the system
        for promise in self.sudo().filtered(lambda row: row.state not in RUNNING):
            last = self.sudo().search(
                Domain("res_model", "=", promise.res_model)
                & Domain("res_id", "=", promise.res_id)
                & Domain("target", "=", promise.target),
                order="round desc",
                limit=1,
            )
            if last.state in RUNNING:
                continue
            rounds.append(
                {
                    "profile_id": promise.profile_id.id,
                    "company_id": promise.company_id.id,
                    "kind": promise.kind,
                    "target": promise.target,
                    "res_model": promise.res_model,
                    "res_id": promise.res_id,
                    "interaction_id": promise.interaction_id.id,
                    "calendar_event_id": promise.calendar_event_id.id,
                    "name": promise.name,
                    "date_deadline": promise.date_deadline,
                    "user_id": promise.user_id.id,
                    "start_datetime": at,
                    "round": last.round + 1,
                    **vals,
                }
            )
        return self._start(rounds)

    def _after_clocks(self):
        """Hook: the status or due time of these promises (up to 2,000) changed."""

    def _drop_warnings(self):
        """Take back the activities that warned of promises which have ended."""
        self._get_automated_activities().unlink()
