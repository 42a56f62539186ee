from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac
from odoo.tools.constants import GC_UNLINK_LIMIT

# Days for which counts are kept: nobody needs those of past hours.
KEPT_DAYS = 2


class CustomerIntakeAttempt(models.Model):
    """How often one address used one way in within one hour.

    Kept in the database, because every worker has a memory of its own. The address is
    kept as a keyed hash: it can be recognised, not read.
    """

    _name = "customer.intake.attempt"
    _description = "Count of Incoming Messages"
    _order = "hour desc, id desc"

    route = fields.Char(required=True, readonly=True)
    address_hash = fields.Char(required=True, readonly=True)
    hour = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(required=True, readonly=True)
    keys = fields.Char(
        readonly=True,
        help="What was let in already: sending it twice counts once.",
    )

    _route_address_hour_uniq = models.Constraint(
        "UNIQUE (route, address_hash, hour)", "One count for each hour."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _check_rate(self, route, address, limit, key=None):
        """Count one more and tell whether it is within the limit of this hour.

        In a transaction of its own, which ends at once: it counts even if what follows
        fails, and two workers wait for each other only as long as this takes.

        :param key: the same key again is let in without counting
        """
        values = {
            "route": route,
            "address": self._hash_address(route, address),
            "hour": fields.Datetime.now().replace(minute=0, second=0, microsecond=0),
            "limit": limit,
            "key": f",{key or ''},",
        }
        with self.env.registry.cursor() as cr:
            # Taken before anything is read: whoever waited here sees what the one
            # before him has counted, instead of failing to serialize.
            cr.execute(
                SQL(
                    "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
                    SQL.identifier(self._table),
                )
            )
            cr.execute(self._select_count(**values))
            return bool(cr.rowcount)

    @api.model
    def _hash_address(self, route, address):
        # sudo: the secret of the database is the salt
        return hmac(self.env(su=True), f"customer_intake_{route}", address or "")

    @api.model
    def _select_count(self, route, address, hour, limit, key):
        """Return the statement that counts; it finds a row when that is allowed.

        Raw SQL: the ORM cannot insert or update in one step.
        """
        return SQL(
            """
            INSERT INTO customer_intake_attempt AS attempt
                        (route, address_hash, hour, count, keys)
                 VALUES (%(route)s, %(address)s, %(hour)s, 1, %(key)s)
            ON CONFLICT (route, address_hash, hour)
              DO UPDATE
                    SET count = attempt.count
                                + (NOT %(is_known)s)::integer,
                        keys = CASE
                                   WHEN %(is_known)s THEN attempt.keys
                                   ELSE attempt.keys || excluded.keys
                               END
                  WHERE attempt.count < %(limit)s OR %(is_known)s
              RETURNING count
            """,
            route=route,
            address=address,
            hour=hour,
            key=key,
            limit=limit,
            is_known=SQL(
                "(%(key)s != ',,' AND position(%(key)s IN attempt.keys) > 0)", key=key
            ),
        )

    @api.autovacuum
    def _gc_attempts(self):
        # sudo: the vacuum runs as nobody in particular; only old counts go
        old_sudo = self.sudo().search(
            [("hour", "<", fields.Datetime.now() - timedelta(days=KEPT_DAYS))],
            limit=GC_UNLINK_LIMIT,
        )
        count = len(old_sudo)
        old_sudo.unlink()
        return count, count == GC_UNLINK_LIMIT
