"""The server under attack, the pages that are attacked, and sessions of clients."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import requests
from odoo import Command

START_SECONDS = 180
LOGIN = "hostile_portal"


@dataclass
class Target:
    """One page that takes what customers send."""

    path: str
    scope: str
    fields: dict
    page: str  # where its form stands
    login: str = ""


def prepare(env):
    """Open the form, make a customer with a login and a case; return the targets.

    The first one is the form.
    """
    env["customer.service.desk"]._create_missing()
    desk = env["customer.service.desk"].search([], limit=1)
    desk.is_form_published = True
    form = f"/customer/feedback/{desk.form_token}"
    password = secrets.token_hex(8)
    user = _make_customer(env, desk.company_id, password)
    case = env["customer.case"]._open_case(
        {
            "source": "portal",
            "kind": "complaint",
            "subject": "Answered by attackers",
            "description": "Words",
            "partner_id": user.partner_id.id,
            "company_id": desk.company_id.id,
        }
    )
    link = {"access_token": case._portal_ensure_token()}
    page = f"/my/cases/{case.id}"
    of_case, new = f"case-{case.id}", "/my/cases/new"
    opened = f"{page}?access_token={link['access_token']}"
    return [
        Target(form, f"feedback-{desk.id}", HONEST, form),
        Target(f"{page}/reply", of_case, {**link, "text": "More"}, opened),
        Target(
            f"{page}/confirm", of_case, {**link, "answer": "no", "text": "x"}, opened
        ),
        Target(f"{page}/rate", of_case, {**link, "rate": "1", "text": "x"}, opened),
        Target(
            new,
            f"portal-{user.id}",
            {"kind": "complaint", "subject": "New", "description": "Words"},
            new,
            f"{LOGIN}:{password}",
        ),
    ]


HONEST = {
    "kind": "complaint",
    "text": "The pump leaks.",
    "name": "Zhang Wei",
    "company": "Stranger Ltd",
    "phone": "+86 138 0013 8000",
    "email": "zhang@stranger.test",
    "homepage": "",
}


def _make_customer(env, company, password):
    customer = env["res.partner"].create(
        {"name": "Hostile customer", "is_company": True, "email": "a@hostile.test"}
    )
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Hostile contact",
                "login": LOGIN,
                "email": "b@hostile.test",
                "password": password,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
                "partner_id": env["res.partner"]
                .create({"name": "Hostile contact", "parent_id": customer.id})
                .id,
            }
        )
    )


@contextlib.contextmanager
def serve(name):
    """Run a server of its own and yield its address.

    One thread per request as in ``./dev run``, but only as many as it has connections
    for: without that, Odoo answers 500 to a hundred requests at once, whatever the page.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, os.environ["DEV_ODOO"], "-d", name, f"--http-port={port}",
        "--http-interface=127.0.0.1", "--proxy-mode", "--max-cron-threads=0",
        "--workers=0", "--log-level=critical", "--db-filter", f"^{name}$",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        cwd=os.environ["DEV_HOME"],
        env={**os.environ, "ODOO_MAX_HTTP_THREADS": "auto"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{address}/web/login")
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _wait(process, url):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(url, timeout=60).raise_for_status()
            return
        time.sleep(0.5)
    raise RuntimeError("the server does not answer")


class Session:
    """A browser that has opened the page of a target, logged in where that is needed."""

    def __init__(self, address, target):
        self.address = address
        self.session = requests.Session()
        if target.login:
            login, password = target.login.split(":")
            csrf = self._read_csrf("/web/login")
            data = {"login": login, "password": password, "csrf_token": csrf}
            self.session.post(f"{address}/web/login", data=data, timeout=120)
        self.csrf = self._read_csrf(target.page)
        self.cookies = self.session.cookies.copy()

    def _read_csrf(self, path):
        page = self.session.get(self.address + path, timeout=120).text
        start = page.index('name="csrf_token"')
        return page[start:].split('value="', 1)[1].split('"', 1)[0]

    def copy(self):
        """Return another connection of the same browser."""
        other = object.__new__(Session)
        other.address, other.csrf = self.address, self.csrf
        other.cookies = self.cookies
        other.session = requests.Session()
        return other

    def request(self, method, path, client, headers=None, **kwargs):
        """Send a request as if from an address behind the proxy.

        A hostile one may lose its session; the next one has it again.
        """
        self.session.cookies = self.cookies.copy()
        headers = {
            **(headers or {}),
            "X-Forwarded-For": client,
            "X-Forwarded-Host": "odoo.test",
        }
        return self.session.request(
            method,
            self.address + path,
            headers=headers,
            timeout=300,
            allow_redirects=False,
            **kwargs,
        )
