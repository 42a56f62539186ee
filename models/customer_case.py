from odoo import api, fields, models
from odoo.tools import email_normalize

from .customer_case_category import KINDS

STATES = [
    ("received", "Received"),
    ("acknowledged", "Answered"),
    ("judged", "Judged"),
    ("proposed", "Solution Proposed"),
    ("solved", "Solved"),
    ("confirmed", "Return Visit Done"),
    ("cancelled", "Withdrawn"),
]
# Somebody still has to do something.
OPEN_STATES = ("received", "acknowledged", "judged", "proposed", "solved")
URGENCIES = [("normal", "Normal"), ("urgent", "Urgent")]
SOURCES = [
    ("mail", "Mail"),
    ("portal", "Customer Portal"),
    ("form", "Feedback Form"),
    ("phone", "Phone"),
    ("interaction", "Interaction"),
    ("manual", "By Hand"),
]
CONFIRMATIONS = [
    ("confirmed", "Customer is satisfied"),
    ("not_reached", "Twice not reached"),
    ("bypassed", "Closed without a return visit"),
]
MEDIATIONS = [
    ("none", "No Mediation"),
    ("asked", "Mediation Asked For"),
    ("running", "In Mediation"),
    ("settled", "Settled"),
    ("failed", "Not Settled"),
]
REWARDS = [
    ("none", "No Reward"),
    ("proposed", "Reward Proposed"),
    ("granted", "Rewarded"),
]
# What people write; everything else is kept by the steps of the case.
OWN_FIELDS = {
    "subject", "description", "kind", "urgency", "is_complex", "category_id",
    "cause_id", "profile_id", "partner_id", "contact_name", "contact_email",
    "contact_phone", "contact_company", "user_id", "department_id", "group_user_ids",
    "lang", "judgement", "solution", "result", "is_calmed", "email_cc",
    "mediation_state", "mediator", "mediation_date", "mediation_note", "reward_note",
    "company_id",
}  # fmt: skip
# Said once, when a case is written down.
FIRST_FIELDS = OWN_FIELDS | {"received_datetime", "source", "interaction_id", "desk_id"}


class CustomerCase(models.Model):
    """One enquiry, complaint or suggestion, from its arrival to the return visit.

    A case changes its status through ``_advance``, ``_solve``, ``_reopen``, ``_close``
    and ``_withdraw`` alone; its clocks are promises. Who wrote may be unknown: no
    contact is made before somebody says who it was.
    """

    _name = "customer.case"
    _description = "Case"
    _inherit = [
        "customer.fact.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
    ]
    _order = "priority desc, next_due_datetime, id desc"
    _rec_names_search = ["name", "subject", "contact_name", "contact_email"]
    _primary_email = "contact_email"
    _check_company_auto = True
    _is_profile_optional = True

    # what
    name = fields.Char("Reference", readonly=True, copy=False, default="/")
    subject = fields.Char(required=True)
    description = fields.Text(help="As the customer wrote it.")
    kind = fields.Selection(KINDS, required=True, default="enquiry", tracking=True)
    urgency = fields.Selection(
        URGENCIES, required=True, default="normal", tracking=True
    )
    is_complex = fields.Boolean(
        "Complex", help="A first judgement is promised, as for complaints."
    )
    category_id = fields.Many2one(
        "customer.case.category",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="['|', ('kind', '=', False), ('kind', '=', kind)]",
    )
    cause_id = fields.Many2one(
        "customer.case.cause",
        "Root Cause",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="Needed to close the case.",
    )

    # who wrote, from where
    profile_id = fields.Many2one(
        required=False, help="Empty as long as nobody knows who wrote."
    )
    # kept as it is said: the desk knows it before anybody knows who wrote
    company_id = fields.Many2one(readonly=False)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The person who wrote.",
    )
    contact_name = fields.Char("Name of the Sender")
    contact_email = fields.Char("Email of the Sender")
    contact_email_normalized = fields.Char(
        compute="_compute_contact_email_normalized", store=True, index="btree_not_null"
    )
    contact_phone = fields.Char("Phone of the Sender")
    contact_company = fields.Char("Company of the Sender")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        help="In which we write to this customer.",
    )
    source = fields.Selection(
        SOURCES, required=True, default="manual", readonly=True, copy=False
    )
    desk_id = fields.Many2one(
        "customer.service.desk",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Where it came in.",
    )
    interaction_id = fields.Many2one(
        "customer.interaction",
        "Made From",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    intake_key = fields.Char("One-Time Key", readonly=True, copy=False)
    intake_digest = fields.Char("Fingerprint", readonly=True, copy=False)
    receipt_datetime = fields.Datetime("Receipt Sent At", readonly=True, copy=False)

    # who works on it
    user_id = fields.Many2one(
        "res.users",
        "Handler",
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
        check_company=True,
    )
    department_id = fields.Many2one(
        "customer.department",
        "Responsible Department",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    group_user_ids = fields.Many2many(
        "res.users",
        "customer_case_group_user_rel",
        "case_id",
        "user_id",
        "Cross-Department Group",
        domain=[("share", "=", False)],
        check_company=True,
        copy=False,
        help="They follow the case and work on it, whosever customer it is.",
    )
    tier_id = fields.Many2one(related="profile_id.tier_id")
    owner_id = fields.Many2one(
        related="profile_id.user_id", string="First Responsible Person"
    )

    # how far it is
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        default="received",
        readonly=True,
        tracking=True,
        copy=False,
        group_expand="_group_expand_state",
    )
    received_datetime = fields.Datetime(
        "Received At", required=True, default=fields.Datetime.now, copy=False
    )
    acknowledged_datetime = fields.Datetime(
        "Answered At",
        readonly=True,
        copy=False,
        help="First answer of a person of ours that the customer can see; automatic"
        " receipts do not count.",
    )
    judged_datetime = fields.Datetime("Judged At", readonly=True, copy=False)
    proposed_datetime = fields.Datetime(
        "Solution Proposed At", readonly=True, copy=False
    )
    solved_datetime = fields.Datetime("Solved At", readonly=True, copy=False)
    closed_datetime = fields.Datetime("Closed At", readonly=True, copy=False)
    reopen_count = fields.Integer(
        "Times Reopened", readonly=True, copy=False, aggregator=None
    )
    reopened_datetime = fields.Datetime("Reopened At", readonly=True, copy=False)

    # what was said and done
    is_calmed = fields.Boolean(
        "Apologised and Calmed",
        copy=False,
        help="First the feelings, then the matter. Measured; it never blocks anything.",
    )
    calmed_datetime = fields.Datetime("Calmed At", readonly=True, copy=False)
    judgement = fields.Text("First Judgement", copy=False, help="For us alone.")
    solution = fields.Text("Proposed Solution", copy=False)
    result = fields.Text("What Was Done", copy=False)

    # third party
    mediation_state = fields.Selection(
        MEDIATIONS,
        "Mediation",
        required=True,
        default="none",
        tracking=True,
        copy=False,
    )
    mediator = fields.Char("Third Party", copy=False)
    mediation_date = fields.Date("Mediation On", copy=False)
    mediation_note = fields.Text("Outcome of the Mediation", copy=False)

    _intake_key_uniq = models.UniqueIndex(
        "(intake_key) WHERE intake_key IS NOT NULL", "This was received already."
    )
    _name_uniq = models.UniqueIndex(
        "(name) WHERE name <> '/'", "Another case has this reference."
    )
    _open_idx = models.Index(
        "(company_id, priority DESC, next_due_datetime, id DESC) WHERE state IN"
        " ('received', 'acknowledged', 'judged', 'proposed', 'solved')"
    )
    _order_idx = models.Index("(priority DESC, next_due_datetime, id DESC)")
    _received_idx = models.Index("(received_datetime DESC, id DESC)")
    _profile_received_idx = models.Index("(profile_id, received_datetime)")

    # === COMPUTE METHODS === #

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for case in self:
            known = case.name and case.name != "/"
            case.display_name = (
                f"{case.name} {case.subject or ''}".strip() if known else case.subject
            )

    @api.depends("contact_email")
    def _compute_contact_email_normalized(self):
        for case in self:
            case.contact_email_normalized = email_normalize(case.contact_email)

    def _compute_access_url(self):
        """Override of portal."""
        result = super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/cases/{case.id}"
        return result

    @api.model
    def _group_expand_state(self, states, domain):
        """Show every step that a case can wait in, and the others that were found."""
        return [name for name, _label in STATES if name in {*OPEN_STATES, *states}]
