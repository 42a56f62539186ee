import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
const inTwoMonths = luxon.DateTime.now().plus({ months: 2 }).toFormat("MM/dd/yyyy");

tours.add("customer_success_ask_tier", {
    steps: () => [
        click("button[name=action_ask_tier]", "Ask for another tier"),
        click(".modal [name=wished_tier_id] label:contains('A (key)')"),
        click(".modal [name=date_end] button, .modal [name=date_end] input"),
        type(".modal [name=date_end] input", inTwoMonths),
        type(".modal [name=reason] textarea", "Framework contract signed"),
        click(".modal button:contains(Send Request)"),
        see(".o_customer_tile:contains(Tier):contains('asks for A (key)')"),
        see("button[name=action_open_tier_requests]:contains(1)"),
        see(".o_form_statusbar:not(:has(button[name=action_ask_tier]))"),
    ],
});

tours.add("customer_success_decide_tier", {
    steps: () => [
        click("[data-menu-xmlid='customer_success.customer_success_menu_analysis']"),
        click("[data-menu-xmlid='customer_success.customer_tier_request_menu']"),
        click(".o_data_row:contains(Tour Wish) td[name=profile_id]"),
        see(".o_field_widget[name=reason]:contains(Framework contract signed)"),
        click("button[name=action_approve]"),
        click(".modal .btn-primary", "Confirm"),
        see(".o_arrow_button_current:contains(Approved)"),
        see("button[name=action_end_today]"),
    ],
});
