from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import CustomerSuccessCase


@tagged("post_install", "-at_install")
class TestServiceDesks(CustomerSuccessCase):
    """One desk per company; its form is closed until somebody opens it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desks = cls.env["customer.service.desk"]
        cls.desks._create_missing()
        cls.desk = cls.desks.search([("company_id", "=", cls.company.id)], limit=1)
        cls.user = cls._create_user("desk_user", "user")
        cls.manager = cls._create_user("desk_manager", "manager")

    def test_every_company_has_one_desk_and_a_new_one_gets_its_own(self):
        self.assertTrue(self.desk)
        company = self.env["res.company"].create({"name": "New company"})
        desk = self.desks.search([("company_id", "=", company.id)])
        self.assertEqual(len(desk), 1)
        self.assertEqual(desk.with_context(lang="en_US").name, "Customer Service")
        self.assertFalse(desk.is_form_published)

    def test_missing_desks_are_made_once(self):
        self.desk.unlink()
        made = self.desks._create_missing()
        self.assertEqual(made.company_id, self.company)
        made.active = False  # closed by people: no reason for another one
        self.assertFalse(self.desks._create_missing())

    def test_form_of_a_copy_is_closed_and_has_another_address(self):
        self.desk.is_form_published = True
        copy = self.desk.copy()
        self.assertFalse(copy.is_form_published)
        self.assertNotEqual(copy.form_token, self.desk.form_token)
        self.assertGreaterEqual(len(copy.form_token), 32)

    def test_key_of_the_form_is_made_here_and_never_chosen(self):
        with self.assertRaises(UserError):
            self.desk.write({"form_token": "guessable"})
        desk = self.desks.with_context(default_form_token="guessable").create(
            {"name": "Other", "form_token": "guessable"}
        )
        self.assertNotEqual(desk.form_token, "guessable")

    def test_new_address_makes_the_old_one_useless(self):
        self.desk.with_user(self.manager).action_publish_form()
        old = self.desk.form_token
        self.assertEqual(self.desks._find_published(old), self.desk)
        self.desk.with_user(self.manager).action_rotate_token()
        self.assertFalse(self.desks._find_published(old))
        self.assertEqual(self.desks._find_published(self.desk.form_token), self.desk)

    def test_closed_and_archived_desks_have_no_form(self):
        self.assertFalse(self.desks._find_published(self.desk.form_token))
        self.desk.with_user(self.manager).action_publish_form()
        self.desk.with_user(self.manager).action_unpublish_form()
        self.assertFalse(self.desks._find_published(self.desk.form_token))
        self.desk.write({"is_form_published": True, "active": False})
        self.assertFalse(self.desks._find_published(self.desk.form_token))

    @users("desk_user")
    def test_users_hand_out_the_address_and_change_nothing(self):
        desk = self.desk.with_env(self.env)
        self.assertTrue(desk.form_url.endswith(f"/customer/feedback/{desk.form_token}"))
        for action in ("publish_form", "unpublish_form", "rotate_token"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(desk, f"action_{action}")()

    def test_code_is_a_picture_of_an_open_form_only(self):
        self.assertFalse(self.desk.form_qr)
        self.desk.is_form_published = True
        self.assertTrue(self.desk.form_qr.startswith(b"iVBORw0KGgo"))  # a PNG

    def test_a_desk_offers_at_least_one_kind(self):
        self.desk.write({"is_enquiry": False, "is_suggestion": False})
        self.assertEqual(self.desk._get_kinds(), ["complaint"])
        with self.assertRaises(ValidationError):
            self.desk.is_complaint = False

    def test_poster_speaks_the_languages_that_are_installed(self):
        self.desk.is_form_published = True
        html = self.env["ir.actions.report"]._render_qweb_html(
            "customer_success.customer_service_desk_poster", self.desk.ids
        )[0]
        self.assertIn("How was it? Tell us.", html.decode())
        self.assertIn(self.desk.form_url, html.decode())
        self.assertIn("data:image/png;base64,", html.decode())
