import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .security_common import SecurityCase

DATA, GIFT = "customer.personal.data", "customer.gift"
# Two different people; what one may learn must not depend on which of them it is.
FIRST = {
    "birthday_day": 17,
    "birthday_month": 3,
    "trust": 4,
    "interests": "CANARY-interest",
    "notes": "CANARY-note",
    "purpose": "CANARY-purpose",
    "no_gift": False,
}
SECOND = {
    "birthday_day": 2,
    "birthday_month": 12,
    "trust": 1,
    "interests": "Sailing",
    "notes": False,
    "purpose": "Other",
    "no_gift": True,
}
OUTSIDERS = (
    "public", "portal", "accountant", "colleague", "user_all", "manager", "system",
    "foreigner",
)  # fmt: skip
ENTITLED = ("user", "reader")
# Paths on which somebody may come near: model, path.
PATHS = (
    (DATA, "partner_id"),
    ("customer.milestone", "personal_data_id"),
    (GIFT, "personal_data_id"),
)


@tagged("post_install", "-at_install")
class TestPersonalSecurity(SecurityCase):
    """Relationship data by every way to read, by those who must not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.customers["own"]
        cls.person = cls._create_partner(
            "Person", is_company=False, parent_id=cls.profile.partner_id.id
        )
        cls.data = cls.env[DATA].create(
            {
                "profile_id": cls.profile.id,
                "partner_id": cls.person.id,
                "consent": "given",
                **FIRST,
            }
        )
        cls.gift = cls.env[GIFT].create(
            {
                "personal_data_id": cls.data.id,
                "name": "CANARY-gift",
                "occasion": "CANARY-occasion",
                "amount": 123.45,
            }
        )
        cls.milestone = cls.env["customer.milestone"].create(
            {
                "profile_id": cls.profile.id,
                "kind": "birthday",
                "date": "2027-03-17",
                "personal_data_id": cls.data.id,
            }
        )
        cls.env.flush_all()

    # === POSITIONS === #

    def test_the_first_responsible_person_and_readers_see_the_row(self):
        for role in ENTITLED:
            with self.subTest(role=role):
                user = self.users[role]
                data, gift = self.data.with_user(user), self.gift.with_user(user)
                self.assertEqual(data.read(["trust"])[0]["trust"], 4)
                self.assertEqual(gift.read(["amount"])[0]["amount"], 123.45)
                self.assertEqual(data.has_access("write"), role == "user")
                self.assertFalse(data.has_access("unlink"))

    def test_nobody_else_sees_that_there_is_a_row(self):
        for role in OUTSIDERS:
            for row in (self.data, self.gift):
                with self.subTest(role=role, model=row._name):
                    mine = row.with_user(self.users[role]).with_context(
                        allowed_company_ids=self.users[role].company_ids.ids
                    )
                    self.assertFalse(mine.has_access("read"))
                    self.assertFalse(mine.has_access("write"))

    def test_a_hand_over_moves_the_right_at_once(self):
        self.profile.user_id = self.users["colleague"]
        self.assertTrue(
            self.data.with_user(self.users["colleague"]).has_access("write")
        )
        self.assertFalse(self.data.with_user(self.users["user"]).has_access("read"))
        self.profile.user_id = False  # unassigned is nobody's, not everybody's
        for role in ("user", "colleague", "manager"):
            self.assertFalse(self.data.with_user(self.users[role]).has_access("read"))

    def test_a_reader_of_another_company_reads_nothing(self):
        reader = self._create_user(
            "foreign_reader", "personal_reader", company=self.other_company
        )
        self.assertFalse(self.data.with_user(reader).has_access("read"))
        log = self.env["customer.personal.access"]
        log._log("export", self.data)
        self.assertFalse(log.with_user(reader).search([]))
        self.assertTrue(log.with_user(self.users["reader"]).search([]))

    # === WAYS TO READ === #

    def test_no_way_to_read_tells_an_outsider_one_person_from_another(self):
        ways = 0
        for role in OUTSIDERS:
            with self.subTest(role=role):
                first = self._try_everything(role)
                self.assertNotIn("CANARY", first)
                self.assertNotIn("123.45", first)
                self._become(SECOND, "Book", 7.5)
                second = self._try_everything(role)
                self._become(FIRST, "CANARY-gift", 123.45)
                self.assertEqual(first, second)
                ways += first.count("\n")
        self.assertGreater(ways, 1000)

    @mute_logger("odoo.sql_db")  # a copy has no person
    def test_the_same_ways_tell_the_entitled(self):
        for role in ENTITLED:
            self.assertIn("CANARY-note", self._try_everything(role))

    def _become(self, values, gift, amount):
        self.data.write(values)
        self.gift.sudo().write({"name": gift, "occasion": gift})
        self.env.cr.execute(
            "UPDATE customer_gift SET amount = %s WHERE id = %s", (amount, self.gift.id)
        )
        self.env.invalidate_all()

    def _try_everything(self, role):
        """Return what every way to read answers, one line each."""
        user = self.users[role]
        env = self.env(user=user)
        env = env(context={"allowed_company_ids": user.company_ids.ids})
        ways = []
        for record, values in ((self.data, FIRST), (self.gift, None)):
            rows = env[record._name]
            row = rows.browse(record.id)
            values = values or {"name": "CANARY-gift", "amount": 123.45}
            names = [*values, "id", "display_name"]
            names += ["is_birthday_soon", "date_trust"] if record == self.data else []
            for name in names:
                ways += self._get_ways(rows, row, name, values.get(name, 4))
            ways += [
                lambda row=row: row.copy().read(),
                lambda row=row: row.copy_data(),
                lambda row=row, names=names: row.web_read({name: {} for name in names}),
                lambda rows=rows: rows.name_search("CANARY"),
                lambda rows=rows: rows.name_search(""),
                lambda rows=rows: rows.search([("display_name", "ilike", "CANARY")]),
                lambda rows=rows: rows.search_count([]),
                lambda row=row: row.get_metadata(),
            ]
        ways += self._get_detours(env)
        return "".join(f"{self._answer(way)}\n" for way in ways)

    def _get_ways(self, rows, row, name, value):
        ways = [
            lambda: row.read([name]),
            lambda: row[name],
            lambda: rows.search([], order=name),
            lambda: rows.search_read([], [name]),
            lambda: rows.web_search_read([], {name: {}}),
            lambda: row.export_data([name]),
            lambda: row.filtered_domain([(name, "=", value)]),
            lambda: rows.formatted_read_group([], [name], ["__count"]),
            lambda: rows.formatted_read_group([], [], [f"{name}:count"]),
        ]
        if not isinstance(value, bool):
            ways.append(lambda: rows.formatted_read_group([], [], [f"{name}:max"]))
        for operator in ("=", "!=", ">", "<", "in", "not in"):
            operand = [value] if "in" in operator else value
            ways.append(lambda o=operator, v=operand: rows.search([(name, o, v)]))
        for model, path in PATHS[1:]:
            others = rows.env[model]
            if rows._name != DATA:
                continue
            for operator in ("=", "!=", "in", "not in"):
                operand = [value] if "in" in operator else value
                condition = (f"{path}.{name}", operator, operand)
                ways.append(lambda o=others, c=condition: o.search([c]))
            ways += [
                lambda o=others, p=path: o.search([], order=f"{p}.{name}"),
                lambda o=others, p=path: o.formatted_read_group(
                    [], [f"{p}.{name}"], ["__count"]
                ),
                lambda o=others, p=path: o.search([]).export_data([f"{p}/{name}"]),
                lambda o=others, p=path: o.web_search_read(
                    [], {p: {"fields": {name: {}}}}
                ),
                lambda o=others, p=path: o.search([]).mapped(f"{p}.{name}"),
            ]
        return ways

    def _get_detours(self, env):
        """Return ways around the model: contact, customer, templates, files, notes."""
        person, profile = env["res.partner"].browse(self.person.id), self.profile
        mine = env["customer.profile"].browse(profile.id)
        render = env["mail.render.mixin"]._render_template
        report = env["ir.actions.report"]
        return [
            lambda: person.action_open_personal_data(),
            lambda: mine.action_open_personal_data(),
            lambda: person.read(["can_open_personal_data"]),
            lambda: person.message_ids.mapped("body"),
            lambda: mine.message_ids.mapped("body"),
            lambda: render(
                "{{ object.interests }}", DATA, [self.data.id], engine="inline_template"
            ),
            lambda: report._render_qweb_html(
                "customer_success.report_customer_sheet", profile.ids
            )[0].decode(),
            lambda: report._render_qweb_html(
                "customer_success.report_customer_personal", [1]
            ),
            lambda: env["ir.filters"].create(
                {"name": "F", "model_id": DATA, "domain": "[('trust', '=', 4)]"}
            )._get_eval_domain(),
            lambda: env["customer.personal.access"].search_read([]),
            lambda: env["ir.attachment"].search([("res_model", "in", [DATA, GIFT])]),
            lambda: env["mail.message"].search([("model", "in", [DATA, GIFT])]),
            lambda: env["mail.tracking.value"].search(
                [("field_id.model", "in", [DATA, GIFT])]
            ),
            lambda: env["customer.milestone"].search([]).read(
                ["display_name", "title", "name", "date", "personal_data_id"]
            ),
            lambda: mine.get_relation_card(),
        ]  # fmt: skip

    def _answer(self, way):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return json.dumps(way(), default=str)
        except (AccessError, UserError, ValueError, IntegrityError) as error:
            return f"{type(error).__name__}: {error}".replace("\n", " ")

    # === KEPT OUT BY BUILD === #

    def test_nothing_of_these_models_goes_to_the_chatter_a_copy_or_a_search_box(self):
        for name in (DATA, GIFT):
            model = self.env[name]
            self.assertNotIn("message_ids", model._fields)
            self.assertFalse(model._rec_names_search)
            self.assertFalse(
                [f for f in model._fields.values() if getattr(f, "tracking", None)]
            )
            for value in ("birthday_day", "trust", "interests", "notes", "amount"):
                if value in model._fields:
                    self.assertFalse(model._fields[value].copy)
                    self.assertFalse(model._fields[value].aggregator)
        self.assertEqual(self.data.display_name, "Relationship data")
        self.assertEqual(self.gift.display_name, "Gift")

    def test_no_stored_field_of_another_model_copies_relationship_data(self):
        copies = [
            str(field)
            for field in self._get_own_fields()
            if field.model_name not in (DATA, GIFT)
            and (field.related or field.store)
            and any(
                "personal_data" in path.replace("can_open_personal_data", "")
                for path in self.env.registry.field_depends.get(field, ())
            )
        ]
        self.assertEqual(copies, [])

    # === EXPORT === #

    def test_an_export_takes_the_reader_group_and_is_logged(self):
        user, reader = self.users["user"], self.users["reader"]
        log = self.env["customer.personal.access"]
        with self.assertRaises(AccessError):
            self.data.with_user(user).export_data(["trust"])
        self.assertFalse(log.search([]))
        rows = self.data.with_user(reader).export_data(["trust", "interests"])["datas"]
        self.assertEqual(rows, [[4, "CANARY-interest"]])
        self.assertRecordValues(
            log.search([]),
            [
                {
                    "kind": "export",
                    "user_id": reader.id,
                    "model_name": DATA,
                    "record_ids": str(self.data.id),
                    "field_names": "interests,trust",
                    "record_count": 1,
                }
            ],
        )
        gifts = self.gift.with_user(reader).export_data(
            ["name", "personal_data_id/notes"]
        )
        self.assertEqual(gifts["datas"], [["CANARY-gift", "CANARY-note"]])
        self.assertEqual(set(log.search([]).mapped("model_name")), {DATA, GIFT})
        for change in (lambda: log.search([]).write({"kind": "report"}),
                       lambda: log.search([]).unlink()):  # fmt: skip
            with self.assertRaises(UserError):
                change()

    # === WHO SEES THE BUTTON === #

    def test_the_button_is_for_the_entitled(self):
        for role, seen in (("user", True), ("reader", True), ("colleague", False),
                           ("manager", False), ("system", False)):  # fmt: skip
            with self.subTest(role=role):
                person = self.person.with_user(self.users[role])
                self.assertEqual(person.can_open_personal_data, seen)
        action = self.person.with_user(self.users["user"]).action_open_personal_data()
        self.assertEqual(action["res_id"], self.data.id)
        self.assertNotIn("CANARY", json.dumps(action))
