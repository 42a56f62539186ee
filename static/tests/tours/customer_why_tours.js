import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const why = "[name=tier_explanation]";

// From the list of customers: one click to the reason, two to what would change it.
tours.add("customer_success_why_not_a", {
    steps: () => [
        click(".o_data_row:contains(Why Not A) td[name=partner_id]", "1: open the customer"),
        see(".o_customer_tile:contains(Tier):contains('B (potential)')"),
        see(`${why} .o_customer_lift:contains('To reach A (key)'):contains('at most')`),
        see(`${why} [data-metric=late_days]:contains('31 days'):contains('4 / 10')`),
        see(`${why} [data-metric=late_days]:contains('up to 30 earns 5')`),
        see(`${why} [data-metric=outlook_rating]:contains('not rated yet')`),
        click(`${why} [data-metric=outlook_rating] button:contains('Go there')`),
        see("a[name=page_ratings].active"),
        see("[name=outlook_rating] input"),
    ],
});

// Which invoices make this overdue figure: three clicks from the list to the invoice.
tours.add("customer_success_which_invoices", {
    steps: () => [
        click(".o_data_row:contains(Why Not A) td[name=partner_id]", "1: open the customer"),
        click(`${why} [data-metric=overdue_rate] button:contains('2 records')`, "2: records"),
        see(".o_customer_evidence_summary:contains('2 records counted, 2 visible to you')"),
        see(".o_data_row:contains(31):contains('Open then')"),
        click(".o_data_row:contains(31) td[name=name]", "3: open the invoice"),
        see(".o_form_view [name=name]:contains(INV/)"),
        see(".o_form_view [name=partner_id]:contains(Why Not A)"),
        see(".o_form_view [name=amount_total]:contains('210,000.00')"),
    ],
});
