import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .personal_common import PersonalCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-21 12:00:00")
class TestRelationGuards(PersonalCase):
    """What a client can write or learn past the screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bobs_partner = cls._create_partner("Customer of Bob")
        cls.bobs_person = cls._create_person("Zhao Min", cls.bobs_partner)
        cls.bobs_profile = cls.env["customer.profile"]._get_or_create(
            cls.bobs_partner, cls.company
        )
        cls.bobs_profile.user_id = cls.bob

    def _as_ann(self, name, **context):
        return self.env[name].with_user(self.ann).with_context(**context)

    def test_who_stands_in_an_unseen_chain_is_not_told(self):
        self.env["customer.stakeholder"].create(
            {"profile_id": self.bobs_profile.id, "partner_id": self.bobs_person.id}
        )
        for person in (self.bobs_person, self.person):
            for context, vals in (
                ({}, {"profile_id": self.bobs_profile.id}),
                ({"default_profile_id": self.bobs_profile.id}, {}),
            ):
                rows = self._as_ann("customer.stakeholder", **context)
                with (
                    self.subTest(person=person.name, context=context),
                    self.assertRaises(AccessError),
                ):
                    rows.create({"partner_id": person.id, **vals})

    def test_a_fact_belongs_to_the_company_of_its_customer(self):
        for context, vals in (
            ({}, {"company_id": self.other_company.id}),
            ({"default_company_id": self.other_company.id}, {}),
        ):
            with self.subTest(context=context):
                insight = self._as_ann("customer.insight", **context).create(
                    {"profile_id": self.profile.id, "name": "Need", **vals}
                )
                self.assertEqual(insight.company_id, self.company)

    def test_nothing_is_added_to_a_customer_who_became_part_of_another(self):
        self.profile.merged_into_id = self.bobs_profile
        with self.assertRaisesRegex(UserError, "became part of Customer of Bob"):
            self._as_ann("customer.insight").create(
                {"profile_id": self.profile.id, "name": "Need"}
            )

    def test_the_source_of_an_interaction_opens_for_its_readers_only(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Canary",
                "start": "2026-11-20 10:00:00",
                "stop": "2026-11-20 11:00:00",
            }
        )
        talk = self._as_ann("customer.interaction").create(
            {"profile_id": self.profile.id, "calendar_event_id": event.id}
        )
        self.assertEqual(talk.action_open_source()["res_id"], event.id)
        message = self.bobs_profile.message_post(body="Canary")
        talk.sudo().write({"calendar_event_id": False, "mail_message_id": message.id})
        with self.assertRaises(UserError):
            talk.action_open_source()

    def test_a_pasted_image_of_somebody_else_is_not_taken(self):
        image = (
            self.env["ir.attachment"]
            .with_user(self.bob)
            .create({"name": "a.png", "raw": b"x", "res_model": "customer.interaction"})
        )
        self._as_ann("customer.interaction").create(
            {
                "profile_id": self.profile.id,
                "content": f"<p><img src='/web/image/{image.id}-1a/a.png'/></p>",
            }
        )
        self.assertFalse(image.res_id)

    def test_a_summary_is_not_read_through_an_interaction(self):
        activity = self.bobs_profile.activity_schedule(
            "mail.mail_activity_data_todo", summary="Canary", user_id=self.bob.id
        )
        with self.assertRaises(AccessError):
            self._as_ann("customer.interaction").create(
                {"profile_id": self.profile.id, "activity_id": activity.id}
            )
        talk = self._as_ann("customer.interaction").create(
            {"profile_id": self.profile.id}
        )
        talk.sudo().activity_id = activity
        with self.assertRaises(AccessError):
            talk.web_read({"activity_id": {"fields": {"display_name": {}}}})

    def test_figures_and_past_chains_are_those_of_customers_one_may_see(self):
        both = self.profile | self.bobs_profile
        both.tier_id = self.env["customer.tier"].search([], limit=1)
        self.env.flush_all()
        rows = self._as_ann("customer.interaction.report").search(
            [("profile_id", "in", both.ids)]
        )
        self.assertEqual(rows.profile_id, self.profile)
        with self.assertRaises(AccessError):
            self._as_ann("customer.chain.day").create(
                {"profile_id": self.bobs_profile.id}
            )

    def test_a_birthday_is_not_made_by_a_default(self):
        data = self._create_data(birthday_day=3, birthday_month=4)
        for context in (
            {"default_kind": "birthday", "default_personal_data_id": data.id},
            {"default_kind": "other", "default_is_automatic": True},
        ):
            with self.subTest(context=context), self.assertRaises(AccessError):
                self._as_ann("customer.milestone", **context).create(
                    {"profile_id": self.profile.id, "date": "2027-07-07"}
                )

    def test_what_the_system_keeps_about_a_milestone_stays(self):
        milestone = self._as_ann(
            "customer.milestone", default_raised_user_id=self.bob.id
        ).create(
            {
                "profile_id": self.profile.id,
                "date_end": "2026-01-31",
                "renewed_rate": 1,
                "date_due": "2030-01-01",
            }
        )
        self.env.flush_all()
        milestone.invalidate_recordset()
        self.assertFalse(milestone.raised_user_id)
        self.assertEqual(milestone.renewed_rate, 0)
        self.assertLess(str(milestone.date_due), "2026-02-01")
        for name, value in (
            ("renewed_rate", 1),
            ("raised_user_id", self.bob.id),
            ("date_due", "2030-01-01"),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                milestone.write({name: value})
        milestone.sudo().raised_user_id = self.ann
        milestone.active = False
        self.assertFalse(milestone.raised_user_id)

    def test_bounces_do_not_count_from_where_a_client_says(self):
        stakeholder = self._as_ann("customer.stakeholder").create(
            {
                "profile_id": self.profile.id,
                "partner_id": self.person.id,
                "bounces_at_start": 999,
            }
        )
        self.assertEqual(stakeholder.bounces_at_start, 0)
        with self.assertRaises(AccessError):
            stakeholder.bounces_at_start = 999

    def test_nobody_keeps_relationship_data_longer(self):
        data = self._create_data(date_recorded="2099-01-01", date_expiry="2099-01-01")
        self.assertEqual(str(data.date_expiry), "2028-11-21")  # 24 months
        for name in ("date_recorded", "date_expiry", "date_erased"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                data.write({name: "2099-01-01"})

    def test_nothing_is_described_after_the_consent_was_withdrawn(self):
        data = self._create_data()
        gift = self._create_gift(data)
        data.consent = "withdrawn"
        for record, name in ((gift, "name"), (gift, "occasion"), (data, "purpose")):
            with self.subTest(field=name), self.assertRaises(UserError):
                record.write({name: "Canary"})

    def test_deleting_a_known_contact_is_refused_without_saying_what_is_known(self):
        self._create_data(self.other_person)
        with self.assertRaises(UserError) as caught:
            self.other_person.unlink()
        self.assertEqual(
            str(caught.exception),
            "Customer, Wang Bo is known to Customer Success: archive the contact"
            " instead of deleting it.",
        )


@tagged("post_install", "-at_install")
class TestOfficerGuards(PersonalCase):
    """An officer erases and reports people, and reads or deletes nothing else."""

    def _create_wizard(self, name, person=None, **values):
        wizards = self.env[f"customer.personal.{name}"].with_user(self.officer)
        return wizards.create({"partner_id": (person or self.person).id, **values})

    def test_only_the_look_up_names_texts(self):
        secret = self.env["ir.config_parameter"].create(
            {"key": "customer_success.canary", "value": "Canary"}
        )
        wizard = self._create_wizard("erasure")
        vals = {
            "wizard_id": wizard.id,
            "company_id": self.company.id,
            "model_name": secret._name,
            "res_id": secret.id,
            "field_name": "value",
            "treatment": "erase",
        }
        lines = self.env["customer.personal.erasure.line"].with_user(self.officer)
        with self.assertRaises(AccessError):
            lines.create(vals)
        spec = {"line_ids": {"fields": {"text": {}, "where_text": {}}}}
        shown = wizard.onchange({"line_ids": [(0, "new", vals)]}, ["line_ids"], spec)
        self.assertNotIn("Canary", str(shown))
        self.env["customer.insight"].create(
            {"profile_id": self.profile.id, "name": "Lin Xia plays Go"}
        )
        wizard.action_look_up()
        line = wizard.line_ids
        line.treatment = "keep"
        for name in ("model_name", "res_id", "field_name", "wizard_id", "company_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.write({name: vals[name]})
        with self.assertRaises(AccessError):
            wizard.line_ids = [(0, 0, vals)]
        shown = line.onchange(vals, ["res_id"], {"text": {}, "where_text": {}})
        self.assertNotIn("Canary", str(shown))

    def test_an_access_report_shows_nothing_before_it_is_logged(self):
        self._create_data(interests="Canary")
        wizard = self._create_wizard("report", is_logged=True)
        self.assertFalse(self._get_data(wizard))
        wizard.is_logged = True
        self.assertFalse(self._get_data(wizard))
        wizard.action_download()
        self.assertIn("Canary", str(self._get_data(wizard)))
        self._create_data(self.other_person, interests="Songbird")
        shown = wizard.onchange(
            {"partner_id": self.other_person.id}, ["partner_id"], {"content": {}}
        )
        content = shown.get("value", {}).get("content") or b""
        self.assertNotIn("Songbird", str(base64.b64decode(content)))
        wizard.partner_id = self.other_person
        self.assertFalse(self._get_data(wizard))

    def _get_data(self, wizard):
        wizard.invalidate_recordset()
        return json.loads(base64.b64decode(wizard.content))["data"]

    def test_contacts_of_another_company_are_out_of_reach(self):
        person = self._create_person("Hidden", company_id=self.other_company.id)
        self.env.flush_all()
        wizard = self._create_wizard("erasure", person, with_contact=True)
        self.assertFalse(wizard.terms)
        for method in ("action_look_up", "action_erase"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(wizard, method)()
        report = self._create_wizard("report", person)
        for method in ("action_print", "action_download"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(report, method)()

    def test_the_chatter_of_another_company_is_out_of_reach(self):
        foreign = self.env["customer.profile"]._get_or_create(
            self._create_partner("Foreign"), self.other_company
        )
        messages = [
            profile.message_post(body="Lin Xia said so")
            for profile in (self.profile, foreign)
        ]
        wizard = self._create_wizard("erasure")
        wizard.action_look_up()
        wizard.action_erase()
        self.env.invalidate_all()
        bodies = [message.body for message in messages]
        self.assertEqual(bodies, ["<p>*** said so</p>", "<p>Lin Xia said so</p>"])
