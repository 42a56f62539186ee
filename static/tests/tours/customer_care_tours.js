import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const menu = (name) => `[data-menu-xmlid='customer_success.${name}']`;
const total = "body:not(:has(.o_view_sample_data)) .o_pivot tbody tr:contains('Total')";
const card = (text) => `.o_kanban_record:contains('${text}')`;
const column = (title, text) =>
    `.o_kanban_group:has(.o_column_title:contains('${title}')) ${card(text)}`;

// My Actions: what is late, what is due today; one is done, one was not met.
tours.add("customer_success_work_through_the_day", {
    steps: () => [
        see(column("Late", "Tour send the offer"), "What is late comes first"),
        see(column("Today", "Tour call the buyer"), "then what is due today"),
        click(`${card("Tour call the buyer")} button[name=action_done]`),
        see(".modal:contains('Completion standard: He answered')"),
        see(".modal .o_field_widget[name=partner_ids]:contains('Tour Buyer')", "The only contact"),
        edit(".modal .o_field_widget[name=done_text] textarea", "Talked about the second line"),
        edit(".modal .o_field_widget[name=feedback] textarea", "Wants an offer by Friday"),
        click(".modal footer button[name=action_done]"),
        see(`body:not(:has(.modal)):not(:has(${card("Tour call the buyer")}))`, "It is off the list"),
        click(`${card("Tour send the offer")} button[name=action_unmet]`),
        see(".modal .o_field_widget[name=date_again]", "It is planned again"),
        click(".modal .o_radio_item:contains('Customer unavailable') input", "The cause"),
        click(".modal footer button[name=action_unmet]"),
        see(`body:not(:has(.modal)) ${column("Later", "Tour send the offer")}`, "On a new day"),
    ],
});

// From the customer: choose a playbook, see what it brings, launch it.
tours.add("customer_success_launch_plan", {
    steps: () => [
        see(".o_customer_relation_care:contains('No plan runs')"),
        click("button[name=launch_plan]", "Launch a plan"),
        edit(".modal .o_field_widget[name=playbook_id] input", "Tour playbook"),
        click(".o-autocomplete--dropdown-item:contains('Tour playbook')"),
        see(".modal td:contains('Tour welcome call')", "What is done"),
        see(".modal tr:contains('Tour welcome call'):contains('He knows us')", "by which standard"),
        click(".modal footer button[name=action_launch]"),
        see(".o_form_view .o_customer_tile:contains('0 / 2')", "The plan with its actions"),
        see(".o_field_widget[name=action_ids] tr:contains('Tour welcome call'):contains('To Do')"),
        click(".o_field_widget[name=profile_id] .o_form_uri, .o_field_widget[name=profile_id] a"),
        see(".o_customer_relation_care:contains('Tour playbook')", "The customer's panel names it"),
        see("button[name=open_action]:contains('Tour welcome call')", "and what is next"),
        click(menu("customer_success_menu_analysis")),
        click(`.dropdown-item${menu("customer_care_report_menu")}`, "Do we keep our plans?"),
        click(".o_facet_remove"),
        see(`${total} td:nth-child(2):contains('0')`, "Nothing was due yet"),
        see(`${total} td:nth-child(3):not(:contains('%'))`, "so that the share is unknown, not 0%"),
    ],
});
