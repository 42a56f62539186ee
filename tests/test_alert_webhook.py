import json
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .. import webhook
from .alert_mail_common import AlertMailCase
from .common import DAY
from .webhook_common import HOST, KEY, RobotMixin

MODEL_LOG = "odoo.addons.customer_success.models.customer_alert_webhook"
NEXT_DAY = "2026-11-22"
RAW = ("customer_webhook_url", "customer_webhook_secret")
SHOWN = (
    "customer_webhook_kind",
    "customer_webhook_mask",
    "customer_webhook_date",
    "customer_webhook_error",
    "customer_webhook_text",
)


class WebhookCase(RobotMixin, AlertMailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user(
            "webhook_admin", "manager,base.group_system", lang="en_US"
        )

    def setUp(self):
        super().setUp()
        # the name of the robot is known here only; the rest is real
        self.patch(webhook, "find_addresses", lambda host, port: ["127.0.0.1"])
        self.patch(webhook.post, "__defaults__", ((0, 0),))

    def _set_up(self, kind="wecom", url=None, secret=None):
        settings = self.env["res.config.settings"].with_user(self.admin)
        return settings.create(
            {
                "customer_webhook_kind": kind,
                "customer_webhook_new_url": url or self.robot.url,
                "customer_webhook_new_secret": secret,
            }
        )


@tagged("post_install", "-at_install")
class TestAlertWebhook(WebhookCase):
    """A chat group is told how many alerts there are, by a robot on this machine."""

    # === THE MESSAGE === #

    def test_nothing_is_sent_until_somebody_sets_it_up(self):
        self.assertFalse(self.company.customer_webhook_kind)
        self._create_alert("Alpha", self.owner)
        self._send()
        self.assertEqual(self.robot.requests, [])

    def test_group_reads_numbers_and_a_link_but_no_customer(self):
        self._set_up()
        self._create_alert("Alpha", self.owner)
        self._create_alert("Beta", self.owner, day="2026-11-20")
        self._create_alert("Gamma", is_overflow=True)
        self._send()
        [body] = self.robot.get_bodies()
        link = f"{self.company.get_base_url()}/odoo/customer-alerts"
        self.assertEqual(
            body,
            {
                "msgtype": "markdown",
                "markdown": {
                    "content": f"**Customer Success, {self.company.name}, 11/21/2026**"
                    "\n\nNew alerts: 2\n\nNobody has taken yet: 3"
                    "\n\nOn the managers' list: 1"
                    f"\n\n[Open the alerts]({link})"
                },
            },
        )
        text = json.dumps(body)
        for secret in ("Alpha", "Beta", "Gamma", "4300", "owner", "63"):
            self.assertNotIn(secret, text)

    def test_one_message_a_day_and_none_without_news(self):
        self._set_up()
        self._create_alert("Alpha", self.owner)
        for day, at in ((DAY, "08:00:00"), (DAY, "09:00:00"), (NEXT_DAY, "08:00:00")):
            self._send(day, at)
        self.assertEqual(len(self.robot.requests), 1)
        self._create_alert("Beta", self.owner, day=NEXT_DAY)
        self._send(NEXT_DAY, "09:00:00")
        self.assertEqual(len(self.robot.requests), 2)
        self.assertIn("New alerts: 1", str(self.robot.get_bodies()[-1]))

    def test_failure_is_kept_for_managers_and_logged_without_the_address(self):
        self._set_up()
        self._create_alert("Alpha", self.owner)
        self.robot.answers[:] = [(200, b'{"errcode": 93000}')]
        with self.assertLogs(MODEL_LOG, "WARNING") as logs:
            self._send()
        self.assertIn(f"company {self.company.id}: robot_93000", logs.output[0])
        for hidden in (KEY, HOST, "key="):
            self.assertNotIn(hidden, "".join(logs.output))
        self.assertEqual(
            self.company.with_user(self.manager).customer_webhook_text,
            "11/21/2026: not delivered. The robot refused the message (code 93000).",
        )
        # people got their mail all the same, and nobody asks the robot again today
        self.assertEqual(len(self._get_mails(self.owner)), 1)
        self._send(at="09:00:00")
        self.assertEqual(len(self.robot.requests), 1)

    def test_private_network_is_refused(self):
        self.patch(webhook, "find_addresses", lambda host, port: [])
        settings = self._set_up()
        with mute_logger(MODEL_LOG):
            action = settings.action_customer_webhook_test()
        self.assertIn("private network", action["params"]["message"])
        self.assertEqual(self.robot.requests, [])

    # === SETTINGS === #

    def test_test_message_says_whether_it_arrived(self):
        settings = self._set_up("feishu", secret="SEC1")
        self.robot.answers[:] = [(200, b'{"code": 0}')]
        action = settings.action_customer_webhook_test()
        self.assertEqual(action["params"]["type"], "success")
        [body] = self.robot.get_bodies()
        self.assertIn("Test: alerts will be announced here", body["content"]["text"])
        self.assertTrue(body["sign"])
        self.robot.answers[:] = [(404, b"")] * 3
        with mute_logger(MODEL_LOG):
            action = settings.action_customer_webhook_test()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("status 404", action["params"]["message"])
        self.assertEqual(len(self.robot.requests), 2)  # one try each

    def test_test_without_an_address_says_what_is_missing(self):
        settings = self.env["res.config.settings"].with_user(self.admin).create({})
        with self.assertRaisesRegex(UserError, "enter its address"):
            settings.action_customer_webhook_test()

    def test_wrong_address_is_refused_without_repeating_it(self):
        for url in ("http://robot.test/send?key=1", f"https://me:{KEY}@robot.test/"):
            with self.assertRaisesRegex(ValidationError, "https") as caught:
                self._set_up(url=url)
            self.assertNotIn(KEY, str(caught.exception))

    def test_new_address_forgets_the_key_of_the_old_one(self):
        self._set_up("dingtalk", secret="SEC1")
        self.assertEqual(self.company.customer_webhook_secret, "SEC1")
        self._set_up("dingtalk", url="https://other.test/x")
        self.assertFalse(self.company.customer_webhook_secret)

    def test_saving_other_settings_keeps_the_address(self):
        self._set_up()
        settings = self.env["res.config.settings"].with_user(self.admin)
        settings.create({"customer_alert_cap": 7}).execute()
        self.assertEqual(self.company.customer_webhook_url, self.robot.url)
        settings.create({}).action_customer_webhook_forget()
        self.assertFalse(self.company.customer_webhook_url)
        self.assertFalse(self.company.customer_webhook_kind)

    def test_administrator_who_manages_another_company_changes_nothing(self):
        settings = self.env["res.config.settings"].with_user(self.admin)
        for values in (
            {"customer_webhook_new_url": self.robot.url},
            {"customer_webhook_new_secret": "SEC1"},
        ):
            with self.assertRaises(AccessError):
                settings.create({"company_id": self.other_company.id, **values})

    # === SECRETS === #

    def _get_attempts(self, records, name):
        return [
            lambda: records.read([name]),
            lambda: records[name],
            lambda: records.search([(name, "like", "https")]),
            lambda: records.search([], order=name),
            lambda: records.search_read([], [name]),
            lambda: records.web_read({name: {}}),
            lambda: records.formatted_read_group([], [name], ["__count"]),
            lambda: records.export_data([name]),
            lambda: records.write({name: "https://mine.test/"}),
        ]

    def test_no_client_reads_or_writes_the_address_whoever_he_is(self):
        self._set_up("dingtalk", secret="SEC1")
        system = self._create_user(
            "webhook_system",
            "base.group_system,base.group_allow_export,manager",
        )
        for user in (self.owner, system):
            company = self.company.with_user(user)
            self.assertFalse(set(RAW) & set(company.fields_get()))
            for name in RAW:
                for number, attempt in enumerate(self._get_attempts(company, name)):
                    with self.subTest(user=user.login, name=name, number=number):
                        self.env.invalidate_all()
                        # no right to export is a UserError, so is an AccessError
                        with self.assertRaises(UserError):
                            attempt()
        self.assertEqual(self.company.customer_webhook_url, self.robot.url)

    def test_managers_see_the_mask_and_others_nothing(self):
        self._set_up()
        company = self.company.with_user(self.manager)
        mask = company.customer_webhook_mask
        self.assertEqual(mask, f"https://{HOST}:{self.robot.server_port}/••••oken")
        for name in SHOWN:
            company.read([name])
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.company.with_user(self.owner).read([name])

    def test_no_row_of_the_dialog_holds_the_address(self):
        settings = self._set_up("dingtalk", secret="SEC1SEC1")
        self.env.flush_all()
        self.assertFalse(settings.customer_webhook_new_url)
        self.env.cr.execute("SELECT * FROM res_config_settings")
        self.assertNotIn(KEY, str(self.env.cr.fetchall()))

    def test_failed_message_keeps_its_day(self):
        self._set_up()
        self._create_alert("Alpha", self.owner)
        self._send()
        self.assertEqual(self.company.customer_webhook_date, date(2026, 11, 21))
        self.assertFalse(self.company.customer_webhook_error)


@tagged("post_install", "-at_install")
class TestAlertWebhookHttp(WebhookCase, HttpCase):
    """The address over the real RPC and export routes."""

    def test_neither_rpc_nor_export_gives_the_address(self):
        self._set_up()
        self.admin.password = "webhook_admin"
        self.authenticate("webhook_admin", "webhook_admin")
        for name in RAW:
            params = {
                "model": "res.company",
                "method": "read",
                "args": [self.company.ids, [name]],
                "kwargs": {},
            }
            with self.assertRaises(Exception) as caught, mute_logger("odoo.http"):
                self.make_jsonrpc_request("/web/dataset/call_kw", params)
            self.assertNotIn(KEY, str(caught.exception))
