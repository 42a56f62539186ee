// Comfort only: without this file the form works as well, the server checks everything.
const form = document.querySelector("form");

if (form) {
    const files = form.elements.files;
    const button = form.querySelector("button");
    const message = document.getElementById("files_error");

    const areFilesFine = () =>
        files.files.length <= Number(form.dataset.files) &&
        [...files.files].every((file) => file.size <= form.dataset.megabytes * 1024 ** 2);

    // Only with Odoo's reCAPTCHA module: its check needs an answer of this moment.
    const sendWithCaptcha = async () => {
        const action = { action: "customer_feedback" };
        form.elements.recaptcha_token_response.value = await window.grecaptcha
            .execute(form.dataset.captcha, action)
            .catch(() => "");
        form.submit();
    };

    files.addEventListener("change", () => {
        message.hidden = areFilesFine();
    });
    form.addEventListener("submit", (event) => {
        if (!areFilesFine()) {
            event.preventDefault();
            message.hidden = false;
            message.scrollIntoView({ block: "center" });
            return;
        }
        button.disabled = true;
        if (form.dataset.captcha && window.grecaptcha) {
            event.preventDefault();
            window.grecaptcha.ready(sendWithCaptcha);
        }
    });
    // Coming back with the Back button finds the form usable again.
    window.addEventListener("pageshow", () => {
        button.disabled = false;
    });
    document.getElementById("error")?.scrollIntoView({ block: "center" });
}
