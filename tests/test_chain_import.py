from odoo.tests import freeze_time, tagged

from .chain_common import ChainCase

NAMES = ["profile_id", "partner_id", "role_id", "reports_to_id", "stance", "date_from"]


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestChainImport(ChainCase):
    """Decision chains from a file, as a sales person writes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_contact("Boss", email="boss@chain.example")
        cls.ada = cls._create_contact("Ada", email="Ada <ada@chain.example>")
        cls.rows = cls.env["customer.stakeholder"]

    def _load(self, *lines, names=NAMES):
        rows = self.rows.with_user(self.sales)
        return rows.load(list(names), [list(line) for line in lines])

    def _get_errors(self, result):
        self.assertFalse(result["ids"])
        self.assertFalse(self.rows.search([("profile_id", "=", self.profile.id)]))
        return [
            (message["record"], message.get("field"), message["message"])
            for message in result["messages"]
            if message["type"] == "error"
        ]

    def test_chain_is_imported_by_names_mails_and_codes_managers_in_the_same_file(self):
        result = self._load(
            [
                "Chain Customer",
                "ADA@chain.example",
                "Champion",
                "Boss",
                "supportive",
                "",
            ],
            ["Chain Customer", "boss", "decision_maker", "", "Neutral", "2026-05-01"],
        )
        self.assertEqual(result["messages"], [])
        ada, boss = self.rows.browse(result["ids"])
        self.assertRecordValues(
            ada | boss,
            [
                {
                    "partner_id": self.ada.id,
                    "role_id": self.roles["champion"].id,
                    "stance": "supportive",
                    "reports_to_id": boss.id,
                    "date_from": self._to_date("2026-11-21"),
                },
                {
                    "partner_id": self.boss.id,
                    "role_id": self.roles["decision_maker"].id,
                    "stance": "neutral",
                    "reports_to_id": False,
                    "date_from": self._to_date("2026-05-01"),
                },
            ],
        )

    def test_customer_can_be_named_by_reference_and_external_id(self):
        self.partner.ref = "K-100"
        self.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "chain_customer",
                "model": "res.partner",
                "res_id": self.partner.id,
            }
        )
        result = self._load(["K-100", "Boss"], names=NAMES[:2])
        self.assertEqual(self.rows.browse(result["ids"]).partner_id, self.boss)
        result = self._load(
            ["__import__.chain_customer", "Ada", "user"],
            names=["profile_id/id", "partner_id", "role_id"],
        )
        self.assertEqual(self.rows.browse(result["ids"]).partner_id, self.ada)

    def test_errors_name_row_and_field_and_nothing_is_imported(self):
        self._create_contact("Ada")  # the name alone means two people now
        errors = self._get_errors(
            self._load(
                ["Chain Customer", "Boss", "user", "", "", ""],
                ["Nobody Ltd", "Boss", "user", "", "", ""],
                ["Chain Customer", "Eve", "king", "", "", ""],
                ["Chain Customer", "Ada", "user", "Zoe", "", ""],
                ["Chain Customer", "", "user", "", "", ""],
                ["", "Boss", "user", "", "", ""],
            )
        )
        self.assertEqual(
            [error[:2] for error in errors],
            [
                (1, "profile_id"),
                (2, "partner_id"),
                (2, "role_id"),
                (3, "partner_id"),
                (3, "reports_to_id"),
                (4, "partner_id"),
                (5, "profile_id"),
            ],
        )
        self.assertIn("no customer Nobody Ltd", errors[0][2])
        self.assertIn("Chain Customer has no contact Eve", errors[1][2])
        self.assertIn("no role king", errors[2][2])
        self.assertIn("2 contacts of Chain Customer are called Ada", errors[3][2])

    def test_manager_outside_the_chain_and_circles_undo_the_whole_file(self):
        self._create_contact("Cy")
        [error] = self._get_errors(
            self._load(
                ["Chain Customer", "Boss", "user", "", "", ""],
                ["Chain Customer", "Ada", "user", "Cy", "", ""],
            )
        )
        self.assertEqual(error[:2], (1, "reports_to_id"))
        self.assertIn("Cy does not stand in the decision chain", error[2])
        [error] = self._get_errors(
            self._load(
                ["Chain Customer", "Boss", "user", "Ada", "", ""],
                ["Chain Customer", "Ada", "user", "Boss", "", ""],
            )
        )
        self.assertEqual(error[:2], (1, "reports_to_id"))

    def test_wrong_dates_and_words_undo_the_whole_file(self):
        for line in (
            ["Chain Customer", "Ada", "user", "", "furious", ""],
            ["Chain Customer", "Ada", "user", "", "", "31 Brumaire"],
        ):
            with self.subTest(line=line):
                good = ["Chain Customer", "Boss", "user", "", "", ""]
                self.assertEqual(self._get_errors(self._load(good, line))[0][0], 1)

    def test_customers_of_others_are_not_found(self):
        self.profile.user_id = self._create_user("chain_other", "user")
        [error] = self._get_errors(
            self._load(["Chain Customer", "Boss", "user", "", "", ""])
        )
        self.assertIn("no customer Chain Customer that you may see", error[2])

    def test_template_of_the_import_screen_has_columns_the_import_knows(self):
        [template] = self.rows.get_import_templates()
        path = template["template"].removeprefix("/")
        from odoo.tools import file_open

        with file_open(path) as file:
            names = file.readline().strip().split(",")
        self.assertLessEqual(set(names), set(self.rows._fields))
        self.assertEqual(names[:4], NAMES[:4])
