from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .security_common import SecurityCase


@tagged("post_install", "-at_install")
class TestRpcOverHttp(SecurityCase, HttpCase):
    """The same doors through real requests of a portal user."""

    def test_a_portal_user_learns_nothing_about_his_own_company_by_http(self):
        self.users["portal"].password = "security_portal"
        partner = self.customers["own"].partner_id
        self.authenticate("security_portal", "security_portal")
        names = self._call("res.partner", "fields_get", [])
        for name in (
            "customer_profile_id",
            "customer_tier_id",
            "customer_health",
            "customer_health_score",
        ):
            self.assertNotIn(name, names)
            for method, args in (
                ("read", [partner.ids, [name]]),
                ("search", [[(name, "!=", False)]]),
                ("search", [[], 0, 80, name]),
                ("search_count", [[(name, "=", False)]]),
                ("search_read", [[], [name]]),
                ("formatted_read_group", [[], [name], ["__count"]]),
                ("web_search_read", [[], {name: {}}]),
                ("web_read", [partner.ids, {name: {}}]),
            ):
                with self.subTest(field=name, method=method):
                    self._assert_refused("res.partner", method, args)
            with self.subTest(field=name, method="path through users"):
                domain = [(f"partner_id.{name}", "!=", False)]
                self._assert_refused("res.users", "search", [domain])
        for model in self._get_own_models():
            with self.subTest(model=model):
                self._assert_refused(model, "search_read", [[], ["id"]])
        self._assert_refused(
            "customer.profile", "action_score_now", [self.customers["own"].ids]
        )

    def test_without_a_login_nothing_answers(self):
        self.authenticate(None, None)
        self._assert_refused("res.partner", "search", [[("customer_tier_id", "=", 1)]])

    def _call(self, model, method, args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def _assert_refused(self, model, method, args):
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, "AccessError|SessionExpired"),
        ):
            self._call(model, method, args)
