from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .security_common import SecurityCase
from .test_personal_security import DATA, FIRST


@tagged("post_install", "-at_install")
class TestPersonalHttp(HttpCase, SecurityCase):
    """Downloads and calls of portal and internal users, over HTTP."""

    @mute_logger("odoo.http")
    def test_content_routes_show_nothing(self):
        own = self.customers["own"]
        person = self._create_partner(
            "Person", is_company=False, parent_id=own.partner_id.id
        )
        data = self.env[DATA].create(
            {"profile_id": own.id, "partner_id": person.id, "consent": "given", **FIRST}
        )
        for role in ("portal", "colleague", "system"):
            self.authenticate(f"security_{role}", f"security_{role}")
            for url in (
                f"/web/content/{DATA}/{data.id}/interests",
                f"/web/image/{DATA}/{data.id}/notes",
                f"/web/content?model={DATA}&id={data.id}&field=notes",
            ):
                with self.subTest(role=role, url=url):
                    answer = self.url_open(url)
                    self.assertNotIn(b"CANARY", answer.content)
            answer = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": DATA,
                        "method": "read",
                        "args": [[data.id], ["notes"]],
                        "kwargs": {},
                    }
                },
            )
            self.assertIn("error", answer.json())
            self.assertNotIn(b"CANARY", answer.content)
