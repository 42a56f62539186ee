import datetime
import json
import os
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "robot.test"
KEY = "5a1fd0c7-0b7e-4d2c-9c59-secret-token"
OK = (200, b'{"errcode": 0, "errmsg": "ok"}')


def make_certificate(folder, host=HOST):
    """Write a throw-away certificate of a host with its key; returns the path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = os.path.join(folder, f"{host}.pem")
    with open(path, "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return path


class Robot(ThreadingHTTPServer):
    """A real robot: answers over TLS what it is told to, keeps what it was sent."""

    daemon_threads = True

    def __init__(self, certificate):
        super().__init__(("127.0.0.1", 0), RobotHandler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.context = context
        self.answers, self.requests = [], []
        self.is_slow = False
        self.release = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"https://{HOST}:{self.server_port}/send?key={KEY}"

    def get_request(self):
        plain, address = super().get_request()
        # the handshake in the thread of the request: a refused one stops nobody
        secure = self.context.wrap_socket(
            plain, server_side=True, do_handshake_on_connect=False
        )
        return secure, address

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""

    def get_bodies(self):
        return [json.loads(body) for _path, _kind, body in self.requests]

    def stop(self):
        self.release.set()
        self.shutdown()
        self.server_close()


class RobotHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers["Content-Type"], body))
        answers = self.server.answers
        status, answer, *headers = answers.pop(0) if answers else OK
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.server.is_slow:
            for position in range(len(answer)):
                self.wfile.write(answer[position : position + 1])
                self.wfile.flush()
                if self.server.release.wait(0.3):
                    return
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Say nothing."""


def trust(test, certificate):
    """Let the system's TLS trust a throw-away certificate until the class ends."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = certificate

    def restore():
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before

    test.addClassCleanup(restore)


class RobotMixin:
    """A running robot, trusted, found under a name that leads to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        certificate = make_certificate(cls.folder)
        trust(cls, certificate)
        cls.robot = Robot(certificate)
        cls.addClassCleanup(cls.robot.stop)

    def setUp(self):
        super().setUp()
        self.robot.answers.clear()
        self.robot.requests.clear()
        self.robot.is_slow = False
