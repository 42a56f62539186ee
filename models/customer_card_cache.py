from odoo import api, models
from odoo.tools import ormcache

# What scoring and explaining read of the active scorecards.
CARD_FIELDS = {
    "customer.scorecard": (
        "kind", "currency_id", "max_total", "unknown_points", "dormant_tier_code",
        "healthy_bound", "watch_bound", "minimum_confidence", "dimension_ids",
        "tier_ids",
    ),
    "customer.scorecard.dimension": ("scorecard_id", "weight", "metric_ids"),
    "customer.scorecard.metric": (
        "dimension_id", "scorecard_id", "code", "direction", "weight",
        *(f"threshold_{number}" for number in range(1, 10)),
    ),
    "customer.tier": ("scorecard_id", "lower_bound", "code"),
}  # fmt: skip


class CustomerCardMixin(models.AbstractModel):
    """Forgets the remembered scorecards when one of their records changes."""

    _name = "customer.card.mixin"
    _description = "Part of a Scorecard"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_cards()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_cards()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_cards()
        return result

    def _forget_cards(self):
        """Forget now, and again at the end: others may have read what was before."""
        forget = self.env.registry.clear_cache
        forget()
        self.env.cr.postcommit.add(forget)
        self.env.cr.postrollback.add(forget)


class CustomerScorecard(models.Model):
    _name = "customer.scorecard"
    _inherit = ["customer.scorecard", "customer.card.mixin"]

    @api.model
    def _load_active(self, company):
        """Return the active scorecards of a company by kind, without a query.

        Opening a customer explains his scores: the rules are the same for everybody
        and change once a year (13 of the 37 statements of the form read them).
        """
        # sudo: every user's customers are scored by the same rules
        cards_sudo = self.sudo()
        ids, values = cards_sudo._get_active_values(company.id)
        for model, columns in values.items():
            records = cards_sudo.env[model].browse(columns["id"])
            for name in CARD_FIELDS[model]:
                records._fields[name]._insert_cache(records, columns[name])
        return {kind: cards_sudo.browse(card_id) for kind, card_id in ids.items()}

    @api.model
    @ormcache("company_id")
    def _get_active_values(self, company_id):
        """Return ids by kind, and by model the ids and cached values of its fields."""
        cards = self.env["customer.formula"]._get_cards(
            self.env["res.company"].browse(company_id)
        )
        records = cards["tier"] | cards["health"]
        values = {}
        for part in (
            records,
            records.dimension_ids,
            records.dimension_ids.metric_ids,
            records.tier_ids,
        ):
            columns = values[part._name] = {"id": part.ids}
            for name in CARD_FIELDS[part._name]:
                part.mapped(name)
                cache = part._fields[name]._get_cache(part.env)
                columns[name] = [cache[record_id] for record_id in part.ids]
        return {kind: card.id for kind, card in cards.items()}, values

    @api.model
    @ormcache("card_id", "lang")
    def _get_labels(self, card_id, lang):
        """Return the names of a scorecard, its dimensions and tiers in a language."""
        # sudo: the names of the rules are on every explained score
        card = self.sudo().with_context(lang=lang).browse(card_id)
        return {
            "card": card.display_name,
            "dimensions": {part.id: part.name for part in card.dimension_ids},
            "tiers": {tier.id: tier.name for tier in card.tier_ids},
        }


class CustomerScorecardDimension(models.Model):
    _name = "customer.scorecard.dimension"
    _inherit = ["customer.scorecard.dimension", "customer.card.mixin"]


class CustomerScorecardMetric(models.Model):
    _name = "customer.scorecard.metric"
    _inherit = ["customer.scorecard.metric", "customer.card.mixin"]


class CustomerTier(models.Model):
    _name = "customer.tier"
    _inherit = ["customer.tier", "customer.card.mixin"]
