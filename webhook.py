"""One JSON post to the robot of a chat group. No ORM: importable without Odoo.

The post goes to the very addresses that were checked, over TLS, follows no redirect
and ends in time whatever the other side does. No text of this module holds the
address of the robot: its query is a password.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from urllib.parse import urlencode, urlsplit

KINDS = ("wecom", "dingtalk", "feishu")
TIMEOUT = 5  # seconds for one try
WAITS = (1, 3)  # seconds before each further try
ANSWER_BYTES = 65536


def build_payload(kind, title, lines, label, link):
    """Return the message as the robot wants it.

    >>> build_payload("feishu", "Title", ["3 new"], "Open", "https://x.test")
    {'msg_type': 'text', 'content': {'text': 'Title\\n3 new\\nOpen: https://x.test'}}
    >>> build_payload("wecom", "Title", ["3 new"], "Open", "https://x.test")["msgtype"]
    'markdown'
    """
    if kind == "feishu":
        text = "\n".join([title, *lines, f"{label}: {link}"])
        return {"msg_type": "text", "content": {"text": text}}
    text = "\n\n".join([f"**{title}**", *lines, f"[{label}]({link})"])
    if kind == "dingtalk":
        return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
    if kind == "wecom":
        return {"msgtype": "markdown", "markdown": {"content": text}}
    raise ValueError(kind)


def sign(kind, url, payload, secret, now):
    """Return address and message with the signature that two of the robots may ask for.

    :param now: seconds since 1970
    """
    if not secret or kind == "wecom":
        return url, payload
    moment = str(int(now * 1000) if kind == "dingtalk" else int(now))
    text = f"{moment}\n{secret}".encode()
    if kind == "dingtalk":
        code = _encode(hmac.new(secret.encode(), text, hashlib.sha256))
        query = urlencode({"timestamp": moment, "sign": code})
        return f"{url}{'&' if '?' in url else '?'}{query}", payload
    code = _encode(hmac.new(text, b"", hashlib.sha256))
    return url, {"timestamp": moment, "sign": code, **payload}


def _encode(digest):
    return base64.b64encode(digest.digest()).decode()


def check_url(url):
    """Return host and port of a robot's address; ValueError when it is none.

    >>> check_url("https://robot.test/send?key=1")
    ('robot.test', 443)
    >>> check_url("http://robot.test/send")
    Traceback (most recent call last):
    ValueError
    """
    # on what the reader of addresses would silently drop: line breaks and the like
    if not (url.isascii() and url.isprintable() and " " not in url):
        raise ValueError
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise ValueError from None  # the original text tells the address
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    return parts.hostname, port


def mask_url(url):
    """Return what may be shown of a robot's address.

    >>> mask_url("https://robot.test/send?key=0123456789abcdef")
    'https://robot.test/••••cdef'
    >>> mask_url("https://robot.test/s")
    'https://robot.test/••••'
    """
    parts = urlsplit(url)
    rest = f"{parts.path}?{parts.query}"
    return f"https://{parts.netloc}/••••{rest[-4:] if len(rest) >= 20 else ''}"


def is_public(address):
    """Return whether an IP address is one of the open internet, of nobody's network.

    >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("127.0.0.1")
    (True, False, False)
    >>> is_public("169.254.169.254"), is_public("::1"), is_public("::ffff:10.0.0.1")
    (False, False, False)
    >>> is_public("fec0::1")
    False
    """
    found = ipaddress.ip_address(address.split("%")[0])
    if found.version == 6 and (found.sixtofour or found.teredo):
        return False  # carries another address inside
    if found.version == 6 and found.is_site_local:
        return False  # private networks of old
    return found.is_global and not found.is_multicast and not found.is_reserved


def find_addresses(host, port):
    """Return the IP addresses of a host, none when one of them is not public.

    Raises OSError when the name is unknown.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError from None  # such as two dots in a row
    addresses = list(dict.fromkeys(answer[4][0] for answer in answers))
    return addresses if all(map(is_public, addresses)) else []


class PinnedConnection(http.client.HTTPSConnection):
    """Connects to an address that was checked, whatever the name says by now."""

    def __init__(self, host, port, address):
        super().__init__(
            host, port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
        self.address = address
        self.is_hung_up = False

    def connect(self):
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = self._context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()

    def hang_up(self):
        """End what is still going on, from another thread."""
        self.is_hung_up = True
        if self.sock:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(url, payload, addresses, waits=WAITS):
    """Post a message; returns None when the robot took it, else a word why not.

    ``unreachable``, ``timeout``, ``certificate``, ``http_404``, ``robot_93000``. What
    may pass is tried again, at most twice.
    """
    error = None
    for number, wait in enumerate((0, *waits)):
        time.sleep(wait)
        error, is_final = _try(url, payload, addresses[number % len(addresses)])
        if is_final:
            break
    return error


def _try(url, payload, address):
    """Return the word for one try, and whether another one would change nothing."""
    host, port = check_url(url)
    connection = PinnedConnection(host, port, address)
    timer = threading.Timer(TIMEOUT, connection.hang_up)
    timer.start()
    try:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        body = json.dumps(payload).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        body = answer.read(ANSWER_BYTES)
        # what was cut off in time looks like a short answer
        if connection.is_hung_up:
            return "timeout", False
        return judge(answer.status, body)
    except ssl.SSLCertVerificationError:
        return "certificate", True
    except TimeoutError:
        return "timeout", False
    except (OSError, http.client.HTTPException, ValueError):
        # it was hung up, or broke
        return ("timeout" if connection.is_hung_up else "unreachable"), False
    finally:
        timer.cancel()
        connection.close()


def judge(status, body):
    """Return (word or None, is final) for an answer.

    >>> judge(200, b'{"errcode": 0}'), judge(200, b'{"code": 19001}')
    ((None, True), ('robot_19001', True))
    >>> judge(302, b""), judge(503, b""), judge(200, b"welcome")
    (('http_302', True), ('http_503', False), ('robot_unknown', True))
    """
    if status != 200:
        return f"http_{status}", status < 500 and status != 429
    try:
        answer = json.loads(body)
        code = answer.get("errcode", answer.get("code", answer.get("StatusCode")))
    except (ValueError, AttributeError, RecursionError):
        code = None
    if code == 0:
        return None, True
    return f"robot_{code if isinstance(code, int) else 'unknown'}", True
