from odoo.tests import tagged

from .case_portal_common import CasePortalCase


@tagged("post_install", "-at_install")
class TestCasePersonal(CasePortalCase):
    """What is erased of a person who wrote to us, and what stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._open()
        login = cls._create_login(cls.contact, "case_ann")
        cls.photo = (
            cls.env["ir.attachment"]
            .with_user(login)
            .sudo()
            .create(
                {
                    "name": "my house.txt",
                    "raw": b"Case Street 1",
                    "res_model": "customer.case",
                    "res_id": cls.case.id,
                }
            )
        )
        cls.sent = cls.case._post_customer_message(
            "Ann lives here.", [("plan.txt", b"my rooms")], partner=cls.contact
        ).attachment_ids
        cls.ours = cls.env["ir.attachment"].create(
            {
                "name": "manual.txt",
                "raw": b"how it works",
                "res_model": "customer.case",
                "res_id": cls.case.id,
            }
        )

    def test_words_and_files_of_a_person_go_and_the_case_stays(self):
        source = self.env["customer.personal.source"]
        terms = source._get_terms(self.contact)
        decisions = source._get_decisions(self.contact, terms, self.company)
        source._erase_person(self.contact, terms, self.company, decisions)
        self.assertFalse((self.photo | self.sent).exists())
        self.assertTrue(self.ours.exists())
        self.assertEqual(self.case.description, "***")
        self.assertEqual(self.case.contact_email, "***")
        self.assertEqual(self.case.kind, "complaint")
        self.assertNotIn("lives", "".join(self.case.message_ids.mapped("body")))
