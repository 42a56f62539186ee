from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac
from odoo.tools.constants import GC_UNLINK_LIMIT

# What "within an hour" means: the hour before this moment, not that of the clock.
WINDOW = timedelta(hours=1)


class CustomerIntakeAttempt(models.Model):
    """One message that an address was let in with, as long as it counts.

    Kept in the database, because every worker has a memory of its own. The address is
    kept as a keyed hash: it can be recognised, not read.
    """

    _name = "customer.intake.attempt"
    _description = "Incoming Message That Counts"
    _order = "attempt_datetime desc, id desc"

    route = fields.Char(required=True, readonly=True)
    address_hash = fields.Char(required=True, readonly=True)
    attempt_datetime = fields.Datetime(
        "Let In At", required=True, readonly=True, index=True
    )
    key = fields.Char(
        "One-Time Key",
        readonly=True,
        help="Sending the same message twice counts once.",
    )

    _recent_idx = models.Index("(route, address_hash, attempt_datetime)")

    # === BUSINESS METHODS === #

    @api.model
    def _check_rate(self, route, address, limit, key=None):
        """Count one more and tell whether it is within the limit of the last hour.

        In a transaction of its own, which ends at once: it counts even if what follows
        fails, and two workers wait for each other only as long as this takes.

        :param key: the same key again is let in without counting
        """
        address_hash = self._hash_address(route, address)
        with self.env.registry.cursor() as cr:
            # Taken before anything is read: whoever waited here sees what the one
            # before him has counted, instead of failing to serialize.
            cr.execute(
                SQL(
                    "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
                    SQL.identifier(self._table),
                )
            )
            now = fields.Datetime.now()
            cr.execute(self._select_count(route, address_hash, now, limit, key))
            return bool(cr.rowcount)

    @api.model
    def _hash_address(self, route, address):
        # sudo: the secret of the database is the salt
        return hmac(self.env(su=True), f"customer_intake_{route}", address or "")

    @api.model
    def _select_count(self, route, address_hash, now, limit, key):
        """Return the statement that counts; it finds a row when that is allowed.

        The window is (now − 1 hour, now]; who is refused is not counted. Raw SQL: the
        ORM cannot look and insert in one step.
        """
        return SQL(
            """
            WITH recent AS (
                 SELECT key
                   FROM customer_intake_attempt
                  WHERE route = %(route)s
                    AND address_hash = %(address)s
                    AND attempt_datetime > %(since)s),
                 known AS (
                 SELECT 1 FROM recent WHERE key = %(key)s LIMIT 1),
                 counted AS (
                 INSERT INTO customer_intake_attempt
                             (route, address_hash, attempt_datetime, key)
                      SELECT %(route)s, %(address)s, %(now)s, %(key)s
                       WHERE NOT EXISTS (SELECT FROM known)
                         AND (SELECT COUNT(*) FROM recent) < %(limit)s
                   RETURNING 1)
            SELECT 1 FROM known
             UNION ALL
            SELECT 1 FROM counted
            """,
            route=route,
            address=address_hash,
            now=now,
            since=now - WINDOW,
            limit=limit,
            key=key or None,
        )

    @api.autovacuum
    def _gc_attempts(self):
        # sudo: the vacuum runs as nobody in particular; only what counts no more goes
        old_sudo = self.sudo().search(
            [("attempt_datetime", "<=", fields.Datetime.now() - WINDOW)],
            limit=GC_UNLINK_LIMIT,
        )
        count = len(old_sudo)
        old_sudo.unlink()
        return count, count == GC_UNLINK_LIMIT
