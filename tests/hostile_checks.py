"""What hostile requests must not leave; shared with the bench."""

import unicodedata

from lxml import html

# Of a case that came in by the form: everything else is as in every other one.
OWN = {
    "id", "name", "display_name", "kind", "subject", "description", "contact_name",
    "contact_company", "contact_email", "contact_email_normalized", "contact_phone",
    "lang", "intake_key", "intake_digest", "form_reference", "access_url",
    "received_datetime", "create_date", "write_date", "write_uid", "message_ids", "activity_ids",
    "website_message_ids", "commitment_ids", "next_due_datetime", "next_target", "next_warn_datetime",
    "message_main_attachment_id", "message_attachment_count", "age_hours",
    "activity_date_deadline", "__last_update", "category_id", "light",
    "rating_ids", "message_has_error_counter", "activity_summary", "next_commitment_id",
    "my_activity_date_deadline", "priority",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "title", "link", "script", "body", "main", "nav", "a", "p",
    "h1", "div", "form", "input", "fieldset", "legend", "label", "span", "textarea",
    "small", "button", "strong",
}  # fmt: skip


def has_script(response):
    """Tell whether a page holds more than the elements and the script it is made of."""
    if "html" not in response.headers.get("Content-Type", "") or not response.content:
        return False
    text = response.content.decode()
    if "<script>alert" in text:
        return True
    policy = response.headers.get("Content-Security-Policy", "")
    if not policy.startswith("default-src 'none'"):
        return _has_planted(html.fromstring(text))
    page = html.fromstring(text)
    return (
        not {node.tag for node in page.iter("*")} <= TAGS
        or len(page.xpath("//script")) > 1
        or bool(page.xpath("//@*[starts-with(name(), 'on')]"))
        or bool(page.xpath("//@href[contains(., 'script:')]"))
    )


def _has_planted(page):
    """Tell whether a page of the portal holds something of what was sent."""
    return bool(
        page.xpath("//@*[starts-with(name(), 'on')][contains(., 'alert(')]")
        or page.xpath("//script[contains(., 'alert(1)')]")
        or page.xpath("//@href[contains(., 'alert(')] | //iframe[@srcdoc]")
        or page.xpath("//base[contains(@href, 'evil')]")
        or page.xpath("//form[contains(@action, 'evil')]")
    )


def find_extra(cases, reference, own=()):
    """Return the fields of cases that are not as in one that came in honestly.

    :param own: further fields that their sender may choose
    """
    names = [
        name
        for name, field in cases._fields.items()
        if field.store
        and name not in OWN
        and name not in own
        and (name == "group_user_ids" or not field.type.endswith("2many"))
    ]
    [expected] = reference.sudo().read(names)
    return [
        (row["id"], name, row[name])
        for row in cases.sudo().read(names)
        for name in names
        if name != "id" and row[name] != expected[name]
    ]


def find_dirty(cases):
    """Return the words of cases that hold hidden characters."""
    names = (
        "subject", "contact_name", "contact_company", "contact_email", "contact_phone",
        "description",
    )  # fmt: skip
    words = [case[name] or "" for case in cases for name in names]
    return [word for word in words if _is_dirty(word)]


def _is_dirty(word):
    return any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs")
        for char in word
        if char != "\n"
    )
