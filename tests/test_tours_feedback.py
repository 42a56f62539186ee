from odoo.tests import tagged

from ..controllers import feedback_form
from .feedback_common import FeedbackCase
from .tour_common import PhoneCase

# What somebody does on his telephone: the page has no backend, so this is no tour.
FILL_IN = """
(async () => {
    const form = document.querySelector("form");
    const must = (condition, words) => {
        if (!condition) {
            throw new Error(words);
        }
    };
    const title = document.querySelector("h1").textContent;
    must(title === "%s", `another language: ${title}`);
    must(document.documentElement.scrollWidth <= window.innerWidth, "scrolls sideways");
    for (const field of form.querySelectorAll("button, textarea, .kinds span")) {
        must(field.getBoundingClientRect().height >= 40, "too small for a finger");
    }
    must(!form.checkValidity(), "an empty message is sent");
    must(getComputedStyle(form.querySelector(".trap")).left === "-9999px", "trap seen");
    form.querySelector("[value=complaint]").click();
    form.elements.text.value = "The pump leaks.";
    form.elements.phone.value = "138 0013 8000";
    const files = new DataTransfer();
    for (let index = 0; index < 6; index++) {
        files.items.add(new File(["x"], `${index}.txt`));
    }
    form.elements.files.files = files.files;
    form.requestSubmit();
    must(!document.getElementById("files_error").hidden, "six files are sent");
    must(!form.querySelector("button").disabled, "no way to go on");
    form.elements.files.value = "";
    const send = async () => {
        const answer = await fetch(form.action, {
            method: "POST",
            body: new FormData(form),
        });
        return answer.text();
    };
    const pages = await Promise.all([send(), send()]);
    must(pages.every((page) => page.includes('id="thanks"')), "not thanked");
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestToursFeedback(PhoneCase, FeedbackCase):
    """The public form in the window of a telephone."""

    def _complain(self, lang, title):
        self.patch(feedback_form, "FILL_SECONDS", 0)
        self.browser_js(
            f"{self.url}?lang={lang}",
            FILL_IN.replace("%s", title),
            ready="document.readyState === 'complete'",
            login=None,
        )
        self.assertRecordValues(
            self._get_cases(),
            [
                {
                    "kind": "complaint",
                    "description": "The pump leaks.",
                    "contact_phone": "138 0013 8000",
                    "lang": lang,
                }
            ],
        )

    def test_somebody_complains_on_his_telephone(self):
        self._complain("en_US", "Tell us")

    def test_somebody_complains_in_chinese_on_his_telephone(self):
        self._load_chinese()
        self._complain("zh_CN", "意见反馈")
