"""Text and files of strangers, made harmless before they are kept. No ORM.

Text loses what hides or disturbs (control and formatting characters, lone surrogates),
a file is what its first bytes say and is taken only when its name says the same.
"""

import io
import ipaddress
import os
import re
import unicodedata
import zipfile

LINE_LIMIT = 255
TEXT_LIMIT = 10000
NAME_LIMIT = 100
# What an Office document may grow to when somebody opens it.
UNPACKED_LIMIT = 200 * 1024**2
# A spreadsheet reads a cell that begins with one of these as a formula; some read the
# full-width ones too.
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
# Categories of characters that nobody sees: control, format (bidi, zero width, tags),
# surrogate. Unassigned ones stay: they may be the emoji of next year.
HIDDEN = {"Cc", "Cf", "Cs"}
OFFICE = "application/vnd.openxmlformats-officedocument."
# What may be handed in: mimetype -> endings of its name, the usual one first.
TYPES = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "video/mp4": ("mp4",),
    "application/pdf": ("pdf",),
    OFFICE + "wordprocessingml.document": ("docx",),
    OFFICE + "spreadsheetml.sheet": ("xlsx",),
    "text/plain": ("txt",),
}
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"}
OFFICE_FOLDERS = {
    "word/document.xml": OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": OFFICE + "spreadsheetml.sheet",
}


# --- text ------------------------------------------------------------------------


def clean_line(text, limit=LINE_LIMIT):
    """Return one line of plain text; empty for anything that is no text.

    >>> clean_line("  Pump\\x00 \\u202eleaks\\n again\\u200b ")
    'Pump leaks again'
    >>> clean_line("12345", limit=3)
    '123'
    >>> clean_line(None)
    ''
    """
    return " ".join(_clean(text, limit).split())[:limit].rstrip()


def clean_text(text, limit=TEXT_LIMIT):
    r"""Return plain text with its line breaks, never more than one empty line.

    >>> clean_text("It leaks.\r\n\r\n\r\n\r\nSince\tMonday.\x00\ud800 ")
    'It leaks.\n\nSince Monday.'
    """
    lines = [line.rstrip() for line in _clean(text, limit).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()[:limit].rstrip()


def _clean(text, limit):
    if not isinstance(text, str):
        return ""
    # What is cut away is not looked at: normalising costs time.
    text = text[: 4 * limit].replace("\r\n", "\n")
    text = re.sub("[\r\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    kept = "".join(char for char in text if char == "\n" or not _is_hidden(char))
    return unicodedata.normalize("NFC", kept)


def _is_hidden(char):
    code = ord(char)
    is_no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_no_character or unicodedata.category(char) in HIDDEN


def guard_formula(text):
    """Return the text so that no spreadsheet reads it as a formula.

    >>> guard_formula("=HYPERLINK(1)"), guard_formula("1 = 1")
    ("'=HYPERLINK(1)", '1 = 1')
    """
    return f"'{text}" if text.startswith(FORMULA_START) else text


def clean_phone(text, limit=32):
    """Return a telephone number: digits and the signs people write between them.

    >>> clean_phone("+86 (10) 6262-0000"), clean_phone("=cmd|'/c calc'!A1")
    ('+86 (10) 6262-0000', '1')
    >>> clean_phone("me")
    ''
    """
    kept = re.sub(r"[^0-9+()/. -]", "", clean_line(text)).lstrip("-/.) ")
    return kept[:limit].rstrip() if re.search("[0-9]", kept) else ""


def make_reference(key):
    """Return the part of a one-time key that its owner may name on the telephone.

    >>> make_reference("c0ffee12345678")
    'C0FFEE12'
    """
    return key[:8].upper()


def make_network(address):
    """Return what one client has of an address: of IPv6 he has a whole network.

    >>> make_network("203.0.113.7"), make_network("::ffff:203.0.113.7")
    ('203.0.113.7', '203.0.113.7')
    >>> make_network("2001:db8:1:2:3:4:5:6"), make_network("?")
    ('2001:db8:1:2::', '?')
    """
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


# --- files -----------------------------------------------------------------------


def clean_filename(name):
    r"""Return a harmless name of a file: no folder, nothing hidden, not too long.

    >>> clean_filename("..\\..\\Bad<script>.p\u202edf")
    'Bad_script_.pdf'
    >>> clean_filename("/etc/.htaccess"), clean_filename("")
    ('htaccess', 'file')
    """
    name = clean_line(name, limit=4 * LINE_LIMIT).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"""[<>:"|?*%&;'`$\[\]{}]""", "_", name).strip(". ")
    stem, ending = os.path.splitext(name)
    name = stem[: NAME_LIMIT - len(ending[:10])].rstrip(". ") + ending[:10]
    return guard_formula(name).replace("'", "_") or "file"


def sniff(data, filename):
    r"""Return the mimetype of a file that may be kept, else None.

    >>> sniff(b"\x89PNG\r\n\x1a\n....", "leak.PNG")
    'image/png'
    >>> sniff(b"<svg onload='x'/>", "leak.png"), sniff(b"%PDF-1.7", "leak.html")
    (None, None)
    """
    ending = os.path.splitext(filename or "")[1].lstrip(".").lower()
    found = _get_signed_type(data) or _get_box_type(data)
    if not found and data.startswith(b"PK\x03\x04"):
        found = _get_office_type(data)
    if not found and ending == "txt" and _is_plain(data):
        found = "text/plain"
    return found if found and ending in TYPES[found] else None


def _get_signed_type(data):
    for signature, mimetype in SIGNATURES:
        if data.startswith(signature):
            return mimetype
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def _get_box_type(data):
    """Photos and films of telephones name their brand in the first box."""
    if data[4:8] != b"ftyp":
        return None
    brand = data[8:12]
    if brand in HEIC_BRANDS:
        return "image/heic"
    return "video/mp4" if brand in MP4_BRANDS else None


def _get_office_type(data):
    """Read the list of names only: nothing is unpacked, and no macros are taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower() for name in archive.namelist()}
            size = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if size > UNPACKED_LIMIT:
        return None
    if "[content_types].xml" not in names or any(
        "vbaproject" in name for name in names
    ):
        return None
    found = [kind for name, kind in OFFICE_FOLDERS.items() if name in names]
    return found[0] if len(found) == 1 else None


def _is_plain(data):
    """Tell whether the bytes are text without markup, as editors here save it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search("<[a-zA-Z!?/]", text):
            return False
        return not any(char not in "\n\r\t" and _is_hidden(char) for char in text)
    return False
