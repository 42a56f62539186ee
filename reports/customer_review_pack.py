from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import format_date
from odoo.tools.image import image_data_uri

# By hand: all that a customer may read about himself, by model. Everything on the
# paper and in the mail goes through ``_take``, which knows nothing else. Internal
# words never belong here: no score, tier, health, stance, trust, budget or note.
PACK_FIELDS = {
    "customer.care.action": ("name", "date_deadline", "date_done"),
    "customer.entitlement": ("name", "description", "unit"),
    "customer.playbook": ("customer_text",),
    "customer.review": ("date_from", "date_to"),
    "res.company": ("name", "email", "phone", "website", "logo_web"),
    "res.partner": ("name",),
    "res.users": ("name", "email", "phone"),
}
# Actions and uses of an entitlement on the paper; more would be no summary.
PACK_ROWS = 40
# Months of what comes next.
PACK_MONTHS = 3


class CustomerReviewPack(models.AbstractModel):
    """What the customer gets of an evaluation, in his language: no internal figure.

    The template is given plain text that the builder made from the allow-list, and no
    record to read anything else from.
    """

    _name = "report.customer_success.report_customer_review_pack"
    _description = "Review Pack for the Customer"

    def _get_report_values(self, docids, data=None):
        reviews = self.env["customer.review"].browse(docids)
        reviews.check_access("read")
        return {"packs": [self._build(review) for review in reviews]}

    # === THE BUILDER === #

    @api.model
    def _take(self, record):
        """Return what the customer may read of a record: text by name, nothing else."""
        taken = {}
        for name in PACK_FIELDS[record._name]:
            value = record[name]
            if record._fields[name].type == "date":
                value = format_date(self.env, value)
            elif record._fields[name].type in ("image", "binary"):
                value = value and image_data_uri(value)
            taken[name] = str(value or "")
        return taken

    @api.model
    def _build(self, review):
        """Return the pack of one evaluation as plain text, in the customer's language."""
        lang = self._get_lang(review)
        review = review.with_context(lang=lang)
        pack = self.with_context(lang=lang)
        profile = review.profile_id
        return {
            "lang": lang,
            "review": pack._take(review),
            # sudo: names and how we are reached; access to the evaluation was checked
            "customer": pack._take(profile.partner_id.sudo()),
            "company": pack._take(review.company_id.sudo()),
            "contact": pack._take(profile.user_id.sudo()),
            "texts": pack._get_texts(review),
            **pack._get_actions(review),
            "services": pack._get_services(profile, review.date_to),
        }

    @api.model
    def _get_lang(self, review):
        """Return the language of the customer, that of the user when it is not there."""
        lang = review.profile_id.partner_id.lang
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else self.env.user.lang or "en_US"

    @api.model
    def _get_texts(self, review):
        """Return what the playbooks of the plans that run tell the customer."""
        # sudo: playbooks are no secret; their text for customers is all that is taken
        plans = self.env["customer.care.plan"].search(
            [("profile_id", "=", review.profile_id.id), ("state", "=", "running")]
        )
        playbooks = (review.plan_id | plans).playbook_id.sudo()
        playbooks = playbooks.with_context(lang=self.env.context["lang"])
        texts = [self._take(playbook)["customer_text"] for playbook in playbooks]
        return list(dict.fromkeys(filter(None, texts)))

    @api.model
    def _get_actions(self, review):
        """Return what was done in the period and comes next, of what he may know.

        Never the care of a birthday, a gift, or what was not done or is late.
        """
        actions = self.env["customer.care.action"].search(
            [
                ("profile_id", "=", review.profile_id.id),
                ("is_customer_visible", "=", True),
                ("is_personal", "=", False),
                ("kind_id.is_gift", "=", False),
                ("state", "in", ("planned", "due", "done")),
                "|",
                ("plan_id", "=", False),
                ("plan_id.trigger", "!=", "alert"),
            ],
            order="date_deadline, id",
        )
        done = actions.filtered(
            lambda row: (
                row.state == "done"
                and review.date_from <= row.date_done <= review.date_to
            )
        ).sorted("date_done")
        # what is late by now is ours to explain, not the paper's
        today = review.company_id._get_customer_today()
        until = today + relativedelta(months=PACK_MONTHS)
        ahead = actions.filtered(
            lambda row: row.state != "done" and today <= row.date_deadline <= until
        )
        return {
            "done": [self._take(action) for action in done[-PACK_ROWS:]],
            "ahead": [self._take(action) for action in ahead[:PACK_ROWS]],
        }

    @api.model
    def _get_services(self, profile, day):
        """Return the package of the customer with what is left in the year of a day."""
        uses = self.env["customer.entitlement.use"]
        used = uses._get_used(profile, [day])
        services = []
        for entitlement in self.env["customer.entitlement"]._get_package(profile):
            if entitlement.kind == "gift":
                continue
            taken = self._take(entitlement.with_context(lang=self.env.context["lang"]))
            taken["left"] = ""
            if entitlement.has_quota:
                count = used.get((profile.id, entitlement.id, day.year), 0)
                taken["left"] = self.env._(
                    "%(left)s of %(quota)s %(unit)s left in %(year)s",
                    left=uses._format_quantity(max(0, entitlement.quota - count)),
                    quota=uses._format_quantity(entitlement.quota),
                    unit=taken["unit"],
                    year=day.year,
                )
            services.append(taken)
        return services
