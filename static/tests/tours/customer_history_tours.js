import { registry } from "@web/core/registry";

// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

// From the list: how he developed in two clicks, what changed since then in three.
registry.category("web_tour.tours").add("customer_success_what_changed", {
    steps: () => [
        click(".o_data_row:contains(What Changed) td[name=partner_id]", "1: open the customer"),
        click(".o_notebook a[name=page_history]", "2: history"),
        see(".o_customer_change_mark:has(title:contains('Tier review')) circle"),
        see(".o_customer_history_tier .o_customer_line circle"),
        click(".o_customer_history button:contains('Compare two dates')", "3: compare"),
        see(".modal .o_customer_compare_total:contains('+4'):contains('▲')"),
        click(".modal button:contains('Close')"),
        see("body:not(:has(.modal)) .o_customer_history"),
    ],
});
