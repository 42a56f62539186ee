"""Kills of the jobs of service: nobody asked, reminded or warned twice, nobody forgotten.

Each round begins with a copy of one prepared database, and the job is called and killed
until it ends by itself.
"""

import multiprocessing
import os
import random
import signal
import time
from dataclasses import dataclass

import database
import odoo
from figures_care import forget_timeouts
from figures_clock import NOW, fill
from figures_safety import wait_for_backends
from figures_screens import prepare
from measure import Figure, environment, get_main_company, get_registry

CUSTOMERS = 2000
PROMISES = 1500
BATCH = 20  # rows per transaction, so that kills land between many of them
CALLS = 100  # of the job until it has to have finished, kills included

# Everybody gets an address; one customer in five is due to be asked.
ASKED = (
    """UPDATE res_partner
          SET email = 'bench' || id || '@bench.test',
              email_normalized = 'bench' || id || '@bench.test'
        WHERE name LIKE 'Bench%%'""",
    "UPDATE customer_profile SET is_not_rated = TRUE WHERE id %% 10 > 1",
    "UPDATE res_company SET customer_survey_auto = id = %(company)s",
)
# Half of them were asked eight days ago, and have to be reminded.
REMINDED = (
    """DELETE FROM mail_mail WHERE mail_message_id IN (
              SELECT id FROM mail_message WHERE model = 'customer.survey.invitation')""",
    "DELETE FROM mail_message WHERE model = 'customer.survey.invitation'",
    "DELETE FROM customer_run WHERE job = 'survey'",
    """DELETE FROM survey_user_input WHERE id IN (
              SELECT user_input_id FROM customer_survey_invitation
               WHERE profile_id %% 2 = 0)""",
    "DELETE FROM customer_survey_invitation WHERE profile_id %% 2 = 0",
    """UPDATE customer_survey_invitation
          SET date = date - 8, date_reminder = date_reminder - 8""",
)
SURVEY_ROWS = """
SELECT inv.profile_id, inv.partner_id, inv.survey_id, inv.date, inv.state,
       COUNT(DISTINCT inp.id), COUNT(mai.id), COUNT(*) OVER ()
  FROM customer_survey_invitation inv
  LEFT JOIN survey_user_input inp ON inp.id = inv.user_input_id
  LEFT JOIN mail_message msg
       ON msg.model = 'customer.survey.invitation' AND msg.res_id = inv.id
  LEFT JOIN mail_mail mai ON mai.mail_message_id = msg.id
 GROUP BY inv.id
 UNION ALL
SELECT NULL, NULL, inp.survey_id, NULL, 'orphan', 0, 0, 0
  FROM survey_user_input inp
 WHERE NOT EXISTS (SELECT FROM customer_survey_invitation inv
                    WHERE inv.user_input_id = inp.id)
 ORDER BY 1, 2, 3, 4, 5"""

# Complaints behind the promises; one promise in 50 is overdue, one in 200 to warn of.
CASES = (
    """INSERT INTO customer_case (profile_id, company_id, user_id, name, subject, kind,
              urgency, source, state, mediation_state, reward_state, csat_state,
              priority, received_datetime)
       SELECT profile_id, company_id, user_id, 'B' || res_id, 'Bench', 'complaint',
              'normal', 'manual', 'received', 'none', 'none', 'to_evaluate', 0,
              start_datetime
         FROM customer_commitment""",
    """UPDATE customer_commitment com
          SET res_model = 'customer.case', res_id = cas.id, case_id = cas.id
         FROM customer_case cas WHERE cas.name = 'B' || com.res_id""",
    # Whatever is due later stays so until the last kill.
    """UPDATE customer_commitment
          SET start_datetime = start_datetime + %(shift)s,
              due_datetime = due_datetime + %(shift)s
                  + CASE WHEN due_datetime > %(now)s
                         THEN INTERVAL '2 days' ELSE INTERVAL '0' END,
              escalate_datetime = escalate_datetime + %(shift)s
                  + CASE WHEN escalate_datetime > %(now)s
                         THEN INTERVAL '2 days' ELSE INTERVAL '0' END""",
)
CLOCK_ROWS = """
SELECT com.case_id, com.state, com.is_breached, com.breached_datetime,
       com.date_escalated IS NOT NULL, com.escalated_user_id, cas.is_late,
       cas.is_escalated, cas.escalated_user_id,
       (SELECT COUNT(*) FROM mail_activity act
         WHERE act.res_model = 'customer.commitment' AND act.res_id = com.id),
       (SELECT COUNT(*) FROM mail_activity act
         WHERE act.res_model = 'customer.case' AND act.res_id = cas.id),
       (SELECT COUNT(*) FROM mail_message msg
         WHERE msg.model = 'customer.case' AND msg.res_id = cas.id),
       (SELECT COUNT(*) FROM customer_alert alt WHERE alt.profile_id = cas.profile_id)
  FROM customer_commitment com
  JOIN customer_case cas ON cas.id = com.case_id
 ORDER BY com.id"""


@dataclass
class Job:
    """A job under fire: its cron, and the rows that it leaves."""

    cron: str
    rows: str


SURVEY = Job("ir_cron_send_surveys", SURVEY_ROWS)
CLOCK = Job("ir_cron_check_commitments", CLOCK_ROWS)


def figure_survey_kills(kills):
    """Kill -9 the job that invites and reminds at random points."""
    base = database.copy_database(prepare(CUSTOMERS))
    params = {"company": get_main_company(base)}
    get_registry(base)
    _execute(base, ASKED, params)
    _finish(base, SURVEY)
    _execute(base, REMINDED, params)
    return measure_kills("survey", base, SURVEY, kills)


def figure_clock_kills(kills):
    """Kill -9 the job that looks at the clocks of cases at random points."""
    base = database.copy_database(prepare(CUSTOMERS))
    with environment(base) as env:
        fill(env, env["res.company"].browse(get_main_company(base)), PROMISES)
        shift = odoo.fields.Datetime.now() - NOW
        for statement in CASES:
            env.cr.execute(statement, {"shift": shift, "now": NOW})
        env.cr.commit()
    return measure_kills("clock", base, CLOCK, kills)


def measure_kills(label, base, job, kills):
    """Return what is different after killed rounds from an undisturbed one."""
    rng = random.Random(19)
    name, clean, duration = None, None, 0
    for _time in range(2):  # the first one warms up
        name = _copy(base)
        before = _read(name, job)
        start = time.monotonic()
        clean = _finish(name, job)
        duration = time.monotonic() - start
    landed = different = middle = rounds = 0
    while landed < kills:
        name = _copy(base)
        rounds += 1
        for _call in range(CALLS):
            forget_timeouts(name)
            process = _fork(name, job)
            process.join(rng.uniform(0, duration) if landed < kills else None)
            if process.exitcode is None:
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                landed += 1
            wait_for_backends(name)
            found = _read(name, job)
            middle += found not in (before, clean)
            if process.exitcode == 0 and found == clean:
                break
        different += len(set(found) ^ set(clean))
    changed = len(set(clean) - set(before))
    note = (
        f"{landed} kills over {rounds} rounds of {duration:.1f} s, {middle} in the middle"
        f" of the work; {changed:,} rows to write"
    )
    return [Figure(f"{label}_kills_different_rows", different, 0, note)]


def _finish(name, job):
    """Call the job undisturbed until another slice changes nothing; return its rows."""
    rows = None
    while (found := _read(name, job)) != rows:
        rows = found
        _fork(name, job).join()
        wait_for_backends(name)
    return rows


def _copy(base):
    odoo.sql_db.close_all()
    name = database.copy_database(base)
    get_registry(name)
    return name


def _execute(name, statements, params):
    with database.connect(name).cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, params)


def _read(name, job):
    with database.connect(name).cursor() as cursor:
        cursor.execute(job.rows)
        return cursor.fetchall()


def _fork(name, job):
    """Start the job in a fork: Odoo is loaded already, connections are its own."""
    odoo.sql_db.close_all()
    process = multiprocessing.get_context("fork").Process(
        target=_call_job, args=(name, job.cron)
    )
    process.start()
    return process


def _call_job(name, cron):
    """Do in a process of its own what the scheduler calls; small transactions."""
    from odoo.addons.customer_success.models import (
        customer_commitment_check,
        customer_survey_invitation_job,
    )

    customer_survey_invitation_job.SURVEY_BATCH = BATCH
    customer_commitment_check.COMMITMENT_BATCH = BATCH
    customer_commitment_check.WRITE_RANGE = BATCH
    with environment(name) as env:
        env.ref(f"customer_success.{cron}").method_direct_trigger()
