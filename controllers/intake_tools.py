"""What every door for words and files of customers shares.

Limits, uploads, one-time keys, languages and plain pages; nothing here knows a model of
ours but the count of attempts and the attachment.
"""

import re
import secrets
import time

from odoo.exceptions import UserError
from odoo.http import request
from odoo.modules import get_manifest
from odoo.tools import hash_sign, verify_hash_signed

from ..intake import TYPES, clean_filename, make_network, sniff

MAX_FILES = 5
MAX_FILE_MEGABYTES = 5
MAX_FILE_BYTES = MAX_FILE_MEGABYTES * 1024**2
# Of a whole request; the words and their wrapping need little.
MAX_REQUEST_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024**2
STAMP_HOURS = 24
# Pages of ours run no script but our own file and stand in no frame; what they were
# opened with stays between us and the reader.
POLICY = (
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# With a key of Odoo's reCAPTCHA module its script and frame may run as well.
CAPTCHA_HOSTS = (
    "https://www.recaptcha.net https://www.gstatic.com https://www.gstatic.cn"
)
CAPTCHA_POLICY = (
    f"default-src 'none'; connect-src 'self' {CAPTCHA_HOSTS}; script-src 'self'"
    f" {CAPTCHA_HOSTS}; frame-src {CAPTCHA_HOSTS}; style-src 'self' 'unsafe-inline';"
    f" img-src 'self' data: {CAPTCHA_HOSTS}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


# --- pages -----------------------------------------------------------------------


def respond(template, values=None, status=200):
    """Return a plain page of ours with the headers that protect it."""
    values = {
        "captcha": None,
        **(values or {}),
        "lang": request.env.context.get("lang") or "en_US",
        "version": get_manifest("customer_success")["version"],
    }
    response = request.render(f"customer_success.{template}", values, status=status)
    response.headers.update(HEADERS)
    policy = CAPTCHA_POLICY if values["captcha"] else POLICY
    response.headers["Content-Security-Policy"] = policy
    return response


def not_found():
    """Return the page for what is not there and for what is not yours: the same one."""
    return respond("intake_not_found", status=404)


def too_many():
    """Return the page for those who write more often than people do."""
    return respond("intake_too_many", status=429)


def choose_language(codes):
    """Take the language asked for, else that of the browser, else the first one.

    :param codes: codes of the languages that may be taken
    """
    wanted = [request.httprequest.args.get("lang")]
    wanted += [
        code.replace("-", "_") for code in request.httprequest.accept_languages.values()
    ]
    chosen = next(
        (
            code
            for want in wanted
            for code in codes
            if want and code.split("_")[0] == want.split("_")[0].lower()
        ),
        codes[0],
    )
    request.update_context(lang=chosen)
    return chosen


def get_captcha_key():
    """Return the public key of Odoo's reCAPTCHA module, none without it.

    Routes with ``captcha=`` are checked by that module, so their pages must ask it.
    """
    return (
        request.env["ir.http"].get_frontend_session_info().get("recaptcha_public_key")
    )


# --- limits ----------------------------------------------------------------------


def get_address():
    """Return the address of the client; behind a proxy Odoo's proxy mode finds it."""
    return make_network(request.httprequest.remote_addr or "")


def is_within_rate(route, limit, key=None):
    """Count one more of this client and tell whether he may go on in this hour."""
    # sudo: the counts are nobody's to read or write
    attempts_sudo = request.env["customer.intake.attempt"].sudo()
    return attempts_sudo._check_rate(route, get_address(), limit, key)


# --- one-time keys ---------------------------------------------------------------


def make_stamp(scope):
    """Return a signed stamp with a one-time key and the time, for a hidden field.

    :param scope: where it is valid, for instance ``f"feedback-{desk.id}"``
    """
    values = [secrets.token_hex(16), int(time.time() * 1000)]
    # sudo: the secret of the database signs
    return hash_sign(
        request.env(su=True), _get_scope(scope), values, expiration_hours=STAMP_HOURS
    )


def read_stamp(scope, stamp):
    """Return the key of a stamp and its age in seconds, none when it is not valid."""
    try:
        # sudo: the secret of the database checks
        values = verify_hash_signed(request.env(su=True), _get_scope(scope), stamp)
    except (ValueError, AttributeError):
        return None
    if not values:
        return None
    key, moment = values
    return key, time.time() - moment / 1000


def is_token(text):
    """Tell whether a text can be a key of ours at all; nothing else is looked up."""
    return isinstance(text, str) and bool(re.fullmatch("[A-Za-z0-9_-]{8,128}", text))


def _get_scope(scope):
    return f"customer_success_{scope}"


# --- files -----------------------------------------------------------------------


def read_uploads(name="files"):
    """Return the files of the request as dicts: name, raw, mimetype.

    Raise an error the sender can act on when one cannot be taken. Nothing of a file is
    trusted: its type is what its bytes say.
    """
    storages = [
        storage
        for storage in request.httprequest.files.getlist(name)
        if storage.filename
    ]
    if len(storages) > MAX_FILES:
        raise UserError(
            request.env._("Please send at most %s files at a time.", MAX_FILES)
        )
    return [_read_upload(storage) for storage in storages]


def _read_upload(storage):
    storage.stream.seek(0)  # read before, when a transaction had to be repeated
    raw = storage.stream.read(MAX_FILE_BYTES + 1)
    name = clean_filename(storage.filename)
    mimetype = sniff(raw, name)
    if len(raw) > MAX_FILE_BYTES:
        raise UserError(
            request.env._(
                "%(file)s is larger than %(size)s MB.",
                file=name,
                size=MAX_FILE_MEGABYTES,
            )
        )
    if not mimetype:
        raise UserError(
            request.env._(
                "%(file)s cannot be taken. Please send a photo, a film, a PDF, Word or"
                " Excel document or plain text.",
                file=name,
            )
        )
    return {"name": name, "raw": raw, "mimetype": mimetype}


def keep_uploads(record, files):
    """Attach files to a record; those that it has already are left out.

    They belong to the record: who may read it may read them, nobody else.
    """
    # sudo: strangers have no rights; which record it is was decided before
    attachments_sudo = request.env["ir.attachment"].sudo()
    # An image may lie about its size: nothing here opens it.
    attachments_sudo = attachments_sudo.with_context(image_no_postprocess=True)
    place = {"res_model": record._name, "res_id": record.id}
    domain = [(field, "=", value) for field, value in place.items()]
    kept = {item.checksum for item in attachments_sudo.search(domain)}
    new = [
        {**file, **place, "public": False}
        for file in files
        if attachments_sudo._compute_checksum(file["raw"]) not in kept
    ]
    # One key is let in again and again: it brings no more files than one message.
    return attachments_sudo.create(new[: max(0, MAX_FILES - len(kept))])


def get_accepted():
    """Return the value of ``accept`` of a file field."""
    return ",".join(f".{ending}" for endings in TYPES.values() for ending in endings)


def get_limits_text():
    """Return what the page says about files."""
    return request.env._(
        "At most %(count)s files of %(size)s MB each.",
        count=MAX_FILES,
        size=MAX_FILE_MEGABYTES,
    )
