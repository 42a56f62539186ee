from odoo.tests import Form

from .plan_common import PlanCase


class CareWorkCase(PlanCase):
    """A sales person with actions for his customers, on a Saturday at noon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.actions = cls.env["customer.care.action"]
        cls.call = cls.env["customer.action.kind"].create(
            {
                "name": "Test call",
                "code": "test_call",
                "is_contact": True,
                "channel_id": cls.env.ref("customer_success.customer_channel_phone").id,
            }
        )
        cls.contact = cls._create_partner(
            "Contact", is_company=False, parent_id=cls.profile.partner_id.id
        )
        cls.cause = cls.env["customer.unmet.cause"].create(
            {"name": "Ill", "code": "test_ill"}
        )

    def setUp(self):
        super().setUp()
        self._freeze()

    def _create_action(self, name="Call him", deadline="2026-11-24", **values):
        """Create an action as the sales person does by hand; returned as his."""
        user = values.pop("by", self.sales)
        return self.actions.with_user(user).create(
            {
                "name": name,
                "profile_id": self.profile.id,
                "kind_id": self.call.id,
                "date_start": values.pop("start", "2026-11-01"),
                "date_deadline": deadline,
                **values,
            }
        )

    def _get_activities(self, action):
        """Return the open activities of an action."""
        return self.env["mail.activity"].search(
            [("res_model", "=", "customer.care.action"), ("res_id", "in", action.ids)]
        )

    def _get_talks(self):
        """Return what was logged with the customer."""
        return self.env["customer.interaction"].search(
            [("profile_id", "=", self.profile.id)]
        )

    def _open(self, action, user=None):
        """Return the form of the dialog that a button opened."""
        self.assertEqual(action["target"], "new")
        dialogs = self.env[action["res_model"]].with_user(user or self.sales)
        return Form(dialogs.with_context(**action["context"]))

    def _do(self, actions, **values):
        """Answer the dialog of done actions."""
        with self._open(actions.action_done()) as form:
            for name, value in values.items():
                form[name] = value
        return form.record.action_done()

    def _miss(self, actions, **values):
        """Answer the dialog of unmet actions."""
        with self._open(actions.action_unmet()) as form:
            form.cause_id = self.cause
            for name, value in values.items():
                form[name] = value
        return form.record.action_unmet()
