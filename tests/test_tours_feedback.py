from odoo.tests import tagged

from ..controllers import feedback_form
from .feedback_common import FeedbackCase

# What somebody does on his telephone: the page has no backend, so this is no tour.
FILL_IN = """
(async () => {
    const form = document.querySelector("form");
    const must = (condition, words) => {
        if (!condition) {
            throw new Error(words);
        }
    };
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
class TestToursFeedback(FeedbackCase):
    """The public form in the window of a telephone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_somebody_complains_on_his_telephone(self):
        self.patch(feedback_form, "FILL_SECONDS", 0)
        self.browser_js(
            self.url, FILL_IN, ready="document.readyState === 'complete'", login=None
        )
        self.assertRecordValues(
            self._get_cases(),
            [
                {
                    "kind": "complaint",
                    "description": "The pump leaks.",
                    "contact_phone": "138 0013 8000",
                }
            ],
        )
