from .common import CustomerSuccessCase


class PlaybookCase(CustomerSuccessCase):
    """A playbook of the first company without shipped ones beside it, a manager, a user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user("play_manager", "manager")
        cls.user = cls._create_user("play_user", "user")
        cls.kind = cls.env.ref("customer_success.customer_action_kind_visit")
        cls.playbook = cls._create_playbook("Play")
        cls.renewal = {"recurrence": "milestone", "milestone_kind": "renewal"}

    @classmethod
    def _create_playbook(cls, name, **values):
        return cls.env["customer.playbook"].create({"name": name, **values})

    @classmethod
    def _create_step(cls, **values):
        return cls.env["customer.playbook.step"].create(
            {
                "playbook_id": cls.playbook.id,
                "name": "Step",
                "kind_id": cls.kind.id,
                "recurrence": "quarterly",
                "completion_standard": "It is done.",
                **values,
            }
        )

    @classmethod
    def _create_goal(cls, **values):
        return cls.env["customer.playbook.goal"].create(
            {"playbook_id": cls.playbook.id, "name": "Aim", "target": 1, **values}
        )
