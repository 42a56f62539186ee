from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .retention_common import RetentionMonthsCase


@tagged("post_install", "-at_install")
class TestRetentionNames(RetentionMonthsCase):
    """Who may read the months, the names behind them, and any two days."""

    # === RIGHTS AND NAMES === #

    def test_a_number_opens_the_customers_behind_it_by_the_rights_of_the_reader(self):
        self._write()
        everything = self._get_rows()
        action = everything.with_user(self.manager).action_open_start()
        self.assertEqual(self._open(action, self.manager), self._get_partners())
        action = everything.with_user(self.manager).action_open_churned()
        self.assertTrue(action["context"]["search_default_filter_churned"])
        churned = self._open(action, self.manager, [("is_churned", "=", True)])
        self.assertEqual(churned, self.silent)
        # a seller reads his own rows, and of others' only what is his
        mine = self.env["customer.retention"].with_user(self.seller).search([])
        self.assertEqual(mine.user_id, self.seller)
        with self.assertRaises(AccessError):
            everything.with_user(self.seller).action_open_start()
        seen = self._open(everything.action_open_start(), self.seller)
        self.assertEqual(seen, self.stays | self.silent)

    def _get_partners(self):
        return self.stays | self.silent | self.late

    def _open(self, action, user, domain=()):
        rows = self.env[action["res_model"]].with_user(user)
        return (
            rows.with_context(**action["context"])
            .search([*domain])
            .sudo()
            .partner_id.sorted("id")
        )

    def test_the_names_stay_those_that_were_counted(self):
        self._write()
        self._create_order(self.silent, "2016-12-31", 100)
        self.profiles[self.silent].user_id = self.other
        row = self._get_rows().filtered("churned_count")
        names = self.env["customer.retention.customer"].with_context(
            **row.action_open_churned()["context"]
        )
        silent = names.search([("is_churned", "=", True)])
        self.assertEqual(silent.partner_id, self.silent)
        self.assertEqual(
            (silent.reason, silent.date_last), ("unknown", date(2016, 12, 31))
        )

    def test_rows_of_two_months_cannot_be_opened_together(self):
        self._write()
        self._write("2016-11-30")
        with self.assertRaises(UserError):
            self._get_rows().action_open_start()

    def test_who_was_there_cannot_be_read_from_the_rows(self):
        self._write()
        row = self._get_rows().with_user(self.manager)[0]
        with self.assertRaises(AccessError):
            row.read(["start_ids"])
        self.assertNotIn("start_ids", row.fields_get())

    # === BETWEEN TWO DATES === #

    def test_any_two_days_show_the_retention_of_the_customers_one_may_see(self):
        self._set_tier(self.silent, "S", "2015-08-30")
        with freeze_time("2017-03-01 12:00:00"), self._form(self.seller) as form:
            self.assertEqual(form.date_from, date(2016, 3, 2))
            form.date_from, form.date_to = date(2016, 1, 1), date(2016, 12, 31)
            self.assertEqual(
                (form.state, form.start_count, form.churned_count), ("known", 2, 1)
            )
            self.assertEqual(form.retention_rate, 0.5)
            self.assertEqual((form.top_start_count, form.top_retention_rate), (1, 0))
            wizard = form.save()
        self.assertEqual(
            self._open(
                wizard.action_open_churned(), self.seller, [("is_churned", "=", True)]
            ),
            self.silent,
        )

    def test_days_that_cannot_be_answered_say_what_to_choose(self):
        with freeze_time("2017-03-01 12:00:00"), self._form(self.seller) as form:
            form.date_to = date(2017, 3, 2)
            self.assertEqual(form.state, "wrong_days")
            self.assertIn("03/01/2017", form.message)
            form.date_to, form.date_from = date(2016, 1, 1), date(2016, 1, 2)
            self.assertEqual(form.state, "wrong_days")
            form.date_from, form.date_to = date(2015, 1, 1), date(2015, 2, 1)
            self.assertEqual((form.state, form.start_count), ("nobody", 0))
            self.company.customer_history_start = "2015-06-01"
            form.date_from, form.date_to = date(2016, 6, 1), date(2016, 12, 1)
            self.assertEqual(form.state, "known")
            form.date_from = date(2016, 5, 31)
            self.assertEqual(form.state, "before_history")

    def _form(self, user):
        return Form(self.env["customer.retention.period"].with_user(user))

    def test_reading_takes_as_many_queries_for_many_customers_as_for_few(self):
        self._write()
        self._count_queries()  # fills the caches
        counts = [self._count_queries()]
        for index in range(12):
            self._buy(f"More {index}", "2015-07-01")
        self._write()
        counts.append(self._count_queries())
        self.assertEqual(counts[0], counts[1])

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = self._list(self.manager)
        rows.web_search_read(
            [], {"partner_id": {}, "amount_before": {}, "tier_id": {}}, limit=80
        )
        return self.env.cr.sql_log_count - before
