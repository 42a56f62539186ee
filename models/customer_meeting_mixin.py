from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..periods import last_period

# What buttons and the system write, and what stays once a meeting was held.
SYSTEM_FIELDS = frozenset({
    "company_id", "date_figures", "date_held", "held_user_id", "state",
})  # fmt: skip
HELD_FIELDS = frozenset({
    "conclusion", "date_from", "date_to", "figure_ids", "gaps", "strengths", "user_ids"
})  # fmt: skip


class CustomerMeetingMixin(models.AbstractModel):
    """A meeting about the figures of a period: prepared, held, and then it stays.

    Its figures are frozen when it is made and when its period changes. Models have
    ``figure_ids`` of ``customer.meeting.figure.mixin`` and say in ``_read_figures``
    what they are.
    """

    _name = "customer.meeting.mixin"
    _description = "Meeting About Figures"
    _inherit = ["customer.system.mixin", "mail.thread"]
    # Months of the period that a new meeting proposes.
    _period_months = 3
    _system_fields = SYSTEM_FIELDS
    _held_fields = HELD_FIELDS

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "Period From", required=True, default=lambda self: self._get_default_period()[0]
    )
    date_to = fields.Date(
        "Period Until",
        required=True,
        default=lambda self: self._get_default_period()[1],
    )
    date_figures = fields.Date("Figures As Of", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "To Be Held"), ("held", "Meeting Held")],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    strengths = fields.Text()
    gaps = fields.Text()
    conclusion = fields.Text()
    date_held = fields.Date("Meeting Held On", readonly=True, copy=False)
    held_user_id = fields.Many2one(
        "res.users", "Meeting Held By", readonly=True, copy=False, ondelete="restrict"
    )

    _period_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A period cannot end before it starts."
    )

    # === DEFAULTS === #

    @api.model
    def _get_default_period(self):
        return last_period(self.env.company._get_customer_today(), self._period_months)

    # === CONSTRAINT METHODS === #

    @api.constrains("date_from", "date_to")
    def _check_length(self):
        for meeting in self:
            if fields.Date.add(meeting.date_from, years=1) <= meeting.date_to:
                raise ValidationError(
                    self.env._(
                        "%s, Period From: the period is one year at most.",
                        meeting.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        names = self._system_fields | {"figure_ids"}
        self._drop_system_values(vals_list, names)
        cleaned = self._without_defaults(names)
        meetings = super(CustomerMeetingMixin, cleaned).create(vals_list)
        meetings._freeze()
        return meetings

    def write(self, vals):
        if not self.env.su:
            self._check_not_held(vals)
        result = super().write(vals)
        if {"date_from", "date_to"} & set(vals):
            self._freeze()
        return result

    def _check_not_held(self, names):
        """Raise when a client writes what buttons write, or what was held."""
        held = self.filtered(lambda meeting: meeting.state == "held")
        if self._system_fields & set(names) or (
            held and self._held_fields & set(names)
        ):
            raise UserError(
                self.env._(
                    "%s cannot be changed like this: reopen it first.",
                    (held or self)[:1].display_name,
                )
            )

    # === ACTION METHODS === #

    def action_hold(self):
        """Hold these meetings; what follows from them has to be there."""
        self.check_access("write")
        for meeting in self:
            meeting._check_texts()
            # sudo: what buttons write
            meeting.sudo().write(
                {
                    "state": "held",
                    "date_held": meeting.company_id._get_customer_today(),
                    "held_user_id": self.env.uid,
                }
            )

    def action_reopen(self):
        """Take back that these meetings were held."""
        self.check_access("write")
        # sudo: what buttons write
        self.sudo().write({"state": "draft", "date_held": False, "held_user_id": False})

    def action_take_figures(self):
        """Take the figures again; what managers said about them stays."""
        self.check_access("write")
        self._check_not_held({"conclusion"})
        self._freeze()

    def action_propose_texts(self):
        """Write the figures marked as strength or gap into the texts."""
        self.check_access("write")
        self._check_not_held({"strengths", "gaps"})
        for meeting in self:
            for verdict, name in (("strength", "strengths"), ("gap", "gaps")):
                lines = meeting.figure_ids.filtered(
                    lambda row, verdict=verdict: row.verdict == verdict
                )
                old = (meeting[name] or "").strip()
                meeting[name] = "\n".join(filter(None, [old, *lines._word_new(old)]))

    # === BUSINESS METHODS === #

    def _check_texts(self):
        """Raise unless what has to be written before it is held is there."""
        if not (self.conclusion or "").strip():
            raise UserError(
                self.env._("%s: write the conclusion first.", self.display_name)
            )

    def _freeze(self):
        """Work the figures out and keep them; verdicts of managers stay."""
        for meeting in self:
            # sudo: a meeting is about all customers of its company
            meeting_sudo = meeting.sudo()
            verdicts = {
                row.key: {"verdict": row.verdict, "note": row.note}
                for row in meeting_sudo.figure_ids
            }
            lines, vals = meeting_sudo._read_figures()
            meeting_sudo.figure_ids.unlink()
            meeting_sudo.write(
                {
                    **vals,
                    "date_figures": meeting.company_id._get_customer_today(),
                    "figure_ids": [
                        Command.create(
                            {
                                **line,
                                **verdicts.get(line["key"], {}),
                                "company_id": meeting.company_id.id,
                            }
                        )
                        for line in lines
                    ],
                }
            )

    def _read_figures(self):
        """Return the values of the figures, and what else is frozen with them.

        Override to say what the meeting is about.
        """
        return [], {}
