import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
// A loaded machine needs more than the ten seconds a step has by default.
const timeout = 60000;
const click = (trigger, content) => ({ trigger, content, run: "click", timeout });
const see = (trigger, content) => ({ trigger, content, timeout });
const type = (trigger, text) => ({ trigger, run: `edit ${text}`, timeout });

tours.add("customer_success_playbook", {
    steps: () => [
        see(".o_group_header:contains(Lifecycle Stage)", "They stand by what launches them"),
        click(".o_data_row td[name=name]:contains(Tour playbook)"),
        click("tr.o_data_row td[name=name]:contains(Call him)", "A step is changed in its line"),
        type(".o_selected_row .o_field_widget[name=name] input", "Call him twice"),
        click(".o_form_button_save"),
        see("td[name=name]:contains(Call him twice)"),
        click(".o_data_row:contains(Call him twice) .o_list_record_open_form_view"),
        see(".o_form_view .o_field_widget[name=recurrence]", "Everything about one step"),
        {
            trigger: ".o_field_widget[name=lead_days] input",
            run: "edit 9",
            timeout,
        },
        click(".o_form_button_save"),
        see(".o_form_saved"),
        click(".breadcrumb-item a:contains(Tour playbook), .o_back_button"),
        click("a[name=goals]"),
        see(".o_field_widget[name=goal_ids] td:contains('15%')", "A share is read in percent"),
    ],
});
