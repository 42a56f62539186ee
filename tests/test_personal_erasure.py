import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .personal_common import PersonalCase


class ErasureCase(PersonalCase):
    """A person known in every room of the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person.write({"email": "lin.xia@example.com", "phone": "+86 138 0013 8000"})
        cls.data = cls._create_data(
            trust=4, interests="Go", birthday_day=3, birthday_month=5
        )
        cls.gift = cls._create_gift(cls.data)
        cls.stakeholder = cls.env["customer.stakeholder"].create(
            {
                "profile_id": cls.profile.id,
                "partner_id": cls.person.id,
                "influence": "high",
                "stance": "supportive",
                "date_from": "2026-01-01",
            }
        )
        cls.talk = cls._create_talk(cls.person, feedback="He wants a discount")
        cls.round_table = cls._create_talk(
            cls.person | cls.other_person, feedback="Lin  Xia and Wang Bo agree"
        )
        cls.insight = cls.env["customer.insight"].create(
            {
                "profile_id": cls.profile.id,
                "name": "Call lin xia: 138-0013-8000 or lin.xia@example.com",
            }
        )

    @classmethod
    def _create_talk(cls, partners, **values):
        return cls.env["customer.interaction"].create(
            {
                "profile_id": cls.profile.id,
                "user_ids": cls.ann.ids,
                "partner_ids": partners.ids,
                "interaction_datetime": "2026-11-02 10:00:00",
                **values,
            }
        )

    def _start(self, name, user=None, **values):
        return (
            self.env[f"customer.personal.{name}"]
            .with_user(user or self.officer)
            .create({"partner_id": self.person.id, **values})
        )


@tagged("post_install", "-at_install")
class TestPersonalReport(ErasureCase):
    """What is held about one person, for himself."""

    def test_every_link_to_a_contact_is_declared(self):
        declared = self.env["customer.personal.source"]._get_personal_sources()
        for name, model in self.env.registry.items():
            if model._original_module != "customer_success" or not model._auto:
                continue
            if model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.comodel_name == "res.partner" and field.store:
                    with self.subTest(model=name, field=field.name):
                        self.assertIn(name, declared)
                        self.assertIn(field.name, declared[name])
        for name, paths in declared.items():
            for path in paths:
                self.assertTrue(
                    self.env[name].search([(path, "=", 0)], limit=1).ids == []
                )

    def test_the_report_holds_every_room_and_texts_that_name_the_person(self):
        wizard = self._start("report")
        wizard.action_download()
        report = json.loads(base64.b64decode(wizard.content))
        found = {part["model"]: len(part["records"]) for part in report["data"]}
        self.assertEqual(
            {key: found[key] for key in found if not key.startswith(("mail.", "ir."))},
            {
                "res.partner": 1,
                "customer.gift": 1,
                "customer.personal.data": 1,
                "customer.stakeholder": 1,
                "customer.interaction": 2,
                "customer.insight": 1,
            },
        )
        text = json.dumps(report)
        for word in ("Go", "Tea", "He wants a discount", "supportive".title()):
            self.assertIn(word, text)
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.officer)
            ._render_qweb_html("customer_success.report_customer_personal", wizard.ids)
        )
        self.assertIn("He wants a discount", html.decode())
        log = self.env["customer.personal.access"].search([("kind", "=", "report")])
        self.assertEqual(log.user_id, self.officer)
        self.assertEqual(log.record_ids, str(self.person.id))

    def test_reports_and_erasures_are_for_managers_who_are_readers(self):
        for user in (self.ann, self.manager, self.reader):
            for name, action in (("report", "action_print"),
                                 ("report", "action_download"),
                                 ("erasure", "action_look_up"),
                                 ("erasure", "action_erase")):  # fmt: skip
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(self._start(name, user), action)()
        # nothing without the log
        wizard = self._start("report")
        self.assertEqual(json.loads(base64.b64decode(wizard.content))["data"], [])


@tagged("post_install", "-at_install")
class TestPersonalErasure(ErasureCase):
    """The right to be forgotten: in place, figures stay."""

    def _erase(self, **values):
        wizard = self._start("erasure", **values)
        wizard.action_look_up()
        wizard.action_erase()
        self.env.invalidate_all()
        return wizard

    def test_texts_are_listed_with_a_proposal(self):
        wizard = self._start("erasure")
        self.assertIn("lin.xia@example.com", wizard.terms)
        with self.assertRaises(UserError):
            wizard.action_erase()
        wizard.action_look_up()
        lines = {
            (line.model_name, line.res_id, line.field_name): line.treatment
            for line in wizard.line_ids
        }
        self.assertEqual(
            lines,
            {
                ("customer.interaction", self.talk.id, "feedback"): "erase",
                ("customer.interaction", self.round_table.id, "feedback"): "mask",
                ("customer.insight", self.insight.id, "name"): "mask",
            },
        )
        self.assertIn("He wants a discount", wizard.line_ids.mapped("text"))

    def test_the_person_is_erased_and_the_figures_stay(self):
        effective = (self.talk | self.round_table).mapped("is_effective")
        self._erase()
        self.assertFalse(self.data.trust)
        self.assertEqual(self.data.consent, "withdrawn")
        self.assertEqual(self.gift.name, "***")
        self.assertEqual(self.gift.amount, 50)
        self.assertRecordValues(
            self.stakeholder,
            [
                {
                    "stance": "unknown",
                    "influence": False,
                    "date_to": False,
                    "partner_id": self.person.id,
                }
            ],
        )
        self.assertEqual(self.talk.feedback, "***")
        self.assertEqual(self.round_table.feedback, "*** and Wang Bo agree")
        self.assertEqual(self.insight.name, "Call ***: *** or ***")
        self.assertEqual(
            (self.talk | self.round_table).mapped("is_effective"), effective
        )
        self.assertEqual(effective, [True, True])
        self.assertTrue(self.person.active)

    def test_names_of_actions_are_texts_too(self):
        action = self.env["customer.care.action"].create(
            {
                "profile_id": self.profile.id,
                "kind_id": self.env["customer.action.kind"].search([], limit=1).id,
                "name": "Call Lin Xia",
                "date_deadline": "2026-11-30",
            }
        )
        self._erase()
        self.assertEqual(action.name, "Call ***")

    def test_a_text_that_is_to_stay_stays(self):
        wizard = self._start("erasure")
        wizard.action_look_up()
        wizard.line_ids.treatment = "keep"
        wizard.action_erase()
        self.assertEqual(self.talk.feedback, "He wants a discount")

    def test_the_contact_itself_becomes_anonymous_on_request_only(self):
        self._erase(with_contact=True)
        self.assertFalse(self.person.active)
        self.assertFalse(self.person.email)
        self.assertEqual(self.person.name, f"Anonymous contact {self.person.id}")
        self.talk.feedback = "Corrected"  # an archived participant still took part
        self.assertTrue(self.talk.is_effective)
        log = self.env["privacy.log"].search([], limit=1, order="id desc")
        self.assertEqual(log.anonymized_name, "L** X**")
        self.assertEqual(log.user_id, self.officer)
        self.assertNotIn("Lin", f"{log.execution_details} {log.records_description}")

    def test_a_contact_with_a_login_is_not_made_anonymous(self):
        wizard = self._start("erasure", with_contact=True)
        wizard.action_look_up()
        self._create_user("lin", "base.group_portal", partner_id=self.person.id)
        with self.assertRaisesRegex(UserError, "login"):
            wizard.action_erase()

    def test_short_and_odd_names_are_words_not_patterns(self):
        source = self.env["customer.personal.source"]
        self.env.cr.execute("SELECT 'Anna said: An (.*) is here; 李明 和 a\\b'")
        [[text]] = self.env.cr.fetchall()
        for term, expected in (
            ("An", "Anna said: *** (.*) is here; 李明 和 a\\b"),
            ("(.*)", "Anna said: An *** is here; 李明 和 a\\b"),
            ("李明", "Anna said: An (.*) is here; *** 和 a\\b"),
            ("a\\b", "Anna said: An (.*) is here; 李明 和 ***"),
            ("x", text),
        ):
            with self.subTest(term=term):
                pattern = source._get_pattern([term])
                if pattern:
                    self.env.cr.execute(
                        "SELECT REGEXP_REPLACE(%s, %s, '***', 'gi')", (text, pattern)
                    )
                    self.assertEqual(self.env.cr.fetchone()[0], expected)
                else:
                    self.assertEqual(expected, text)

    # === PRIVACY LOOKUP === #

    def test_the_privacy_lookup_finds_every_room_and_erases_in_place(self):
        admin = self._create_user("admin_priv", "base.group_system")
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(admin)
            .create({"name": self.person.name, "email": self.person.email})
        )
        wizard.action_lookup()
        ours = wizard.line_ids.filtered(
            lambda line: line.res_model.startswith("customer.")
        )
        self.assertEqual(
            {(line.res_model, line.res_id) for line in ours},
            {
                ("customer.personal.data", self.data.id),
                ("customer.gift", self.gift.id),
                ("customer.stakeholder", self.stakeholder.id),
                ("customer.interaction", self.talk.id),
                ("customer.interaction", self.round_table.id),
                ("customer.insight", self.insight.id),
            },
        )
        self.assertEqual(len(ours), 6)
        for line in ours:
            line.action_unlink()
        self.env.invalidate_all()
        self.assertTrue(all(ours.mapped("is_unlinked")))
        self.assertFalse(self.data.trust)
        self.assertEqual(self.gift.name, "***")
        self.assertEqual(self.stakeholder.stance, "unknown")
        self.assertEqual(self.talk.feedback, "***")
        self.assertEqual(self.insight.name, "Call ***: *** or ***")
        log = wizard.log_id
        self.assertIn(f"Relationship Data #{self.data.id}", log.execution_details)
        self.assertNotIn("Lin", log.execution_details)
        with self.assertRaises(UserError):
            ours[0].action_unlink()
