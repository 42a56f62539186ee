import doctest
import time
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from .. import webhook
from .webhook_common import HOST, KEY, OK, Robot, RobotMixin, make_certificate

HERE = ["127.0.0.1"]
BODY = {"text": "3"}


@tagged("post_install", "-at_install")
class TestPureWebhook(RobotMixin, BaseCase):
    """One post to the robot of a chat group: a real one, over TLS, on this machine."""

    def _post(self, url=None, waits=(0, 0)):
        return webhook.post(url or self.robot.url, BODY, HERE, waits)

    def test_examples_of_the_module_hold(self):
        result = doctest.testmod(webhook)
        self.assertGreater(result.attempted, 9)
        self.assertFalse(result.failed)

    # === MESSAGE === #

    def test_each_robot_gets_its_own_format(self):
        message = ("Title", ["3 new", "5 open"], "Open", "https://odoo.test/odoo")
        text = "**Title**\n\n3 new\n\n5 open\n\n[Open](https://odoo.test/odoo)"
        self.assertEqual(
            webhook.build_payload("wecom", *message),
            {"msgtype": "markdown", "markdown": {"content": text}},
        )
        self.assertEqual(
            webhook.build_payload("dingtalk", *message),
            {"msgtype": "markdown", "markdown": {"title": "Title", "text": text}},
        )
        self.assertEqual(
            webhook.build_payload("feishu", *message),
            {
                "msg_type": "text",
                "content": {
                    "text": "Title\n3 new\n5 open\nOpen: https://odoo.test/odoo"
                },
            },
        )

    def test_message_is_signed_as_the_robots_ask(self):
        # worked out with `openssl dgst -sha256 -hmac`, base64
        url, payload = webhook.sign("dingtalk", "https://x.test/?a=1", BODY, "SEC1", 12)
        self.assertEqual(
            url,
            "https://x.test/?a=1&timestamp=12000"
            "&sign=%2FjSQyW5GuFqa0Jaeq3nwZoErKGOYQ8gWn0SPgcTdWh0%3D",
        )
        self.assertEqual(payload, BODY)
        url, payload = webhook.sign("feishu", "https://x.test/", BODY, "SEC1", 12)
        self.assertEqual(url, "https://x.test/")
        self.assertEqual(
            payload,
            {
                "timestamp": "12",
                "sign": "ML0HO93dR5eDCafMfPrP5sLaaIH60VLtmjAlLaOZWfE=",
                "text": "3",
            },
        )
        for kind, secret in (("wecom", "SEC1"), ("dingtalk", ""), ("feishu", False)):
            self.assertEqual(webhook.sign(kind, "u", BODY, secret, 12), ("u", BODY))

    # === POST === #

    def test_message_arrives_as_one_json_post(self):
        self.assertIsNone(self._post())
        self.assertEqual(
            self.robot.requests,
            [
                (
                    f"/send?key={KEY}",
                    "application/json; charset=utf-8",
                    b'{"text": "3"}',
                )
            ],
        )

    def test_redirects_are_not_followed(self):
        self.robot.answers[:] = [(302, b"", ("Location", "/elsewhere"))]
        self.assertEqual(self._post(), "http_302")
        self.assertEqual(len(self.robot.requests), 1)

    def test_passing_trouble_is_tried_three_times(self):
        self.robot.answers[:] = [(503, b""), (429, b""), OK]
        self.assertIsNone(self._post())
        self.assertEqual(len(self.robot.requests), 3)
        self.robot.requests.clear()
        self.robot.answers[:] = [(500, b"")] * 4
        self.assertEqual(self._post(), "http_500")
        self.assertEqual(len(self.robot.requests), 3)

    def test_tries_wait_longer_each_time(self):
        self.assertEqual(webhook.WAITS, (1, 3))
        self.robot.answers[:] = [(500, b"")] * 3
        with patch.object(webhook.time, "sleep") as sleep:
            webhook.post(self.robot.url, BODY, HERE)
        self.assertEqual([call.args[0] for call in sleep.call_args_list], [0, 1, 3])

    def test_refusals_are_not_tried_again(self):
        for answer, word in (
            ((404, b""), "http_404"),
            ((200, b'{"errcode": 93000, "errmsg": "invalid"}'), "robot_93000"),
            ((200, b'{"code": 19001, "msg": "bad"}'), "robot_19001"),
            ((200, b"<html>Login</html>"), "robot_unknown"),
        ):
            with self.subTest(word=word):
                self.robot.requests.clear()
                self.robot.answers[:] = [answer]
                self.assertEqual(self._post(), word)
                self.assertEqual(len(self.robot.requests), 1)

    def test_robot_that_answers_a_byte_at_a_time_is_hung_up_on(self):
        self.robot.is_slow = True
        self.assertEqual(webhook.TIMEOUT, 5)
        with patch.object(webhook, "TIMEOUT", 0.7):
            start = time.monotonic()
            self.assertEqual(self._post(waits=()), "timeout")
        self.assertLess(time.monotonic() - start, 3)

    def test_nobody_there_is_said(self):
        url = f"https://{HOST}:1/send"
        self.assertEqual(self._post(url, waits=(0,)), "unreachable")

    def test_certificate_of_somebody_else_is_refused_before_anything_is_sent(self):
        other = Robot(make_certificate(self.folder, "other.test"))
        self.addCleanup(other.stop)
        self.assertEqual(self._post(other.url), "certificate")
        self.assertEqual(other.requests, [])
        # trusted, but the name of another host
        url = self.robot.url.replace(HOST, "elsewhere.test")
        self.assertEqual(self._post(url), "certificate")
        self.assertEqual(self.robot.requests, [])

    # === ADDRESS === #

    def test_only_plain_https_addresses_are_taken(self):
        for url in (
            "http://robot.test/send",
            "ftp://robot.test/send",
            "file:///etc/passwd",
            "robot.test/send",
            "https://",
            "https://user:word@robot.test/",
            "https://robot.test@10.0.0.1/",
            "https://robot.test:99999/",
            "https://robot.test:x/",
            "https://robot.test/a b",
            "https://robot.test/\r\nHost: x",
            "https://röbot.test/",
            "",
        ):
            with self.subTest(url=url), self.assertRaises(ValueError) as caught:
                webhook.check_url(url)
            self.assertFalse(caught.exception.args)  # no address in a traceback
        self.assertEqual(webhook.check_url("https://r.test:8443/a"), ("r.test", 8443))

    def test_private_addresses_are_refused_however_they_are_written(self):
        for host in (
            "localhost",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "ff02::1",
        ):
            with self.subTest(host=host):
                self.assertEqual(webhook.find_addresses(host, 443), [])

    def test_public_addresses_are_taken(self):
        for host in ("8.8.8.8", "2001:4860:4860::8888"):
            self.assertEqual(webhook.find_addresses(host, 443), [host])

    def test_one_private_address_among_public_ones_refuses_the_host(self):
        answers = [(2, 1, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
        with patch.object(webhook.socket, "getaddrinfo", return_value=answers):
            self.assertEqual(webhook.find_addresses("two.test", 443), [])

    def test_post_goes_to_the_address_that_was_checked(self):
        # the name is unknown here: a second look-up would fail
        self.assertIsNone(self._post())

    def test_mask_shows_the_host_and_four_signs(self):
        self.assertEqual(
            webhook.mask_url(self.robot.url),
            f"https://{HOST}:{self.robot.server_port}/••••oken",
        )

    def test_name_that_cannot_be_looked_up_is_unknown(self):
        for host in ("robot..test", f"{'a' * 64}.test"):
            with self.subTest(host=host), self.assertRaises(OSError):
                webhook.find_addresses(host, 443)

    def test_answer_of_a_hostile_robot_is_no_success(self):
        for body in (b"[" * 60000, b'{"errcode": ' + b"[" * 60000, b"\xff", b"0"):
            with self.subTest(body=body[:20]):
                self.assertEqual(webhook.judge(200, body), ("robot_unknown", True))
