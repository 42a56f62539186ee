from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

# The first rule that holds decides, in this order.
RULES = [
    ("prospect", "No sale ever"),
    ("lapsed", "No sale for some months"),
    ("won_back", "Buys again after having lapsed"),
    ("new", "First sale within some months"),
    ("growing", "Amount of 12 months grew by at least a share"),
    ("declining", "Amount of 12 months fell by at least a share"),
    ("mature", "None of the others"),
]


class CustomerLifecycleStage(models.Model):
    """A stage of the way that customers go with us, and the rule that puts them there."""

    _name = "customer.lifecycle.stage"
    _description = "Lifecycle Stage"
    _inherit = ["customer.finite.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded in Kanban")
    color = fields.Integer()
    active = fields.Boolean(default=True)
    rule = fields.Selection(
        RULES,
        help="Which customers come here by themselves. Empty: only by hand. The first"
        " rule that holds decides: no sale ever, lapsed, won back, new, growing,"
        " declining, none of the others.",
    )
    months = fields.Integer(
        help="Lapsed: months without a sale. New: months since the first sale. Won back:"
        " months it lasts. Growing, declining: months a customer must have been with us"
        " for his growth to be known.",
    )
    growth_rate = fields.Float(
        "Growth",
        digits=(6, 4),
        help="Growing: at least this share more than in the 12 months before (0.2 is"
        " 20%). Declining: at most this share, below 0.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "There is a stage with this code.")
    _rule_uniq = models.UniqueIndex(
        "(rule) WHERE active AND rule IS NOT NULL",
        "Another stage follows this rule.",
    )
    _months_range = models.Constraint(
        "CHECK (months BETWEEN 0 AND 1200)", "Months lie between 0 and 1200."
    )
    _months_needed = models.Constraint(
        "CHECK (rule IS NULL OR rule IN ('prospect', 'mature') OR months > 0)",
        "This rule needs a number of months.",
    )
    _growth_direction = models.Constraint(
        "CHECK (CASE rule WHEN 'growing' THEN growth_rate > 0"
        " AND growth_rate < 'Infinity'"
        " WHEN 'declining' THEN growth_rate < 0 AND growth_rate >= -1 ELSE TRUE END)",
        "Growing needs a growth above 0, declining one from -100% to below 0.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Take the name from memory: the same for everybody, it changes hardly ever.

        Opening a customer shows his stage without a statement more.
        """
        names = self._get_names(self.env.lang or "en_US")
        for stage in self:
            stage.display_name = names.get(stage.id) or stage.name

    @api.model
    @ormcache("lang")
    def _get_names(self, lang):
        # sudo: a contact shows the name of the stage to every internal user
        stages_sudo = self.sudo().with_context(lang=lang, active_test=False).search([])
        return {stage.id: stage.name for stage in stages_sudo}

    @api.model
    @ormcache()
    def _get_rules(self):
        """Return (id, months, growth) by rule of the stages in use, without a query."""
        # sudo: kept for every reader alike
        stages_sudo = self.sudo().search([("rule", "!=", False)])
        return {
            stage.rule: (stage.id, stage.months, str(stage.growth_rate))
            for stage in stages_sudo
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self._forget_names()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self._forget_names()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_names()
        return result

    def _forget_names(self):
        """Forget now, and again at the end: others may have read what was before."""
        forget = self.env.registry.clear_cache
        forget()
        self.env.cr.postcommit.add(forget)
        self.env.cr.postrollback.add(forget)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: customers of other companies count as well
        profiles = self.env["customer.profile"].sudo().with_context(active_test=False)
        changes = self.env["customer.lifecycle.change"].sudo()
        if profiles.search_count(
            [("lifecycle_stage_id", "in", self.ids)], limit=1
        ) or changes.search_count(
            ["|", ("from_stage_id", "in", self.ids), ("to_stage_id", "in", self.ids)],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Customers are or were in stage %s: archive it instead.",
                    self[0].name,
                )
            )
        self.env["customer.playbook"]._check_not_named("stage_ids", self)
