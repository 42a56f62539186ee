"""Working off records in jobs, so that one that fails stops only itself."""

import logging

import psycopg2

_logger = logging.getLogger(__name__)

# Somebody else wrote the same rows: the transaction is over, the job goes on later.
CONCURRENCY = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


def try_each(env, ids, work):
    """Work on some ids at once or, when that fails, on one after the other.

    :param work: callable that takes a list of ids
    :return: the ids that were left out, with the reason in the log
    """
    try:
        with env.cr.savepoint():
            work(ids)
    except CONCURRENCY:
        raise
    except Exception:
        if len(ids) > 1:
            return [left for each in ids for left in try_each(env, [each], work)]
        # ids only: no personal data in logs
        _logger.exception("left out by a job: %s", ids)
        return list(ids)
    return []


def keep_progress(env, done=0, remaining=None):
    """Commit what a job has done so far; elsewhere the caller's transaction goes on.

    :return: seconds left in the slice of the scheduler, infinite outside of it
    """
    if not env.context.get("ir_cron_progress_id"):
        return float("inf")
    return env["ir.cron"]._commit_progress(done, remaining=remaining)
