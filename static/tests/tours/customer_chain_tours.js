import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });

tours.add("customer_success_chain", {
    steps: () => [
        see(".o_customer_chain_box[data-person=Boss]:contains('Key decision maker')"),
        see(".o_customer_chain_box[data-person=Ada]:contains(Opposed)"),
        see(".o_customer_chain:contains('No champion.')"),
        click(".o_customer_chain button[name=add_person]", "Add a person"),
        {
            trigger: ".modal [name=partner_id] input",
            run: "edit Newcomer",
            timeout,
        },
        click(".modal .o-autocomplete--dropdown-item:contains(Newcomer):not(:contains(Create))"),
        {
            trigger: ".modal [name=role_id] input",
            run: "edit Champion",
            timeout,
        },
        click(".modal .o-autocomplete--dropdown-item:contains(Champion)"),
        click(".modal .o_form_button_save"),
        see(".o_customer_chain_box[data-person=Newcomer]:contains(Champion)"),
        see(".o_customer_chain:not(:contains('No champion.'))"),
        click(".o_customer_chain_box[data-person=Ada] button[name=has_left]", "Ada has left"),
        click(".modal .btn-primary:contains('Has left')"),
        see(".o_customer_chain:not(:has([data-person=Ada])):contains('Ada left on')"),
        click(".o_customer_chain button[name=open_chain]", "The chain as a hierarchy"),
        see(".o_hierarchy_node:contains(Boss)"),
        see(".o_hierarchy_renderer:not(:contains(Ada))"),
        click(".o_breadcrumb a:contains('Chain Customer')", "Back to the customer"),
        click("button[name=action_open_alerts]"),
        see(".o_data_row:contains('Ada')", "The alert for the next step"),
    ],
});

tours.add("customer_success_chain_large", {
    steps: () => [
        see(".o_customer_chain_box[data-person='Person 0']"),
        see(".o_customer_chain_fold:contains('100 below')"),
        click(".o_customer_chain_fold[aria-expanded=false]", "Unfold more"),
        see(".o_customer_chain_box[data-person='Person 199']"),
        click(".o_customer_chain button[name=open_chain]"),
        see(".o_hierarchy_node:contains('Person 0')"),
        see(".o_hierarchy_node:contains('Person 1')"),
    ],
});
