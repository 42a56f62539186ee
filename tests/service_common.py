from datetime import datetime, timedelta

from odoo.tests import freeze_time

from .common import CustomerSuccessCase


class ServiceCase(CustomerSuccessCase):
    """A customer, and factories of what happened to him in service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # in force since before anything that the tests let happen
        cls.env["customer.service.policy"].search([]).date_from = "2020-01-01"
        cls.partner = cls._create_partner("Served")
        cls._create_order(cls.partner, "2024-01-15", 100)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )

    @classmethod
    def _create_case(cls, at, profile=None, **vals):
        """Receive a case at an instant (UTC text)."""
        with freeze_time(at):
            return cls.env["customer.case"].create(
                {
                    "subject": "Broken",
                    "kind": "complaint",
                    "profile_id": (profile or cls.profile).id,
                    "received_datetime": at,
                    **vals,
                }
            )

    @classmethod
    def _answer(cls, day, measure="csat", value=5, profile=None, **vals):
        """Write down one answer of a day, on the usual scale of its measure."""
        scale = (0, 10) if measure == "nps" else (1, 5)
        answers = cls.env["customer.satisfaction"]
        return answers.create(
            {
                "profile_id": (profile or cls.profile).id,
                "answered_datetime": f"{day} 09:00:00",
                "date": day,
                "source": "phone",
                **answers._prepare_measure_vals(measure, value, scale),
                **vals,
            }
        )

    @classmethod
    def _decide(cls, case, minutes, target="acknowledge"):
        """Keep a promise of a case so many minutes after it was received."""
        promise = case.commitment_ids.filtered(lambda row: row.target == target)
        at = case.received_datetime + timedelta(minutes=minutes)
        with freeze_time(at):
            promise._meet(at)
        return promise

    @staticmethod
    def _at(text):
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
