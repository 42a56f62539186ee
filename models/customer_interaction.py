from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..periods import local_day

STATES = [
    ("proposed", "To Confirm"),
    ("confirmed", "Logged"),
    ("dismissed", "Dismissed"),
]
# Worked out or kept by the system: never written by a client.
SYSTEM_FIELDS = {"date", "is_effective", "is_executive_visit", "next_activity_id"}


class CustomerInteraction(models.Model):
    """What was said between us and a customer: when, who, what, and what comes next.

    A proposed row holds who, when and over which channel. What was written in the
    meeting or mail it comes from is read there, under the rights of its reader.
    """

    _name = "customer.interaction"
    _description = "Interaction"
    _inherit = ["mail.thread", "customer.fact.mixin"]
    _order = "interaction_datetime desc, id desc"
    _check_company_auto = True

    # when and who
    interaction_datetime = fields.Datetime(
        "Time", required=True, default=fields.Datetime.now
    )
    date = fields.Date(
        "Day",
        compute="_compute_date",
        store=True,
        precompute=True,
        help="Day of the interaction in the time zone of the company.",
    )
    channel_id = fields.Many2one(
        "customer.channel",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["customer.channel"]._get_by_code("phone"),
    )
    direction = fields.Selection(
        [("outgoing", "We to them"), ("incoming", "They to us"), ("both", "Both")],
        "Contact Direction",
        default="both",
        required=True,
        help="Who turned to whom; for a visit: who travelled.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "customer_interaction_user_rel",
        "interaction_id",
        "user_id",
        "Our Participants",
        context={"active_test": False},  # who left took part all the same
        default=lambda self: self.env.user,
        # as text: a list would let every new user recompute the interactions
        domain="[('share', '=', False)]",
        check_company=True,
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Contact")
    partner_ids = fields.Many2many(
        "res.partner",
        "customer_interaction_partner_rel",
        "interaction_id",
        "partner_id",
        "Their Participants",
        context={"active_test": False},
        check_company=True,
    )

    # what
    name = fields.Char("Subject")
    content = fields.Html(
        "What Was Said", help="What was said; text or a screenshot can be pasted."
    )
    feedback = fields.Text(
        "Customer Feedback", help="What the customer said about us or wants."
    )
    next_step = fields.Char()
    date_next_step = fields.Date("Next Step By")
    next_step_user_id = fields.Many2one(
        "res.users",
        "Next Step Of",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        check_company=True,
    )
    next_step_state = fields.Selection(
        [("open", "Not Done Yet"), ("done", "Done"), ("none", "None")],
        "Completion Status",
        compute="_compute_next_step_state",
        store=True,
        readonly=False,
        precompute=True,
        help="Done here is done in the activity of its owner, and the other way round.",
    )
    next_activity_id = fields.Many2one(
        "mail.activity",
        "Activity of the Next Step",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # what it counts as
    state = fields.Selection(STATES, "Status", default="confirmed", required=True)
    active = fields.Boolean(default=True)
    is_bulk = fields.Boolean(
        "Sent to Many",
        compute="_compute_is_bulk",
        store=True,
        readonly=False,
        precompute=True,
        help="A broadcast: never counts as effective.",
    )
    is_effective = fields.Boolean(
        "Effective",
        compute="_compute_is_effective",
        store=True,
        help="Confirmed, not sent to many, somebody of both sides took part, and there"
        " is feedback or a next step.",
    )
    effective_text = fields.Char("Effectiveness", compute="_compute_effective_text")
    is_executive_visit = fields.Boolean(
        "Executive Visit",
        compute="_compute_is_executive_visit",
        store=True,
        help="Confirmed, face to face, and on each side somebody took part who was an"
        " executive in the relation with this customer on that day.",
    )

    # where it comes from
    calendar_event_id = fields.Many2one(
        "calendar.event",
        "Meeting",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        "Message",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
        help="Hidden: its name is its subject, also for who may not read it.",
    )
    is_from_mail = fields.Boolean("From a Mail", compute="_compute_subject")
    activity_id = fields.Many2one(
        "mail.activity",
        "Done Activity",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
        help="Hidden: its name is its summary, also for who may not read it.",
    )
    subject = fields.Char(
        "About",
        compute="_compute_subject",
        help="The subject; without one that of the meeting or message, for those who"
        " may read it.",
    )

    # by customer
    user_id = fields.Many2one(related="profile_id.user_id")
    tier_id = fields.Many2one(related="profile_id.tier_id")

    _profile_date = models.Index("(profile_id, date)")
    _newest = models.Index("(interaction_datetime DESC, id DESC)")
    _proposed = models.Index("(profile_id) WHERE state = 'proposed' AND active")
    _calendar_event_uniq = models.UniqueIndex(
        "(profile_id, calendar_event_id) WHERE calendar_event_id IS NOT NULL AND active",
        "There is already an interaction with this customer for this meeting.",
    )
    _mail_message_uniq = models.UniqueIndex(
        "(profile_id, mail_message_id) WHERE mail_message_id IS NOT NULL AND active",
        "There is already an interaction with this customer for this message.",
    )
    _activity_uniq = models.UniqueIndex(
        "(profile_id, activity_id) WHERE activity_id IS NOT NULL AND active",
        "There is already an interaction with this customer for this activity.",
    )

    # === COMPUTE METHODS === #

    @api.depends("profile_id", "channel_id", "date")
    def _compute_display_name(self):
        for interaction in self:
            interaction.display_name = self.env._(
                "%(customer)s, %(channel)s, %(date)s",
                customer=interaction.profile_id.display_name,
                channel=interaction.channel_id.name,
                date=format_date(self.env, interaction.date),
            )

    @api.depends("interaction_datetime", "profile_id")
    def _compute_date(self):
        for interaction in self:
            company = interaction.profile_id.company_id or self.env.company
            moment = interaction.interaction_datetime
            interaction.date = moment and local_day(moment, company._get_customer_tz())

    @api.depends("next_step", "date_next_step")
    def _compute_next_step_state(self):
        for interaction in self:
            if not interaction.next_step and not interaction.date_next_step:
                interaction.next_step_state = "none"
            elif interaction.next_step_state in (False, "none"):
                interaction.next_step_state = "open"

    @api.depends("channel_id")
    def _compute_is_bulk(self):
        for interaction in self:
            interaction.is_bulk = interaction.channel_id.is_bulk

    @api.depends(
        "state",
        "channel_id",
        "is_bulk",
        "user_ids",
        "partner_ids",
        "feedback",
        "next_step",
    )
    def _compute_is_effective(self):
        for interaction in self:
            interaction.is_effective = not interaction._explain_not_effective()

    @api.depends("is_effective")
    def _compute_effective_text(self):
        for interaction in self:
            reason = interaction._explain_not_effective()
            if interaction.is_effective or not reason:
                interaction.effective_text = self.env._("Effective")
            else:
                interaction.effective_text = reason

    def _explain_not_effective(self):
        """Return why this interaction does not count as effective, or False."""
        if self.state != "confirmed":
            return self.env._("Not counted: nobody confirmed it")
        if self.is_bulk or self.channel_id.is_bulk:
            return self.env._("Not effective: sent to many")
        if not self.user_ids:
            return self.env._("Not effective: nobody of ours took part")
        if not self.partner_ids:
            return self.env._("Not effective: nobody of the customer took part")
        if not (self.feedback or "").strip() and not (self.next_step or "").strip():
            return self.env._("Not effective: neither feedback nor a next step")
        return False

    @api.depends("state", "channel_id", "date", "user_ids", "partner_ids")
    def _compute_is_executive_visit(self):
        visits = self.filtered(
            lambda row: row.state == "confirmed" and row.channel_id.is_visit
        )
        (self - visits).is_executive_visit = False
        if not visits:
            return
        profiles = visits.profile_id._origin
        ours, theirs = profiles._get_executives()
        for visit in visits:
            day, profile_id = visit.date, visit.profile_id._origin.id
            visit.is_executive_visit = any(
                person_id in visit.user_ids._origin.ids and start <= day < end
                for person_id, start, end in ours.get(profile_id, ())
            ) and any(
                person_id in visit.partner_ids._origin.ids and start <= day < end
                for person_id, start, end in theirs.get(profile_id, ())
            )

    @api.depends("name", "calendar_event_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_subject(self):
        """Show the subject of the source to those only who may read the source."""
        events = self.calendar_event_id._filtered_access("read")
        messages = self._get_message()._filtered_access("read")
        for interaction in self:
            event, message = interaction.calendar_event_id, interaction._get_message()
            subject = interaction.name
            if not subject and event & events:
                subject = event.display_name  # "Busy" when it is not for the reader
            if not subject and message & messages:
                subject = message.subject or message.record_name
            interaction.subject = subject
            interaction.is_from_mail = bool(message)

    def _get_message(self):
        """Return the messages these come from, to be read under the reader's rights."""
        # sudo: only which ones; nothing of them is read
        return self.sudo().mail_message_id.with_env(self.env)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._drop_system_values(vals_list, SYSTEM_FIELDS)
        if not self.env.su:
            for vals in vals_list:
                vals["next_activity_id"] = False  # nor by a default
        interactions = super().create(vals_list)
        interactions._check_has_happened()
        for interaction in interactions:
            interaction._check_their_people(interaction.partner_ids)
        interactions._adopt_pasted_images()
        interactions._sync_next_step()
        return interactions

    def write(self, vals):
        self._check_no_system_field(SYSTEM_FIELDS & set(vals))
        before = {row: row.partner_ids for row in self} if "partner_ids" in vals else {}
        result = super().write(vals)
        for interaction, people in before.items():
            interaction._check_their_people(interaction.partner_ids - people)
        if {"interaction_datetime", "state"} & set(vals):
            self._check_has_happened()
        if {
            "next_step", "date_next_step", "next_step_user_id", "next_step_state",
            "state", "active",
        } & set(vals):  # fmt: skip
            self._sync_next_step()
        return result

    def unlink(self):
        # sudo: the activity may be of a colleague
        activities_sudo = self.next_activity_id.sudo().filtered("active")
        result = super().unlink()
        activities_sudo.unlink()
        return result

    def _check_has_happened(self):
        """Raise when a client logs what lies more than a day ahead."""
        limit = fields.Datetime.now() + timedelta(days=1)
        for interaction in self.browse() if self.env.su else self:
            if (
                interaction.state == "confirmed"
                and interaction.interaction_datetime > limit
            ):
                raise ValidationError(
                    self.env._(
                        "%s has not happened yet: log it afterwards, or plan a meeting.",
                        interaction.display_name,
                    )
                )

    def _check_their_people(self, added):
        """Raise when somebody is added who does not belong to the customer.

        Only when he is added: people change their employer, what happened stays.
        """
        self.ensure_one()
        for partner in added:
            if partner.commercial_partner_id != self.profile_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not belong to %(customer)s.",
                        contact=partner.display_name,
                        customer=self.profile_id.display_name,
                    )
                )
