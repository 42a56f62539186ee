"""A person planted in every room, erased, committed, and looked for in a full dump.

``test_personal_committed`` feeds this file to the Odoo shell of a cloned database,
which prints one JSON object of findings.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import odoo.sql_db
from odoo import Command
from odoo.tools import config

DATABASE = config["db_name"][0]
planted = []


def canary(prefix=""):
    """Return a text that stands nowhere else."""
    planted.append(f"zq{len(planted):02d}canary")
    return prefix + planted[-1]


def find_customer(env):
    company = env["res.partner"].create({"name": "Erasure Ltd", "is_company": True})
    return env["customer.profile"]._get_or_create(company, env.company)


def plant(env, profile):
    """Write a person into every model that holds texts about a customer."""
    name = canary("Mira ")
    person = env["res.partner"].create(
        {
            "name": name,
            "parent_id": profile.partner_id.id,
            "email": canary() + "@example.com",
            "phone": "+49 170 5550123",
            "function": canary(),
            "website": f"https://{canary()}.example.com",
            "comment": canary(),
        }
    )
    person.message_post(body=canary(f"{name} moved to "), subject=canary(f"{name} "))
    other = env["res.partner"].create(
        {"name": "Other Person", "parent_id": profile.partner_id.id}
    )
    plant_relation(env, profile, person)
    plant_talks(env, profile, person, other, name)
    plant_mentions(env, profile, name)
    return person


def plant_relation(env, profile, person):
    data = env["customer.personal.data"].create(
        {
            "profile_id": profile.id,
            "partner_id": person.id,
            "consent": "given",
            "purpose": canary(),
            "interests": canary(),
            "notes": canary(),
            "trust": 5,
            "birthday_day": 29,
            "birthday_month": 2,
            "gift_ids": [
                Command.create(
                    {"name": canary(), "occasion": canary(), "amount": amount}
                )
                for amount in (10.5, 20.25, 30)
            ],
        }
    )
    env["customer.milestone"].create(
        {
            "profile_id": profile.id,
            "kind": "birthday",
            "date": "2028-02-29",
            "personal_data_id": data.id,
        }
    )
    env["customer.stakeholder"].create(
        {
            "profile_id": profile.id,
            "partner_id": person.id,
            "influence": "high",
            "stance": "opposed",
        }
    )


def plant_talks(env, profile, person, other, name):
    rows = env["customer.interaction"]
    talk = rows.create(
        {
            "profile_id": profile.id,
            "partner_ids": person.ids,
            "name": canary(),
            "content": canary("<p>") + "</p>",
            "feedback": canary(),
            "next_step": canary(),
        }
    )
    files = env["ir.attachment"].create(
        {
            "name": canary() + ".txt",
            "raw": canary("what he wrote: ").encode(),
            "res_model": talk._name,
            "res_id": talk.id,
        }
    )
    talk.message_post(
        body=canary(), subject=canary(), attachment_ids=files.ids, author_id=person.id
    )
    rows.create(
        {
            "profile_id": profile.id,
            "partner_ids": person.ids,
            "name": canary(),
            "feedback": canary(),
            "next_step": canary(),
        }
    )
    rows.create(
        {
            "profile_id": profile.id,
            "partner_ids": (person | other).ids,
            "name": canary(f"With {name} "),
            "feedback": canary(f"{name}: "),
        }
    )


def plant_mentions(env, profile, name):
    rows = {"profile_id": profile.id}
    env["customer.insight"].create(
        {
            **rows,
            "name": canary(f"{name} "),
            "description": canary(f"{name} "),
            "competitor_name": canary(f"{name} "),
        }
    )
    env["customer.agreement"].create(
        {
            **rows,
            "name": canary(f"{name} "),
            "reference": canary(f"{name} "),
            "description": canary(f"{name} "),
        }
    )
    env["customer.milestone"].create(
        {**rows, "kind": "other", "name": canary(f"{name} "), "date": "2027-01-01"}
    )
    env["customer.company.group"].create(
        {"name": canary(f"{name} "), "description": canary(f"{name} ")}
    )
    env["customer.tier.request"].create(
        {
            **rows,
            "kind": "downgrade",
            "wished_tier_id": env["customer.tier"].search([], limit=1).id,
            "reason": canary(f"{name} "),
        }
    )
    note = profile.message_post(body=canary(f"{name} "), subject=canary(f"{name} "))
    env["mail.mail"].create(
        {"mail_message_id": note.id, "body_html": f"<p>{name} {planted[-1]}</p>"}
    )
    profile.activity_schedule(
        "mail.mail_activity_data_todo",
        summary=canary(f"{name} "),
        note=canary(f"<p>{name} ") + "</p>",
    )
    env["bus.bus"].create({"channel": "any", "message": canary(f"{name} ")})


def read_figures(env, profile):
    """Return what erasing a person must not change."""
    profile.invalidate_recordset()
    env = env(context={"active_test": False})
    rows = env["customer.interaction"].search([("profile_id", "=", profile.id)])
    gifts = env["customer.gift"].search([("profile_id", "=", profile.id)])
    return {
        "talks": [(row.is_effective, str(row.date), len(row.partner_ids)) for row in rows],
        "gifts": sorted(gifts.mapped("amount")),
        "roles": [
            (row.role_id.code, str(row.date_from))
            for row in env["customer.stakeholder"].search([("profile_id", "=", profile.id)])
        ],
        "insights": env["customer.insight"].search_count([]),
        "score": (profile.tier_score, profile.health_score, profile.tier_id.code),
        "scores": env["customer.score"].search_count([]),
    }  # fmt: skip


def erase(env, person, profile):
    officer = env["res.users"].create(
        {
            "name": "Officer",
            "login": "officer",
            "group_ids": [
                Command.link(
                    env.ref(f"customer_success.group_customer_success_{name}").id
                )
                for name in ("manager", "personal_reader")
            ],
        }
    )
    wizard = env["customer.personal.report"].with_user(officer)
    report = json.dumps(wizard.create({"partner_id": person.id})._get_report())
    wizard = env["customer.personal.erasure"].with_user(officer)
    wizard = wizard.create({"partner_id": person.id, "with_contact": True})
    wizard.action_look_up()
    # what the person told us about himself is in texts that name him: all of it
    wizard.line_ids.treatment = "erase"
    wizard.action_erase()
    return report


def dump():
    """Return the whole database and every file of it as one lower case text."""
    done = subprocess.run(
        ["pg_dump", "-h", config["db_host"] or "", "-U", config["db_user"] or "", DATABASE],
        check=True,
        capture_output=True,
    )  # fmt: skip
    text = done.stdout
    for path in Path(config.filestore(DATABASE)).rglob("*"):
        if path.is_file():
            text += str(path).encode() + path.read_bytes()
    return text.decode(errors="replace").lower()


def count(text):
    return sorted(word for word in planted if word in text)


profile = find_customer(env)  # noqa: F821 the environment of the shell
profile.action_score_now()
person = plant(env, profile)  # noqa: F821
env.cr.commit()  # noqa: F821
findings = {"planted": len(planted), "before": len(count(dump()))}
figures = read_figures(env, profile)  # noqa: F821
findings["reported"] = count(erase(env, person, profile).lower())  # noqa: F821
findings["missing"] = sorted(set(planted) - set(findings["reported"]))
findings["same_figures"] = read_figures(env, profile) == figures  # noqa: F821
findings["figures"] = figures
env.cr.commit()  # noqa: F821
env["ir.attachment"]._gc_file_store()  # noqa: F821 what the vacuum job does
env.cr.commit()  # noqa: F821
after = dump()
findings["left"] = count(after)
findings["where"] = [line[:300] for line in after.splitlines() if count(line)][:10]
findings["phone"] = "5550123" in after
sys.stdout.write("FINDINGS " + json.dumps(findings) + "\n")
sys.stdout.flush()
odoo.sql_db.close_all()
os._exit(0)
