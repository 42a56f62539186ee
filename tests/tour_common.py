from odoo.tests import HttpCase

from .test_tours import PATIENCE


class TourCase(HttpCase):
    """Runs a tour in English or, with the addon's own words, in Chinese."""

    @classmethod
    def _load_chinese(cls):
        cls.env["res.lang"]._activate_lang("zh_CN")
        module = cls.env["ir.module.module"]._get("customer_success")
        module._update_translations("zh_CN")

    def _run_tour(self, url, tour, lang, login=None):
        """Run a tour; that of another language expects the words of that language."""
        name = tour if lang == "en_US" else f"{tour}_{lang[:2]}"
        # a visitor without a login has chosen the language before
        cookies = {} if login else {"frontend_lang": lang}
        self.start_tour(url, name, login=login, timeout=PATIENCE, cookies=cookies)
        self.env.invalidate_all()


class PhoneCase(TourCase):
    """The same in the window of a telephone, with fingers."""

    browser_size = "375x667"
    touch_enabled = True
