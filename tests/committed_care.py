"""The care job, killed: goes on in the process and with the words of ``committed_runs``.

``test_committed`` feeds both files to the Odoo shell, this one last.
"""

# ruff: noqa: F821

import json
import sys

from odoo.addons.customer_success.models import customer_care_close, customer_care_due

PLANS = """
SELECT pln.profile_id, pln.playbook_id, pln.launch_key, pln.state, pln.date_end,
       (SELECT STRING_AGG(ROW(act.step_id, act.occurrence, act.state, act.user_id,
                              act.raised_user_id, act.date_start)::text, ';'
                          ORDER BY act.step_id, act.occurrence)
          FROM customer_care_action act WHERE act.plan_id = pln.id)
  FROM customer_care_plan pln
 ORDER BY pln.profile_id, pln.playbook_id, pln.launch_key"""


def plan_care():
    with environment() as env:
        env.ref("customer_success.ir_cron_plan_care").method_direct_trigger()


def forget_plans():
    execute(
        "TRUNCATE customer_care_plan, customer_care_action, customer_commitment CASCADE"
    )
    execute("DELETE FROM mail_activity WHERE res_model = 'customer.care.action'")
    execute("DELETE FROM customer_run WHERE job = 'care'")
    execute("DELETE FROM ir_cron_progress")


def read_plans():
    rows = query(PLANS)
    activities = query(
        "SELECT COUNT(*), COUNT(DISTINCT res_id) FROM mail_activity"
        " WHERE res_model = 'customer.care.action'"
    )
    return hashlib.sha256(repr((rows, activities)).encode()).hexdigest(), len(rows)


def kill_the_care_job():
    """Kill the launching of plans between its transactions; let it go on."""
    customer_care_due.PLAN_BATCH = customer_care_close.PLAN_BATCH = 10
    refresh()
    forget_plans()
    start = time.monotonic()
    wait(fork(plan_care))
    duration = time.monotonic() - start
    wait_until_alone()
    clean, count = read_plans()
    rng = random.Random(23)
    found = []
    for _kill in range(KILLS):
        forget_plans()
        process = fork(plan_care)
        time.sleep(rng.uniform(0.1, 0.9) * duration)
        os.kill(process, signal.SIGKILL)
        wait(process)
        wait_until_alone()
        middle = 0 < read_plans()[1] < count
        wait(fork(plan_care))
        wait_until_alone()
        state, rows = read_plans()
        found.append({"same": state == clean, "rows": rows, "in_the_middle": middle})
    return {"count": count, "kills": found}


findings["care"] = kill_the_care_job()
sys.stdout.write("FINDINGS " + json.dumps(findings) + "\n")
sys.stdout.flush()
# the connection of the shell itself is closed already
os._exit(0)
