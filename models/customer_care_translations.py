from odoo import api, models
from odoo.tools import SQL

# Table of copies, fields, table of the originals, how a copy finds its original.
COPIES = (
    (
        "customer_care_plan",
        ("name", "goal_text"),
        "customer_playbook",
        "src.id = cop.playbook_id",
    ),
    (
        "customer_care_action",
        ("name", "completion_standard"),
        "customer_playbook_step",
        "src.id = cop.step_id",
    ),
    (
        "customer_care_goal",
        ("name",),
        "customer_playbook_goal",
        "src.playbook_id = (SELECT playbook_id FROM customer_care_plan"
        " WHERE id = cop.plan_id)",
    ),
)


class CustomerCarePlan(models.Model):
    """The languages of plans: what playbooks say, in every language they say it."""

    _inherit = "customer.care.plan"

    @api.model
    def _copy_translations(self):
        """Add to plans, goals and actions the languages their texts have gained.

        Where the English text is still that of the playbook; what people wrote stays.
        """
        self.env.flush_all()
        for table, names, source, link in COPIES:
            for name in names:
                column = SQL.identifier(name)
                self.env.cr.execute(
                    SQL(
                        """UPDATE %(table)s cop
                              SET %(column)s = src.%(column)s || cop.%(column)s
                             FROM %(source)s src
                            WHERE %(link)s
                              AND cop.%(column)s->>'en_US' = src.%(column)s->>'en_US'
                              AND cop.%(column)s <> src.%(column)s || cop.%(column)s""",
                        table=SQL.identifier(table),
                        column=column,
                        source=SQL.identifier(source),
                        link=SQL(link),  # pylint: disable=sql-injection
                    )
                )
        self.env.invalidate_all(flush=False)
