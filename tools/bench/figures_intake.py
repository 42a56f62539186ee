"""The public form and the portal under attack: hostile requests, a hundred at once.

A real server answers on a port of its own; the clients are threads of this process.
Every request says where it comes from, as behind a proxy: 2,000 addresses.
"""

import collections
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import database
import requests
from intake_server import Session, prepare, serve
from measure import Figure, environment
from odoo.tools import hash_sign

CUSTOMERS = 2000
ADDRESSES = 2000
CLIENTS = 4
SEED = 20261120
KEPT_LIMIT = 5
DOUBLES = 100


def figure_hostile(count):
    """Send hostile requests to form and portal and look at what they have left."""
    name = database.copy_database(database.get_database(CUSTOMERS))
    attack = Attack(name, count)
    with serve(name) as address:
        started = time.monotonic()
        attack.send_all(address, count)
        took = time.monotonic() - started
        thanked = attack.send_doubles(address)
    found = attack.inspect()
    statuses = ", ".join(
        f"{number} x {status}"
        for status, number in sorted(attack.statuses.items(), key=str)
    )
    return [
        Figure("hostile_500", attack.broken, 0, f"{count:,} requests in {took:.0f} s:"
               f" {statuses}"),
        Figure("hostile_scripts", attack.scripts + found["scripts"], 0,
               "pages, messages and files with a script"),
        Figure("hostile_extra_fields", found["extra"], 0,
               f"of {found['cases']:,} cases"),
        Figure("hostile_dirty_words", found["dirty"], 0, "hidden characters"),
        Figure("hostile_per_hour", found["most"], KEPT_LIMIT,
               f"most of one address; {ADDRESSES:,} addresses"),
        Figure("hostile_uncounted", found["uncounted"], 0, "cases beyond the limits"),
        Figure("hostile_mails", found["mails"], 0, "mails to strangers"),
        Figure("hostile_contacts", found["contacts"], 0, "contacts made"),
        Figure("double_cases", found["doubles"], 1, f"of {DOUBLES} sent at once"),
        Figure("double_refused", DOUBLES - thanked, 0, "of them"),
    ]  # fmt: skip


class Attack:
    """What is sent to a database with an open form, and what was answered."""

    def __init__(self, name, count):
        self.name = name
        self.statuses = collections.Counter()
        self.broken = self.scripts = 0
        self.lock = threading.Lock()
        self.local = threading.local()
        with environment(name) as env:
            self.targets = prepare(env)
            # one for each request, an honest one of each target and the doubles
            self.stamps = {
                target.scope: [
                    self._make_stamp(env, target) for _one in range(count + 2)
                ]
                for target in self.targets
            }
            self.contacts = self._count(env, "res.partner")
            self.last_mail = (
                env["mail.mail"].search([], order="id desc", limit=1).id or 0
            )
            env.cr.commit()

    def _make_stamp(self, env, target):
        """Sign what a page that was opened a minute ago holds."""
        values = [secrets.token_hex(16), int((time.time() - 60) * 1000)]
        return hash_sign(
            env, f"customer_success_{target.scope}", values, expiration_hours=24
        )

    # --- sending -----------------------------------------------------------------

    def send_all(self, address, count):
        """Send honest requests to compare with, then the hostile ones."""
        for target in self.targets:
            self._send_one(address, target, None)
        with ThreadPoolExecutor(CLIENTS) as pool:
            jobs = [
                pool.submit(
                    self._send_one,
                    address,
                    # two thirds to the form, the rest to the pages of customers
                    self.targets[
                        number // 3 % len(self.targets) if number % 3 == 0 else 0
                    ],
                    number,
                )
                for number in range(count)
            ]
            for job in jobs:
                job.result()

    def _send_one(self, address, target, number):
        from odoo.addons.customer_success.tests import hostile, hostile_checks

        rng = hostile.make_rng(f"{SEED}-{number}")
        session = self._get_session(address, target)
        fields = self._fill_in(session, target)
        made = {"method": "POST", "headers": {}, "files": [], "body": None, "query": ""}
        made["data"] = list(fields.items())
        if number is not None:
            made = hostile.make_request(rng, fields)
        place = rng.randrange(ADDRESSES)
        try:
            response = session.request(
                made["method"],
                target.path + made["query"],
                f"10.9.{place // 250}.{place % 250}",
                data=made["body"] or made["data"],
                files=made["files"] if made["body"] is None else None,
                headers=made["headers"],
            )
        except requests.ConnectionError:
            with self.lock:  # refused before it was read
                self.statuses["closed"] += 1
            return
        with self.lock:
            self.statuses[response.status_code] += 1
            self.broken += response.status_code >= 500
            self.scripts += hostile_checks.has_script(response)

    def send_doubles(self, address):
        """Press Send a hundred times at once; return how many were thanked."""
        form = self.targets[0]
        session = self._get_session(address, form)
        fields = {**self._fill_in(session, form), "text": "Sent twice"}
        barrier = threading.Barrier(DOUBLES)

        def send(_number):
            barrier.wait()
            answer = session.copy().request("POST", form.path, "10.8.0.1", data=fields)
            return 'id="thanks"' in answer.text

        with ThreadPoolExecutor(DOUBLES) as pool:
            return sum(pool.map(send, range(DOUBLES)))

    def _get_session(self, address, target):
        """Return the session of this thread, with or without a login."""
        sessions = self.local.__dict__.setdefault("sessions", {})
        if target.login not in sessions:
            sessions[target.login] = Session(address, target)
        return sessions[target.login]

    def _fill_in(self, session, target):
        """Return an honest form with a key of its own."""
        with self.lock:
            stamp = self.stamps[target.scope].pop()
        return {**target.fields, "csrf_token": session.csrf, "stamp": stamp}

    # --- what is left ------------------------------------------------------------

    def inspect(self):
        """Return what the requests have left in the database."""
        from odoo.addons.customer_success.tests import hostile_checks

        with environment(self.name) as env:
            by_form = self._find_cases(env, "form")
            by_portal = self._find_cases(env, "portal")[1:]  # the first one was ours
            cases = by_form | by_portal
            files = env["ir.attachment"].search(
                [("res_model", "=", "customer.case"), ("res_id", "in", cases.ids)]
            )
            counts = self._count_kept(env)
            extra = hostile_checks.find_extra(by_form[1:], by_form[0])
            if by_portal:
                extra += hostile_checks.find_extra(
                    by_portal[1:], by_portal[0], {"urgency"}
                )
            return {
                "cases": len(cases),
                "extra": len(extra),
                "dirty": len(hostile_checks.find_dirty(cases)),
                "scripts": self._count_scripts(cases, files),
                "most": max(counts),
                "uncounted": max(0, len(by_form) - sum(counts)),
                "mails": self._count_mails(env),
                "contacts": self._count(env, "res.partner") - self.contacts,
                "doubles": len(
                    by_form.filtered_domain([("description", "=", "Sent twice")])
                ),
            }

    def _count_kept(self, env):
        """Return the messages kept of each address; the bench lasts less than an hour."""
        rows = env["customer.intake.attempt"]._read_group(
            [("route", "=", "form")], ["address_hash"], ["__count"]
        )
        return [count for _address, count in rows]

    def _find_cases(self, env, source):
        return env["customer.case"].search([("source", "=", source)], order="id")

    def _count_scripts(self, cases, files):
        bodies = cases.message_ids.mapped("body")
        kinds = files.filtered(
            lambda file: {"html", "svg"} & {*file.mimetype.split("/")}
        )
        return (
            sum("<script" in body or "<iframe" in body for body in bodies)
            + len(files.filtered("public"))
            + len(kinds)
        )

    def _count_mails(self, env):
        """Return the mails to anybody who is neither one of us nor logged in."""
        mails = env["mail.mail"].search([("id", ">", self.last_mail)])
        known = {*env["res.users"].search([]).mapped("email_normalized")}
        return sum(
            bool(
                {*mail.recipient_ids.mapped("email_normalized")} - known
                or mail.email_to
            )
            for mail in mails
        )

    def _count(self, env, model):
        return env[model].with_context(active_test=False).search_count([])
