import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });
// From the list: figures, why an action was not done, a decision, held.
tours.add("customer_success_evaluation", {
    steps: () => [
        click(".o_data_row td[name=profile_id]:contains(Tour Evaluated)", "The evaluation of last month"),
        see(".o_field_widget[name=indicator_ids] tr:contains('Net invoiced'):contains(500)"),
        see(".o_field_widget[name=indicator_ids] tr:contains(NPS):contains('To be evaluated')"),
        click(".o_notebook .nav-link:contains('Not Done')"),
        click("[name=unmet_action_ids] button[name=action_unmet]", "Why not?"),
        click(".modal [name=cause_id] .o_radio_item:contains('Lack of resources') input"),
        click(".modal footer button[name=action_unmet]"),
        see("body:not(:has(.modal)) [name=unmet_action_ids]:contains('Lack of resources')"),
        click(".o_notebook .nav-link:contains(Decisions)"),
        click("[name=decision_ids] .o_field_x2many_list_row_add a"),
        type("[name=decision_ids] .o_data_row [name=name] input", "Show the new pump"),
        click("[name=decision_ids] .o_data_row [name=date_deadline] button, [name=decision_ids] .o_data_row [name=date_deadline] input"),
        click(".o_datetime_picker .o_today"),
        type(".o_field_widget[name=conclusion] textarea", "Wants more pumps"),
        click("button[name=action_hold]"),
        see(".o_arrow_button_current:contains(Held)"),
        click(".o_notebook .nav-link:contains(Decisions)"),
        see("[name=decision_ids] .o_data_row:contains('To Do')", "The decision is an action"),
    ],
});
