from odoo.tests import new_test_user

from .common import CustomerSuccessCase

MAIL = """From: {sender}
To: {to}
Subject: {subject}
Message-Id: {message_id}
Date: Sat, 21 Nov 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: {content_type}; charset=utf-8
{headers}

{body}
"""


class CasePortalCase(CustomerSuccessCase):
    """A customer with two contacts, a stranger, their logins, and a service desk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales = cls._create_user("case_sales", "user", email="seller@our.example")
        cls.partner = cls._create_partner("Case Customer", user_id=cls.sales.id)
        cls.contact = cls._create_person("Ann Case", cls.partner)
        cls.colleague = cls._create_person("Bob Case", cls.partner)
        cls.foreign = cls._create_partner("Foreign Customer")
        cls.stranger = cls._create_person("Zoe Foreign", cls.foreign)
        cls.profile = cls.env["customer.profile"]._get_or_create(
            cls.partner, cls.company
        )
        cls.domain = cls.env["mail.alias.domain"].create({"name": "our.example"})
        cls.company.alias_domain_id = cls.domain
        cls.desk = cls.env["customer.service.desk"].create(
            {
                "name": "Desk",
                "company_id": cls.company.id,
                "user_id": cls.sales.id,
                "alias_name": "service-desk",
                "alias_domain_id": cls.domain.id,
            }
        )
        cls.address = "service-desk@our.example"

    # === PEOPLE === #

    @classmethod
    def _create_person(cls, name, parent, **values):
        values.setdefault("email", f"{name.split()[0].lower()}@customer.example")
        return cls._create_partner(
            name, is_company=False, parent_id=parent.id, **values
        )

    @classmethod
    def _create_login(cls, partner, login, company=None, **values):
        """Give a contact a login of the portal."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            name=partner.name,
            partner_id=partner.id,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            **values,
        )

    # === CASES === #

    @classmethod
    def _open(cls, partner=None, **values):
        """Open a case of a contact, as the portal does."""
        vals = {
            "source": "portal",
            "kind": "complaint",
            "subject": "Pump leaks",
            "description": "It leaks since Monday.",
            "partner_id": (partner or cls.contact).id,
            "company_id": cls.company.id,
            **values,
        }
        return cls.env["customer.case"]._open_case(vals).sudo()

    @classmethod
    def _solve(cls, case):
        case.with_user(cls.sales)._solve({"result": "The seal was replaced."})
        return case

    # === MAIL === #

    def _receive(self, sender, subject="Pump leaks", body="It leaks.", **values):
        """Let a mail come in; returns the cases it opened."""
        cases = self.env["customer.case"].sudo()
        before = cases.search([])
        self.mail_count = getattr(self, "mail_count", 0) + 1
        mail = MAIL.format(
            **{
                "sender": sender,
                "to": self.address,
                "subject": subject,
                "body": body,
                "message_id": f"<{self.mail_count}@customer.example>",
                "content_type": "text/plain",
                "headers": "X-Test: yes",
                **values,
            }
        )
        self.env["mail.thread"].message_process(None, mail)
        self.env.flush_all()
        self.env.invalidate_all()
        return cases.search([]) - before

    def _reply(self, case, sender, body="Still wet.", **values):
        """Let an answer to the last mail of a case come in."""
        last = case.message_ids.filtered("message_id").sorted("id")[-1]
        headers = f"In-Reply-To: {last.message_id}\nReferences: {last.message_id}"
        if extra := values.pop("headers", None):
            headers = f"{headers}\n{extra}"
        return self._receive(
            sender, f"Re: {case.subject}", body, headers=headers, **values
        )
